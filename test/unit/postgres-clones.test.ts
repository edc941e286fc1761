/** The clone of a PostgreSQL target, where no restore beside it became one. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import type { BelayError } from "../../src/domain/error.ts";
import type { BackupRequest } from "../../src/engine/workspace.ts";
import { takeBackup } from "../../src/engine/postgres/backup.ts";
import { readContent } from "../../src/engine/postgres/content.ts";
import { openCopy } from "../../src/engine/postgres/copies.ts";
import type { PostgresOptions } from "../../src/engine/postgres/options.ts";
import { serverAt } from "../../src/engine/postgres/server.ts";
import { openSnapshot } from "../../src/engine/postgres/snapshot.ts";
import { boundaryOf, isUnwritten } from "../../src/engine/postgres/unwritten.ts";
import { directoryStore } from "../../src/store/directory.ts";
import type { Store } from "../../src/store/store.ts";
import { backupSource, RUN } from "../support/postgres/backup-source.ts";
import { BOOKINGS } from "../support/postgres/bookings.ts";
import { cluster, type Cluster, type TestDatabase } from "../support/postgres/cluster.ts";

let directory: string;
let store: Store;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "belay-clones-"));
  store = directoryStore(directory);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function take(
  server: Cluster,
  database: TestDatabase,
  request: Partial<BackupRequest<unknown>>,
  options: Partial<PostgresOptions> = {},
) {
  await using made = await backupSource(database.address("owner"), { bin: server.bin, ...options });
  const into = { store, folder: "prod/shop/20261121T001400Z-7f3a" };
  return await takeBackup(made.source, { run: RUN, into, proof: "read", clone: true, observe: async () => null, ...request });
}

async function withShop<T>(server: Cluster, work: (database: TestDatabase) => Promise<T>): Promise<T> {
  await using database = await server.createDatabase();
  database.sql(BOOKINGS);
  return await work(database);
}

test.each([15, 18] as const)("without a backup of its own, a clone is what the snapshot was (PostgreSQL %i)", async (version) => {
  const server = await cluster(version);
  await withShop(server, async (database) => {
    const taken = await take(server, database, { into: null });
    expect(taken).toMatchObject({ files: [], proof: "restored", clone: { kind: "clone" } });
    await using made = await backupSource(database.address("owner"), { bin: server.bin });
    if (taken.clone === null) throw new Error("there is a clone");
    await using copy = await openCopy(made.place, taken.clone);
    expect(await readContent(copy)).toEqual(await readContent(made.source.connection));
  });
});

test("somebody whom this role may not end keeps the server from cloning, and a dump is restored instead", async () => {
  const server = await cluster(15);
  await withShop(server, async (database) => {
    await using visitor = await serverAt(database.address("superuser"), {}).connect();
    const { clone } = await take(server, database, {});
    await using made = await backupSource(database.address("owner"), { bin: server.bin });
    if (clone === null) throw new Error("there is a clone");
    await using copy = await openCopy(made.place, clone);
    expect(await readContent(copy)).toEqual(await readContent(visitor));
  });
  await store.remove("prod");
});

test("what is written after the snapshot makes the clone another one, and it is not kept", async () => {
  const server = await cluster(15);
  await withShop(server, async (database) => {
    const writing: Store = {
      ...store,
      put: async (...asked) => {
        const stored = await store.put(...asked);
        database.sql("update person set note = 'late' where id = 1");
        return stored;
      },
    };
    const into = { store: writing, folder: "prod/shop/20261121T001400Z-7f3a" };
    const error: BelayError = await take(server, database, { into }).then(
      () => Promise.reject(new Error("it did not throw")),
      (thrown: BelayError) => thrown,
    );
    expect(error).toMatchObject({ code: "clone-differs" });
    expect(error.message).toContain("table person");
    expect(server.psql("postgres", `select count(*) from pg_database where datname like '${database.name}\\_belay%'`).trim()).toBe("0");
    expect(await store.list("prod")).toEqual([]);
    // a restore holds the snapshot, whoever writes
    const taken = await take(server, database, { into, proof: "restore" });
    expect(taken.proof).toBe("restored");
  });
  await store.remove("prod");
});

test.each([
  ["a changed row", "update person set name = name where id = 2"],
  ["a new one", "insert into booking (person, nights) values (1, 1)"],
  ["one fewer", "delete from log where line = 'line 7'"],
  ["one in a partition", "insert into log values ('2021-03-03', 'x')"],
  ["another table", "create table more (id int)"],
  ["one fewer table", "drop table nothing"],
  ["none at all", "truncate booking"],
])("rows tell that something was written: %s", async (_, sql) => {
  const server = await cluster(15);
  await withShop(server, async (database) => {
    const own = serverAt(database.address("owner"), {});
    await using connection = await own.connect();
    await using snapshot = await openSnapshot(own, {});
    const inside = await snapshot.connect();
    // others on this server may write just now: then there is no boundary, and nothing is told
    const boundary = await boundaryOf(inside);
    if (boundary === null) return;
    const content = await readContent(inside);
    expect(await isUnwritten(connection, content, boundary)).toBe(true);
    await snapshot[Symbol.asyncDispose]();
    database.sql(sql);
    expect(await isUnwritten(connection, content, boundary)).toBe(false);
  });
});

test("a backup is proven on a scratch server of a later version, and cloned where it was taken", async () => {
  const [server, scratch] = [await cluster(15), await cluster(18)];
  await withShop(server, async (database) => {
    const options = { scratch: scratch.owner("postgres"), variables: { PATH: `${scratch.bin}:/usr/bin:/bin` } };
    const taken = await take(server, database, { proof: "restore" }, options);
    expect(taken).toMatchObject({ proof: "restored", clone: { kind: "clone" } });
    expect(scratch.psql("postgres", `select count(*) from pg_database where datname like '${database.name}%'`).trim()).toBe("0");
  });
  await store.remove("prod");
});
