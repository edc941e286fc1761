/** What becomes of requests when their pull request moves. */

import type { Draft } from "./draft.ts";
import type { PullChanged } from "./event.ts";
import { anew, FOLLOWING, isOpen, type Request, type RequestReason } from "./request.ts";
import type { PullState } from "./state.ts";

export function takePull(draft: Draft, event: PullChanged): void {
  const { pull, action, by, head, base, baseSha, author, isFork, state, updatedAt } = event;
  const pushers = action === "synchronize" ? [by] : [];
  if (["opened", "reopened", "synchronize"].includes(action)) draft.checkHeads(pull);
  learnPull(draft, pull, { head, base, baseSha, author, isFork, state, updatedAt, pushers });
}

/** A pull request as a webhook or a question found it. Told late it changes nothing more than who has pushed. */
export function learnPull(draft: Draft, number: number, found: PullState): void {
  const known = draft.pull(number);
  const pushers = [...new Set([...(known?.pushers ?? []), ...found.pushers])];
  if (known !== null && found.updatedAt < known.updatedAt) return draft.putPull(number, { ...known, pushers });
  const { head, base, baseSha, author, isFork, state, updatedAt } = found;
  draft.putPull(number, { head, base, baseSha, author, isFork, state, updatedAt, pushers });
  if (known?.head !== head) draft.checkHeads(number);
  for (const request of draft.requests.filter((each) => each.pull === number && isOpen(each))) {
    const why = outdated(request, found, known?.base ?? base);
    if (why === null) continue;
    if (request.state !== "running") draft.move(request, why.to, [why.reason]);
    // What runs has begun: its own report says how it ends.
    else draft.note("moved-while-running", { request: request.id, head, base, state });
  }
  if (state === "merged") release(draft, number);
  if (state === "closed") showLocks(draft, number);
}

interface Outdated {
  readonly to: "superseded" | "cancelled";
  readonly reason: RequestReason;
}

function outdated(request: Request, found: PullState, oldBase: string): Outdated | null {
  const { head, base, state } = found;
  const { sha, ref, rule, command } = request;
  // The default branch's own commit does not move with a pull request; a workflow run goes on with the commit that it was started for, and
  // a recovery or a rollback with the one that was begun with.
  if (ref !== null || rule !== null || FOLLOWING.has(command)) return null;
  if (state === "closed")
    return { to: "cancelled", reason: { code: "pull-closed", message: "the pull request was closed without being merged" } };
  const hint = anew(request);
  if (head !== sha) return { to: "superseded", reason: { code: "superseded", message: `the head is now ${head.slice(0, 7)}`, hint } };
  if (base !== oldBase) return { to: "superseded", reason: { code: "superseded", message: `the base is now ${base}`, hint } };
  return null;
}

/** What it brought is the default branch's now. */
function release(draft: Draft, pull: number): void {
  for (const environment of draft.environments) {
    const locks = draft.locks(environment);
    const left = locks.filter((lock) => lock.kind !== "unmerged" || lock.pull !== pull);
    if (left.length < locks.length) draft.note("released", { environment, pull, why: "merged" });
    if (left.length < locks.length) draft.putLocks(environment, left);
  }
}

/** Closed unmerged: its comments say what the default branch lacks, and offer the way back. */
function showLocks(draft: Draft, pull: number): void {
  for (const environment of draft.environments) {
    if (draft.locks(environment).some((lock) => lock.kind === "unmerged" && lock.pull === pull))
      draft.add({ kind: "comment", pull, environment });
  }
}
