/** How a run ends: the result that everybody reads, recorded before it is told. */

import { BelayError, type Reason } from "../domain/error.ts";
import { worstOutcome, type Outcome } from "../domain/outcome.ts";
import type { Result, TargetResult } from "../domain/result.ts";
import type { Target } from "../domain/target.ts";
import { announceEnd, dueAtEnd } from "./announce.ts";
import { lastEntry } from "./journal-entry.ts";
import type { Ports } from "./ports.ts";
import { enterPhase, leavesOf, reasonsOf, reasonsOfGivenUp, underWay, type Run, type TargetRun } from "./run.ts";

export interface ResultHead {
  readonly command: string;
  readonly environment: string | null;
  readonly startedAt: Date;
}

export interface Ending {
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
  readonly repeatNeedsReason: boolean;
  /** `belay recover` could do better later: the state rows then stay unfinished, and no other run starts before. Default false. */
  readonly recoverable?: boolean;
  readonly checklist?: readonly string[];
  /** Targets that were asked for and have nothing to do with this run: nothing was pending. */
  readonly passedOver?: readonly Target[];
  /** What became of targets of this run that it had ended with before it was taken over. */
  readonly rest?: readonly TargetResult[];
}

/** Records the end of a run, first in the journal, then in the state rows, and gives the result. */
export async function endRun(run: Run, head: ResultHead, digest: string | null, ending: Ending): Promise<Result> {
  const result: Result = {
    ...resultOf(run.ports, head, ending.outcome, ending.reasons, targetResults(run, ending.outcome, ending)),
    run: run.id,
    digest,
    ...(ending.outcome === "migrated" && !isJudged(run) ? { verified: false } : {}),
    ...deployed(run),
    ...(run.watch === null ? {} : { watch: run.watch }),
    ...(ending.checklist === undefined || ending.checklist.length === 0 ? {} : { checklist: ending.checklist }),
  };
  await run.journal.append({
    type: "ended",
    outcome: ending.outcome,
    reasons: ending.reasons,
    repeatNeedsReason: ending.repeatNeedsReason,
    ...(run.targets.some(endedByItself)
      ? { blamed: namesOf(run.targets.filter((target) => target.ending?.repeatNeedsReason === true)) }
      : {}),
    result,
    ...dueAtEnd(run, result),
  });
  const rows = underWay(run).filter((target) => target.ending?.recoverable !== true);
  if (run.inStateRows && ending.recoverable !== true && rows.length > 0) await enterPhase(run, "ended", rows);
  return announceEnd(run, result);
}

/** Of a run whose migrations stay. `left`: what a person has to do although all went well. */
export function migratedEnding(run: Run, left: readonly BelayError[]): Ending {
  const { outcome, reasons } = endingOf(run, "migrated", left);
  // of what the run went on with; what it gave up says for itself that it is undone
  return { outcome, reasons: [...reasons, ...reasonsOfGivenUp(run)], repeatNeedsReason: false, checklist: run.environment.checklist };
}

/** Of an application that runs again on the data as they were. */
export function endingOf(run: Run, outcome: Outcome, left: readonly BelayError[]): Pick<Ending, "outcome" | "reasons"> {
  return { outcome: left.length === 0 ? outcome : "needs-attention", reasons: reasonsOf(left, run.ports.redact) };
}

function endedByItself({ ending }: TargetRun): boolean {
  return ending !== null;
}

function namesOf(targets: readonly TargetRun[]): readonly string[] {
  return targets.map(({ target }) => target.name);
}

/** In the order of belay.yml. */
function targetResults(run: Run, outcome: Outcome, { passedOver = [], rest = [] }: Partial<Ending> = {}): readonly TargetResult[] {
  const results = new Map(leavesOf(run).map((target) => [target.target.name, targetResult(run, target, outcome)]));
  for (const other of rest) results.set(other.name, other);
  for (const target of passedOver) results.set(target.name, emptyTargetResult(target, "up-to-date"));
  const ordered = run.environment.targets.flatMap(({ name }) => results.get(name) ?? []);
  return ordered.length === results.size ? ordered : [...results.values()];
}

/** A run with `--no-verify` leaves the judgement to `belay verify`, its recovery, too. */
export function isJudged({ journal }: Run): boolean {
  return lastEntry(journal.entries, "began")?.judge ?? true;
}

/** The result of a run whose end could not be recorded: nobody may rely on it before `recover` did. */
export function unrecordedResult(run: Run, head: ResultHead, reasons: readonly Reason[]): Result {
  return resultOf(run.ports, head, "needs-attention", reasons, targetResults(run, "needs-attention"));
}

export function resultOf(
  ports: Ports,
  head: ResultHead,
  outcome: Outcome,
  reasons: readonly Reason[],
  targets: readonly TargetResult[],
): Result {
  const [first, ...rest] = targets.map((target) => target.outcome);
  return {
    belay: ports.belayVersion,
    run: null,
    command: head.command,
    environment: head.environment,
    outcome: first === undefined ? outcome : worstOutcome([outcome, first, ...rest]),
    digest: null,
    startedAt: head.startedAt.toISOString(),
    durationMs: ports.now().getTime() - head.startedAt.getTime(),
    reasons,
    targets,
    ...(ports.policy === null ? {} : { policy: ports.policy }),
  };
}

/** What a run deploys, and on whose word, as its first entry says. */
function deployed({ journal, sha }: Run): Pick<Result, "sha" | "approval"> {
  const approval = lastEntry(journal.entries, "began")?.approval ?? null;
  return { ...(sha === null ? {} : { sha }), ...(approval === null ? {} : { approval }) };
}

export function targetResult(run: Run, target: TargetRun, outcome: Outcome): TargetResult {
  const { ending } = target;
  return {
    ...emptyTargetResult(target.target, ending?.outcome ?? outcomeOf(target, outcome)),
    ...(ending === null || ending.reasons.length === 0 ? {} : { reasons: ending.reasons }),
    undisturbed: target.disturbance === undefined ? null : target.disturbance === null,
    ...(typeof target.disturbance === "string" ? { disturbance: target.disturbance } : {}),
    pending: target.pending,
    applied: target.applied,
    steps: run.steps
      .filter((step) => step.target === null || step.target === target || step.target === target.database)
      .map((step) => step.result),
    backup: target.backup?.summary ?? null,
    checks: target.checks,
    data: target.data,
    schema: target.schema,
    rollback: target.rollback,
    ...notesOf(target),
  };
}

/** What a run gave up is undone, where it went on without and made the others what it wanted. */
function outcomeOf({ givenUp }: TargetRun, outcome: Outcome): Outcome {
  return outcome === "migrated" && givenUp !== null ? "undone" : outcome;
}

/** What is to be said of a database is said of its tenants. */
function notesOf({ notes, database }: TargetRun): { readonly notes?: readonly string[] } {
  const all = [...new Set([...(database?.notes ?? []), ...notes])];
  return all.length === 0 ? {} : { notes: all };
}

/** What several targets say alike, as the tenants of one database do, once. */
export function eachOnce(reasons: readonly Reason[]): readonly Reason[] {
  return [...new Map(reasons.map((reason) => [`${reason.code} ${reason.message}`, reason])).values()];
}

export function emptyTargetResult(target: Target, outcome: Outcome): TargetResult {
  return {
    name: target.name,
    engine: target.engine,
    outcome,
    undisturbed: null,
    pending: [],
    applied: [],
    steps: [],
    backup: null,
    checks: [],
    data: null,
    schema: null,
    rollback: null,
  };
}

/** An end before the first effect: refused, interrupted, or a defect. Usage errors have no run and go on. */
export function endedBeforehand(ports: Ports, head: ResultHead, targets: readonly Target[], error: unknown): Result {
  if (error instanceof BelayError && error.kind === "usage") throw error;
  const outcome = ports.signal.aborted ? "interrupted" : error instanceof BelayError ? "refused" : "failed";
  return resultOf(
    ports,
    head,
    outcome,
    reasonsOf([error], ports.redact),
    targets.map((target) => emptyTargetResult(target, outcome)),
  );
}
