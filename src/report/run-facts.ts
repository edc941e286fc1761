/** What is to be known of a run, in the order in which people read it: why, what changed, whether the data are safe, what to do now. */

import type { BackupSummary } from "../domain/backup.ts";
import type { CheckResult, Result, RollbackResult, TargetResult } from "../domain/result.ts";
import { describeData, describeDropped, describeLaterWrites, describeSchema, perTarget } from "./changes.ts";
import { cameBack } from "./came-back.ts";
import { commandFor } from "./page.ts";
import { safeLine } from "./safe-text.ts";
import { size } from "../domain/words.ts";
import { watchLine } from "./watch.ts";
import { endedWell, notYetVerified, wasInterrupted } from "./verdict.ts";

export type FactLabel =
  | "Why"
  | "Note"
  | "Unsent"
  | "Watched"
  | "Warned"
  | "Data"
  | "Tried"
  | "Unproven"
  | "Schema"
  | "Later"
  | "Dropped"
  | "Way"
  | "Kept"
  | "Backup"
  | "Next"
  | "By hand";

export interface Fact {
  readonly label: FactLabel;
  /** At least one; what stands between backticks is to be typed as it is. */
  readonly texts: readonly string[];
  /** Nothing went wrong, and nobody may overlook it. */
  readonly warns: boolean;
}

/** Facts without a text are left out. */
export function runFacts(result: Result): Fact[] {
  const notes = result.outcome === "pruned" ? [] : perTarget(result.targets, (target) => (target.notes ?? []).join("; "));
  const facts = [
    fact(
      endedWell(result.outcome) ? "Note" : "Why",
      result.reasons.map(({ message }) => message),
    ),
    ...(wentBack(result) ? [] : [fact("Warned", warnings(result), true)]),
    ...(result.watch === undefined ? [] : [fact("Watched", [watchLine(result.watch)], result.watch.state === "broken")]),
    ...changed(result),
    ...safe(result),
    fact("Note", notes),
    fact("Unsent", unsent(result), true),
    next(result),
  ];
  return facts.filter(({ texts }) => texts.length > 0);
}

function fact(label: FactLabel, texts: readonly string[], warns = false): Fact {
  return { label, texts: texts.filter((text) => text.trim() !== ""), warns };
}

/** Checks that warn do not fail a run, and are never lost in a good one. */
function warnings(result: Result): string[] {
  const describe = ({ name, expected, actual }: CheckResult) => `${safeLine(name, 120)}: expected ${expected ?? "a result"}, got ${actual}`;
  return perTarget(result.targets, ({ checks }) =>
    checks
      .filter(({ warned }) => warned === true)
      .map(describe)
      .join("\n"),
  );
}

/** Messages that did not reach their receiver: somebody waits for them. */
function unsent({ messages = [] }: Result): string[] {
  const failed = messages.filter(({ outcome }) => outcome === "failed");
  return failed.map(({ receiver, event, detail }) => `${receiver} was not told (${event}): ${safeLine(detail ?? "no reason", 200)}`);
}

/** What the run did to the data is there no more, however it ended. */
export function wentBack({ command, outcome, targets }: Result): boolean {
  if (outcome === "undone") return true;
  return (
    outcome === "needs-attention" && command !== "rollback" && targets.length > 0 && targets.every(({ rollback }) => cameBack(rollback))
  );
}

function changed(result: Result): Fact[] {
  if (result.outcome === "refused" || result.outcome === "interrupted" || result.outcome === "failed") return [laterWrites(result)];
  const compared = result.targets.filter(({ data }) => data !== null && (data.proven || data.tables.length > 0));
  const dropped = fact(
    "Dropped",
    perTarget(result.targets, ({ rollback }) => describeDropped(rollback?.dropped ?? [])),
    true,
  );
  const data = (targets: readonly TargetResult[]) =>
    perTarget(targets, (target) => (target.data === null ? "" : describeData(target.data)));
  if (wentBack(result)) {
    const touched = compared.filter(({ rollback }) => rollback?.strategy !== "transaction");
    return [fact("Tried", data(touched)), laterWrites(result), dropped];
  }
  const schema = perTarget(result.targets, (target) => (target.schema === null ? "" : describeSchema(target.schema)));
  return [fact("Data", data(compared)), unproven(result), fact("Schema", schema), laterWrites(result), dropped];
}

function unproven(result: Result): Fact {
  const texts = perTarget(result.targets, ({ data, disturbance }) =>
    data === null ? (disturbance ?? "") : data.proven ? "" : (data.why ?? "it could not be compared"),
  );
  return fact("Unproven", texts, true);
}

function laterWrites(result: Result): Fact {
  const texts = perTarget(result.targets, ({ rollback }) => {
    if (rollback === null || rollback.laterWrites.length === 0) return "";
    const told = describeLaterWrites(rollback.laterWrites);
    return rollback.kept.length === 0 ? told : `${told}; kept aside, not in the database any more`;
  });
  return fact("Later", texts, true);
}

function safe(result: Result): Fact[] {
  const places = perTarget(result.targets, ({ rollback }) =>
    rollback === null || rollback.kept.length === 0
      ? ""
      : `${whatIsKept(result, rollback)} ${rollback.kept.map((place) => safeLine(place)).join(", ")}`,
  );
  const superseded = result.outcome === "undone" || result.targets.some(({ rollback }) => rollback?.strategy === "downgrade");
  const backups = perTarget(result.targets, ({ backup }) => (backup === null ? "" : describeBackup(backup)));
  return [fact("Way", perTarget(result.targets, describeRollback)), fact("Kept", places), fact("Backup", superseded ? [] : backups)];
}

function whatIsKept({ command }: Result, { strategy, way, kept }: RollbackResult): string {
  if (strategy === "downgrade") return "a backup from before this rollback, in";
  if (way === "schemas") {
    const [schema, was] = kept.join(", ").includes(", ") ? ["schemas", "they were"] : ["schema", "it was"];
    return command === "rollback" ? `the ${schema} as ${was} before this rollback, as` : `the failed ${schema}, as`;
  }
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
      : cameBack(rollback)
        ? ""
        : "; it does not equal the state before";
  return `${rollback.strategy}${rollback.way === undefined ? "" : ` (${rollback.way})`}: ${safeLine(rollback.why)}${compared}`;
}

export function describeBackup({ id, sizeBytes, proof, location }: BackupSummary): string {
  if (proof === "external") return `${safeLine(id)}, ${describeProof(proof)}`;
  return `${safeLine(id)}, ${size(sizeBytes)}, ${describeProof(proof)}, in ${safeLine(location)}`;
}

const PROOFS: Readonly<Record<BackupSummary["proof"], string>> = {
  restored: "restored and compared",
  read: "read, its rows counted",
  external: "made and checked by your own commands, not by Belay",
};

export function describeProof(proof: BackupSummary["proof"]): string {
  return PROOFS[proof];
}

function next(result: Result): Fact {
  const hints = [...new Set(result.reasons.flatMap(({ hint }) => (hint === undefined ? [] : [hint])))];
  const hinted = hints.length > 0 && !endedWell(result.outcome);
  return fact(
    result.outcome === "needs-attention" ? "By hand" : "Next",
    hinted ? [...hints, ...afterMending(result, hints)] : defaultNext(result),
  );
}

/** What is next once that is mended, where no hint says so. */
function afterMending(result: Result, hints: readonly string[]): string[] {
  if (hints.some((hint) => /belay |run again/.test(hint))) return [];
  if (result.outcome === "needs-attention") return [`then ${commandFor(result, "status")} shows where it stands and what is next`];
  if (result.outcome === "checks-failed")
    return [`then ${commandFor(result, "verify")} again; or ${commandFor(result, "rollback")} takes the data back to before that run`];
  if (result.outcome === "undone" && result.command === "migrate" && !wasInterrupted(result))
    return [`then ${commandFor(result, "migrate")}; the very same plan needs --again "why"`];
  return [];
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
