/**
 * The data of a copy go into the target's own file, for a file that somebody has open or that has several names. First the target is
 * copied aside, whole and synced before it gets its name; then the copy is written over it in one transaction.
 */

import { rename } from "node:fs/promises";

import { sameData } from "../../domain/data.ts";
import { failure } from "../../domain/error.ts";
import type { ReplacementIntent } from "../hold.ts";
import { copyAttributes } from "./attributes.ts";
import { assertUnchanged } from "./copies.ts";
import { removeDatabase, syncFile, syncFolder } from "./durable.ts";
import { fileIdentity, statIfThere } from "./file-evidence.ts";
import type { OwnerFence } from "./host-api.ts";
import type { Place } from "./place.ts";
import { Remote } from "./remote.ts";
import type { ReplacementNames } from "./replacement.ts";

export async function replaceInPlace(place: Place, intent: ReplacementIntent, names: ReplacementNames, owner: OwnerFence): Promise<void> {
  assertUnchanged(intent.from);
  if (fileIdentity(place.file) !== names.target) {
    throw failure("target-changed", `${place.file} is no longer the file that was to be restored`, {
      hint: "somebody put another file in its place; look at both before anything else",
    });
  }
  await keepAside(place, intent);
  await using copy = await Remote.start(intent.from.place);
  await copy.call("overwrite", place.file, owner);
}

/**
 * After a cut the database that is kept may be there already. If the target is neither that one nor the copy, somebody wrote
 * meanwhile, and what was written is kept too, under the next number.
 */
async function keepAside(place: Place, { keepAs, from }: ReplacementIntent): Promise<void> {
  const names = [keepAs, ...Array.from({ length: 99 }, (_, index) => `${keepAs}_${index + 2}`)];
  await using target = await Remote.start(place.file);
  for (const name of names) {
    if (statIfThere(name) === undefined) return await copyAside(place, target, name);
    if (await equal(target, name)) return;
    if (name === keepAs && (await equal(target, from.place))) return;
  }
  throw failure("aside-name-taken", `${names.length} databases are kept beside ${place.file} already`, {
    hint: "remove those that nobody needs, then run `belay recover`",
  });
}

async function equal(target: Remote, other: string): Promise<boolean> {
  const { data, sameSchema, sameSequences } = await target.call("compare", other, "all");
  return sameSchema && sameSequences && sameData(data);
}

async function copyAside(place: Place, target: Remote, name: string): Promise<void> {
  const part = `${name}.part`;
  await removeDatabase(part);
  await target.call("copyTo", part);
  await copyAttributes(place.file, part);
  await syncFile(part);
  await rename(part, name);
  syncFolder(place.folder);
}
