/**
 * The watch of a run: after the health checks, the same questions again and again. A watch that failed is a failed health check, or (with
 * `on-failure: alert`) a message; the state of the run stays `health` all the while, so that the application may start containers.
 */

import { setTimeout as pause } from "node:timers/promises";
import type { WatchResult } from "../domain/result.ts";
import type { WatchConfig } from "../domain/watch.ts";
import { counted } from "../domain/words.ts";
import { announceWatch } from "./announce.ts";
import { readerOf, surroundingsOf } from "./checks.ts";
import { throwIfAny } from "./failed-checks.ts";
import { lastEntry } from "./journal-entry.ts";
import { assertOwner, leavesOf, step, throwIfInterrupted, type Run, type StepEnd } from "./run.ts";
import { WatchCourse } from "./watch-course.ts";
import { askRound } from "./watch-round.ts";

/** Throws `watch-failed` where that is to undo the run. */
export async function watchApplication(run: Run): Promise<void> {
  const { watch } = run.environment;
  if (watch === null || watch.forMs === 0) return;
  await step(run, "watch", run.part, () => watchFor(run, watch));
}

/** By a clock that nobody sets: a watch is neither shortened nor prolonged by what happens to the time of day. */
async function watchFor(run: Run, watch: WatchConfig): Promise<StepEnd<void>> {
  const course = new WatchCourse();
  const alertOnly = watch.onFailure === "alert";
  const began = performance.now();
  const total = Math.floor(watch.forMs / watch.everyMs) + 1;
  for (let over = false; !over;) {
    const roundBegan = performance.now();
    await assertOwner(run);
    course.addRound(await askRound(surroundingsOf(run, run.part), watch, watchedTargets(run)));
    over = performance.now() - began >= watch.forMs;
    run.watch = resultOf(course, over, performance.now() - began, watch.forMs);
    tellProgress(run, course.rounds, Math.max(total, course.rounds));
    if (course.isBroken && !alertOnly) break;
    if (alertOnly) await tellChange(run, course, run.watch);
    if (!over) await waitUntil(run, Math.min(roundBegan + watch.everyMs, began + watch.forMs));
  }
  for (const target of leavesOf(run)) target.checks.push(...course.results(alertOnly));
  if (!alertOnly) throwIfAny("failed", course.reasons());
  const detail = `${course.good} of ${counted(course.rounds, "round")} good`;
  return { value: undefined, outcome: course.isBroken ? "warned" : "done", detail };
}

function watchedTargets(run: Run) {
  return leavesOf(run).map((each) => ({ target: each.target, baseline: each.baseline, open: () => readerOf(run, each) }));
}

function resultOf(course: WatchCourse, over: boolean, watchedMs: number, forMs: number): WatchResult {
  const state = course.isBroken ? "broken" : over ? "over" : "good";
  return { state, watchedMs: Math.round(Math.min(watchedMs, forMs)), forMs, rounds: course.rounds, good: course.good };
}

/** Once for each change; what a run that crashed had said already is not said again. */
async function tellChange(run: Run, course: WatchCourse, watch: WatchResult): Promise<void> {
  const state = course.isBroken ? "broken" : "good";
  const told = lastEntry(run.journal.entries, "watch");
  if (state !== (told?.state ?? "good")) await run.journal.append({ type: "watch", state, reasons: course.reasons(), watch });
  const entry = lastEntry(run.journal.entries, "watch");
  if (entry !== undefined) await announceWatch(run, `watch-${entry.seq}`, { reasons: entry.reasons, watch: entry.watch });
}

function tellProgress(run: Run, done: number, total: number): void {
  run.ports.progress({
    type: "step-progress",
    target: run.part?.target.name ?? run.environment.name,
    step: "watch",
    done,
    total,
    unit: "rounds",
  });
}

async function waitUntil(run: Run, at: number): Promise<void> {
  const { signal } = run.ports;
  try {
    await pause(Math.max(0, at - performance.now()), undefined, { signal });
  } catch (error) {
    throwIfInterrupted(run.ports);
    throw error;
  }
}
