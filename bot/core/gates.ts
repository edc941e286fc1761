/** Every gate between a request and its run: met or not, and what to do. Queue, claim and `/status` read the same list. */

import { insideWindow, nextOpening, parseWindow } from "../../src/domain/window.ts";
import type { Draft } from "./draft.ts";
import { unmetNeed } from "./needs.ts";
import { FOLLOWING, isChanging, isOpen, type Request, type RequestReason } from "./request.ts";
import type { Lock } from "./state.ts";

/** Why this approved request may not start now, as far as the bot itself knows; empty: it may. */
export function holdUps(draft: Known, request: Request): readonly RequestReason[] {
  return [...heldUp(draft, request), queued(draft, request)].filter((reason) => reason !== null);
}

type Known = Pick<Draft, "requests" | "locks" | "at">;

/** By what waits for nobody's turn. */
function heldUp(draft: Known, request: Request): readonly RequestReason[] {
  const locks = draft.locks(request.environment).map((lock) => lockReason(lock, request));
  return [unmetNeed(draft, request), outsideWindow(request, draft.at), ...locks].filter((reason) => reason !== null);
}

export function outsideWindow({ environment, policy }: Request, at: string): RequestReason | null {
  const now = new Date(at);
  const windows = policy.windows.map(parseWindow).flatMap((window) => ("flaw" in window ? [] : [window]));
  if (policy.windows.length === 0 || windows.some((window) => insideWindow(window, now))) return null;
  const [next] = windows.map((window) => nextOpening(window, now).toISOString()).toSorted();
  return {
    code: "outside-window",
    message: `${environment} may be changed only in ${policy.windows.join(", ")}`,
    hint: next === undefined ? "mend `windows` of belay.yml" : `it starts by itself when the next one opens, ${next.slice(0, 16)}Z`,
  };
}

/** What finishes or undoes passes the locks that say that something is unfinished. */
export function lockReason(lock: Lock, request: Request): RequestReason | null {
  if (!isChanging(request) || passes(lock, request)) return null;
  const { text: message, hint } = lockText(lock, request.environment);
  return { code: LOCK_CODES[lock.kind], message, hint };
}

function passes(lock: Lock, { command, pull, ref }: Request): boolean {
  if (lock.kind === "unmerged") return command === "recover" || (lock.pull === pull && (ref === null || command === "rollback"));
  return lock.kind === "in-doubt" && FOLLOWING.has(command);
}

const LOCK_CODES = { person: "locked", unmerged: "locked-by-pull", "in-doubt": "in-doubt" } as const;

/** What a lock means, and what to do about it. */
export function lockText(lock: Lock, environment: string): { readonly text: string; readonly hint: string } {
  switch (lock.kind) {
    case "person":
      return { text: `${environment} was locked by ${lock.by.login}: ${lock.why}`, hint: `\`/unlock ${environment} "why"\`` };
    case "unmerged":
      return {
        text: `${environment} runs what #${lock.pull} brought, which is not merged`,
        hint: `merge #${lock.pull}, roll it back there with \`/rollback ${environment}\`, or \`/unlock ${environment} "why"\``,
      };
    case "in-doubt":
      return { text: `nobody knows how request ${lock.request} ended in ${environment}`, hint: `\`/recover ${environment}\`` };
  }
}

/** First come, first served: whoever was approved earlier, or is at work. */
export function queued(draft: Known, request: Request): RequestReason | null {
  if (!isChanging(request)) return null;
  const { requests } = draft;
  const before = requests.find(
    (other) => other.id !== request.id && other.environment === request.environment && isAhead(draft, other, request),
  );
  if (before === undefined) return null;
  return {
    code: "queued",
    message: `request ${before.id} comes first in ${request.environment}`,
    hint: "it starts by itself after that one",
  };
}

/** Whoever is held up itself holds nobody up: the one that would open its gate may be behind it. A deployment is let through in no time. */
function isAhead(draft: Known, other: Request, request: Request): boolean {
  if (!isOpen(other) || !isChanging(other) || other.rule !== null) return false;
  if (other.state === "running") return true;
  if (other.state !== "approved") return false;
  if ((other.jobs.run === null) !== (request.jobs.run === null)) return other.jobs.run !== null;
  if (other.jobs.run === null && heldUp(draft, other).length > 0) return false;
  return other.since < request.since || (other.since === request.since && numberOf(other) < numberOf(request));
}

function numberOf({ id }: Request): number {
  return Number(id.slice(1));
}
