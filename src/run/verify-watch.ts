/**
 * `belay verify --watch`: one round of the watch of the last run, for a workflow that calls it again and again over days. What it finds
 * is recorded and said while nobody else has the lock of the targets, so that it is never said of an application that a run just stopped.
 */

import type { RecordedRows } from "../check/check.ts";
import type { Environment } from "../config/config.ts";
import { BelayError, refusal, usageError } from "../domain/error.ts";
import type { Result, WatchResult } from "../domain/result.ts";
import type { RunId } from "../domain/run-id.ts";
import type { Target } from "../domain/target.ts";
import type { WatchConfig } from "../domain/watch.ts";
import { emptyTargetResult, endedBeforehand, resultOf, type ResultHead } from "./ending.ts";
import { readJournal, type JournalPlace } from "./journal.ts";
import { lastEntry, lastOfTarget } from "./journal-entry.ts";
import { holdTargets, refuseUnfinished, type Holds } from "./locking.ts";
import { History, journalPlace } from "./past-runs.ts";
import type { Ports } from "./ports.ts";
import { WatchCourse } from "./watch-course.ts";
import { answer, tellChange } from "./watch-answer.ts";
import { readRecords, writeRecord, type WatchRecord } from "./watch-records.ts";
import { askRound, hasFailed, subjectsOf, type Asked } from "./watch-round.ts";

/** A run that is watched. */
export interface WatchedRun {
  readonly ports: Ports;
  readonly environment: Environment;
  readonly targets: readonly Target[];
  readonly watch: WatchConfig;
  readonly place: JournalPlace;
  readonly run: RunId;
  readonly commit: string | null;
  readonly endedAt: Date;
  readonly baselines: ReadonlyMap<Target, ReadonlyMap<string, RecordedRows>>;
}

export async function verifyWatch(
  ports: Ports,
  environment: Environment,
  targets: readonly Target[],
  wanted: RunId | null,
): Promise<Result> {
  const head: ResultHead = { command: "verify", environment: environment.name, startedAt: ports.now() };
  try {
    const watched = await watchedRun(ports, environment, targets, wanted);
    const before = await readRecords(watched.place, watched.run);
    const soFar = courseOf(watched, before);
    if (stateOf(watched, soFar).state === "over") return told(watched, head, soFar);
    const variables = ports.childVariables(environment, {});
    const asked = await askRound({ ports, environment, variables }, watched.watch, sessionsOf(watched));
    const { course, records } = await record(watched, asked, wanted);
    if (!course.isBroken) return told(watched, head, course);
    const found = told(watched, head, course);
    return watched.watch.scheduled.onFailure === "alert" ? found : await answer(watched, records, found);
  } catch (error) {
    return endedBeforehand(ports, head, targets, error);
  }
}

async function watchedRun(ports: Ports, environment: Environment, targets: readonly Target[], wanted: RunId | null): Promise<WatchedRun> {
  const { watch } = environment;
  if (watch === null) {
    throw usageError("watch-missing", `${environment.name} has no watch in belay.yml`, {
      hint: "write what is to be asked: watch: { checks: [{ http: … }] }",
    });
  }
  const place = journalPlace(ports, environment, targets);
  const run = wanted ?? (await newestRun(place, targets));
  const entries = run === null ? [] : await readJournal(place, run);
  const ended = lastEntry(entries, "ended");
  if (run === null || ended === undefined) {
    throw refusal("nothing-to-watch", `no run of ${environment.name} has ended that could be watched`, {
      hint: `\`belay runs ${environment.name}\` lists what happened`,
    });
  }
  const baselines = targets.map((target) => {
    const baseline = lastOfTarget(entries, "backup", target.name)?.baseline ?? {};
    return [target, new Map(Object.entries(baseline))] as const;
  });
  const commit = lastEntry(entries, "began")?.sha ?? null;
  return { ports, environment, targets, watch, place, run, commit, endedAt: new Date(ended.at), baselines: new Map(baselines) };
}

/** Of several targets the one that was migrated last decides how long is watched. */
async function newestRun(place: JournalPlace, targets: readonly Target[]): Promise<RunId | null> {
  const history = new History(place);
  const runs: RunId[] = [];
  for (const { name } of targets) {
    const past = await history.lastApplying(name);
    if (past !== undefined) runs.push(past.run);
  }
  return runs.sort().at(-1) ?? null;
}

function sessionsOf({ ports, targets, baselines }: WatchedRun) {
  return targets.map((target) => ({
    target,
    baseline: baselines.get(target) ?? new Map<string, RecordedRows>(),
    open: () => ports.engineOf(target).reader(target, { signal: ports.signal }),
  }));
}

interface Recorded {
  readonly course: WatchCourse;
  readonly records: readonly WatchRecord[];
}

/** A round counts only when no run is in its way, none has come in between, and nobody records another one at the same time. */
async function record(watched: WatchedRun, asked: readonly Asked[], wanted: RunId | null): Promise<Recorded> {
  const { ports, environment, targets, place, run } = watched;
  await using locks = await lockIfThere(ports, targets);
  refuseUnfinished(environment, locks?.holds ?? []);
  const now = wanted ?? (await newestRun(place, targets));
  if (now !== run) {
    throw refusal("watch-superseded", `run ${now ?? "none"} came in between: what was asked is not about run ${run} any more`, {
      hint: "nothing was recorded; the next call watches the new run",
    });
  }
  const before = await readRecords(place, run);
  const failed = new Map(asked.filter(hasFailed).map(({ key, result }) => [key, result]));
  const records = await writeRecord(ports, place, run, before, { kind: failed.size === 0 ? "good" : "bad", failed });
  const course = courseOf(watched, before, asked);
  return { course, records: await tellChange(watched, records, course, stateOf(watched, course)) };
}

/** null: the database cannot be reached, or this role may only read. No run can be under way on what nobody reaches; what was seen counts all the more. */
async function lockIfThere(ports: Ports, targets: readonly Target[]): Promise<Holds | null> {
  try {
    return await holdTargets(ports, targets);
  } catch (error) {
    if (error instanceof BelayError && error.code !== "locked" && error.code !== "interrupted") return null;
    throw error;
  }
}

/** `last`: the round that was asked just now; what it said in passing is told as well. */
function courseOf({ watch, targets }: WatchedRun, records: readonly WatchRecord[], last: readonly Asked[] | null = null): WatchCourse {
  const course = new WatchCourse();
  const rounds = records.filter(({ kind }) => kind === "good" || kind === "bad");
  const subjects = subjectsOf(watch, targets);
  for (const { failed } of rounds) {
    course.addRound(
      subjects.map(({ key, watched, name }) => ({
        key,
        watched,
        result: failed.get(key) ?? { name, phase: "watch", passed: true, expected: null, actual: "as expected" },
      })),
    );
  }
  if (last !== null) course.addRound(last);
  return course;
}

/** A watch that found something goes on until it is well again, its time over or not. */
function stateOf({ ports, endedAt, watch: { scheduled } }: WatchedRun, course: WatchCourse): WatchResult {
  const { forMs } = scheduled;
  const elapsedMs = Math.max(0, ports.now().getTime() - endedAt.getTime());
  const state = course.isBroken ? "broken" : elapsedMs >= forMs ? "over" : "good";
  return { state, watchedMs: Math.min(elapsedMs, forMs), forMs, rounds: course.rounds, good: course.good };
}

function told(watched: WatchedRun, head: ResultHead, course: WatchCourse): Result {
  const { ports, targets, run } = watched;
  const outcome = course.isBroken ? "checks-failed" : "verified";
  const checks = course.results(false);
  const results = targets.map((target) => ({ ...emptyTargetResult(target, outcome), checks }));
  return { ...resultOf(ports, head, outcome, course.reasons(), results), run, watch: stateOf(watched, course) };
}
