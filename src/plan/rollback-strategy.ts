import type { RollbackStrategy } from "../domain/result.ts";

/** What is known beforehand about how a target could be brought back. */
export interface RollbackFacts {
  /** A clone of the before-state will lie beside the target. */
  readonly clone: boolean;
  /** The engine can put a copy in the target's place by a rename. */
  readonly renameSwap: boolean;
  readonly notes: readonly string[];
}

/**
 * What a rollback would be, from facts alone. Which one it really is turns out at the time: somebody may hold the file by then. The
 * reason is part of the plan, so that nobody is surprised at night.
 */
export function expectedRollback(facts: RollbackFacts): { readonly strategy: RollbackStrategy; readonly why: string } {
  if (facts.clone && facts.renameSwap) {
    return {
      strategy: "swap",
      why: "a proven copy will lie beside the database and takes its place by a rename, if nobody holds it open then",
    };
  }
  if (facts.clone) return { strategy: "restore", why: "the proven copy is copied back: this engine cannot swap by a rename here" };
  return { strategy: "restore", why: "no copy lies beside the database (backup.clone: never): it is restored from the backup" };
}
