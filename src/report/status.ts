import type { Result, TargetResult, TargetStatus } from "../domain/result.ts";
import { commandFor, field } from "./page.ts";
import { obstacles } from "./plan.ts";
import { describeBackup } from "./run-facts.ts";
import { safeLine } from "./safe-text.ts";
import { mark, paint, type Style } from "./style.ts";
import { count, firstOf } from "../domain/words.ts";

const NAMES = 8;

/** Of one target at least; the others could not be looked at. */
export function tellsWhereItStands({ command, targets }: Result): boolean {
  return command === "status" && targets.some(({ state }) => state !== undefined);
}

/** One block per target: applied, pending, last run, lock, newest backup. */
export function statusReport(result: Result, style: Style): string[] {
  const of = result.environment === null ? "" : ` of ${safeLine(result.environment, 60)}`;
  return [
    paint(style, ["bold", "cyan"], `STATUS${of}`),
    ...result.targets.flatMap((target) => ["", ...targetStatus(target, style)]),
    ...obstacles(result, style),
    ...next(result, style),
  ];
}

function targetStatus(target: TargetResult, style: Style): string[] {
  const { state, history, pending } = target;
  if (state === undefined) return [title(target, "failed", style), ...field(style, "State:", "not known")];
  const applied =
    history === undefined
      ? ""
      : history.length === 0
        ? "nothing"
        : `${count(history.length)}, the last is ${safeLine(history.at(-1) ?? "", 120)}`;
  const names = pending.map(({ id }) => safeLine(id, 120));
  const well = pending.length === 0 && !isUnfinished(state);
  return [
    title(target, well ? "done" : "warned", style),
    ...field(style, "Applied:", applied),
    ...field(style, "Pending:", names.length === 0 ? "nothing" : `${count(names.length)}: ${firstOf(names, NAMES)}`),
    ...field(
      style,
      "No file:",
      firstOf(
        (target.appliedWithoutFile ?? []).map((id) => safeLine(id, 120)),
        NAMES,
      ),
    ),
    ...stateLines(state, style),
    ...field(style, "Note:", (target.notes ?? []).map((note) => safeLine(note)).join("; ")),
  ];
}

function title({ name, engine }: TargetResult, sign: Parameters<typeof mark>[1], style: Style): string {
  return `${mark(style, sign)} ${paint(style, "bold", safeLine(name, 60))} ${paint(style, "dim", `(${engine})`)}`;
}

function stateLines({ lastRun, lock, holder, newestBackup }: TargetStatus, style: Style): string[] {
  const run = lastRun === null ? "none" : `${safeLine(lastRun.id)}, ${lastRun.outcome ?? `unfinished in phase ${safeLine(lastRun.phase)}`}`;
  return [
    ...field(style, "Last:", run),
    ...field(style, "Lock:", holder === undefined ? lock : `${lock} by ${safeLine(holder, 120)}`),
    ...field(style, "Backup:", newestBackup === null ? "none" : describeBackup(newestBackup)),
  ];
}

/** A run that did not end, and that nobody is working on. */
function isUnfinished(state: TargetStatus | undefined): boolean {
  return state !== undefined && state.lastRun !== null && state.lastRun.outcome === null && state.lock !== "held";
}

function next(result: Result, style: Style): string[] {
  const text = afterStatus(result);
  return text === "" ? [] : ["", ...field(style, "Next:", text)];
}

/** What to do about what was found; empty where nothing is to be done. */
export function afterStatus(result: Result): string {
  if (result.targets.some(({ state }) => isUnfinished(state))) return `${commandFor(result, "recover")} finishes what a crashed run left`;
  return result.targets.some(({ pending }) => pending.length > 0) ? `${commandFor(result, "plan")} shows what would run` : "";
}
