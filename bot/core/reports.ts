/** What runs tell. Only the run that has the grant is heard, each number counts once, and the first result is final. */

import type { Draft } from "./draft.ts";
import type { Reported, ToldResult } from "./event.ts";
import { withJob } from "./jobs.ts";
import { unmetNeed } from "./needs.ts";
import { ENDED_WELL, type EndState, isChanging, isOpen, type Request, type RequestReason } from "./request.ts";
import { takenBackBy } from "./taken-back.ts";
import { OUTCOMES } from "../../src/domain/outcome.ts";

export function takeReport(draft: Draft, event: Reported): void {
  const request = draft.request(event.request);
  const job = request?.jobs[event.job] ?? null;
  if (request === null || job === null || job.grant?.run !== event.run || job.seen.includes(event.seq)) return;
  const heard = withJob(request, event.job, { ...job, seen: [...job.seen, event.seq] });
  draft.put(heard);
  const { told } = event;
  if (told.type === "step") takeStep(draft, heard, told.step, event.seq);
  else if (event.job === "plan") {
    // A plan that can be approved comes as one, its fields checked against its digest; a result only tells that there is none.
    if (told.type === "plan" || told.result.outcome !== "planned") takePlan(draft, heard, told.result);
  } else if (told.type === "result") takeResult(draft, heard, told.result);
}

/** They come in any order: the newest counts. */
function takeStep(draft: Draft, request: Request, name: string, seq: number): void {
  if (!isOpen(request) || (request.step !== null && request.step.seq > seq)) return;
  draft.put({ ...request, step: { name, at: draft.at, seq } });
  if (request.pull !== null) draft.add({ kind: "comment", pull: request.pull, environment: request.environment });
}

function takePlan(draft: Draft, request: Request, result: ToldResult): void {
  if (request.state !== "planning") return;
  const { outcome, digest, pending, migrations, takesBack, whole } = result;
  const planned: Request = {
    ...request,
    migrations,
    run: request.run ?? takesBack,
    plan: { digest, at: draft.at, shownAt: null, pending, result: whole },
  };
  draft.put(planned);
  const unmet = unmetNeed(draft, planned);
  draft.note("plan", { request: request.id, outcome, digest, pending });
  if (outcome !== "planned")
    draft.move(planned, "failed", [{ code: "plan-failed", message: `the plan ended as ${outcome}`, hint: "its log says why" }]);
  else if (pending === 0 && request.command === "migrate") draft.move(planned, "up-to-date");
  else if (digest === null)
    draft.move(planned, "failed", [{ code: "plan-failed", message: "the plan has no digest, so nothing could be approved" }]);
  else if (unmet !== null) draft.move(planned, "refused", [unmet]);
  else if (request.policy.required > 0) draft.move(planned, "awaiting-approval");
  else draft.move(planned, "approved");
}

function takeResult(draft: Draft, request: Request, result: ToldResult): void {
  const isLost = request.state === "needs-attention" && request.reasons.some(({ code }) => code === "no-report");
  if (request.state !== "running" && !isLost) return;
  const outcome = outcomeOf(result.outcome);
  const migrations = result.migrations ?? request.migrations;
  const ended = draft.move({ ...request, migrations, ran: result.ran, result: result.whole, step: null }, outcome, isLost ? LATE : []);
  draft.putLocks(request.environment, locksAfter(draft, ended, isLost));
  if (request.command === "recover" || request.command === "rollback") settleDoubts(draft, ended);
  draft.add({ kind: "react", comment: request.comment, reaction: ENDED_WELL.has(outcome) ? "+1" : "-1" });
  if (request.command === "rollback" && outcome === "rolled-back") showTakenBack(draft, ended);
}

/** What other tools take for there is not there any more. */
function showTakenBack(draft: Draft, rollback: Request): void {
  for (const each of draft.requests)
    if (each.command === "migrate" && each.state === "migrated" && takenBackBy([rollback], each) !== null)
      draft.add({ kind: "deployment", request: each.id });
}

const LATE: readonly RequestReason[] = [{ code: "reported-late", message: "its report came after nobody expected it any more" }];

/** A word that no outcome has leaves the state unknown. */
function outcomeOf(told: string): EndState {
  return OUTCOMES.find((known) => known === told) ?? "needs-attention";
}

/** Who changed nothing, or was undone, holds nothing; who brought the data back frees what it had held. */
function locksAfter(draft: Draft, { id, environment, state, command, pull }: Request, wasLost: boolean) {
  const kept = draft.locks(environment).filter((lock) => {
    if (lock.kind === "person") return true;
    if (lock.kind === "in-doubt") return !(wasLost && lock.request === id && state !== "needs-attention");
    if (command === "rollback") return !(state === "rolled-back" && lock.pull === pull);
    return !(lock.request === id && state !== "migrated" && state !== "needs-attention");
  });
  const isInDoubt = kept.some((lock) => lock.kind === "in-doubt" && lock.request === id);
  if (state !== "needs-attention" || isInDoubt || !isChanging({ command })) return kept;
  return [...kept, { kind: "in-doubt" as const, request: id, at: draft.at }];
}

/** What a run in doubt came to, once somebody finished or undid it. */
function settleDoubts(draft: Draft, { id, environment, state, command }: Request): void {
  if (state !== "migrated" && state !== "undone" && state !== "rolled-back" && state !== "up-to-date") return;
  const settled: string[] = [];
  for (const other of draft.requests) {
    if (other.id === id || other.environment !== environment || other.state !== "needs-attention") continue;
    settled.push(other.id);
    // "Nothing to recover" tells that it had ended, and not how.
    if (state !== "up-to-date")
      draft.move(other, state, [{ code: "settled", message: `settled by \`/${command} ${environment}\` (${id})` }]);
  }
  if (settled.length === 0) return;
  const kept = draft.locks(environment).filter((lock) => {
    if (lock.kind === "in-doubt") return !settled.includes(lock.request);
    return !(lock.kind === "unmerged" && settled.includes(lock.request) && state !== "migrated" && state !== "up-to-date");
  });
  draft.putLocks(environment, kept);
  draft.note("settled", { environment, by: id, requests: settled });
}
