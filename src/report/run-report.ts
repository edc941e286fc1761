/** What stands after a run: verdict, what is to be known of it, what to do now. */

import { severity } from "../domain/outcome.ts";
import type { Result, TargetResult } from "../domain/result.ts";
import { count } from "../domain/words.ts";
import { field, fields, indented, prose } from "./page.ts";
import { runFacts } from "./run-facts.ts";
import { safeLine } from "./safe-text.ts";
import { mark, paint, type Style } from "./style.ts";
import { endedWell, verdict } from "./verdict.ts";

export function runReport(result: Result, style: Style): string[] {
  return [
    ...headline(result, style),
    ...targetOutcomes(result, style),
    ...runFacts(result).flatMap(({ label, texts, warns }) => fields(style, `${label}:`, texts, warns ? "yellow" : "bold")),
    ...deleted(result, style),
    ...runLine(result, style),
    ...checklist(result),
  ];
}

/** What `prune` deleted stands in lines of its own. */
function deleted(result: Result, style: Style): string[] {
  if (result.outcome !== "pruned") return [];
  return result.targets.flatMap((target) => (target.notes ?? []).flatMap((note) => indented(style, 2, safeLine(note))));
}

function headline(result: Result, style: Style): string[] {
  const { word, rest, paint: color } = verdict(result);
  const [first = "", ...more] = prose(style, `${word} ${rest}`);
  return [first.replace(word, paint(style, ["bold", color], word)), ...more];
}

function targetOutcomes(result: Result, style: Style): string[] {
  if (result.targets.length < 2) return [];
  const alike = [...Map.groupBy(result.targets, ({ outcome }) => outcome)].sort(([a], [b]) => severity(a) - severity(b));
  return alike.flatMap(([outcome, targets]) => {
    const sign = mark(style, endedWell(outcome) ? "done" : "failed");
    const limit = targets.length > LIMIT ? LIMIT - 1 : LIMIT;
    const lines = targets.slice(0, limit).map((target) => `  ${sign} ${safeLine(target.name, 60)}: ${outcome}${whyOf(target)}`);
    return targets.length > LIMIT ? [...lines, `  ${sign} ${count(targets.length - limit)} more: ${outcome}`] : lines;
  });
}

/** So many targets that ended alike have a line each. */
const LIMIT = 20;

/** Of one that ended otherwise than the others: why, in the first line of its first reason. */
function whyOf({ reasons = [] }: TargetResult): string {
  const [first] = reasons;
  return first === undefined ? "" : `, ${safeLine(first.message.split("\n")[0] ?? "", 160)}`;
}

function runLine(result: Result, style: Style): string[] {
  if (result.run === null) return [];
  return field(style, "Run:", safeLine(result.run), "dim");
}

function checklist(result: Result): string[] {
  if (result.checklist === undefined || result.checklist.length === 0 || !endedWell(result.outcome)) return [];
  return ["", "Only a person can check:", ...result.checklist.map((item) => `  [ ] ${safeLine(item)}`)];
}
