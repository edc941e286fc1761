/**
 * A copy takes the target's name by one rename, so that at every moment the name leads to a whole database. Both files are locked
 * meanwhile: nobody reads or writes either of them between the rename and the last look for somebody who still has the old one.
 *
 * The names show how far it came (L is the database that is replaced, C the copy that replaces it):
 *
 *     target  copy  keepAs
 *     L       C     -        nothing is done
 *     L       C     L        L is kept under a second name
 *     C       -     L        done
 *     C       C     L        somebody had L open; being undone, or (cut off here) done but for one name
 */

import { linkSync, renameSync, rmSync } from "node:fs";

import { failure } from "../../domain/error.ts";
import type { ReplacementIntent } from "../hold.ts";
import { assertUnchanged } from "./copies.ts";
import { removeDatabase, syncFolder } from "./durable.ts";
import { lockExclusively, type ExclusiveLock } from "./exclusive.ts";
import { fileIdentity, statIfThere } from "./file-evidence.ts";
import { describeProcess, openHolders } from "./holders.ts";
import { targetBusy } from "./overwrite.ts";
import { sideFiles, type Place } from "./place.ts";
import type { ReplacementNames } from "./replacement.ts";
import { isBusy } from "./sqlite-error.ts";

const WAIT_MS = 5_000;

export async function replaceByRename(place: Place, intent: ReplacementIntent, names: ReplacementNames): Promise<void> {
  if (fileIdentity(place.file) === names.copy) return finish(place, intent, names);
  assertUnchanged(intent.from);
  assertStartingPoint(place, intent, names);
  try {
    await swapUnderLocks(place, intent, names);
  } catch (error) {
    throw isBusy(error) ? targetBusy(place.file, error) : error;
  }
  await finish(place, intent, names);
}

async function swapUnderLocks(place: Place, intent: ReplacementIntent, names: ReplacementNames): Promise<void> {
  using copy = await lockExclusively(intent.from.place, WAIT_MS);
  if (copy === null)
    throw failure("copy-changed", `the copy ${intent.from.place} is damaged`, {
      hint: "it cannot take the database's place; the backup can",
    });
  if (names.target === null) return takeFreeName(place, intent);
  using target = await lockExclusively(place.file, WAIT_MS);
  exchange(place, intent, names.target, target);
}

/** Synchronous: nothing else of this process runs between its lines. */
function exchange(place: Place, intent: ReplacementIntent, replaced: string, target: ExclusiveLock | null): void {
  refuseHolders(place, replaced);
  if (target === null) keepSideFiles(place, intent);
  else dropSideFiles(place, target);
  if (fileIdentity(intent.keepAs) === undefined) linkSync(place.file, intent.keepAs);
  syncFolder(place.folder);
  renameSync(intent.from.place, place.file);
  syncFolder(place.folder);
  try {
    refuseHolders(place, replaced);
  } catch (error) {
    undo(place, intent);
    throw error;
  }
}

/** Throws `target-busy` when a process has the replaced file open: it would go on writing to it under its new name. */
function refuseHolders(place: Place, identity: string): void {
  const { pids } = openHolders(identity);
  if (pids.length > 0) throw targetBusy(place.file, undefined, pids.map(describeProcess).join(", "));
}

/** Under the lock the log is empty and no journal is hot: nothing is left that SQLite could apply to the file that comes. */
function dropSideFiles({ file }: Place, target: ExclusiveLock): void {
  target.emptyLog();
  for (const side of sideFiles(file)) rmSync(side, { force: true });
}

/** A target that is no database any more keeps its side files for whoever wants to save something out of it. */
function keepSideFiles({ file }: Place, { keepAs }: ReplacementIntent): void {
  for (const [index, side] of sideFiles(file).entries()) {
    const kept = sideFiles(keepAs)[index];
    if (kept !== undefined && statIfThere(side) !== undefined) renameSync(side, kept);
  }
}

/** Back to the beginning, again without a moment in which the target's name leads nowhere. */
function undo(place: Place, { from, keepAs }: ReplacementIntent): void {
  linkSync(place.file, from.place);
  renameSync(keepAs, place.file);
  syncFolder(place.folder);
}

/** The target is gone: nothing is to be kept, but whoever made a new file meanwhile keeps it. */
function takeFreeName(place: Place, { from }: ReplacementIntent): void {
  for (const side of sideFiles(place.file)) rmSync(side, { force: true });
  linkSync(from.place, place.file);
  syncFolder(place.folder);
}

/** The target is the copy; what a cut may have left is its second name and SQLite's side files of that name. */
async function finish(place: Place, { from, keepAs }: ReplacementIntent, names: ReplacementNames): Promise<void> {
  const leftover = fileIdentity(from.place);
  if (leftover === undefined || leftover === names.copy) await removeDatabase(from.place);
  syncFolder(place.folder);
  const stillOpen = names.target === null ? [] : openHolders(names.target).pids;
  if (stillOpen.length === 0) return;
  throw failure("replaced-file-in-use", `${stillOpen.map(describeProcess).join(", ")} still works on the database that was replaced`, {
    hint: `restart it: what it writes goes to ${keepAs}`,
    facts: { pids: stillOpen },
  });
}

/** Throws when a name leads to something that this intent does not know: nothing that is not ours is ever overwritten. */
function assertStartingPoint(place: Place, { keepAs }: ReplacementIntent, names: ReplacementNames): void {
  const target = fileIdentity(place.file) ?? null;
  const kept = fileIdentity(keepAs);
  if (target !== names.target) {
    throw failure("target-changed", `${place.file} is no longer the file that was to be replaced`, {
      hint: "somebody put another file in its place; look at both before anything else",
      facts: { expected: names.target, found: target },
    });
  }
  if (kept !== undefined && kept !== names.target) {
    throw failure("aside-name-taken", `${keepAs} is there already and is not the database that is to be kept`, {
      hint: "move it away, then run `belay recover`",
    });
  }
}
