/** What happened, as the fields of a message and in Belay's own words. Pure. */

import type { MessageEvent, MessageFacts, MessageField, MessageFields } from "../domain/message.ts";
import type { Reason } from "../domain/error.ts";
import type { Result } from "../domain/result.ts";
import { counted, duration, firstOf, moment } from "../domain/words.ts";
import { cameBack } from "./came-back.ts";
import { runFacts, type FactLabel } from "./run-facts.ts";
import { safeLine, safeLines } from "./safe-text.ts";
import { verdict } from "./verdict.ts";
import { watchLine } from "./watch.ts";

/** More of them are counted. */
const MOST_NAMES = 20;
const MOST_LINES = 20;
const LINE_LIMIT = 600;

/** In the words of whoever has none of his own. A line whose fields are all empty is left out. */
export const MESSAGE_TEMPLATES: Readonly<Record<MessageEvent, string>> = {
  before: "{{summary}}",
  start: "{{summary}}",
  end: "{{summary}}\n{{watch}}\n{{checklist}}",
  failure: "{{summary}}\n{{reasons}}\n{{later-writes}}\n{{kept}}\n{{next}}",
  rollback: "{{summary}}\n{{reasons}}\n{{later-writes}}\n{{kept}}\n{{next}}",
};

/** No value holds what a terminal would obey; several lines have only those that are lists. */
export function messageFields(facts: MessageFacts): MessageFields {
  const { result, environment } = facts;
  const fields: Readonly<Record<MessageField, string>> = {
    summary: `${environment}: ${summary(facts)}`,
    event: facts.event,
    environment,
    command: facts.command,
    outcome: result?.outcome ?? "",
    run: facts.run,
    targets: firstOf(facts.targets, MOST_NAMES),
    migrations: firstOf(facts.migrations, MOST_NAMES),
    count: String(facts.migrations.length),
    time: moment(facts.at.toISOString()),
    duration: result === null ? "" : duration(result.durationMs),
    backup: firstOf(
      (result?.targets ?? []).flatMap(({ backup }) => backup?.id ?? []),
      MOST_NAMES,
    ),
    reasons: linesOf(facts.reasons.map(({ message }) => message)),
    next: result === null ? nextOf(facts.reasons) : factLines(result, "Next", "By hand"),
    rollback: result === null ? "" : rollbackOf(result),
    "later-writes": result === null ? "" : factLines(result, "Later"),
    kept: result === null ? "" : factLines(result, "Kept"),
    watch: facts.watch === null ? "" : watchLine(facts.watch),
    checklist: linesOf((result?.checklist ?? []).map((item) => `[ ] ${item}`)),
    commit: facts.commit ?? "",
  };
  return clean(fields);
}

function clean(fields: MessageFields): MessageFields {
  const entries = Object.entries(fields).map(([name, value]) => [name, safeLines(value).join("\n").trim()]);
  return Object.fromEntries(entries) as MessageFields;
}

function summary({ event, command, result, watch, migrations }: MessageFacts): string {
  if (result !== null) {
    const { word, rest } = verdict(result);
    return `${word} ${rest}`;
  }
  if (watch !== null) {
    return watch.state === "broken" ? `THE WATCH FOUND SOMETHING. ${watchLine(watch)}.` : `WELL AGAIN. ${watchLine(watch)}.`;
  }
  if (command === "rollback") return "the data are about to be taken back.";
  const what = migrations.length === 0 ? "" : ` ${counted(migrations.length, "migration")}: ${firstOf(migrations, MOST_NAMES)}.`;
  return event === "before" ? `a guarded migration begins.${what}` : `migrating now.${what}`;
}

function rollbackOf({ targets }: Result): string {
  const [rollback] = targets.flatMap((target) => target.rollback ?? []);
  if (rollback === undefined) return "";
  const matches = cameBack(rollback) ? ", identical to before" : "";
  return `${rollback.strategy}${matches}: ${rollback.why}`;
}

function factLines(result: Result, ...labels: readonly FactLabel[]): string {
  return linesOf(runFacts(result).flatMap(({ label, texts }) => (labels.includes(label) ? texts : [])));
}

function nextOf(reasons: readonly Reason[]): string {
  return linesOf([...new Set(reasons.flatMap(({ hint }) => hint ?? []))]);
}

function linesOf(texts: readonly string[]): string {
  const lines = texts.map((text) => safeLine(text, LINE_LIMIT)).filter((text) => text !== "");
  return firstOf(lines, MOST_LINES, "\n");
}
