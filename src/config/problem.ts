import { type BelayError, refusal, usageError } from "../domain/error.ts";

/** One mistake in belay.yml. `message` never holds the value of a variable or the password of a URL. */
export interface Problem {
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
  /** `environments.prod.migrate.tool`; empty for the file as a whole. */
  readonly path: string;
  /** Stable, kebab-case. */
  readonly code: string;
  readonly message: string;
  /** What to write instead; null where the message says it. */
  readonly hint: string | null;
}

/** What is right as it is written, and cannot do where this runs: a refusal of its own code, no mistake. */
export const STORE_IN_CHECKOUT = "store-in-checkout";

/** All problems of a file as one error: one line each, in the order of the file, and as `facts.problems`. */
export function configError(file: string, problems: readonly Problem[]): BelayError {
  const sorted = distinct(problems).sort((a, b) => a.line - b.line || a.column - b.column);
  const lines = sorted.map((problem) => problemLine(file, problem));
  const message = lines.length === 1 ? lines.join() : `${file} has ${lines.length} problems:\n${lines.join("\n")}`;
  const told = sorted.map((problem) => ({ file, ...problem }));
  if (sorted.every(({ code }) => code === STORE_IN_CHECKOUT)) {
    const hint = "write an absolute path outside of the workspace, or for a store a bucket, `s3://BUCKET/PREFIX`; nothing was touched";
    return refusal(STORE_IN_CHECKOUT, message, { hint, facts: { file, line: sorted[0]?.line ?? 1, problems: told } });
  }
  const hint = `mend ${file} and run the same command again; nothing was touched`;
  return usageError("config-invalid", message, { hint, facts: { problems: told } });
}

function problemLine(file: string, { line, path, message, hint }: Problem): string {
  return `${file}:${line}: ${path === "" ? "" : `${path}: `}${message}${hint === null ? "" : `; ${hint}`}`;
}

/** What stands in `defaults` is looked at once for every environment that shares it, and told once. */
function distinct(problems: readonly Problem[]): Problem[] {
  const seen = new Map(problems.map((problem) => [`${problem.line}:${problem.column}:${problem.path}:${problem.message}`, problem]));
  return [...seen.values()];
}
