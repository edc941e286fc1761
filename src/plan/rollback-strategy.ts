import type { RollbackStrategy } from "../domain/result.ts";

/** What is known beforehand about how a target could be brought back. */
export interface RollbackFacts {
  /** The application goes on writing (`app: online`), and what is then done; null: it is stopped, or there is none. */
  readonly online: "transaction" | "downgrade" | null;
  /** Why no clone of the before-state will lie beside the target; null: there will be one. */
  readonly noClone: string | null;
  /** Why no copy could take the target's place by a rename, however quiet it is; null: nothing speaks against it. */
  readonly swapObstacle: string | null;
  /** Why no copy could take the target's place in any way; null: nothing speaks against it. */
  readonly noWayBack: string | null;
  /** Who has the target open now: `pid 4711 (python3)`. */
  readonly holders: readonly string[];
  /** A command of belay.yml stops the application. */
  readonly stops: boolean;
  /** The engine's own. */
  readonly words: { readonly withoutRename: string; readonly renameNeeds: string };
}

export interface ExpectedRollback {
  readonly strategy: RollbackStrategy;
  readonly why: string;
}

/**
 * What a rollback would be, from facts alone. Which one it really is turns out at the time: somebody may be at it by then. The
 * reason is part of the plan, so that nobody is surprised at night.
 */
export function expectedRollback(facts: RollbackFacts): ExpectedRollback {
  const { online, noClone, swapObstacle, noWayBack, holders, stops, words } = facts;
  const writing = "the application goes on writing (app: online)";
  if (online === "downgrade") return { strategy: "downgrade", why: `${writing}, so the tool takes back what was applied, after a backup` };
  if (online === "transaction")
    return {
      strategy: "transaction",
      why: `${writing}, so a migration that fails is undone by its own transaction; later than that Belay stops and asks`,
    };
  if (noWayBack !== null)
    return {
      strategy: "transaction",
      why: `a migration that fails is undone by its own transaction, and nothing else could be: ${noWayBack}`,
    };
  if (noClone !== null)
    return { strategy: "restore", why: `no copy lies beside the database (${noClone}): it is restored from the backup` };
  if (swapObstacle !== null) return { strategy: "restore", why: `${words.withoutRename}: ${swapObstacle}` };
  const swap = "a proven copy will lie beside the database and takes its place by a rename";
  if (holders.length === 0) return { strategy: "swap", why: `${swap}, ${words.renameNeeds}` };
  const open = holders.join(", ");
  return stops
    ? { strategy: "swap", why: `${swap}, once app.stop has ended ${open}, which has it open now` }
    : { strategy: "restore", why: `${words.withoutRename}: ${open} has the database open, and no app.stop ends that` };
}
