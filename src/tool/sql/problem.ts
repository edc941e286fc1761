import type { Reason } from "../../domain/error.ts";

/** Why a file cannot be applied as it stands: a stable code, what is wrong, what to do; and the line where that is known. */
export interface Problem {
  readonly code: string;
  /** What is wrong with the file, to stand after its place: `holds its own COMMIT`. */
  readonly what: string;
  readonly hint: string;
  /** From 1; null where the whole file is meant. */
  readonly line: number | null;
}

export function placeOf(file: string, line: number | null): string {
  return line === null ? file : `${file}:${line}`;
}

/** A problem of a file, as reports show it. */
export function reasonAt(file: string, { code, what, hint, line }: Problem): Reason {
  return { code, message: `${placeOf(file, line)} ${what}`, hint };
}
