import type { RollbackResult } from "../domain/result.ts";

/** The before-state is there again: all of it, or all but what its copy was known to lack. */
export function cameBack(rollback: RollbackResult | null): boolean {
  return rollback !== null && (rollback.matches === true || (rollback.lacks ?? []).length > 0);
}
