/** Large objects are data like rows: backed up, proven, compared, and missed when they are gone. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { takeBackup } from "../../src/engine/postgres/backup.ts";
import { compareDatabases } from "../../src/engine/postgres/compare.ts";
import { openCopy } from "../../src/engine/postgres/copies.ts";
import { makeMark, writesSince } from "../../src/engine/postgres/later-writes.ts";
import { preflight } from "../../src/engine/postgres/preflight.ts";
import { planSchemas } from "../../src/engine/postgres/way-schemas.ts";
import { directoryStore } from "../../src/store/directory.ts";
import type { Store } from "../../src/store/store.ts";
import { backupSource, RUN } from "../support/postgres/backup-source.ts";
import { cluster, type Cluster, type TestDatabase } from "../support/postgres/cluster.ts";
import { placeOf } from "../support/postgres/place.ts";
import { programFolder } from "../support/postgres/program-folder.ts";
import { FOLDER, storedBackup } from "../support/postgres/stored-backup.ts";

let directory: string;
let store: Store;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "belay-large-objects-"));
  store = directoryStore(directory);
});
afterEach(() => store.remove("prod"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** One of two parts and a hole, a short one, and an empty one. */
const OBJECTS = `create table document (id int primary key, content oid);
  select lo_from_bytea(5001, decode(repeat('00ff27', 100000), 'hex')); select lo_put(5001, 700000, 'the end');
  select lo_from_bytea(5002, 'short'); select lo_create(5003);
  insert into document values (1, 5001), (2, 5002), (3, 5003)`;

async function documents(server: Cluster): Promise<TestDatabase> {
  const database = await server.createDatabase();
  database.sql(OBJECTS);
  return database;
}

const WHOLE = { schemas: null };
const UNTOUCHED = { added: 0, removed: 0, changed: 0, rowsBefore: 3, rowsAfter: 3 };

describe.each([
  [15, "owner"],
  [18, "owner"],
  [15, "superuser"],
] as const)("large objects on PostgreSQL %i as %s", (version, as) => {
  test("are proven by a restore and by reading, and what a migration did to them is seen one by one", async () => {
    const server = await cluster(version);
    await using database = await documents(server);
    const address = database.address(as);
    for (const proof of ["read", "restore"] as const) {
      const { tables } = await storedBackup(address, store, { bin: server.bin, proof });
      expect(tables).toContainEqual(expect.objectContaining({ name: "large objects", rows: 3 }));
      await store.remove("prod");
    }
    await using made = await backupSource(address, { bin: server.bin });
    const into = { store, folder: FOLDER };
    const { clone } = await takeBackup(made.source, { run: RUN, into, proof: "restore", clone: true, observe: async () => null });
    if (clone === null) throw new Error("there is no clone");
    await using before = await openCopy(made.place, clone);
    const compared = async () =>
      (await compareDatabases(before, made.source.connection, WHOLE)).tables.find(({ name }) => name === "large objects");
    expect(await compared()).toMatchObject(UNTOUCHED);
    database.sql("select lo_put(5001, 300000, 'x'); select lo_unlink(5002); select lo_from_bytea(6001, 'new')");
    expect(await compared()).toMatchObject({
      added: 1,
      removed: 1,
      changed: 1,
      columnsChanged: ["content"],
      keys: ["loid=5002", "loid=5001"],
    });
    database.sql("select lo_unlink(oid) from pg_largeobject_metadata");
    expect(await compared()).toMatchObject({ removed: 3, rowsBefore: 3, rowsAfter: 0 });
  });

  test("that were written later are told, and those that were not are not", async () => {
    const server = await cluster(version);
    await using database = await documents(server);
    await using connection = await placeOf(server, database.name, as).server.connect();
    const later = [{ table: "large objects", written: null, gone: null }];
    for (const [write, told] of [
      ["select 1", []],
      ["select lo_put(5002, 0, 'SHORT')", later],
      ["select lo_unlink(5003)", later],
      ["begin; select lo_unlink(5002); rollback", []],
    ] as const) {
      const mark = await makeMark(connection, WHOLE);
      database.sql(write);
      expect(await writesSince(connection, mark), write).toEqual(told);
    }
  });
});

test("large objects that a dump left out, or holds in other numbers, are missed by either proof", async () => {
  const server = await cluster(15);
  await using database = await documents(server);
  using programs = programFolder(server.bin, { pg_dump: 'exec $REAL "$@" --no-blobs' });
  for (const proof of ["read", "restore"] as const)
    await expect(storedBackup(database.address("owner"), store, { bin: programs.path, proof })).rejects.toMatchObject({
      code: "backup-unproven",
      message: expect.stringMatching(/large objects has (0|no) rows and should have 3/),
    });
});

test("large objects that this role may not read are refused before a run, and only counted after one", async () => {
  const server = await cluster(15);
  await using database = await documents(server);
  await using other = await documents(server);
  for (const { name } of [database, other]) server.psql(name, "alter large object 5002 owner to postgres");
  const place = placeOf(server, database.name, "owner");
  await expect(preflight(place, { copies: 2, proof: "read" })).rejects.toMatchObject({
    code: "rights-missing",
    message: expect.stringContaining("5002"),
  });
  await using before = await placeOf(server, other.name, "owner").server.connect();
  await using after = await place.server.connect();
  const { tables } = await compareDatabases(before, after, WHOLE);
  expect(tables[1]).toMatchObject({ name: "large objects", rowsBefore: 3, rowsAfter: 3, unproven: expect.stringContaining("5002") });
});

test("a copy of the schemas brings no large objects back: where these are others now, that is no way back", async () => {
  const server = await cluster(15);
  await using database = await documents(server);
  await using made = await backupSource(database.address("owner"), { bin: server.bin });
  const { clone } = await takeBackup(made.source, { run: RUN, into: null, proof: "restore", clone: true, observe: async () => null });
  if (clone === null) throw new Error("there is no clone");
  await planSchemas(made.place, clone, RUN, "somebody stays connected");
  database.sql("select lo_unlink(5002)");
  await expect(planSchemas(made.place, clone, RUN, "somebody stays connected")).rejects.toMatchObject({
    code: "replacement-impossible",
    message: expect.stringContaining("large objects"),
  });
});

test("a table may be called as large objects are", async () => {
  const server = await cluster(15);
  await using database = await documents(server);
  database.sql('create table "large objects" (id int); insert into "large objects" values (1)');
  const { tables } = await storedBackup(database.address("owner"), store, { bin: server.bin, proof: "restore" });
  expect(tables.map(({ name, rows }) => [name, rows])).toEqual(
    expect.arrayContaining([
      ['"large objects"', 1],
      ["large objects", 3],
    ]),
  );
});
