/** What somebody asked for, with the facts at hand: obeyed, refused with reasons, or left alone where it is not meant for Belay. */

import { type Asked, type Mistake, readComment } from "../chat/grammar.ts";
import type { Answer } from "./answer.ts";
import { approve, cancel, reject } from "./deciding.ts";
import type { Draft } from "./draft.ts";
import type { CommentMade, NotConsulted, Origin } from "./event.ts";
import { environmentIn, type Facts } from "./facts.ts";
import { lock, unlock } from "./locking.ts";
import { openRequest } from "./opening.ts";
import { answer, type Order, refuse } from "./order.ts";
import type { RequestReason } from "./request.ts";
import { statusOf } from "./status.ts";

/** Who asks may have changed their mind by then, and so may the world. */
const TOO_OLD_MS = 10 * 60_000;

/** `installedAt`: of the app; null: not known. */
export function obey(draft: Draft, origin: Origin, facts: Facts, installedAt: string | null): void {
  if (origin.kind === "button") {
    const order = ofButton(draft, origin, facts);
    if (order !== null) carryOut(draft, order);
    return;
  }
  const lines = readComment(origin.body).filter((line) => isMeant(draft, line, facts));
  if (lines.length === 0) return;
  draft.add({ kind: "react", comment: origin.comment, reaction: "eyes" });
  if (isTooOld(draft, origin.createdAt) || origin.createdAt < (installedAt ?? "")) return tell(draft, origin, { kind: "too-old" });
  for (const line of lines) {
    if (line.kind === "mistake") tell(draft, origin, { kind: "not-understood", message: line.message, suggestion: line.suggestion });
    else {
      const { author: by, pull, comment } = origin;
      carryOut(draft, { asked: line, by, pull, comment, source: `comment:${comment}`, saidAt: origin.createdAt, facts });
    }
  }
}

/** Nothing is known of the policy, so that a bare line is only known by a request, or by an environment that once had one. */
export function sayUnread(draft: Draft, { origin, why }: NotConsulted): void {
  draft.note("ignored", { origin: origin.kind, why });
  if (origin.kind !== "comment") return;
  const isMine = ({ named, ...line }: Asked | Mistake) =>
    named || (line.kind === "asked" && (draft.request(line.request ?? "") !== null || draft.environments.includes(line.environment ?? "")));
  if (!readComment(origin.body).some(isMine)) return;
  const hint = "see that the app has every permission of app.yml, and that its owner accepted new ones; then say it again";
  const message = `what has to be known for this could not be read, and nothing was done: ${why}`;
  tell(draft, origin, { kind: "refused", reasons: [{ code: "github-refused", message, hint }] });
}

/** The bare form belongs to Belay only where it names something that Belay knows: other bots use the same words. */
function isMeant(draft: Draft, line: Asked | Mistake, { policy }: Facts): boolean {
  if (line.named) return true;
  const subjects = line.kind === "mistake" ? [line.subject] : [line.environment, line.request];
  return subjects.some((subject) => {
    if (subject === null) return false;
    return draft.request(subject) !== null || environmentIn(policy, subject) !== undefined;
  });
}

function isTooOld({ at }: Draft, saidAt: string): boolean {
  return Date.parse(at) - Date.parse(saidAt) > TOO_OLD_MS;
}

function ofButton(draft: Draft, pressed: Exclude<Origin, CommentMade>, facts: Facts): Order | null {
  const request = draft.request(pressed.request);
  if (request === null) return null;
  const nothing = { kind: "asked", named: true, environment: null, request: null, run: null, ref: null, reason: null } as const;
  const rest = { targets: [], again: null, to: null } as const;
  const asked: Asked =
    pressed.button === "rollback" || pressed.button === "plan"
      ? {
          ...nothing,
          ...rest,
          command: pressed.button,
          environment: request.environment,
          run: pressed.button === "rollback" ? request.ran : null,
        }
      : { ...nothing, ...rest, command: pressed.button, request: request.id, reason: "by the button" };
  return { asked, by: pressed.by, pull: pressed.pull, comment: null, source: `check:${pressed.check}`, saidAt: draft.at, facts };
}

function carryOut(draft: Draft, order: Order): void {
  const { asked } = order;
  if (asked.command === "help") return answer(draft, order, { kind: "help" });
  const unknown = unknownEnvironment(order);
  if (unknown !== null) return refuse(draft, order, [unknown]);
  if (asked.command === "status") return answer(draft, order, { kind: "status", environments: statusOf(draft, order) });
  const unfit = unfitFor(order);
  if (unfit !== null) return refuse(draft, order, [unfit]);
  switch (asked.command) {
    case "approve":
      return approve(draft, order);
    case "reject":
      return reject(draft, order);
    case "cancel":
      return cancel(draft, order);
    case "lock":
      return lock(draft, order);
    case "unlock":
      return unlock(draft, order);
    default:
      return openRequest(draft, order, asked.command);
  }
}

function unknownEnvironment({ asked: { environment }, facts: { policy } }: Order): RequestReason | null {
  if (policy.kind === "missing")
    return {
      code: "policy-missing",
      message: "the default branch has no belay.yml",
      hint: "merge belay.yml first: `belay init` writes one",
    };
  if (policy.kind === "unreadable")
    return { code: "policy-unreadable", message: `belay.yml of the default branch: ${policy.why}`, hint: "mend it there" };
  if (environment === null || environmentIn(policy, environment) !== undefined) return null;
  const names = Object.keys(policy.environments).join(", ");
  return { code: "environment-unknown", message: `belay.yml has no environment ${environment}`, hint: `its environments are ${names}` };
}

function unfitFor({ asked, facts: { permission, pull } }: Order): RequestReason | null {
  if (permission !== "write" && permission !== "admin")
    return { code: "not-allowed", message: "this needs write access to the repository", hint: "ask somebody who has it" };
  // What is open there can only be a deployment of what was merged.
  if (pull?.isFork === true && asked.request === null)
    return {
      code: "fork",
      message: "code of a fork is never run where a database can be reached",
      hint: "push the branch to this repository, and open a pull request from there",
    };
  return null;
}

function tell(draft: Draft, { comment, pull }: CommentMade, told: Answer): void {
  draft.add({ kind: "react", comment, reaction: "confused" });
  draft.answer(comment, pull, told);
}
