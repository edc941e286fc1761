/** What a person should know of a SQLite file before relying on it. */

import { statfs } from "node:fs/promises";

import type { Target } from "../../domain/target.ts";
import type { Inspection } from "../engine.ts";
import { identityOf, statIfThere } from "./file-evidence.ts";
import { describeProcess, openHolders } from "./holders.ts";
import { locate, type Place } from "./place.ts";
import { openView } from "./read-view.ts";
import { lastingObstacle } from "./replacement.ts";

export async function inspect(target: Target): Promise<Inspection> {
  const place = await locate(target);
  const { mode, version } = await settings(target);
  const stats = statIfThere(place.file);
  const holders = stats === undefined ? [] : openHolders(identityOf(stats)).pids.map(describeProcess);
  const wal = mode === "wal";
  return {
    facts: [wal ? "WAL mode" : `journal mode ${mode}`],
    warnings: [...(await networkWarning(place)), ...(wal ? walWarning(version) : [])],
    noWayBack: null,
    swapObstacle: lastingObstacle(place),
    holders,
  };
}

async function settings(target: Target): Promise<{ readonly mode: string; readonly version: string }> {
  await using view = await openView(target);
  const { rows } = await view.session.query("select (select journal_mode from pragma_journal_mode), sqlite_version()");
  const [mode, version] = rows[0] ?? [];
  return { mode: String(mode), version: String(version) };
}

/**
 * The WAL-reset bug: two connections that checkpoint and write at once could corrupt a database (https://sqlite.org/wal.html#walresetbug).
 * 3.7.0 to 3.51.2 have it, less the branches where it was mended.
 */
export function hasWalResetBug(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  if (major !== 3 || minor < 7 || minor > 51) return false;
  const mendedIn: Readonly<Record<number, number>> = { 44: 6, 50: 7, 51: 3 };
  return patch < (mendedIn[minor] ?? Number.POSITIVE_INFINITY);
}

/** Belay knows its own library; the application brings another. */
function walWarning(version: string): Inspection["warnings"] {
  if (!hasWalResetBug(version)) return [];
  return [
    {
      message: `Belay itself runs on SQLite ${version}, which can corrupt a database in WAL mode when two programs write at once`,
      hint: "use a version of Belay with SQLite 3.51.3 or newer",
    },
  ];
}

/** `statfs` types of file systems that live on another machine, after Linux' magic.h. */
const NETWORK_TYPES: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB"],
  [0x517b, "SMB"],
  [0x01021997, "9P"],
]);

async function networkWarning({ folder }: Place): Promise<Inspection["warnings"]> {
  const { type } = await statfs(folder);
  const name = NETWORK_TYPES.get(type >>> 0);
  if (name === undefined) return [];
  return [
    {
      message: `${folder} lies on a network file system (${name}), where SQLite's locks do not hold between machines`,
      hint: "run Belay on the machine where the application runs, and nowhere else",
    },
  ];
}
