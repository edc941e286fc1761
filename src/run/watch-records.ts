/**
 * What `belay verify --watch` remembers from one call to the next: a file for each round and each change of state, in the store beside the
 * journals. Nothing is ever written over, so that two calls at once cannot harm each other; a round that was good needs no reading.
 */

import { text } from "node:stream/consumers";
import { failure } from "../domain/error.ts";
import type { CheckResult } from "../domain/result.ts";
import { timeOfRun, type RunId } from "../domain/run-id.ts";
import type { JournalPlace } from "./journal.ts";
import type { Ports } from "./ports.ts";

/**
 * `good` and `bad`: a round. `broken` and `well`: said to whoever is to know, once for each change. `answered`: what was found was acted
 * upon, as far as that could be done.
 */
export type RecordKind = "good" | "bad" | "broken" | "well" | "answered";

export interface WatchRecord {
  /** In the store. Sorts by time. */
  readonly key: string;
  readonly kind: RecordKind;
  /** The checks that failed, by key; only of a bad round. */
  readonly failed: ReadonlyMap<string, CheckResult>;
}

/** Of one run's watch, oldest first. */
export async function readRecords(place: JournalPlace, run: RunId): Promise<readonly WatchRecord[]> {
  const names = await place.store.list(folderOf(place, run));
  return Promise.all(names.map(({ key }) => readRecord(place, key)));
}

async function readRecord({ store }: JournalPlace, key: string): Promise<WatchRecord> {
  const [, kind] = /\.(good|bad|broken|well|answered)\.json$/.exec(key) ?? [];
  if (kind === undefined) throw damaged(store.location, key);
  if (kind !== "bad") return { key, kind: kind as RecordKind, failed: new Map() };
  try {
    const { failed } = JSON.parse(await text(await store.get(key))) as { readonly failed: Readonly<Record<string, CheckResult>> };
    return { key, kind, failed: new Map(Object.entries(failed)) };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) throw damaged(store.location, key);
    throw error;
  }
}

function damaged(location: string, key: string): Error {
  return failure("watch-damaged", `the record of a watch is damaged (${location}/${key})`, {
    hint: "remove that file: a round that nobody can read counts for nothing",
  });
}

/**
 * Writes one more, durable when it resolves, and gives all with it. It is the last one, also where the clock stands still or was set back:
 * its name says the time, and at least a millisecond more than the one before.
 */
export async function writeRecord(
  ports: Pick<Ports, "now" | "random">,
  place: JournalPlace,
  run: RunId,
  before: readonly WatchRecord[],
  {
    kind,
    failed = new Map(),
    ...content
  }: { readonly kind: RecordKind; readonly failed?: WatchRecord["failed"]; readonly [name: string]: unknown },
): Promise<readonly WatchRecord[]> {
  const now = ports.now();
  const name = `${Math.max(now.getTime(), timeOf(before.at(-1)) + 1)}-${Buffer.from(ports.random(2)).toString("hex")}`;
  const key = `${folderOf(place, run)}/${name}.${kind}.json`;
  const told = failed.size === 0 ? content : { ...content, failed: Object.fromEntries(failed) };
  await place.store.put(key, Buffer.from(`${JSON.stringify({ at: now.toISOString(), ...told })}\n`), { plain: true });
  return [...before, { key, kind, failed }];
}

/** Drops what was remembered of runs that began before `oldest`. */
export async function dropOldRecords({ store, environment }: JournalPlace, oldest: number): Promise<readonly string[]> {
  const folder = watchesOf(environment);
  const watched = new Set((await store.list(folder)).map(({ key }) => key.slice(folder.length + 1).split("/", 1)[0] ?? ""));
  const old = [...watched].filter((run) => timeOfRun(run) < oldest).map((run) => `${folder}/${run}`);
  for (const records of old) await store.remove(records);
  return old.map((records) => `${store.location}/${records}`);
}

/** In milliseconds, which have as many digits for the next two centuries. */
function timeOf(record: WatchRecord | undefined): number {
  return Number(/([0-9]+)-[0-9a-f]+\.[a-z]+\.json$/.exec(record?.key ?? "")?.[1] ?? 0);
}

function folderOf({ environment }: JournalPlace, run: RunId): string {
  return `${watchesOf(environment)}/${run}`;
}

/** A folder that no target can have as its name. */
function watchesOf(environment: string): string {
  return `${environment}/.watch`;
}
