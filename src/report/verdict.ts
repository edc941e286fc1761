/** The first line after a run: did it work, what changed, are the data safe, does the application run. */

import type { Outcome } from "../domain/outcome.ts";
import type { Result, StepResult } from "../domain/result.ts";
import { describeLoss } from "./changes.ts";
import { applicationClause, applicationEnd } from "./application.ts";
import { cameBack } from "./came-back.ts";
import { safeLine } from "./safe-text.ts";
import type { Paint } from "./style.ts";
import { count, counted, duration, size } from "../domain/words.ts";

export interface Verdict {
  /** The word that a skimming eye finds. */
  readonly word: string;
  /** What follows it on the same line: whole sentences. */
  readonly rest: string;
  readonly paint: Paint;
}

export function verdict(result: Result): Verdict {
  const took = duration(result.durationMs);
  switch (result.outcome) {
    case "migrated":
      return good(
        `${result.command === "recover" ? "RECOVERED, " : ""}MIGRATED${notYetVerified(result) ? ", NOT VERIFIED YET," : ""}`,
        `in ${took}. ${migrated(result)}`,
      );
    case "rolled-back":
      return good("ROLLED BACK", `in ${took}. ${sentence(rolledBack(result), app(result, "the application is running"))}`);
    case "up-to-date":
      return result.command === "recover"
        ? good("NOTHING TO RECOVER.", "No run was left unfinished; nothing was touched.")
        : good("UP TO DATE.", "Nothing is pending; nothing was stopped, backed up or changed.");
    case "undone":
      return bad(undoneWord(result), `in ${took}. ${sentence(undone(result), app(result, "the old version is running"))}`);
    case "refused":
      return { word: "REFUSED", rest: `after ${took}. ${refused(result)}`, paint: "yellow" };
    case "needs-attention":
      return bad("NEEDS ATTENTION", `after ${took}. ${sentence(inDoubt(result), app(result, "the old version is running"))}`);
    case "failed":
      return bad("FAILED BEFORE ANYTHING WAS CHANGED,", `after ${took}. This is a defect of Belay.`);
    case "interrupted":
      return { word: "INTERRUPTED BEFORE ANYTHING WAS CHANGED,", rest: `after ${took}.`, paint: "yellow" };
    case "checks-failed":
      return { word: "CHECKS FAILED,", rest: `after ${took}. Nothing was changed.`, paint: "red" };
    case "backed-up":
      return good("BACKED UP", `in ${took}. ${sentence(backedUp(result))}`);
    case "verified":
      return good("VERIFIED", `in ${took}. ${sentence(result.watch === undefined ? checksHeld(result) : "", proven(result))}`);
    case "restored":
      return good("RESTORED", `in ${took}. ${sentence(`the database ${targetNames(result)} holds what the backup holds`)}`);
    case "pruned":
      return good("PRUNED", `in ${took}. ${sentence(pruned(result))}`);
    case "planned":
    case "rehearsed":
    case "listed":
    case "written":
    case "healthy":
      return good(result.outcome.toUpperCase(), `in ${took}.`);
  }
}

/** A run with `--no-verify`: what it did is recorded, and `belay verify` judges it. */
export function notYetVerified(result: Result): boolean {
  return result.verified === false;
}

/** Ended as it was asked to. */
export function endedWell(outcome: Outcome): boolean {
  return !["failed", "refused", "undone", "needs-attention", "checks-failed", "interrupted"].includes(outcome);
}

export function wasInterrupted(result: Pick<Result, "reasons">): boolean {
  return result.reasons.some(({ code }) => code === "interrupted");
}

function good(word: string, rest: string): Verdict {
  return { word, rest, paint: "green" };
}

function bad(word: string, rest: string): Verdict {
  return { word, rest, paint: "red" };
}

function migrated(result: Result): string {
  const applied = result.targets.reduce((sum, target) => sum + target.applied.length, 0);
  const where = result.targets.length > 1 ? ` to ${result.targets.length} databases` : "";
  return sentence(
    applied === 0 ? "" : `${counted(applied, "migration")} applied${where}`,
    proven(result),
    app(result, "the previous version is running"),
  );
}

/** What is known of the rows. */
function proven(result: Result): string {
  const data = result.targets.flatMap((target) => (target.data === null ? [] : [target.data]));
  if (data.length === 0) return "";
  return data.every((each) => each.proven) ? describeLoss(data) : "what happened to the rows is not proven";
}

function backedUp({ targets }: Result): string {
  const backups = targets.flatMap(({ backup }) => (backup === null ? [] : [backup]));
  const bytes = backups.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const how = backups.every(({ proof }) => proof === "restored") ? "restored and compared" : "read, rows counted";
  return `${size(bytes)}${targets.length > 1 ? ` of ${targets.length} databases` : ""}, ${how}`;
}

function checksHeld({ targets }: Result): string {
  const checks = targets.flatMap((target) => target.checks).filter(({ expected }) => expected !== null);
  return checks.length === 0 ? "" : `${count(checks.filter(({ passed }) => passed).length)} of ${count(checks.length)} checks passed`;
}

function pruned({ targets }: Result): string {
  const dropped = targets.reduce((sum, { notes }) => sum + (notes?.length ?? 0), 0);
  return dropped === 0 ? "nothing had to go" : `${counted(dropped, "backup or copy", "backups and copies")} deleted`;
}

function targetNames({ targets }: Result): string {
  return targets.map(({ name }) => safeLine(name, 60)).join(", ");
}

/** By the data, by the tool's own way down, or by a hook: three different things to be told. */
function rolledBack(result: Result): string {
  const rollbacks = result.targets.map(({ rollback }) => rollback);
  const [noun, is] = databases(result);
  if (rollbacks.some((rollback) => rollback?.strategy === "hook")) return `the hook ran; ${noun.toLowerCase()} ${is} otherwise untouched`;
  if (!rollbacks.some((rollback) => rollback?.strategy === "downgrade")) return putBack(result);
  if (rollbacks.every((rollback) => rollback?.matches === true)) return putBack(result);
  const differs = rollbacks.some((rollback) => rollback?.matches === false);
  return `the migrations were taken back, and later writes stayed${differs ? `; so ${noun.toLowerCase()} ${is} not as before that run in every row` : ""}`;
}

/** Taken back by the tool while the application went on writing: not every row is as it was, and none of the application's is lost. */
function undone(result: Result): string {
  const wentDown = result.targets.some(({ rollback }) => rollback?.strategy === "downgrade" && rollback.matches === null);
  return wentDown && result.command !== "rollback"
    ? "the migrations were taken back, and what was written meanwhile stayed"
    : putBack(result);
}

function undoneWord(result: Result): string {
  if (result.command === "recover") return "RECOVERED, ROLLED BACK";
  if (wasInterrupted(result)) return "INTERRUPTED, ROLLED BACK";
  return result.command === "rollback" ? "ROLLBACK FAILED AND UNDONE," : "FAILED, ROLLED BACK";
}

function putBack(result: Result): string {
  const [noun, is] = databases(result);
  if (result.command === "rollback" && result.outcome === "undone") return `${noun} ${is} as before the rollback`;
  const when = result.command === "rollback" ? " before that run" : result.command === "recover" ? " before the run" : "";
  const was = is === "are" ? "they were" : "it was";
  const lacking = result.targets.reduce((sum, { rollback }) => sum + (rollback?.lacks ?? []).length, 0);
  if (!result.targets.every(({ rollback }) => rollback === null || cameBack(rollback)))
    return `${noun} ${is} as ${was}${when}, which could not be compared`;
  if (lacking > 0)
    return `${noun} ${is} as ${was}${when}, but for ${counted(lacking, "thing")} that no copy could be given (see the notes)`;
  return `${noun} ${is} exactly as ${was}${when}`;
}

function refused(result: Result): string {
  const end = applicationEnd(result);
  if (end === "untouched") return "Nothing was changed.";
  const [noun, is] = databases(result);
  return sentence(`${noun} ${is} as ${is === "are" ? "they were" : "it was"}`, app(result, "the application is running again"));
}

function inDoubt(result: Result): string {
  const rollbacks = result.targets.map(({ rollback }) => rollback);
  const codes = result.reasons.map(({ code }) => code);
  if (codes.includes("migrated-forward")) return "The data were brought back, and the application has changed them since";
  if (codes.every((code) => code === "maintenance-off-failed") && rollbacks.every((rollback) => rollback === null))
    return stillBehindPage(result);
  if (rollbacks.length > 0 && rollbacks.every(cameBack)) return putBack(result);
  const [noun, is] = databases(result);
  const was = is === "are" ? "were" : "was";
  if (rollbacks.some((rollback) => rollback?.matches === false)) return `${noun} ${was} put back, and not everything is as before`;
  if (result.reasons.some(({ code }) => LEFT_AS_IT_IS.includes(code))) return `${noun} ${is} in the new state, and ${was} not rolled back`;
  if (neverTouched(result)) return `${noun} ${was} not touched`;
  return `${noun} ${was} not brought back`;
}

/** All went well, and nobody sees it. */
function stillBehindPage(result: Result): string {
  const applied = result.targets.reduce((sum, target) => sum + target.applied.length, 0);
  return `${applied === 0 ? "" : `${counted(applied, "migration")} applied, `}and people still see the maintenance page`;
}

/** Belay could have gone back, and left that to a person. */
const LEFT_AS_IT_IS: readonly string[] = ["later-writes", "rollback-refused", "before-state-lost"];

/** A run that came to its end before its migrations. A recovery tells only its own steps. */
function neverTouched({ command, targets }: Result): boolean {
  const touching = (name: StepResult["name"]) => name === "migrate" || name === "rollback";
  return command === "migrate" && targets.every(({ steps }) => !steps.some(({ name }) => touching(name)));
}

function databases(result: Result): readonly [noun: string, is: string] {
  return result.targets.length > 1 ? [`The ${result.targets.length} databases`, "are"] : ["The database", "is"];
}

function app(result: Result, previous: string): string {
  return applicationClause(applicationEnd(result), previous);
}

/** Clauses as one sentence. */
function sentence(...clauses: readonly string[]): string {
  const said = clauses.filter((clause) => clause !== "").join("; ");
  return said === "" ? "" : `${said.charAt(0).toUpperCase()}${said.slice(1)}.`;
}
