/** The content of schemas as the SQL that makes it: from a copy beside the target, or from a backup in its store. */

import { runProgram, type Bytes } from "../../process/program.ts";
import type { Store } from "../../store/store.ts";
import type { Copy } from "../hold.ts";
import { listArchive, listWithout } from "./archive-list.ts";
import { openForProgram } from "./copies.ts";
import { archiveOf, lacksOf, type StoredDump } from "./fetch-backup.ts";
import { quoteIdentifier } from "./identifiers.ts";
import type { Place } from "./place.ts";
import { callOf, type ProgramCall } from "./program-call.ts";
import type { Programs } from "./programs.ts";
import { listFile } from "./restore-archive.ts";
import { manifestOf, storedDump } from "./stored-copy.ts";

export interface SchemasWanted {
  readonly place: Place;
  readonly from: Copy;
  /** Names; they are made already. */
  readonly made: readonly string[];
  readonly programs: Programs;
  /** For errors. */
  readonly act: string;
  readonly store: Store | undefined;
}

/** Ends with an error where a program did, or where the source is not what was proven: nothing of it may be kept then. */
export function schemasAsSql(call: ProgramCall, wanted: SchemasWanted): Bytes {
  const stored = manifestOf(wanted.from);
  return stored === null ? ofDatabase(call, wanted) : ofBackup(call, wanted, storedDump(wanted.from, stored, wanted.store));
}

async function* ofDatabase(call: ProgramCall, { place, from, made, programs, act }: SchemasWanted): Bytes {
  const patterns = made.map((schema) => `--schema=${quoteIdentifier(schema)}`);
  const argv = [programs.dump, "--format=custom", "--compress=0", "--no-password", ...patterns];
  const dump = callOf({ ...call, database: from.place }, argv, act, "restore-failed");
  const script = callOf(call, restoreArgv(programs, made), act, "restore-failed");
  yield* runProgram({ ...script, input: openForProgram(place, from, call.application, runProgram(dump)) });
}

/** What a restore leaves out was accepted when the backup was taken. */
async function* ofBackup(call: ProgramCall, { made, programs, act }: SchemasWanted, dump: StoredDump): Bytes {
  const { entries, withoutOwners } = lacksOf(dump.manifest);
  const list = entries.length === 0 ? undefined : listWithout(await listArchive(archiveOf(dump), call, programs), entries);
  await using file = list === undefined ? null : await listFile(list);
  const argv = [
    ...restoreArgv(programs, made),
    ...(withoutOwners ? ["--no-owner"] : []),
    ...(file === null ? [] : [`--use-list=${file.path}`]),
  ];
  const archive = archiveOf(dump)[Symbol.asyncIterator]();
  try {
    yield* runProgram({ ...callOf(call, argv, act, "restore-failed"), input: allOf(archive) });
    // what the program had no use for is read, too: only at its end is the dump known to be what was stored
    for await (const _ of allOf(archive));
  } finally {
    await archive.return?.();
  }
}

/** Whoever stops reading leaves the rest to others. */
async function* allOf(bytes: AsyncIterator<Uint8Array>): Bytes {
  for (let next = await bytes.next(); next.done !== true; next = await bytes.next()) yield next.value;
}

function restoreArgv({ restore }: Programs, made: readonly string[]): readonly string[] {
  return [restore, "--file=-", ...made.map((schema) => `--schema=${schema}`)];
}
