import { createHash } from "node:crypto";
import type { Result } from "../../src/domain/result.ts";
import type { BoundFields, BoundRollback } from "../../src/domain/bound-fields.ts";

/** What was kept after it had been checked at the door (`http/told.ts`): told apart by what only one of them has. */
export function isResult(told: unknown): told is Result {
  return typeof told === "object" && told !== null && "outcome" in told && "startedAt" in told;
}

/** Of a result only what decides was checked at the door. null: the rest is not what it should be, and stands in the way of nothing. */
export function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return null;
    throw error;
  }
}

export function isPlanned(told: unknown): told is BoundFields {
  return typeof told === "object" && told !== null && "tool" in told;
}

export function isLoss(told: unknown): told is BoundRollback {
  return typeof told === "object" && told !== null && "command" in told && told.command === "rollback" && "to" in told;
}

/** As the action names it, so that both write into one comment. */
export function environmentHash(environment: string): string {
  return createHash("sha256").update(environment).digest("hex").slice(0, 16);
}
