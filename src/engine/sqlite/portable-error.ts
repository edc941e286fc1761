/** Errors cross a process boundary as plain data and come out as what they were. */

import { BelayError, messageOf } from "../../domain/error.ts";
import type { PortableError } from "./host-api.ts";

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
