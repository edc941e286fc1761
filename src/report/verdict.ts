/** The first line after a run: did it work, what changed, are the data safe, does the application run. */

import type { Outcome } from "../domain/outcome.ts";
import type { Result } from "../domain/result.ts";
import { describeLoss } from "./changes.ts";
import { applicationClause, applicationEnd } from "./application.ts";
import type { Paint } from "./style.ts";
import { counted, duration } from "./words.ts";

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
      return good(result.command === "recover" ? "RECOVERED, MIGRATED" : "MIGRATED", `in ${took}. ${migrated(result)}`);
    case "rolled-back":
      return good("ROLLED BACK", `in ${took}. ${sentence(putBack(result), app(result, "the application is running"))}`);
    case "up-to-date":
      return result.command === "recover"
        ? good("NOTHING TO RECOVER.", "No run was left unfinished; nothing was touched.")
        : good("UP TO DATE.", "Nothing is pending; nothing was stopped, backed up or changed.");
    case "undone":
      return bad(undoneWord(result), `in ${took}. ${sentence(putBack(result), app(result, "the old version is running"))}`);
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
    case "planned":
    case "rehearsed":
    case "backed-up":
    case "verified":
    case "restored":
    case "listed":
    case "pruned":
    case "written":
    case "healthy":
      return good(`${result.outcome.toUpperCase().replace("-", " ")}`, `in ${took}.`);
  }
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
  const data = result.targets.flatMap((target) => (target.data === null ? [] : [target.data]));
  const loss = data.length === 0 ? "" : data.every(({ proven }) => proven) ? describeLoss(data) : "what happened to the rows is not proven";
  return sentence(
    applied === 0 ? "" : `${counted(applied, "migration")} applied${where}`,
    loss,
    app(result, "the previous version is running"),
  );
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
  const compared = result.targets.every(({ rollback }) => rollback === null || rollback.matches === true);
  return `${noun} ${is} ${compared ? "exactly " : ""}as ${is === "are" ? "they were" : "it was"}${when}${compared ? "" : ", which could not be compared"}`;
}

function refused(result: Result): string {
  const end = applicationEnd(result);
  if (end === "untouched") return "Nothing was changed.";
  const [noun, is] = databases(result);
  return sentence(`${noun} ${is} as ${is === "are" ? "they were" : "it was"}`, app(result, "the application is running again"));
}

function inDoubt(result: Result): string {
  const rollbacks = result.targets.map(({ rollback }) => rollback);
  if (rollbacks.length > 0 && rollbacks.every((rollback) => rollback?.matches === true)) return putBack(result);
  const [noun, is] = databases(result);
  const was = is === "are" ? "were" : "was";
  if (rollbacks.some((rollback) => rollback?.matches === false)) return `${noun} ${was} put back, and not everything is as before`;
  if (result.reasons.some(({ code }) => code.startsWith("later-writes")))
    return `${noun} ${is} in the new state, and ${was} not rolled back`;
  return `${noun} ${was} not brought back`;
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
