import type { Row } from "./comparison.ts";

const HEADINGS = ["measured", "Belay", "other", "ratio: median (min–max)", "of processor time", "bar", ""];

/** Markdown that also reads well where it is printed. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map(({ name, ours, theirs, ratio, cpuRatio, bar, met }) => [
    name,
    ours,
    theirs,
    ratio,
    cpuRatio,
    bar,
    bar === "" ? "" : met ? "✔" : "✖",
  ]);
  const widths = HEADINGS.map((heading, at) => Math.max(heading.length, ...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${widths.map((width, at) => (row[at] ?? "").padEnd(width)).join(" | ")} |`;
  return [line(HEADINGS), `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...cells.map(line)].join("\n");
}
