/** Decides how a copy takes the target's place. Changes nothing. */

import { basename } from "node:path";

import type { JsonValue } from "../../domain/canonical-json.ts";
import { failure, refusal } from "../../domain/error.ts";
import type { RunId } from "../../domain/run-id.ts";
import type { Copy, ReplacementIntent } from "../hold.ts";
import { sameOwnerAndMode } from "./attributes.ts";
import { assertUnchanged } from "./copies.ts";
import { lockExclusively } from "./exclusive.ts";
import { fileIdentity, identityOf, isSymbolicLink, statIfThere } from "./file-evidence.ts";
import { describeProcess, isComplete, openHolders } from "./holders.ts";
import { isMountedByItself } from "./mounts.ts";
import { asidePath, type Place } from "./place.ts";
import { isWal } from "./refuse-open.ts";
import { isBusy } from "./sqlite-error.ts";

/** What each name points to when the replacement begins, as `dev:inode`. `target` is null where the target itself is gone. */
export interface ReplacementNames {
  readonly file: string;
  readonly target: string | null;
  readonly copy: string;
}

export async function planReplacement(place: Place, copy: Copy, run: RunId): Promise<ReplacementIntent> {
  const { dev, ino } = assertUnchanged(copy);
  const stats = statIfThere(place.file);
  const names: ReplacementNames = { file: place.file, target: stats === undefined ? null : identityOf(stats), copy: `${dev}:${ino}` };
  const obstacle = stats === undefined ? null : await obstacleToRename(place, copy);
  return {
    strategy: obstacle === null ? "swap" : "restore",
    way: obstacle === null ? null : "in-place",
    why: obstacle ?? "nobody has the file open, so a proven copy takes its name",
    keepAs: asidePath(place, "failed", run),
    from: copy,
    names: { ...names },
  };
}

/** Reads back what a journal kept. */
export function namesOf(place: Place, intent: ReplacementIntent): ReplacementNames {
  const names: JsonValue = intent.names;
  if (typeof names === "object" && names !== null && "file" in names && "copy" in names && "target" in names) {
    const { file, copy, target } = names;
    if (file !== place.file)
      throw refusal("wrong-target", `this replacement is of ${JSON.stringify(file)}, not of ${place.file}`, {
        hint: "the target's path leads elsewhere than when the run began",
      });
    if (typeof copy === "string" && (target === null || typeof target === "string")) return { file: place.file, target, copy };
  }
  throw failure("intent-unreadable", `what the journal says of replacing ${basename(place.file)} cannot be read`, {
    hint: "use the version of Belay that made this run",
  });
}

/** Why a rename would not do, in words for the report; null where it would. */
async function obstacleToRename(place: Place, copy: Copy): Promise<string | null> {
  const lasting = lastingObstacle(place);
  if (lasting !== null) return lasting;
  if (!attributesKept(copy) || !sameOwnerAndMode(place.file, copy.place))
    return "the copy could not be given the owner, mode and access list of the file";
  return holderObstacle(place);
}

/** What speaks against a rename even when nobody has the file open; null: nothing. */
export function lastingObstacle(place: Place): string | null {
  const stats = statIfThere(place.file);
  if (process.platform !== "linux") return "this system does not tell who has a file open";
  if (isSymbolicLink(place.configured)) return `${place.configured} is a symbolic link`;
  if (stats !== undefined && stats.nlink > 1n) return `${place.file} has more than one name (hard links)`;
  if (isMountedByItself(place.file)) return `${place.file} is mounted by itself, into a container for example`;
  return null;
}

function attributesKept({ evidence }: Copy): boolean {
  return typeof evidence === "object" && evidence !== null && "attributesKept" in evidence && evidence.attributesKept === true;
}

/**
 * In WAL mode SQLite's own locks tell who is connected; in rollback mode an idle connection holds none, and /proc has to tell. A file
 * that is no database any more can only be replaced by a rename.
 */
async function holderObstacle({ file }: Place): Promise<string | null> {
  const identity = fileIdentity(file);
  const holders = identity === undefined ? undefined : openHolders(identity);
  if (holders !== undefined && holders.pids.length > 0) return `${holders.pids.map(describeProcess).join(", ")} has the file open`;
  const complete = holders === undefined || isComplete(holders);
  const wal = isWal(file);
  try {
    using lock = await lockExclusively(file, 0);
    return lock === null || complete || wal ? null : "some processes cannot be looked into, and one of them may have the file open";
  } catch (error) {
    if (isBusy(error)) return "somebody has the file open";
    throw error;
  }
}
