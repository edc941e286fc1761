/** A comment's markdown for a terminal: without markers, folds and bars, in lines of this width. */

import { stripVTControlCharacters, styleText } from "node:util";

export function readable(markdown: string, width: number): readonly string[] {
  const text = markdown
    .replaceAll(/<!--.*?-->\n?/g, "")
    .replaceAll(/<details>\s*<summary>(.*?)<\/summary>[^]*?<\/details>/g, "▸ $1")
    .replaceAll(/<\/?\w+>/g, "")
    // What is folded says on one line that it is there.
    .replaceAll(/(▸ .*)\n+(?=▸ )/g, "$1 ")
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/^\|[ :|-]+\|\n/gm, "")
    .replaceAll(
      /^\| ?(.*?) ?\|$/gm,
      (_, cells: string) =>
        `  ${cells
          .split("|")
          .map((cell) => cell.trim())
          .join("  ")}`,
    )
    .replaceAll(/^#+ (.*)$/gm, (_, words: string) => styleText("bold", words))
    .replaceAll(/\*\*(.*?)\*\*/g, (_, words: string) => styleText("bold", words))
    .replaceAll(/`([^`]*)`/g, (_, words: string) => styleText("yellow", words))
    .replaceAll(/\n{3,}/g, "\n\n");
  return text
    .trim()
    .split("\n")
    .flatMap((line) => wrapped(line, width));
}

function wrapped(line: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of line.split(" ")) {
    const longer = `${lines.at(-1) ?? ""} ${word}`;
    if (lines.length === 0 || stripVTControlCharacters(longer).length > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
