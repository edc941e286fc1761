/**
 * Errors that Belay raises on purpose.
 *
 * `message` names the act and the cause in the words of whoever said it; `hint` is what the reader does next; `code` is public
 * and stable. `kind` says how a command ends when nothing had happened yet:
 * - `usage`: command line or configuration wrong, there is no run (exit 2);
 * - `refused`: a decision, nothing was changed (exit 3);
 * - `failed`: an act went wrong (what that means for the run depends on where it stood).
 */
export type ErrorKind = "usage" | "refused" | "failed";

export interface ErrorDetails {
  readonly hint?: string;
  readonly cause?: unknown;
  /** Machine-readable particulars: file, line, table, pid … Never a secret. */
  readonly facts?: Readonly<Record<string, JsonFact>>;
}

export type JsonFact = string | number | boolean | null | readonly JsonFact[] | { readonly [key: string]: JsonFact };

export class BelayError extends Error {
  override readonly name = "BelayError";
  readonly kind: ErrorKind;
  readonly code: string;
  readonly hint: string | undefined;
  readonly facts: Readonly<Record<string, JsonFact>>;

  constructor(kind: ErrorKind, code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.code = code;
    this.hint = details.hint;
    this.facts = details.facts ?? {};
  }
}

export function usageError(code: string, message: string, details?: ErrorDetails): BelayError {
  return new BelayError("usage", code, message, details);
}

export function refusal(code: string, message: string, details?: ErrorDetails): BelayError {
  return new BelayError("refused", code, message, details);
}

export function failure(code: string, message: string, details?: ErrorDetails): BelayError {
  return new BelayError("failed", code, message, details);
}

/** One reason of an outcome, as it stands in every report. */
export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** The file that it is about, as messages call it, and the line in it, counted from 1. */
  readonly file?: string;
  readonly line?: number;
}

/** What was thrown, as a reason: a Belay error keeps its code; anything else is a defect and says so. */
export function reasonOf(thrown: unknown): Reason {
  if (thrown instanceof BelayError) {
    const { file, line } = thrown.facts;
    return {
      code: thrown.code,
      message: thrown.message,
      ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
      ...(typeof file === "string" ? { file } : {}),
      ...(typeof line === "number" ? { line } : {}),
    };
  }
  return {
    code: "defect",
    message: `Belay itself went wrong: ${messageOf(thrown)}`,
    hint: "please report this with the output of the same command and BELAY_DEBUG=1",
  };
}

export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
