import type { Result, RunSummary } from "../domain/result.ts";
import { indented } from "./page.ts";
import { safeLine } from "./safe-text.ts";
import { mark, paint, type Style } from "./style.ts";
import { endedWell } from "./verdict.ts";
import { duration, firstOf, moment } from "../domain/words.ts";

const NAMES = 8;

/** Newest first, as they come: one line each, what it applied, and why it ended as it did. */
export function runsReport(result: Result, style: Style): string[] {
  const runs = result.runs ?? [];
  if (runs.length === 0) return ["No run yet."];
  return runs.flatMap((run) => runLines(run, style));
}

function runLines(run: RunSummary, style: Style): string[] {
  const outcome = run.outcome ?? (run.cutOff === true ? "cut off" : "unfinished");
  const which = run.outcome === null ? "warned" : endedWell(run.outcome) ? "done" : "failed";
  const took = run.durationMs === null ? "" : ` in ${duration(run.durationMs)}`;
  const targets = run.targets.filter(({ applied, backup }) => applied.length > 0 || backup !== null);
  const head = `${mark(style, which)} ${moment(run.startedAt)}  ${safeLine(run.run)}  ${safeLine(run.command)} ${paint(style, "bold", outcome)}${took}`;
  return [
    head,
    ...targets.flatMap((target) => {
      const applied = describeApplied(run, target.applied);
      const backup = target.backup === null ? "" : `backup ${safeLine(target.backup)}`;
      return indented(style, 4, `${safeLine(target.name, 60)}: ${[applied, backup].filter((text) => text !== "").join("; ")}`);
    }),
    ...(run.cutOff === true ? indented(style, 4, "killed before it changed anything; there is nothing to recover") : []),
    ...(run.outcome !== null && endedWell(run.outcome)
      ? []
      : run.reasons.flatMap(({ message }) => indented(style, 4, safeLine(message, 300)))),
    ...(run.withoutApproval === null ? [] : indented(style, 4, `without approval: ${safeLine(run.withoutApproval, 300)}`)),
    ...(run.again === null ? [] : indented(style, 4, `again: ${safeLine(run.again, 300)}`)),
  ];
}

/** What a run that was undone had applied is not in the database any more, and a rollback applied nothing. */
function describeApplied({ command, outcome }: RunSummary, applied: readonly string[]): string {
  if (applied.length === 0) return "";
  const names = firstOf(
    applied.map((id) => safeLine(id, 120)),
    NAMES,
  );
  if (command === "rollback") return `${outcome === "rolled-back" ? "took" : "was to take"} back ${names}`;
  return `applied ${outcome === "undone" ? "and took back " : ""}${names}`;
}
