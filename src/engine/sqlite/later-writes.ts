/**
 * What was written since a run settled: a copy of the settled data is kept beside the target and compared row by row. Once the copy is
 * gone, its digest still tells whether anything was. Counters in the file header do not: they stay the same when a commit goes to the
 * write-ahead log.
 */

import { chmod } from "node:fs/promises";

import type { JsonValue } from "../../domain/canonical-json.ts";
import { untouched, type TableDifference } from "../../domain/data.ts";
import type { LaterWrites } from "../../domain/result.ts";
import type { RunId } from "../../domain/run-id.ts";
import type { Target } from "../../domain/target.ts";
import { describeCopy } from "./copies.ts";
import { removeDatabase, syncFile, syncFolder } from "./durable.ts";
import { fileIdentity, parseEvidence, stillHolds } from "./file-evidence.ts";
import { asidePath, locate, type Place } from "./place.ts";
import { Remote } from "./remote.ts";
import { digestOfFile, digestOfTarget } from "./same-bytes.ts";

/** `{ place, evidence, digest }` of the copy. */
export async function makeMark(place: Place, remote: Remote, run: RunId): Promise<JsonValue> {
  const path = asidePath(place, "after", run);
  await removeDatabase(path);
  try {
    await remote.call("copyTo", path);
    await chmod(path, 0o600);
    await syncFile(path);
    syncFolder(place.folder);
    return { place: path, evidence: describeCopy(place, path).evidence, digest: await digestOfFile(path) };
  } catch (error) {
    await removeDatabase(path);
    throw error;
  }
}

/** As `LaterWritesCount.since`, once. */
export async function lookAtWrites(target: Target, mark: JsonValue): Promise<readonly LaterWrites[] | null> {
  await using count = new LaterWritesCount(await locate(target));
  return await count.since(mark);
}

interface Counted {
  readonly remote: Remote;
  /** The file that was counted, and the connection's `data_version` before it was. */
  readonly identity: string | undefined;
  readonly version: number;
  readonly copy: string;
  readonly writes: readonly LaterWrites[];
}

/** Each of them is a process: of a thousand targets those that were counted last wait, the others are counted again. */
const MOST_WAITING = 8;
const waiting = new Set<LaterWritesCount>();

/**
 * Counts what was written since a mark. A rollback asks twice, before the application is stopped and after: its connection stays open in
 * between, and sees whether anybody wrote at all. If nobody did, the second answer costs nothing.
 */
export class LaterWritesCount implements AsyncDisposable {
  readonly #place: Place;
  #counted: Counted | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(place: Place) {
    this.#place = place;
  }

  /** Tables that were written to since the mark; null where something may have been and the copy that would tell is gone or altered. */
  async since(mark: JsonValue): Promise<readonly LaterWrites[] | null> {
    const writes = await this.#inTurn(() => this.#count(mark));
    const [first] = waiting;
    if (waiting.size > MOST_WAITING) await first?.[Symbol.asyncDispose]().catch(() => undefined); // no failure of this one's
    return writes;
  }

  async #count(mark: JsonValue): Promise<readonly LaterWrites[] | null> {
    const copy = unchangedCopy(mark);
    if (copy === undefined) {
      await this.#letGo();
      return (await isAsMarked(this.#place, mark)) ? [] : null;
    }
    if (this.#counted !== null && (await this.#stillHolds(this.#counted, copy))) return this.#counted.writes;
    await this.#letGo();
    this.#counted = await count(this.#place, copy);
    waiting.add(this);
    return this.#counted.writes;
  }

  async #stillHolds({ remote, identity, version, copy }: Counted, wanted: string): Promise<boolean> {
    if (remote.ended || copy !== wanted || fileIdentity(this.#place.file) !== identity) return false;
    return (await remote.call("dataVersion")) === version;
  }

  /** Lets go of the database; counting again opens it again. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#inTurn(() => this.#letGo());
  }

  async #letGo(): Promise<void> {
    waiting.delete(this);
    const counted = this.#counted;
    this.#counted = null;
    await counted?.remote[Symbol.asyncDispose]();
  }

  /** Whoever needs the room of one that just counts waits for its answer. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

async function count(place: Place, copy: string): Promise<Counted> {
  const identity = fileIdentity(place.file);
  const remote = await Remote.start(place.file);
  try {
    const version = await remote.call("dataVersion");
    const { data } = await remote.call("compare", copy, "all");
    return { remote, identity, version, copy, writes: data.tables.filter((table) => !untouched(table)).map(writesOf) };
  } catch (error) {
    await remote.end();
    throw error;
  }
}

async function isAsMarked({ file }: Place, mark: JsonValue): Promise<boolean> {
  if (typeof mark !== "object" || mark === null || !("digest" in mark)) return false;
  await using remote = await Remote.start(file);
  return (await digestOfTarget(remote, file)) === mark.digest;
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
