/** What a program prints, without what is meant for a terminal. */

const SEQUENCES = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)|[@-Z\\-_])/g;

/** Without colours and movements of the cursor. Of a line that is drawn again and again only the last drawing stays. */
export function plainText(printed: string): string {
  return printed
    .split(/\r?\n/)
    .map((line) => lastDrawing(line))
    .join("\n");
}

export function plainLines(printed: string): readonly string[] {
  return plainText(printed).split("\n");
}

const REDRAWN = /\u001B\[2K(?:\u001B\[1G)?|\r|\u001B\[1G/;

function lastDrawing(line: string): string {
  const drawings = line.split(REDRAWN);
  return (drawings.findLast((drawing) => drawing.replace(SEQUENCES, "") !== "") ?? "").replace(SEQUENCES, "");
}
