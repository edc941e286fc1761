/** What stands after a run: verdict, why, what changed, whether the data are safe, what to do now. */

import type { BackupSummary } from "../domain/backup.ts";
import type { CheckResult, Result, RollbackResult, TargetResult } from "../domain/result.ts";
import { describeData, describeDropped, describeLaterWrites, describeSchema, perTarget } from "./changes.ts";
import { commandFor, field, fields, indented, prose } from "./page.ts";
import { safeLine } from "./safe-text.ts";
import { mark, paint, type Style } from "./style.ts";
import { size } from "../domain/words.ts";
import { endedWell, notYetVerified, verdict, wasInterrupted } from "./verdict.ts";

export function runReport(result: Result, style: Style): string[] {
  return [
    ...headline(result, style),
    ...targetOutcomes(result, style),
    ...(endedWell(result.outcome)
      ? fields(
          style,
          "Note:",
          result.reasons.map(({ message }) => message),
        )
      : why(result, style)),
    ...(wentBack(result) ? [] : warnings(result, style)),
    ...changed(result, style),
    ...safe(result, style),
    ...notes(result, style),
    ...next(result, style),
    ...runLine(result, style),
    ...checklist(result),
  ];
}

/** What was deleted stands in lines of its own; other notes are few. */
function notes(result: Result, style: Style): string[] {
  if (result.outcome === "pruned")
    return result.targets.flatMap((target) => (target.notes ?? []).flatMap((note) => indented(style, 2, safeLine(note))));
  return fields(
    style,
    "Note:",
    perTarget(result.targets, (target) => (target.notes ?? []).join("; ")),
  );
}

function headline(result: Result, style: Style): string[] {
  const { word, rest, paint: color } = verdict(result);
  const [first = "", ...more] = prose(style, `${word} ${rest}`);
  return [first.replace(word, paint(style, ["bold", color], word)), ...more];
}

function targetOutcomes(result: Result, style: Style): string[] {
  if (result.targets.length < 2) return [];
  return result.targets.map(
    ({ name, outcome }) => `  ${mark(style, endedWell(outcome) ? "done" : "failed")} ${safeLine(name, 60)}: ${outcome}`,
  );
}

function why(result: Result, style: Style): string[] {
  return fields(
    style,
    "Why:",
    result.reasons.map(({ message }) => message),
  );
}

/** Checks that warn do not fail a run, and are never lost in a good one. */
function warnings(result: Result, style: Style): string[] {
  const describe = ({ name, expected, actual }: CheckResult) => `${safeLine(name, 120)}: expected ${expected ?? "a result"}, got ${actual}`;
  const texts = perTarget(result.targets, ({ checks }) =>
    checks
      .filter(({ warned }) => warned === true)
      .map(describe)
      .join("\n"),
  );
  return fields(style, "Warned:", texts, "yellow");
}

/** What the run did to the data is there no more, however it ended. */
function wentBack({ command, outcome, targets }: Result): boolean {
  if (outcome === "undone") return true;
  return (
    outcome === "needs-attention" &&
    command !== "rollback" &&
    targets.length > 0 &&
    targets.every(({ rollback }) => rollback?.matches === true)
  );
}

function changed(result: Result, style: Style): string[] {
  if (result.outcome === "refused" || result.outcome === "interrupted" || result.outcome === "failed") return laterWrites(result, style);
  const inFailed = wentBack(result);
  const compared = result.targets.filter(({ data }) => data !== null && (data.proven || data.tables.length > 0));
  const touched = compared.filter(({ rollback }) => !(inFailed && rollback?.strategy === "transaction"));
  return [
    ...fields(
      style,
      inFailed ? "Tried:" : "Data:",
      perTarget(touched, ({ data }) => (data === null ? "" : describeData(data))),
    ),
    ...(inFailed ? [] : unproven(result, style)),
    ...fields(
      style,
      inFailed ? "" : "Schema:",
      inFailed ? [] : perTarget(result.targets, ({ schema }) => (schema === null ? "" : describeSchema(schema))),
    ),
    ...laterWrites(result, style),
    ...fields(
      style,
      "Dropped:",
      perTarget(result.targets, ({ rollback }) => describeDropped(rollback?.dropped ?? [])),
      "yellow",
    ),
  ];
}

function unproven(result: Result, style: Style): string[] {
  const texts = perTarget(result.targets, ({ data, disturbance }) =>
    data === null ? (disturbance ?? "") : data.proven ? "" : (data.why ?? "it could not be compared"),
  );
  return fields(style, "Unproven:", texts, "yellow");
}

function laterWrites(result: Result, style: Style): string[] {
  const texts = perTarget(result.targets, ({ rollback }) => {
    if (rollback === null || rollback.laterWrites.length === 0) return "";
    const told = describeLaterWrites(rollback.laterWrites);
    return rollback.kept.length === 0 ? told : `${told}; kept aside, not in the database any more`;
  });
  return fields(style, "Later:", texts, "yellow");
}

function safe(result: Result, style: Style): string[] {
  const places = perTarget(result.targets, ({ rollback }) =>
    rollback === null || rollback.kept.length === 0
      ? ""
      : `${whatIsKept(result, rollback)} ${rollback.kept.map((place) => safeLine(place)).join(", ")}`,
  );
  return [
    ...fields(style, "Way:", perTarget(result.targets, describeRollback)),
    ...fields(style, "Kept:", places),
    ...(result.outcome === "undone" || result.targets.some(({ rollback }) => rollback?.strategy === "downgrade")
      ? []
      : fields(
          style,
          "Backup:",
          perTarget(result.targets, ({ backup }) => (backup === null ? "" : describeBackup(backup))),
        )),
  ];
}

function whatIsKept({ command }: Result, { strategy }: RollbackResult): string {
  if (strategy === "downgrade") return "a backup from before this rollback, in";
  return command === "rollback" ? "the database as it was before this rollback, as" : "the failed database, as";
}

/** Empty for a rollback that was not carried out, and for one that had nothing to do. */
function describeRollback({ rollback }: TargetResult): string {
  if (rollback === null) return "";
  if (rollback.strategy === "hook" || rollback.strategy === "downgrade") return `${rollback.strategy}: ${safeLine(rollback.why)}`;
  const nothingToDo = rollback.strategy === "transaction";
  if (nothingToDo ? rollback.matches === true : rollback.matches === null && rollback.kept.length === 0) return "";
  const compared =
    rollback.matches === null
      ? "; it could not be compared with the state before"
      : rollback.matches
        ? ""
        : "; it does not equal the state before";
  return `${rollback.strategy}${rollback.way === undefined ? "" : ` (${rollback.way})`}: ${safeLine(rollback.why)}${compared}`;
}

export function describeBackup({ id, sizeBytes, proof, location }: BackupSummary): string {
  return `${safeLine(id)}, ${size(sizeBytes)}, ${describeProof(proof)}, in ${safeLine(location)}`;
}

export function describeProof(proof: BackupSummary["proof"]): string {
  return proof === "restored" ? "restored and compared" : "read, its rows counted";
}

function next(result: Result, style: Style): string[] {
  const hints = [...new Set(result.reasons.flatMap(({ hint }) => (hint === undefined ? [] : [hint])))];
  const label = result.outcome === "needs-attention" ? "By hand:" : "Next:";
  return fields(
    style,
    label,
    hints.length > 0 && !endedWell(result.outcome) ? [...hints, ...afterAttention(result, hints)] : defaultNext(result),
  );
}

/** After somebody mended things by hand: how to see where that leads, where no hint says so. */
function afterAttention(result: Result, hints: readonly string[]): string[] {
  const told = hints.some((hint) => hint.includes("belay "));
  return result.outcome === "needs-attention" && !told
    ? [`then ${commandFor(result, "status")} shows where it stands and what is next`]
    : [];
}

function defaultNext(result: Result): string[] {
  switch (result.outcome) {
    case "migrated":
      if (notYetVerified(result)) return [`${commandFor(result, "verify")} judges it; ${commandFor(result, "rollback")} takes it back.`];
      return result.targets.some(({ backup }) => backup !== null)
        ? [
            `${commandFor(result, "rollback")} takes the data back to before this run; later writes are counted first. It deploys no older code.`,
          ]
        : [];
    case "undone":
      return [
        wasInterrupted(result) || result.command === "recover"
          ? `${commandFor(result, "migrate")} runs it again`
          : `mend the cause, then ${commandFor(result, "migrate")}; the very same plan needs --again "why"`,
      ];
    case "checks-failed":
      return [
        `${commandFor(result, "rollback")} takes the data back to before that run; or mend the cause, then ${commandFor(result, "verify")} again`,
      ];
    case "backed-up":
      return result.targets.flatMap(({ backup }) => (backup === null ? [] : [afterBackup(result, backup, result.targets.length > 1)]));
    case "needs-attention":
      return [`${commandFor(result, "status")} shows where it stands and what is next`];
    case "refused":
      return [`mend that, then ${commandFor(result, result.command)}`];
    case "interrupted":
      return [`${commandFor(result, result.command)} runs it again`];
    default:
      return [];
  }
}

function afterBackup(result: Result, { id }: BackupSummary, several: boolean): string {
  const option = ["--backup", safeLine(id)];
  if (several) return `${commandFor(result, "rollback", ...option)} puts it back`;
  return `${commandFor(result, "migrate", ...option)} relies on it; ${commandFor(result, "rollback", ...option)} puts it back`;
}

function runLine(result: Result, style: Style): string[] {
  if (result.run === null) return [];
  return field(style, "Run:", safeLine(result.run), "dim");
}

function checklist(result: Result): string[] {
  if (result.checklist === undefined || result.checklist.length === 0 || !endedWell(result.outcome)) return [];
  return ["", "Only a person can check:", ...result.checklist.map((item) => `  [ ] ${safeLine(item)}`)];
}
