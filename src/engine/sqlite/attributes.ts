import { execFile } from "node:child_process";
import { chmod, chown } from "node:fs/promises";
import { promisify } from "node:util";

import { errorCode } from "./place.ts";
import { statIfThere } from "./file-evidence.ts";

const run = promisify(execFile);

/**
 * Gives `to` the owner, mode and access control list of `from`. True when all of it is known to be the same; false where this user may
 * not give the file away, or no `cp` is there that knows access control lists. `cp` opens both files in a process of its own,
 * which leaves SQLite's locks of this one alone.
 */
export async function copyAttributes(from: string, to: string): Promise<boolean> {
  const source = statIfThere(from);
  if (source === undefined) return false;
  try {
    await chown(to, Number(source.uid), Number(source.gid));
  } catch (error) {
    if (errorCode(error) !== "EPERM") throw error;
  }
  await chmod(to, Number(source.mode & 0o7777n));
  const listCopied = process.platform !== "linux" || (await copyAccessList(from, to));
  return listCopied && sameOwnerAndMode(from, to);
}

export function sameOwnerAndMode(a: string, b: string): boolean {
  const [one, other] = [statIfThere(a), statIfThere(b)];
  return one !== undefined && other !== undefined && one.uid === other.uid && one.gid === other.gid && one.mode === other.mode;
}

/** GNU `cp` preserves the access control list with the mode. False where this `cp` cannot. */
async function copyAccessList(from: string, to: string): Promise<boolean> {
  try {
    await run("cp", ["--attributes-only", "--preserve=mode", "--", from, to]);
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}
