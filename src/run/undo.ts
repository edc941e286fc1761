/** Bringing a run's targets back to their before-state, by the cheapest way that the facts allow, and proving that they are there. */

import { sameData } from "../domain/data.ts";
import { BelayError, failure, messageOf, refusal } from "../domain/error.ts";
import type { RollbackResult } from "../domain/result.ts";
import type { Copy, ReplacementIntent } from "../engine/hold.ts";
import { counted } from "../domain/words.ts";
import { lastOfTarget } from "./journal-entry.ts";
import { carryMark, countLaterWrites, describeLaterWrites } from "./later-writes.ts";
import { note, step, type Run, type TargetRun } from "./run.ts";
import { closeWorkspace, openWorkspace, recorded } from "./take-backup.ts";
import { undoOnline } from "./undo-online.ts";
import { beforeReference, beforeStateLost } from "./verify-run.ts";

/** What to do with writes that came after the migration: `keep` rolls back and keeps them aside, `refuse` stops. */
export type LaterWritesRule = "keep" | "refuse";

export interface UndoOptions {
  readonly laterWrites: LaterWritesRule;
  /** The application ran on the migrated database: others may have written, and that is no disturbance. */
  readonly applicationRan: boolean;
  /** A way that was asked for by name; absent: the fastest that the facts allow. */
  readonly strategy?: "swap" | "restore";
  /** Nobody asked for it: the run takes itself back. With `app: online` no copy takes the database's place then. */
  readonly byItself?: true;
}

/** A run that takes itself back: nobody asked for it, and belay.yml says how far it may go. */
export function undoByItself(run: Run, applicationRan: boolean): UndoOptions {
  return { laterWrites: run.environment.rollback.laterWrites, applicationRan, byItself: true };
}

/** Step `rollback` of a database or of one tenant. Throws `rollback-refused` where it must not happen by itself; nothing was changed then. */
export async function undoAlone(run: Run, target: TargetRun, options: UndoOptions): Promise<void> {
  await closeWorkspace(target);
  await step(run, "rollback", target, async () => {
    const began = performance.now();
    const begun = lastOfTarget(run.journal.entries, "intent", target.target.name) !== undefined;
    const undone =
      options.byItself === true && run.environment.app.online
        ? await undoOnline(run, target)
        : ((begun ? null : await unchanged(run, target)) ?? (await replaceTarget(run, target, options)));
    target.rollback = { ...undone, durationMs: Math.round(performance.now() - began) };
    await run.journal.append({ type: "rolled-back", target: target.target.name, rollback: target.rollback });
    return { value: undefined, detail: describe(target.rollback) };
  });
}

type Undone = Omit<RollbackResult, "durationMs">;

/** The transaction already brought everything back: the database equals the before-state. Not asked where migrations were committed. */
async function unchanged(run: Run, target: TargetRun): Promise<Undone | null> {
  if (target.committed) return null;
  const { data, sameSchema, missing } = await compareWithBefore(run, target);
  const nothing = { strategy: "transaction", laterWrites: [], kept: [] } as const;
  if (missing.length > 0) return null;
  if (sameSchema && sameData(data)) return { ...nothing, why: "the migration's own transaction was rolled back", matches: true };
  if (sameSchema && typeof target.disturbance === "string" && target.tool.abilities.atomicMigrations) {
    return {
      ...nothing,
      why: `the migration's own transaction was rolled back; somebody else wrote meanwhile (${target.disturbance}), so the data were not compared`,
      matches: null,
    };
  }
  return null;
}

/** A copy that is no longer what was proven proves nothing: then the backup is asked. */
async function compareWithBefore(run: Run, target: TargetRun) {
  try {
    return await target.hold.compareWith(beforeReference(target), recorded(run, target));
  } catch (error) {
    if (!hasCode(error, "copy-changed")) throw error;
    giveUpClone(target, error);
    return target.hold.compareWith(beforeReference(target), recorded(run, target));
  }
}

async function replaceTarget(run: Run, target: TargetRun, options: UndoOptions): Promise<Undone> {
  const { disturbance } = target;
  if (typeof disturbance === "string" && !options.applicationRan) {
    throw failure(
      "rollback-refused",
      `somebody else wrote to ${target.target.name} during the run (${disturbance}); going back would lose that`,
      {
        hint: `decide which state to keep; to go back all the same: \`belay rollback ${run.environment.name} --run ${run.id} --accept-loss\``,
      },
    );
  }
  const laterWrites = options.applicationRan ? await countLaterWrites(target.hold, { mark: target.mark, before: target.beforeMark }) : [];
  if (options.laterWrites === "refuse" && laterWrites.length > 0) {
    throw failure("later-writes", `since the migration ${describeLaterWrites(laterWrites)}; going back would lose that`, {
      hint: `the new state was left; to go back all the same: \`belay rollback ${run.environment.name} --accept-loss\``,
    });
  }
  return { ...(await putBack(run, target, options.strategy)), laterWrites };
}

/** Puts the clone in the target's place, or the restored backup where the clone is no longer what was proven. */
async function putBack(run: Run, target: TargetRun, strategy?: "swap" | "restore"): Promise<Omit<Undone, "laterWrites">> {
  const { hold } = target;
  const name = target.target.name;
  const begun = lastOfTarget(run.journal.entries, "intent", name)?.intent;
  if (strategy === "restore") target.clone = null;
  let intent = begun ?? (await planFromFacts(run, target));
  if (strategy === "swap" && intent.strategy !== "swap") {
    throw refusal("strategy-impossible", `${name} cannot be swapped back: ${intent.why}`, {
      hint: "leave --strategy out: Belay then takes the way that works",
    });
  }
  for (let attempt = 1; ; attempt++) {
    if (intent !== begun) await run.journal.append({ type: "intent", target: name, intent });
    try {
      await hold.replace(intent, target.store);
      break;
    } catch (error) {
      const changed = hasCode(error, "copy-changed");
      const busy = hasCode(error, "target-busy") && intent.strategy === "swap" && strategy !== "swap";
      if (attempt === ATTEMPTS || !(changed || busy)) throw error;
      if (changed) giveUpClone(target, error);
      intent = await planFromFacts(run, target);
    }
  }
  const restored = target.clone === null;
  await carryMarkOfRestored(run, target, intent);
  const missing = intent.strategy === "swap" && !restored ? [] : await assertEqualsBackup(run, target, intent);
  // what takes the target's name brings its own lacks; what is filled from it keeps what belongs to the target itself
  const lacks = intent.strategy === "swap" ? (intent.from.lacks ?? []) : missing;
  note(target, lacks);
  target.clone = null;
  return {
    strategy: restored ? "restore" : intent.strategy,
    ...(intent.way === null ? (restored ? { way: "database" } : {}) : { way: intent.way }),
    why: intent.why,
    matches: lacks.length === 0,
    ...(lacks.length === 0 ? {} : { lacks }),
    kept: [...(intent.keeps ?? [intent.keepAs])],
  };
}

/**
 * A clone has its mark since it was sealed. What was restored gets one before it is compared: a write that the mark has missed then is a
 * difference. That there is none costs later rollbacks their numbers, never this one its end.
 */
async function carryMarkOfRestored(run: Run, target: TargetRun, { strategy, from }: ReplacementIntent): Promise<void> {
  if (target.since === null) return;
  try {
    if (target.cloneMark !== undefined && strategy === "swap" && from.place === target.clone?.place)
      return await carryMark(run, target, target.since, target.cloneMark);
    const workspace = await openWorkspace(run, target);
    await carryMark(run, target, target.since, await workspace.mark(run.id));
  } catch (error) {
    if (hasCode(error, "lock-lost")) throw error;
    note(target, [`a later \`belay rollback\` will not know what was written since (${messageOf(error)})`]);
  } finally {
    await closeWorkspace(target);
  }
}

/** Somebody who opens the database at the wrong moment does so again and again only where copying under SQLite's own locks is the way. */
const ATTEMPTS = 3;

/** A look at who has the target now. A rename that was taken back, or anybody else, may have left its mark on the clone. */
async function planFromFacts(run: Run, target: TargetRun): Promise<ReplacementIntent> {
  if (target.clone !== null) {
    try {
      return await target.hold.planReplacement(target.clone, run.id);
    } catch (error) {
      if (!hasCode(error, "copy-changed")) throw error;
      giveUpClone(target, error);
    }
  }
  return target.hold.planReplacement(await restoredCopy(run, target), run.id);
}

/** From here on the backup is the before-state. Throws `before-state-lost` where it is not. */
function giveUpClone(target: TargetRun, why: unknown): void {
  if (target.clone === null) return;
  if (target.earlierBackup && target.backup !== null) throw beforeStateLost(target.target.name, target.backup, why);
  target.notes.push(`the copy beside the database was no longer what was proven (${messageOf(why)}); the backup was used instead`);
  target.clone = null;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof BelayError && error.code === code;
}

async function restoredCopy(run: Run, target: TargetRun): Promise<Copy> {
  if (target.backup === null)
    throw failure("no-backup", `there is no backup to bring ${target.target.name} back from`, {
      hint: "look what there is: `belay backups`",
    });
  if (target.earlierBackup) throw beforeStateLost(target.target.name, target.backup, null);
  return target.hold.restoreAside(target.store, target.backup.folder, target.backup.manifest, run.id, recorded(run, target));
}

/** The replaced data, compared with what was to be brought back. A difference is not passed over: the caller must know. What both lack comes back. */
async function assertEqualsBackup(run: Run, target: TargetRun, intent: ReplacementIntent): Promise<readonly string[]> {
  const { data, sameSchema, missing } = await compareWithSource(run, target, intent);
  if (sameSchema && sameData(data)) return missing;
  throw failure("rollback-differs", `${target.target.name} was brought back but does not equal what was there before`, {
    hint: "somebody wrote to it meanwhile, or its disk is not to be trusted: stop what uses it and run `belay rollback` again",
  });
}

/** A copy that was copied back still lies there, as it was proven: then the backup itself need not be fetched once more. */
async function compareWithSource(run: Run, target: TargetRun, { way, from }: ReplacementIntent) {
  if (way === "in-place" || (target.database !== null && from.place === target.clone?.place)) {
    try {
      return await target.hold.compareWith({ copy: from }, recorded(run, target));
    } catch (error) {
      if (!hasCode(error, "copy-changed")) throw error;
    }
  }
  return target.hold.compareWith(beforeReference({ ...target, clone: null }), recorded(run, target));
}

function describe({ strategy, way, matches, lacks = [], laterWrites }: RollbackResult): string {
  const how = strategy === "transaction" ? "nothing to undo" : way === undefined ? strategy : `${strategy}, ${way}`;
  const proof = lacks.length > 0 ? `all but ${counted(lacks.length, "thing")} is back` : (PROOFS[String(matches)] ?? "");
  return [how, proof, ...(laterWrites.length === 0 ? [] : [`later writes kept aside: ${describeLaterWrites(laterWrites)}`])].join(", ");
}

const PROOFS: Readonly<Record<string, string>> = { true: "identical to before", false: "differs", null: "not compared" };
