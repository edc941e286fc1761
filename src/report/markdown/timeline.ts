/** Steps of a run in the order in which they happened, as a table and as a chart. */

import type { StepName } from "../../domain/phase.ts";
import type { Result, StepOutcome, StepResult } from "../../domain/result.ts";
import { duration } from "../../domain/words.ts";
import { labelOf } from "../running-step.ts";
import { tellsNothing } from "../steps.ts";
import { cell, cellCode, fenced, mermaidText } from "./escape.ts";

interface TimedStep {
  /** null: a step of the whole environment. */
  readonly target: string | null;
  readonly step: StepResult;
  /** Milliseconds since the run began, had it done nothing else. */
  readonly startMs: number;
}

/** Every target's result carries these steps, and they happened once. */
const WHOLE: readonly StepName[] = [
  "prepare",
  "maintenance-on",
  "stop",
  "start",
  "health",
  "maintenance-off",
  "watch",
  "settle",
  "previous",
];
/** With several targets, a step is done for all of them before the next one. */
const ORDER: readonly StepName[] = [
  "preflight",
  "checks-before",
  "prepare",
  "maintenance-on",
  "stop",
  "backup",
  "clone",
  "migrate",
  "verify",
  "start",
  "health",
  "watch",
  "settle",
  "rollback",
  "previous",
  "maintenance-off",
];

/** In a chart, and in a table. */
const MOST_STEPS = 200;
const DETAIL_LIMIT = 400;

const MARKS: Readonly<Record<StepOutcome, string>> = { done: "✅", failed: "❌", warned: "⚠️", skipped: "➖" };

function timeline({ targets }: Pick<Result, "targets">): TimedStep[] {
  const several = targets.length > 1;
  const steps = targets.flatMap(({ name, steps: own }, at) =>
    own
      .filter((step) => !several || at === 0 || !WHOLE.includes(step.name))
      .map((step) => ({ target: several && !WHOLE.includes(step.name) ? name : null, step })),
  );
  const ordered = several ? steps.toSorted((a, b) => ORDER.indexOf(a.step.name) - ORDER.indexOf(b.step.name)) : steps;
  let elapsedMs = 0;
  return ordered.map((each) => {
    const startMs = elapsedMs;
    elapsedMs += each.step.durationMs;
    return { ...each, startMs };
  });
}

/** `migrated` stands in place of what the step `migrate` tells of itself: names with links, as markdown for a cell; empty: nothing. */
export function stepsTable(result: Result, migrated: (target: string | null) => string): string {
  const several = result.targets.length > 1;
  const shown = timeline(result).filter(({ step }) => !tellsNothing(step));
  if (shown.length === 0) return "";
  const rows = shown.slice(0, MOST_STEPS).map(({ target, step }) => {
    const detail = cell((step.detail ?? "").trim().split(/[\r\n]/u)[0] ?? "", DETAIL_LIMIT);
    const names = step.name === "migrate" && step.outcome !== "failed" ? migrated(target) : "";
    const where = several ? ` ${target === null ? "" : cellCode(target)} |` : "";
    return `| ${MARKS[step.outcome]} |${where} ${labelOf(step.name)} | ${names === "" ? detail : names} | ${duration(step.durationMs)} |`;
  });
  const head = several
    ? ["| | database | step | | time |", "| --- | --- | --- | --- | ---: |"]
    : ["| | step | | time |", "| --- | --- | --- | ---: |"];
  const rest = shown.length - MOST_STEPS;
  return [...head, ...rows, ...(rest > 0 ? [`| |${several ? " |" : ""} … | ${rest} more steps | |`] : [])].join("\n");
}

const TAGS: Readonly<Record<StepOutcome, string>> = { done: "done", failed: "crit", warned: "active", skipped: "done" };

/** A Mermaid chart; empty where there is nothing to compare. The hours on its axis are the reader's own. */
export function gantt(result: Result): string {
  const steps = timeline(result).filter(({ step }) => !tellsNothing(step) && step.outcome !== "skipped");
  const began = Date.parse(result.startedAt);
  if (steps.length < 2 || Number.isNaN(began)) return "";
  const lines = steps.slice(0, MOST_STEPS).flatMap(({ target, step, startMs }, at) => {
    const [start, end] = [began + Math.round(startMs), began + Math.round(startMs + Math.max(step.durationMs, 1))];
    const section = target ?? result.environment ?? "run";
    const before = at === 0 ? undefined : (steps[at - 1]?.target ?? result.environment ?? "run");
    const task = `  ${labelOf(step.name)} ${duration(step.durationMs)} :${TAGS[step.outcome]}, ${start}, ${end}`;
    return section === before ? [task] : [`  section ${mermaidText(section)}`, task];
  });
  return fenced("mermaid", ["gantt", "  dateFormat x", "  axisFormat %H:%M:%S", ...lines].join("\n"));
}
