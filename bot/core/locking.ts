/** `/lock` and `/unlock`: what a person says. The other locks come and go with runs and pull requests. */

import type { Draft } from "./draft.ts";
import { answer, type Order, refuse } from "./order.ts";

export function lock(draft: Draft, order: Order): void {
  const { environment, reason } = order.asked;
  if (environment === null || reason === null) return;
  const locks = draft.locks(environment).filter(({ kind }) => kind !== "person");
  draft.putLocks(environment, [...locks, { kind: "person", by: order.by, why: reason, at: draft.at }]);
  draft.note("locked", { environment, by: order.by, why: reason });
  answer(draft, order, { kind: "done", what: `${environment} is locked; what runs now goes on` });
}

/** Also takes away what an unmerged pull request or a run in doubt holds: whoever says so answers for it, on record. */
export function unlock(draft: Draft, order: Order): void {
  const { environment, reason } = order.asked;
  if (environment === null || reason === null) return;
  const locks = draft.locks(environment);
  if (locks.length === 0)
    return refuse(draft, order, [
      { code: "not-locked", message: `${environment} is not locked`, hint: "`/belay status` says what a run waits for" },
    ]);
  draft.putLocks(environment, []);
  draft.note("unlocked", { environment, by: order.by, why: reason, locks });
  answer(draft, order, { kind: "done", what: `${environment} is unlocked` });
}
