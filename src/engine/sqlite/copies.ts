/** What lies beside a target from runs of Belay. */

import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import type { JsonValue } from "../../domain/canonical-json.ts";
import { failure, refusal } from "../../domain/error.ts";
import type { Copy } from "../hold.ts";
import { removeDatabase, syncFolder } from "./durable.ts";
import { evidenceOf, fileIdentity, parseEvidence, statIfThere, stillHolds, type FileEvidence } from "./file-evidence.ts";
import { isMissing, parseAside, type Place } from "./place.ts";

/** A copy as it lies there, with what tells later that it is still the same; `facts` go into the evidence. */
export function describeCopy(place: Place, path: string, facts: Readonly<Record<string, JsonValue>> = {}): Copy {
  const evidence = evidenceOf(path);
  const copy = listedCopy(place, path);
  if (evidence === undefined || copy === undefined)
    throw failure("copy-missing", `the copy ${path} is gone`, { hint: "somebody removed it while Belay worked; run again" });
  return { ...copy, evidence: { ...evidence, ...facts } };
}

export async function listCopies(place: Place): Promise<readonly Copy[]> {
  try {
    const names = await readdir(place.folder);
    return names.sort().flatMap((name) => listedCopy(place, join(place.folder, name)) ?? []);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function listedCopy(place: Place, path: string): Copy | undefined {
  const parsed = parseAside(place, basename(path));
  const stats = parsed && statIfThere(path);
  return stats && { ...parsed, place: path, sizeBytes: Number(stats.size), madeAt: stats.mtime.toISOString(), evidence: null };
}

/** Removes a copy and what SQLite left beside it. Absent is removed. Refuses everything that is not an aside file of this target. */
export async function discardCopy(place: Place, { place: path }: Copy): Promise<void> {
  const ours = dirname(path) === place.folder && parseAside(place, basename(path)) !== undefined;
  const isTarget = fileIdentity(path) !== undefined && fileIdentity(path) === fileIdentity(place.file);
  if (!ours || isTarget)
    throw refusal("not-a-copy", `${path} is no copy of Belay's beside ${place.configured}`, {
      hint: "only clones, scratch files and databases kept aside are dropped",
    });
  await removeDatabase(path);
  syncFolder(place.folder);
}

/** Throws `copy-changed` unless the copy is still the file that was proven. A copy without evidence only has to be there. */
export function assertUnchanged({ place: path, evidence }: Copy): FileEvidence {
  const proven = parseEvidence(evidence);
  const now = evidenceOf(path);
  if (now !== undefined && (proven === undefined || stillHolds(path, proven))) return now;
  throw failure("copy-changed", now === undefined ? `the copy ${path} is gone` : `the copy ${path} was changed after it was proven`, {
    hint: "it cannot take the database's place; the backup can",
    facts: { copy: path },
  });
}
