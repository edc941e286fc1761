/**
 * The one line at the bottom that may be written over. The cursor is never hidden and nothing above the line is ever touched: whatever
 * ends Belay, even a kill, leaves a usable terminal.
 */

const ERASE_LINE = "\r\x1b[2K";

export interface LiveLine {
  /** Lines that stay, above what is written over. */
  print(lines: readonly string[]): string;
  /** Writes the line over; the same one again is nothing. */
  redraw(line: string): string;
  clear(): string;
}

export function liveLine(): LiveLine {
  let drawn = "";
  const clear = () => {
    const erased = drawn === "" ? "" : ERASE_LINE;
    drawn = "";
    return erased;
  };
  return {
    clear,
    print: (lines) => clear() + lines.map((line) => `${line}\n`).join(""),
    redraw(line) {
      if (line === drawn) return "";
      drawn = line;
      return ERASE_LINE + line;
    },
  };
}
