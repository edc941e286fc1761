import { alike } from "./varying.ts";

/**
 * A page of the documentation as something that can be tried. In the info string of a fenced block, and in a comment that nobody sees:
 *
 * - `file=NAME`: the block is the content of that file;
 * - `run`, `run exit=4`: the block is run by `sh -e`, and must end with that status;
 * - `output`: what the run above it printed, but for times, ids, sizes and white space; a line `…` stands for any lines;
 * - `workflow=NAME`: the block is a part of `examples/workflows/NAME`, which is checked as a whole; a line `…` stands for any lines;
 * - `fresh` (as a comment only): from here on in an empty folder;
 * - `postgres` (as a comment only): the same, with a new database `shop` on PostgreSQL. `DATABASE_URL` and psql's variables lead there.
 *
 * Any other `yaml` block must be a valid belay.yml, or a part of an environment's block; in any other `sh` block every line that
 * begins with `belay` must be a command line that Belay understands.
 */

export type Step =
  | { readonly kind: "file" | "workflow"; readonly line: number; readonly name: string; readonly text: string }
  | { readonly kind: "run"; readonly line: number; readonly text: string; readonly exit: number }
  | { readonly kind: "output"; readonly line: number; readonly text: string }
  | { readonly kind: "fresh" | "postgres"; readonly line: number }
  | { readonly kind: "yaml" | "sh"; readonly line: number; readonly text: string };

const BLOCK = /^( *)```(\S+)(?: +([^\n]*))?\n([\s\S]*?)^\1```$|^<!-- (run|file=|fresh|postgres)([^\n]*?)(?:-->|\n([\s\S]*?)^-->)$/gmu;

export function stepsOf(page: string): Step[] {
  return Array.from(page.matchAll(BLOCK)).flatMap((match) => {
    const [, indent = "", language = "", info = "", shown = "", word, rest = "", hidden = ""] = match;
    const line = page.slice(0, match.index).split("\n").length;
    const text = shown.replaceAll(new RegExp(`^${indent}`, "gmu"), "");
    const step = word === undefined ? stepOf(info, text, line) : stepOf(`${word}${rest}`, hidden, line);
    if (step !== null) return [step];
    return language === "yaml" || language === "sh" ? [{ kind: language, line, text }] : [];
  });
}

/** The page with what was printed in the place of an output; one that has a line `…` is kept by hand. */
export function withOutput(page: string, { line, text }: Extract<Step, { kind: "output" }>, printed: string): string {
  if (/^…$/mu.test(text)) return page;
  const lines = page.split("\n");
  const indent = /^ */.exec(lines[line - 1] ?? "")?.[0] ?? "";
  const now = printed
    .trimEnd()
    .split("\n")
    .map((each) => (indent + each).trimEnd());
  return lines.toSpliced(line, text.split("\n").length - 1, ...now).join("\n");
}

function stepOf(info: string, text: string, line: number): Step | null {
  const asked = new Map(info.split(" ").map((word) => [word.split("=")[0] ?? "", word.split("=")[1] ?? ""]));
  for (const kind of ["file", "workflow"] as const) {
    const name = asked.get(kind);
    if (name !== undefined) return { kind, line, name, text };
  }
  if (asked.has("run")) return { kind: "run", line, text, exit: Number(asked.get("exit") ?? 0) };
  if (asked.has("output")) return { kind: "output", line, text };
  for (const kind of ["fresh", "postgres"] as const) if (asked.has(kind)) return { kind, line };
  return null;
}

/** Null where every part of the excerpt stands in the whole, line by line and in this order; else the first that does not. */
export function missingExcerpt(excerpt: string, whole: string): string | null {
  let at = 0;
  for (const part of excerpt.split(/^ *…\n/mu)) {
    const found = `\n${whole}`.indexOf(`\n${part}`, at);
    if (found < 0) return part;
    at = found + part.length;
  }
  return null;
}

/** Null where it fits; else the first part that is not there. */
export function missingPart(expected: string, printed: string): string | null {
  const whole = alike(printed);
  const parts = expected.split(/^…$/mu).map(alike);
  let at = 0;
  for (const [index, part] of parts.entries()) {
    const found = whole.indexOf(part, at);
    if (found < 0 || (index === 0 && found > 0)) return part;
    at = found + part.length;
  }
  const last = parts.at(-1) ?? "";
  return last === "" || whole.endsWith(last) ? null : last;
}
