/** What `keep` keeps. Deciding is pure; dropping never touches a target, and never the last proven backup. */

import type { BackupConfig, Environment } from "../config/config.ts";
import type { Target } from "../domain/target.ts";
import { suffixOf, type RunId } from "../domain/run-id.ts";
import { messageOf } from "../domain/error.ts";
import type { Copy, Hold } from "../engine/hold.ts";
import { backupFolders, backupsOf, newestSoundBackup } from "./backups.ts";
import type { JournalPlace } from "./journal.ts";
import { lastEntry, lastOfTarget } from "./journal-entry.ts";
import { undecidedRuns } from "./judgement.ts";
import { journalPlace, type History } from "./past-runs.ts";
import type { Store } from "../store/store.ts";
import type { Ports } from "./ports.ts";
import { coversDatabase, type Run, type TargetRun } from "./run.ts";
import { dropOldRecords } from "./watch-records.ts";

const DAY_MS = 24 * 3600 * 1000;

type Keep = BackupConfig["keep"];

/** Backups that are outside both `last` and `days`, of folders given newest first. The newest sound one always stays. */
export function expiredBackups(folders: readonly string[], newestSound: string | null, keep: Keep, now: Date): readonly string[] {
  const oldest = now.getTime() - keep.days * DAY_MS;
  return folders.filter((folder, index) => index >= keep.last && folder !== newestSound && takenAt(folder) < oldest);
}

/** Copies beside a target whose time is over: clones and marks after `swap`, failed databases after `failed`. */
export function expiredCopies(copies: readonly Copy[], keep: Keep, now: Date): readonly Copy[] {
  return copies.filter((copy) => {
    const keptMs = copy.kind === "failed" ? keep.failedMs : copy.kind === "scratch" ? 0 : keep.swapMs;
    return now.getTime() - Date.parse(copy.madeAt) >= keptMs;
  });
}

/**
 * Drops what is over for one target, under its lock, and says what. A run that nobody judged yet keeps what its rollback would need; so
 * does `ending`, a run that is just about to end without a judgement, of which the history does not tell.
 */
export async function dropExpired(
  ports: Ports,
  environment: Environment,
  history: History,
  { hold, store }: Pick<TargetRun, "hold" | "store">,
  ending: RunId | null = null,
): Promise<readonly string[]> {
  const { keep } = environment.backup;
  const now = ports.now();
  const own = ending === null ? null : suffixOf(ending);
  const expired = expiredCopies(await hold.copies(), keep, now).filter(({ kind, runSuffix }) => kind === "failed" || runSuffix !== own);
  const suffixes = new Set(expired.flatMap(({ kind, runSuffix }) => (kind === "failed" ? [] : [runSuffix])));
  const undecided = await undecidedRuns(history, journalPlace(ports, environment, [hold.target]), hold.target, suffixes);
  const copies = expired.filter(({ kind, runSuffix }) => kind === "failed" || !undecided.has(runSuffix));
  for (const copy of copies) await hold.discard(copy);
  const folders = await backupFolders(store, environment.name, hold.target);
  const newest = await newestSoundBackup(store, environment.name, hold.target);
  const backups = expiredBackups(folders, newest?.folder ?? null, keep, now);
  for (const folder of backups) await store.remove(folder);
  return [...copies.map(({ place }) => place), ...backups.map((folder) => `${store.location}/${folder}`)];
}

/** What `belay verify --watch` remembers of a run is of no use once its time is over; it stays for as many days as backups do. Says which. */
export function dropWatched(ports: Ports, { backup, watch }: Environment, place: JournalPlace): Promise<readonly string[]> {
  const keptMs = Math.max(backup.keep.days * DAY_MS, watch?.scheduled.forMs ?? 0);
  return dropOldRecords(place, ports.now().getTime() - keptMs);
}

/** Drops what a run made beside its target for its own use. A database that was replaced stays: it may hold somebody's later writes. */
export async function dropOwnCopies(hold: Hold, run: RunId): Promise<void> {
  const suffix = suffixOf(run);
  for (const copy of await hold.copies()) {
    if (copy.runSuffix === suffix && copy.kind !== "failed") await hold.discard(copy);
  }
}

/**
 * What a run had restored for a while when it was killed, or its server was, is of no use to anybody but a rollback that began with it.
 * Whole databases: they do not wait for the next prune.
 */
export async function dropForsaken(run: Run): Promise<void> {
  for (const target of run.targets) {
    const needed = [target, ...target.tenants].map(
      (each) => lastOfTarget(run.journal.entries, "intent", each.target.name)?.intent.from.place,
    );
    try {
      for (const copy of await target.hold.copies()) {
        if (copy.kind === "scratch" && !needed.includes(copy.place)) await target.hold.discard(copy);
      }
    } catch (error) {
      target.notes.push(`old copies could not be dropped: ${messageOf(error)}`);
    }
  }
}

/**
 * Once a target is proven to be what it was, the run's copies from before and after the migration say nothing that it does not say
 * itself. Where nothing could be compared they stay for as long as `keep` says. That one could not be dropped is worth a note, never
 * the run.
 */
export async function dropCopiesOfUndone(run: Run): Promise<void> {
  const { id, journal } = run;
  const taken = lastEntry(journal.entries, "began")?.of ?? null;
  const isBack = ({ target }: TargetRun) => lastOfTarget(journal.entries, "rolled-back", target.name)?.rollback.matches === true;
  for (const target of run.targets) {
    const { tenants } = target;
    if (tenants.length === 0 ? !isBack(target) : !tenants.every(isBack)) continue;
    try {
      await dropOwnCopies(target.hold, id);
      // the copies of the run that is taken back serve all tenants of its database
      if (taken !== null && coversDatabase(target)) await dropOwnCopies(target.hold, taken);
    } catch (error) {
      target.notes.push(`old copies could not be dropped: ${messageOf(error)}`);
    }
  }
}

/** The time in a backup's id: `20261121T001400Z-7f3a`. A folder whose name tells no time counts as new, so it is never dropped by age. */
function takenAt(folder: string): number {
  const stamp = /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-f]+$/.exec(folder);
  return stamp === null ? Number.POSITIVE_INFINITY : Date.parse(`${stamp[1]}-${stamp[2]}-${stamp[3]}T${stamp[4]}:${stamp[5]}:${stamp[6]}Z`);
}

/** Drops folders of backups that were never finished: without a manifest they do not exist. Only under the target's lock. Says which. */
export async function dropUnfinishedBackups(store: Store, environment: string, target: Target): Promise<readonly string[]> {
  const finished = new Set(await backupFolders(store, environment, target));
  const folders = new Set((await store.list(backupsOf(environment, target))).map(({ key }) => key.split("/").slice(0, 3).join("/")));
  const unfinished = [...folders].filter((folder) => !finished.has(folder));
  for (const folder of unfinished) await store.remove(folder);
  await store.sweep(backupsOf(environment, target));
  return unfinished.map((folder) => `${store.location}/${folder}`);
}
