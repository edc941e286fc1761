/** Carries out the way `schemas`: one transaction through `psql`, fed by `pg_dump` and `pg_restore` from the copy. */

import { failure } from "../../domain/error.ts";
import { finishProgram, type Bytes, type ProgramRequest } from "../../process/program.ts";
import { together } from "../../process/together.ts";
import type { Copy, ReplacementIntent } from "../hold.ts";
import type { Store } from "../../store/store.ts";
import type { Connection } from "./connection.ts";
import { openCopy } from "./copies.ts";
import { qualified, quoteIdentifier } from "./identifiers.ts";
import { readSchemaFacts, schemaFactsOf, schemaStatements, type SchemaFacts } from "./make-schemas.ts";
import type { Place } from "./place.ts";
import { callOf } from "./program-call.ts";
import { findPrograms, type Programs } from "./programs.ts";
import type { Owner } from "./replace.ts";
import type { ReplacementNames } from "./replacement.ts";
import { joinPublications, leavePublications } from "./publications.ts";
import { schemasAsSql } from "./schemas-as-sql.ts";
import { noteAside } from "./schemas-aside.ts";
import { manifestOf } from "./stored-copy.ts";
import { targetBusy } from "./sessions.ts";
import { lockLost } from "../../domain/state.ts";
import type { MovedSchema, SchemaNames } from "./way-schemas.ts";

/** How long the transaction waits for each table that somebody uses. */
const LOCK_WAIT_MS = 5_000;

export async function replaceSchemas(
  place: Place,
  intent: ReplacementIntent,
  names: ReplacementNames,
  schemas: SchemaNames,
  owner: Owner,
): Promise<void> {
  const application = `belay-${names.run}`;
  await using target = await place.server.connect({ database: place.database, application });
  if (await isDone(target, schemas)) return;
  await assertStartingPoint(target, place, schemas);
  const before = [
    "begin",
    `set local lock_timeout = ${LOCK_WAIT_MS}`,
    ...(owner.guard === undefined ? [] : [owner.guard]),
    ...(await lockTables(target, schemas.moved)),
    ...(await leavePublications(target, oids(schemas.moved))),
    ...schemas.moved.flatMap(({ name, aside }) => [`alter schema ${quoteIdentifier(name)} rename to ${quoteIdentifier(aside)}`]),
    ...(await foreignKeysLetGo(target, schemas.moved)),
    ...(await schemaStatements(target, await factsOf(place, intent.from, schemas, application))),
    ...schemas.moved.map(({ aside }) => noteAside(aside, new Date().toISOString())),
  ];
  const after = await publicationsOf(place, intent.from, schemas, target, application);
  await owner.assertOwner();
  const programs = await findPrograms(Math.floor(target.serverVersion / 10_000), place.options.variables);
  await together<[void]>(undefined, (signal) => [
    pour(place, intent, schemas, { programs, application, before, after, signal, store: owner.store }),
  ]);
  await assertDone(target, place, schemas);
  await target.run("analyze");
}

/** `psql` ends well, too, where it was never told to commit. */
async function assertDone(target: Connection, { database }: Place, schemas: SchemaNames): Promise<void> {
  if (await isDone(target, schemas)) return;
  throw failure("restore-failed", `restoring the schemas of ${database}: psql ended well and committed nothing`, {
    hint: "the database is what it was; report this with the versions of psql and of the server",
  });
}

interface Pouring {
  readonly programs: Programs;
  readonly application: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly signal: AbortSignal;
  readonly store: Store | undefined;
}

async function factsOf(place: Place, from: Copy, { made }: SchemaNames, application: string): Promise<readonly SchemaFacts[]> {
  const stored = manifestOf(from);
  if (stored !== null) return schemaFactsOf(stored.engineFacts["schemas"], { schemas: made });
  await using source = await openCopy(place, from, application);
  return await readSchemaFacts(source, { schemas: made });
}

/** A whole dump says itself which publications its tables are in; one of some schemas does not. */
async function publicationsOf(place: Place, from: Copy, { made }: SchemaNames, target: Connection, application: string) {
  if (manifestOf(from) !== null) return [];
  await using source = await openCopy(place, from, application);
  return await joinPublications(source, target, made);
}

/** The `commit` follows only once both programs have ended well: without it `psql` leaves nothing behind. */
async function pour(place: Place, { from }: ReplacementIntent, { made }: SchemaNames, pouring: Pouring): Promise<void> {
  const { programs, application, before, signal } = pouring;
  const call = { server: place.server, application, variables: place.options.variables, signal };
  const act = `restoring the schemas of ${place.database}`;
  const psql = callOf(
    { ...call, database: place.database },
    [programs.psql, "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--set=VERBOSITY=verbose", "--output=/dev/null"],
    act,
    "restore-failed",
  );
  async function* input(): Bytes {
    yield Buffer.from(`${before.join(";\n")};\n`);
    if (made.length > 0)
      yield* schemasAsSql({ ...call, database: place.database }, { place, from, made, programs, act, store: pouring.store });
    yield Buffer.from(`\n${[...pouring.after, "commit"].map((statement) => `${statement};\n`).join("")}`);
  }
  await finishProgram(errorsNamed(place, { ...psql, input: input() }));
}

/** `psql` says a lock time-out (55P03) and a lost lock (the guard's division by zero, 22012) like any other error. */
function errorsNamed({ database }: Place, request: ProgramRequest): ProgramRequest {
  return {
    ...request,
    failed: (end) => {
      if (/\b55P03\b/.test(end.stderr)) return targetBusy(database, "somebody works on its tables", request.failed(end));
      return /\b22012\b/.test(end.stderr) ? lockLost() : request.failed(end);
    },
  };
}

/** Nobody writes to what is moved aside between the moment in which it is decided and the moment in which it is seen. */
async function lockTables(target: Connection, moved: readonly MovedSchema[]): Promise<readonly string[]> {
  const rows = await target.rows(
    `select n.nspname, c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.oid = any ($1::oid[]) and c.relkind in ('r', 'p') and not c.relispartition order by 1, 2`,
    [oids(moved)],
  );
  const tables = rows.map(([schema, table]) => qualified(String(schema), String(table)));
  return tables.length === 0 ? [] : [`lock table ${tables.join(", ")} in access exclusive mode`];
}

/** What is kept aside must not keep anybody from deleting rows that it points to in schemas that stay. */
async function foreignKeysLetGo(target: Connection, moved: readonly MovedSchema[]): Promise<readonly string[]> {
  const rows = await target.rows(
    `select c.relnamespace::text, c.relname, k.conname from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid
       join pg_catalog.pg_class r on r.oid = k.confrelid
     where k.contype = 'f' and k.conparentid = 0 and k.coninhcount = 0 and c.relnamespace = any ($1::oid[]) and r.relnamespace <> all ($1::oid[])
     order by 1, 2, 3`,
    [oids(moved)],
  );
  const aside = new Map(moved.map((schema) => [schema.oid, schema.aside]));
  return rows.map(
    ([schema, table, key]) =>
      `alter table ${qualified(aside.get(String(schema)) ?? "", String(table))} drop constraint ${quoteIdentifier(String(key))}`,
  );
}

async function isDone(target: Connection, { moved, made }: SchemaNames): Promise<boolean> {
  const names = await namesNow(target, moved);
  if (moved.length > 0) return moved.every(({ oid, aside }) => names.get(oid) === aside);
  const rows = await target.rows("select nspname from pg_catalog.pg_namespace where nspname = any ($1::text[])", [made]);
  return made.length === rows.length;
}

/** All happens in one transaction, so nothing is half done; but somebody else may have been here. */
async function assertStartingPoint(target: Connection, { database }: Place, { moved }: SchemaNames): Promise<void> {
  const names = await namesNow(target, moved);
  const strange = moved.filter(({ oid, name }) => names.get(oid) !== name);
  if (strange.length === 0) return;
  throw failure(
    "target-changed",
    `in ${database} the schema ${strange.map(({ name }) => name).join(", ")} is no longer the one that was to be replaced`,
    {
      hint: "somebody renamed or dropped it; look at the database before anything else",
    },
  );
}

async function namesNow(target: Connection, moved: readonly MovedSchema[]): Promise<ReadonlyMap<string, string>> {
  const rows = await target.rows("select oid::text, nspname from pg_catalog.pg_namespace where oid = any ($1::oid[])", [oids(moved)]);
  return new Map(rows.map(([oid, name]) => [String(oid), String(name)]));
}

function oids(moved: readonly MovedSchema[]): string {
  return `{${moved.map(({ oid }) => oid).join(",")}}`;
}
