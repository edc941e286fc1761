/** What would stop a run and can be seen without an effect. */

import { constants } from "node:fs";
import { statfs } from "node:fs/promises";

import { refusal } from "../../domain/error.ts";
import type { Target } from "../../domain/target.ts";
import type { Foreseen, RunNeeds } from "../engine.ts";
import { locate, type Place } from "./place.ts";
import { openView } from "./read-view.ts";
import { allows } from "./refuse-open.ts";

/** For journals, logs and what else grows meanwhile. */
const MARGIN_BYTES = 16 * 1024 * 1024;

/** Who holds the file open, and what keeps it from being renamed, `inspect` tells. */
export async function preflight(target: Target, { copies }: RunNeeds): Promise<Foreseen> {
  const place = await locate(target);
  await using view = await openView(target);
  assertWritable(place);
  await assertRoom(place, view.sizeBytes, copies);
  return { room: null, costs: [], remarks: [] };
}

function assertWritable({ configured, file, folder }: Place): void {
  for (const [path, what] of [
    [file, configured],
    [folder, `the folder ${folder}, where copies go,`],
  ] as const) {
    if (!allows(path, constants.W_OK)) {
      throw refusal("target-read-only", `${what} cannot be written by this user, or its file system is read-only`, {
        hint: "run Belay as the user that owns the database; `mount` tells of a read-only file system",
      });
    }
  }
}

async function assertRoom({ folder }: Place, sizeBytes: number, copies: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const needed = sizeBytes * copies + MARGIN_BYTES;
  if (free >= needed) return;
  throw refusal(
    "no-space",
    `${folder} has ${megabytes(free)} free and this run may need ${megabytes(needed)} (${copies} copies of ${megabytes(sizeBytes)})`,
    {
      hint: "make room, or move backups to another disk with `backup.store`",
      facts: { freeBytes: free, neededBytes: needed },
    },
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
