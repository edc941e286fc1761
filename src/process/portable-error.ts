/** Errors cross a process boundary as plain data and come out as what they were. */

import { BelayError, type ErrorKind, type JsonFact, messageOf } from "../domain/error.ts";

/** An error on its way between two processes. `kind` is null for a defect. */
export interface PortableError {
  readonly kind: ErrorKind | null;
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly facts: Readonly<Record<string, JsonFact>>;
  readonly stack: string | null;
}

export function packError(error: unknown): PortableError {
  const stack = error instanceof Error ? (error.stack ?? null) : null;
  if (!(error instanceof BelayError)) return { kind: null, code: "defect", message: messageOf(error), hint: null, facts: {}, stack };
  return { kind: error.kind, code: error.code, message: error.message, hint: error.hint ?? null, facts: error.facts, stack };
}

export function unpackError({ kind, code, message, hint, facts, stack }: PortableError): Error {
  if (kind !== null) return new BelayError(kind, code, message, { ...(hint === null ? {} : { hint }), facts });
  const defect = new Error(message);
  if (stack !== null) defect.stack = stack;
  return defect;
}
