/**
 * What was written since a run settled: a copy of the settled data is kept beside the target and compared row by row. Counters in the
 * file header do not tell: they stay the same when a commit goes to the write-ahead log.
 */

import { chmod } from "node:fs/promises";

import type { JsonValue } from "../../domain/canonical-json.ts";
import { untouched, type TableDifference } from "../../domain/data.ts";
import type { LaterWrites } from "../../domain/result.ts";
import type { RunId } from "../../domain/run-id.ts";
import { describeCopy } from "./copies.ts";
import { removeDatabase, syncFile, syncFolder } from "./durable.ts";
import { parseEvidence, stillHolds } from "./file-evidence.ts";
import { asidePath, type Place } from "./place.ts";
import { Remote } from "./remote.ts";

/** `{ place, evidence }` of the copy. */
export async function makeMark(place: Place, remote: Remote, run: RunId): Promise<JsonValue> {
  const path = asidePath(place, "after", run);
  await removeDatabase(path);
  try {
    await remote.call("copyTo", path);
    await chmod(path, 0o600);
    await syncFile(path);
    syncFolder(place.folder);
    return { place: path, evidence: describeCopy(place, path).evidence };
  } catch (error) {
    await removeDatabase(path);
    throw error;
  }
}

/** Tables that were written to since the mark; null when its copy is gone or no longer what it was. */
export async function writesSince(place: Place, mark: JsonValue): Promise<readonly LaterWrites[] | null> {
  const copy = unchangedCopy(mark);
  if (copy === undefined) return null;
  await using remote = await Remote.start(place.file);
  const { data } = await remote.call("compare", copy, "all");
  return data.tables.filter((table) => !untouched(table)).map(writesOf);
}

function unchangedCopy(mark: JsonValue): string | undefined {
  if (typeof mark !== "object" || mark === null || !("place" in mark) || !("evidence" in mark)) return undefined;
  const evidence = parseEvidence(mark.evidence);
  return typeof mark.place === "string" && evidence !== undefined && stillHolds(mark.place, evidence) ? mark.place : undefined;
}

/** Where columns came or went, rows cannot be told as equal any more, so there is no number. */
function writesOf({ name, added, changed, removed, unproven, columnsAdded, columnsDropped }: TableDifference): LaterWrites {
  const countable = unproven === undefined && columnsAdded.length + columnsDropped.length === 0;
  return countable ? { table: name, written: added + changed, gone: removed } : { table: name, written: null, gone: null };
}
