/** Extensions come back in the version that they had, and with what users configured in their tables. */

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { takeBackup } from "../../src/engine/postgres/backup.ts";
import { compareDatabases } from "../../src/engine/postgres/compare.ts";
import { openCopy } from "../../src/engine/postgres/copies.ts";
import { makeMark, writesSince } from "../../src/engine/postgres/later-writes.ts";
import { preflight } from "../../src/engine/postgres/preflight.ts";
import { restoreAside } from "../../src/engine/postgres/restore-aside.ts";
import { directoryStore } from "../../src/store/directory.ts";
import type { Store } from "../../src/store/store.ts";
import { backupSource, RUN } from "../support/postgres/backup-source.ts";
import { cluster, ownCluster, type OwnCluster, type TestDatabase } from "../support/postgres/cluster.ts";
import { placeOf } from "../support/postgres/place.ts";
import { FOLDER, storedBackup } from "../support/postgres/stored-backup.ts";

let directory: string;
let store: Store;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "belay-extensions-"));
  chmodSync(directory, 0o755);
  store = directoryStore(join(directory, "store"));
});
afterEach(() => store.remove("prod"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.each([15, 18] as const)("on PostgreSQL %i", (version) => {
  test.each(["restore", "read"] as const)(
    "an extension in an older version than the server's newest is proven by %s, and cloned",
    async (proof) => {
      const server = await cluster(version);
      await using database = await server.createDatabase();
      database.sql("create schema tools; comment on schema tools is 'for all'; create extension hstore schema tools version '1.4'");
      database.sql(
        "create extension citext; create table thing (id int primary key, facts tools.hstore); insert into thing values (1, 'a=>1')",
      );
      await using made = await backupSource(database.address("owner"), { bin: server.bin });
      // a superuser's session cannot be held off: then the clone goes through a dump
      await using _ = await placeOf(server, database.name, "superuser").server.connect({ application: "psql" });
      const request = { run: RUN, into: { store, folder: FOLDER }, proof, clone: true, observe: async () => null } as const;
      const { clone } = await takeBackup(made.source, request);
      if (clone === null) throw new Error("there is no clone");
      await using copy = await openCopy(made.place, clone);
      const found =
        "select e.extname, e.extversion, n.nspname, obj_description(n.oid) from pg_extension e join pg_namespace n on n.oid = extnamespace where e.oid > 16384 order by 1";
      expect((await copy.rows(found)).at(-1)).toEqual(["hstore", "1.4", "tools", "for all"]);
    },
  );

  test("it comes back from the store as it was", async () => {
    const server = await cluster(version);
    await using database = await server.createDatabase();
    database.sql("create schema tools; create extension hstore schema tools version '1.4'");
    const manifest = await storedBackup(database.address("owner"), store, { bin: server.bin, proof: "restore" });
    await using made = await backupSource(database.address("owner"), { bin: server.bin });
    await using copy = await openCopy(made.place, await restoreAside(made.place, store, FOLDER, manifest, RUN));
    expect(await copy.rows("select extversion from pg_extension where extname = 'hstore'")).toEqual([["1.4"]]);
  });
});

/** Sold with its own settings, of which users add theirs. */
const SCRIPT = `create table setting (name text primary key, value text, ours boolean default false);
insert into setting values ('built in', '1', true);
create sequence number;
select pg_catalog.pg_extension_config_dump('setting', 'where not ours');
select pg_catalog.pg_extension_config_dump('number', '');`;

describe("an extension that keeps what users configure", () => {
  let server: OwnCluster;
  let database: TestDatabase;
  const extensions = () => join(directory, "extension");
  const write = (name: string, text: string) => writeFileSync(join(extensions(), name), text);
  beforeAll(async () => {
    mkdirSync(extensions());
    write("shop.control", "default_version = '1.0'\nrelocatable = false\ntrusted = true\nsuperuser = false\n");
    write("shop--1.0.sql", SCRIPT);
    write("shop--0.9.sql", SCRIPT);
    server = await ownCluster(18, { settings: { extension_control_path: `'$system:${directory}'` } });
    database = await server.createDatabase();
    database.sql(
      "create schema shop; create extension shop schema shop version '0.9'; insert into shop.setting values ('mine', '7'); select nextval('shop.number')",
    );
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test("has the users' rows proven, compared, and told when they are written later", async () => {
    for (const proof of ["read", "restore"] as const) {
      const { tables, sequences } = await storedBackup(database.address("owner"), store, { bin: server.bin, proof });
      expect(tables).toEqual([expect.objectContaining({ name: "shop.setting", rows: 1 })]);
      expect(sequences).toEqual({ "shop.number": "1" });
      await store.remove("prod");
    }
    await using made = await backupSource(database.address("owner"), { bin: server.bin });
    const request = { run: RUN, into: { store, folder: FOLDER }, proof: "restore", clone: true, observe: async () => null } as const;
    const { clone } = await takeBackup(made.source, request);
    if (clone === null) throw new Error("there is no clone");
    await using before = await openCopy(made.place, clone);
    const { connection } = made.source;
    const mark = await makeMark(connection, { schemas: null });
    database.sql("update shop.setting set value = '8' where name = 'mine'");
    expect((await compareDatabases(before, connection, { schemas: null })).tables).toMatchObject([
      { name: "shop.setting", rowsBefore: 1, rowsAfter: 1, changed: 1, columnsChanged: ["value"], keys: ["name='mine'"] },
    ]);
    expect(await writesSince(connection, mark)).toEqual([{ table: "shop.setting", written: 1, gone: 1 }]);
  });

  test("whose version the server has no more is named before a run, and may be lacking", async () => {
    rmSync(join(extensions(), "shop--0.9.sql"));
    const place = placeOf(server, database.name, "owner");
    await expect(preflight(place, { copies: 2, proof: "restore" })).rejects.toMatchObject({
      code: "cannot-restore",
      message: expect.stringMatching(/extension shop \(version 0\.9 is not installed/),
    });
    await preflight({ ...place, options: { ...place.options, mayLack: ["extensions"] } }, { copies: 2, proof: "restore" });
  });
});
