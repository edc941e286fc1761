/** What a request brought may have been taken back since. */

import type { Request } from "./request.ts";

/** The rollback that took it back; null: what it brought is there. */
export function takenBackBy(requests: readonly Request[], { id, environment, ran }: Request): Request | null {
  const later = requests.filter((other) => other.environment === environment && numberOf(other.id) > numberOf(id));
  return later.find(({ command, state, run }) => command === "rollback" && state === "rolled-back" && isOf(run, ran)) ?? null;
}

/** One that says which run it took back took back no other; of one that does not say, everything before it may be gone. */
function isOf(run: string | null, ran: string | null): boolean {
  return run === null || ran === null || run === ran;
}

function numberOf(id: string): number {
  return Number(id.slice(1));
}
