import type { BelayError } from "../domain/error.ts";
import { field } from "./page.ts";
import { safeLines } from "./safe-text.ts";
import { mark, spell, type Style } from "./style.ts";

/** A command line or configuration that is wrong: all that is wrong, and what to do. Lines keep their shape, since editors jump to `file:line`. */
export function usageReport(error: BelayError, style: Style): string {
  const [first = "", ...more] = safeLines(error.message);
  const lines = [
    `${mark(style, "failed")} ${spell(style, first)}`,
    ...more.map((line) => `  ${spell(style, line)}`),
    ...field(style, "  Next:", error.hint ?? ""),
  ];
  return `${lines.join("\n")}\n`;
}
