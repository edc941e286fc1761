/**
 * `needs`: another environment must have had the same before. The same is the same commit, one with the same files (a squash or a rebase
 * changes the commit), or one that brought the same migrations.
 */

import type { Draft } from "./draft.ts";
import { isOpen, type Request, type RequestReason } from "./request.ts";
import { takenBackBy } from "./taken-back.ts";

/** null: nothing is needed, or it is there. */
export function unmetNeed(draft: Pick<Draft, "requests">, request: Request): RequestReason | null {
  const { needs } = request.policy;
  if (needs === null || had(draft, needs).some((other) => isSame(other, request))) return null;
  return { code: "needs", message: `${needs} must have had this first`, hint: `\`/migrate ${needs}\`` };
}

/** It is not there, and no plan can show that it is: only its migrations could, and they are known, or nothing is there to compare. */
export function cannotBeMet(draft: Pick<Draft, "requests">, request: Request): RequestReason | null {
  const unmet = unmetNeed(draft, request);
  if (unmet === null) return null;
  const willBePlanned = isOpen(request) && request.plan === null && request.policy.required > 0;
  const canBeCompared = had(draft, request.policy.needs ?? "").some(({ migrations }) => migrations !== null);
  return willBePlanned && canBeCompared ? null : unmet;
}

function had({ requests }: Pick<Draft, "requests">, environment: string): readonly Request[] {
  const succeeded = requests.filter(
    (each) => each.environment === environment && each.command === "migrate" && (each.state === "migrated" || each.state === "up-to-date"),
  );
  return succeeded.filter((each) => takenBackBy(requests, each) === null);
}

function isSame(there: Request, wanted: Request): boolean {
  const hasSame = (part: "tree" | "migrations") => wanted[part] !== null && there[part] === wanted[part];
  return there.sha === wanted.sha || hasSame("tree") || hasSame("migrations");
}
