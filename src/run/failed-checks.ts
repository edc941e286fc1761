import { BelayError, type Reason } from "../domain/error.ts";

/** Several things that should hold and do not; each is a reason of its own. */
export class FailedChecks extends BelayError {
  readonly reasons: readonly [Reason, ...Reason[]];

  constructor(kind: "refused" | "failed", reasons: readonly [Reason, ...Reason[]]) {
    super(kind, reasons[0].code, reasons[0].message, reasons[0].hint === undefined ? {} : { hint: reasons[0].hint });
    this.reasons = reasons;
  }
}

/** Throws when there is any reason. */
export function throwIfAny(kind: "refused" | "failed", reasons: readonly Reason[]): void {
  const [first, ...rest] = reasons;
  if (first !== undefined) throw new FailedChecks(kind, [first, ...rest]);
}
