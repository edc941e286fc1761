/** Looking out for others while a migration tool writes through connections of its own, which `data_version` cannot tell from theirs. */

import { messageOf } from "../../domain/error.ts";
import { whoBelongsTo } from "../../process/belongs-to.ts";
import { statusOf } from "../../process/process-status.ts";
import { identityOf, statIfThere } from "./file-evidence.ts";
import { lockingPids } from "./file-locks.ts";
import { describeProcess, openHolders } from "./holders.ts";

/** A look costs milliseconds where few processes run: it may take a twentieth of the time, and is done every second at the least. */
const SHARE = 20;
const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;
const NAMED = 3;

/** The process groups that write for the run, as they are known by now. */
export type WorkingGroups = () => readonly number[];

/**
 * Looks, at the beginning, at the end and about every second between, who else has the file open than this process, its host and `ours`.
 * null: nobody at any look; else who, or why that cannot be told. Throws what the work throws, after `seen` was told.
 */
export async function lookOut(
  file: string,
  host: number,
  ours: WorkingGroups,
  work: () => Promise<void>,
  seen: (others: string) => void,
): Promise<void> {
  let next: NodeJS.Timeout | undefined;
  const look = () => {
    const began = performance.now();
    const others = whoElse(file, host, ours());
    if (others !== null) return seen(others);
    const pause = Math.min(Math.max((performance.now() - began) * SHARE, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
    next = setTimeout(look, pause);
  };
  look();
  try {
    await work();
  } finally {
    clearTimeout(next);
    const atEnd = whoElse(file, host, ours());
    if (atEnd !== null) seen(atEnd);
  }
}

/** What cannot be looked at is said, never thrown: half of the looks run in a timer, where nobody would catch it. */
function whoElse(file: string, host: number, groups: readonly number[]): string | null {
  try {
    return askWhoElse(file, host, groups);
  } catch (error) {
    return `who had the file open while the migrations ran could not be told: ${messageOf(error)}`;
  }
}

function askWhoElse(file: string, host: number, groups: readonly number[]): string | null {
  const stats = statIfThere(file);
  if (stats === undefined) return "the file was gone for a time while the migrations ran";
  const isOurs = whoBelongsTo(groups);
  // whose a process is that has ended meanwhile nobody can tell any more: it counts as one that came and went between two looks
  const isForeign = (pid: number) => pid !== process.pid && pid !== host && !isOurs(pid) && statusOf(pid) !== undefined;
  const connected = connectedToLog(file);
  const { pids, hidden, everybodyListed } = openHolders(identityOf(stats));
  const others = [...new Set([...pids, ...connected])].filter(isForeign);
  if (others.length > 0) return `${others.map(describeProcess).join(", ")} had the file open while the migrations ran`;
  if (!everybodyListed) return "not every process is visible here, and an invisible one may have written while the migrations ran";
  // whoever can write in WAL mode holds a lock that everybody may see, our own host among them
  const doubtful = connected.includes(host) ? [] : hidden.filter(isForeign);
  if (doubtful.length === 0) return null;
  return `${nameSome(doubtful)} could not be looked into, and may have written while the migrations ran`;
}

/** In WAL mode each connection holds a lock on the shared memory for as long as it is open (its byte 128; https://sqlite.org/walformat.html). */
function connectedToLog(file: string): readonly number[] {
  const memory = statIfThere(`${file}-shm`);
  return memory === undefined ? [] : lockingPids(memory);
}

function nameSome(pids: readonly number[]): string {
  const [named, more] = [pids.slice(0, NAMED), pids.length - NAMED];
  return `${named.map(describeProcess).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
