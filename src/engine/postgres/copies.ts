/**
 * What lies beside a target from runs of Belay. A copy that was proven is sealed: it lets nobody in, and the version of its row in
 * pg_database is noted in its comment. Whoever opened it since, for however short a time, made another version of that row; so one row
 * tells that nothing in it has changed.
 */

import { failure, refusal } from "../../domain/error.ts";
import { asideName, type AsideKind, type RunId } from "../../domain/run-id.ts";
import type { Bytes } from "../../process/program.ts";
import type { Copy } from "../hold.ts";
import { assertDatabase, copyRecord, databaseNamed, databasesAside, noteOn, type CopyRecord, type DatabaseRow } from "./database-record.ts";
import type { Connection } from "./connection.ts";
import { makeDroppable } from "./create-database.ts";
import { quoteIdentifier } from "./identifiers.ts";
import type { Place } from "./place.ts";
import { discardSchema, listSchemasAside, schemaOf } from "./schemas-aside.ts";
import { allowConnections, describeSessions, endSessions, otherSessions } from "./sessions.ts";

const NAME_BYTES = 63;
const KINDS = { c: "clone", f: "failed", s: "scratch", a: "after" } as const satisfies Record<string, AsideKind>;

/** The name of a copy of this target; two targets with long names may have copies of one name, and their records tell them apart. */
export function copyName(place: Place, kind: AsideKind, run: RunId): string {
  return asideName(place.database, kind, run, NAME_BYTES);
}

/** A session outside of the copies, for what concerns whole databases. */
export function administer(place: Place, application?: string): Promise<Connection> {
  return place.server.connect({ database: place.lockDatabase, ...(application === undefined ? {} : { application }) });
}

/** Notes on a fresh database whose copy it is, so that it is found again whatever happens next. */
export async function markCopy(connection: Connection, place: Place, database: string, kind: AsideKind, run: RunId): Promise<void> {
  const { comment } = await assertDatabase(connection, database);
  await connection.run(noteOn(database, copyRecord(place.database, kind, run, comment)));
}

/** Seals a copy and describes it, with what tells later that it is still the same. All sessions of it have to be closed. */
export async function describeCopy(place: Place, database: string): Promise<Copy> {
  await using connection = await administer(place);
  const row = await assertDatabase(connection, database);
  const named = parseName(place, database);
  if (named === undefined) throw notACopy(place, database);
  const record = ownRecord(place, row) ?? copyRecord(place.database, named.kind, named.runSuffix, null);
  await seal(connection, database, { ...record, comment: row.comment });
  await refuseVisitors(connection, row);
  return { ...(await asCopy(connection, row, record)), evidence: { oid: row.oid } };
}

export async function listCopies(place: Place): Promise<readonly Copy[]> {
  await using connection = await administer(place);
  const rows = (await databasesAside(connection)).filter(({ name }) => name !== place.database);
  const databases: Copy[] = [];
  for (const row of rows) {
    const record = ownRecord(place, row) ?? (await unmarked(connection, place, row));
    if (record !== undefined) databases.push(await asCopy(connection, row, record));
  }
  return [...databases, ...(await listSchemasAside(place))];
}

/** Drops a copy. Absent is dropped. Refuses everything that is not a copy of this target. */
export async function discardCopy(place: Place, { place: name }: Copy): Promise<void> {
  if (schemaOf(place, name) !== null) return discardSchema(place, name);
  if (name === place.database || parseName(place, name) === undefined) throw notACopy(place, name);
  await using connection = await administer(place);
  const row = await databaseNamed(connection, name);
  if (row === undefined) return;
  if ((ownRecord(place, row) ?? (await unmarked(connection, place, row))) === undefined) throw notACopy(place, name);
  await connection.run(allowConnections(name, false));
  const staying = await endSessions(connection, row);
  if (staying.length > 0) {
    await connection.run(allowConnections(name, row.open));
    throw failure("copy-busy", `the copy ${name} is in use, and cannot be dropped: ${describeSessions(staying)}`, {
      hint: "end what uses it, then run `belay prune`",
    });
  }
  await makeDroppable(connection, name);
  await connection.run(`drop database if exists ${quoteIdentifier(name)}`);
}

/** Throws `copy-changed` unless the copy is still the database that was proven, untouched. One without evidence has to be there, closed or not. */
export async function assertUnchanged(connection: Connection, { place: name, evidence }: Copy): Promise<DatabaseRow> {
  const row = await databaseNamed(connection, name);
  if (row === undefined) throw copyChanged(name, "is gone");
  if (evidence === null) return row;
  const oid = typeof evidence === "object" && "oid" in evidence ? evidence.oid : undefined;
  if (row.oid !== oid) throw copyChanged(name, "is another database than the one that was proven");
  const sealed = row.record?.belay === "copy" && row.record.sealed === row.xmin && !row.open;
  if (!sealed) throw copyChanged(name, "was opened after it was proven");
  return row;
}

/**
 * A session inside of a copy, for Belay alone: the copy is opened for the moment of connecting, sealed again at once, and refused where
 * somebody else came in with us (`copy-changed`).
 */
export async function openCopy(place: Place, copy: Copy, application?: string): Promise<Connection> {
  await using admin = await administer(place, application);
  return await openCopyBy(admin, place, copy, application);
}

/** The same for who has a session outside of the copies already. */
export async function openCopyBy(admin: Connection, place: Place, copy: Copy, application?: string): Promise<Connection> {
  const row = await assertUnchanged(admin, copy);
  const request = { database: copy.place, ...(application === undefined ? {} : { application }) };
  const connection = await unsealedFor(admin, row, () => place.server.connect(request));
  try {
    if (row.record?.belay === "copy" && row.record.sealed !== null) await refuseVisitors(admin, row, [connection.pid]);
  } catch (error) {
    await connection[Symbol.asyncDispose]();
    throw error;
  }
  return connection;
}

/**
 * The same for a program that reads a copy (`pg_dump`): its first byte tells that it is in and has its snapshot, and the copy is sealed
 * then. Its sessions carry the name `application`.
 */
export async function* openForProgram(place: Place, copy: Copy, application: string, output: Bytes): Bytes {
  await using admin = await administer(place, application);
  const row = await assertUnchanged(admin, copy);
  const bytes = output[Symbol.asyncIterator]();
  try {
    const first = await unsealedFor(admin, row, () => bytes.next());
    const ours = (await otherSessions(admin, row.oid)).filter((session) => session.application === application).map(({ pid }) => pid);
    await refuseVisitors(admin, row, ours);
    if (first.done === true) return;
    yield first.value;
    for (let next = await bytes.next(); next.done !== true; next = await bytes.next()) yield next.value;
  } finally {
    await bytes.return?.();
  }
}

async function unsealedFor<T>(admin: Connection, { name, record }: DatabaseRow, enter: () => Promise<T>): Promise<T> {
  if (record?.belay !== "copy" || record.sealed === null) return enter();
  await admin.run(allowConnections(name, true));
  try {
    return await enter();
  } finally {
    await seal(admin, name, record);
  }
}

/** Shuts the copy and notes the version of its row since when, in one transaction. */
async function seal(connection: Connection, database: string, record: CopyRecord): Promise<void> {
  await connection.transaction("begin", async () => {
    await connection.run(allowConnections(database, false));
    const { xmin } = await assertDatabase(connection, database);
    await connection.run(noteOn(database, { ...record, sealed: xmin }));
  });
}

/** Nobody can come in any more; whoever is in may write. */
async function refuseVisitors(connection: Connection, row: DatabaseRow, but: readonly number[] = []): Promise<void> {
  const visitors = (await otherSessions(connection, row.oid, but)).filter(({ user }) => user !== null);
  if (visitors.length > 0) throw copyChanged(row.name, `is open in ${describeSessions(visitors)}`);
}

function ownRecord(place: Place, { name, record }: DatabaseRow): CopyRecord | undefined {
  return record?.belay === "copy" && record.target === place.database && parseName(place, name) !== undefined ? record : undefined;
}

/** A copy whose run died before it could mark it: ours if its name tells so. */
function missingRecord(place: Place, { name, record }: DatabaseRow): CopyRecord | undefined {
  const parsed = record === null ? parseName(place, name) : undefined;
  return parsed && { ...copyRecord(place.database, parsed.kind, parsed.runSuffix, null), madeAt: new Date(0).toISOString() };
}

/** The name of an unmarked copy may be cut: then it is ours only if no other database could have one of this name. */
async function unmarked(connection: Connection, place: Place, row: DatabaseRow): Promise<CopyRecord | undefined> {
  const record = missingRecord(place, row);
  if (record === undefined) return undefined;
  const rows = await connection.rows(
    "select datname from pg_catalog.pg_database where datname <> $1 and datname !~ '_belay_[cfsa]_[0-9A-Z]{10}$'",
    [place.database],
  );
  const shared = rows.some(([other]) => asideName(String(other), record.kind, record.runSuffix, NAME_BYTES) === row.name);
  return shared ? undefined : record;
}

/** Reads a copy's name back; undefined for every other. */
function parseName(place: Place, name: string): { readonly kind: AsideKind; readonly runSuffix: string } | undefined {
  const [, letter, runSuffix] = /_belay_([cfsa])_([0-9A-HJKMNP-TV-Z]{10})$/.exec(name) ?? [];
  if (letter === undefined || runSuffix === undefined || !(letter in KINDS)) return undefined;
  const kind = KINDS[letter as keyof typeof KINDS];
  return asideName(place.database, kind, runSuffix, NAME_BYTES) === name ? { kind, runSuffix } : undefined;
}

async function asCopy(connection: Connection, { name, oid }: DatabaseRow, { kind, runSuffix, madeAt }: CopyRecord): Promise<Copy> {
  const [size] = await connection.rows("select pg_catalog.pg_database_size($1::oid)", [oid]);
  return { kind, place: name, runSuffix, sizeBytes: Number(size?.[0] ?? 0), madeAt, evidence: null };
}

function copyChanged(name: string, what: string): Error {
  return failure("copy-changed", `the copy ${name} ${what}`, {
    hint: "it cannot take the database's place; the backup can",
    facts: { copy: name },
  });
}

function notACopy({ database }: Place, name: string): Error {
  return refusal("not-a-copy", `${name} is no copy of Belay's beside ${database}`, {
    hint: "only clones, scratch databases and databases kept aside are dropped",
  });
}
