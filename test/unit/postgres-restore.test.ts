/** Backups of PostgreSQL come back: beside their target, into a database that is not there yet, into an empty one; whole or not at all. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Manifest } from "../../src/domain/backup.ts";
import { BelayError } from "../../src/domain/error.ts";
import { readContent } from "../../src/engine/postgres/content.ts";
import { openCopy } from "../../src/engine/postgres/copies.ts";
import { dumpCall } from "../../src/engine/postgres/dump.ts";
import { findPrograms } from "../../src/engine/postgres/programs.ts";
import { restoreArchive } from "../../src/engine/postgres/restore-archive.ts";
import { restoreAside } from "../../src/engine/postgres/restore-aside.ts";
import { restoreInto } from "../../src/engine/postgres/restore-into.ts";
import { serverAt } from "../../src/engine/postgres/server.ts";
import { openSnapshot } from "../../src/engine/postgres/snapshot.ts";
import { runProgram } from "../../src/process/program.ts";
import { directoryStore } from "../../src/store/directory.ts";
import type { Store } from "../../src/store/store.ts";
import { backupSource, RUN } from "../support/postgres/backup-source.ts";
import { BOOKINGS } from "../support/postgres/bookings.ts";
import { cluster, type As, type Cluster } from "../support/postgres/cluster.ts";
import { FOLDER, storedBackup } from "../support/postgres/stored-backup.ts";

let directory: string;
let store: Store;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "belay-restore-"));
  store = directoryStore(directory);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function errorOf(work: Promise<unknown>): Promise<BelayError> {
  const error = await work.then(
    () => new Error("it did not throw"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof BelayError) return error;
  throw error;
}

const into = (server: Cluster, name: string, as: As, manifest: Manifest, from = store) => {
  const address = server.address(name, as);
  const options = {
    variables: { PATH: `${server.bin}:/usr/bin:/bin` },
    scratch: null,
    mayLack: [],
    lockDatabase: null,
    lockTimeoutMs: 5_000,
  };
  return restoreInto({ name, engine: "postgres", address, configured: `postgres://…/${name}` }, options, from, FOLDER, manifest);
};

async function contentOf(server: Cluster, name: string, as: As) {
  await using connection = await serverAt(server.address(name, as), {}).connect();
  return await readContent(connection);
}

const exists = (server: Cluster, name: string) =>
  server.psql("postgres", `select 1 from pg_database where datname = '${name}'`).trim() === "1";

describe.each([
  [15, "superuser"],
  [15, "owner"],
  [18, "superuser"],
  [18, "owner"],
] as const)("on PostgreSQL %i as %s", (version, as) => {
  test("beside its target, into a new database and into an empty one, it is what it was", async () => {
    const server = await cluster(version);
    await using database = await server.createDatabase({ owner: as });
    database.sql(`${BOOKINGS}; alter database ${database.name} connection limit 9`);
    const manifest = await storedBackup(database.address(as), store, { bin: server.bin });
    const was = await contentOf(server, database.name, as);

    await using made = await backupSource(database.address(as), { bin: server.bin });
    const told: number[] = [];
    const copy = await restoreAside(made.place, store, FOLDER, manifest, RUN, (done) => told.push(done));
    expect(told.at(-1)).toBe(manifest.files[0]?.sizeBytes);
    {
      await using beside = await openCopy(made.place, copy);
      expect(await readContent(beside)).toEqual(was);
    }

    const fresh = `${database.name}_belay_new`;
    await into(server, fresh, as, manifest);
    expect(await contentOf(server, fresh, as)).toEqual(was);
    expect(server.psql("postgres", `select datconnlimit from pg_database where datname = '${fresh}'`).trim()).toBe("9");
    expect(await errorOf(into(server, fresh, as, manifest))).toMatchObject({ kind: "refused", code: "restore-target-not-empty" });

    await using empty = await server.createDatabase({ owner: as });
    await into(server, empty.name, as, manifest);
    expect(await contentOf(server, empty.name, as)).toEqual(was);
    await store.remove("prod");
  });
});

test("a damaged backup is named, and leaves nothing where it was to be restored", async () => {
  const server = await cluster(15);
  await using database = await server.createDatabase();
  database.sql(BOOKINGS);
  const manifest = await storedBackup(database.address("owner"), store, { bin: server.bin });
  await using empty = await server.createDatabase();
  const file = join(directory, FOLDER, "database.dump.zst");
  const whole = readFileSync(file);
  const flipped = Buffer.from(whole);
  flipped[whole.length - 40] = (flipped[whole.length - 40] ?? 0) ^ 1;
  const [table] = manifest.tables;
  const fingerprint = table?.fingerprint;
  if (table === undefined || fingerprint === undefined || fingerprint === null) throw new Error("there is no table with a fingerprint");
  const harms: readonly (readonly [string, Buffer, Manifest])[] = [
    ["a bit is flipped", flipped, manifest],
    ["cut", whole.subarray(0, -20), manifest],
    ["longer", Buffer.concat([whole, Buffer.from("more")]), manifest],
    ["the manifest knows other rows", whole, { ...manifest, tables: [{ ...table, rows: table.rows + 1 }, ...manifest.tables.slice(1)] }],
    [
      "the manifest knows other values",
      whole,
      { ...manifest, tables: [{ ...table, fingerprint: { ...fingerprint, value: "0" } }, ...manifest.tables.slice(1)] },
    ],
    ["the manifest lacks a table", whole, { ...manifest, tables: manifest.tables.slice(1) }],
  ];
  await using made = await backupSource(database.address("owner"), { bin: server.bin });
  for (const [what, bytes, altered] of harms) {
    writeFileSync(file, bytes);
    const fresh = `${database.name}_belay_new`;
    expect(await errorOf(into(server, fresh, "owner", altered)), what).toMatchObject({ code: "backup-damaged" });
    expect(exists(server, fresh)).toBe(false);
    expect(await errorOf(restoreAside(made.place, store, FOLDER, altered, RUN)), what).toMatchObject({ code: "backup-damaged" });
    expect(exists(server, `${database.name}_belay_s_${RUN.slice(-10)}`)).toBe(false);
    expect(await errorOf(into(server, empty.name, "owner", altered)), what).toMatchObject({ code: "backup-damaged" });
    expect(empty.sql("select count(*) from pg_class where relnamespace = 'public'::regnamespace").trim()).toBe("0");
  }
  await store.remove("prod");
}, 60_000);

describe("what an ordinary role cannot restore", () => {
  const PRIVILEGED = `create function public.ddl() returns event_trigger language plpgsql as 'begin end';
    create event trigger "Audit ddl" on ddl_command_end execute function public.ddl(); comment on event trigger "Audit ddl" is 'who did what';
    create publication everything for all tables;`;

  test("is refused beforehand, each with its fix; accepted by name it is left out, and said", async () => {
    const server = await cluster(15);
    await using database = await server.createDatabase();
    database.sql(BOOKINGS);
    database.sql(PRIVILEGED, "superuser");
    database.sql(`alter function public.ddl() owner to ${server.role("owner")}`, "superuser");
    const address = database.address("owner");
    const refused = await errorOf(storedBackup(address, store, { bin: server.bin, proof: "restore" }));
    expect(refused).toMatchObject({ kind: "refused", code: "cannot-restore" });
    expect(refused.message).toContain("event trigger Audit ddl");
    expect(refused.message).toContain("publication everything");
    expect(refused.hint).toContain("may-lack");

    const mayLack = ["event-triggers", "publications"];
    const manifest = await storedBackup(address, store, { bin: server.bin, proof: "restore", mayLack });
    expect(manifest).toMatchObject({ proof: "restored" });
    expect(manifest.lacks).toHaveLength(2);
    await using empty = await server.createDatabase();
    await into(server, empty.name, "owner", manifest);
    expect(empty.sql("select count(*) from booking").trim()).toBe("3");
    await store.remove("prod");
    // whoever may restore them lacks nothing
    expect((await storedBackup(database.address("superuser"), store, { bin: server.bin, proof: "restore" })).lacks).toEqual([]);
    await store.remove("prod");
  });

  test("and owners that it is no member of: everything is its own then", async () => {
    const server = await cluster(15);
    await using database = await server.createDatabase();
    database.sql(BOOKINGS);
    database.sql(`create table public.theirs (id int); grant select on public.theirs to ${server.role("owner")}`, "superuser");
    const address = database.address("owner");
    const refused = await errorOf(storedBackup(address, store, { bin: server.bin, proof: "restore" }));
    expect(refused.message).toContain("the owner of table theirs");
    const manifest = await storedBackup(address, store, { bin: server.bin, proof: "restore", mayLack: ["owners"] });
    expect(manifest).toMatchObject({ proof: "restored" });
    await store.remove("prod");
  });
});

test("a client that is older than the server is refused, naming both", async () => {
  const [old, young] = [await cluster(15), await cluster(18)];
  await using database = await young.createDatabase();
  const error = await errorOf(storedBackup(database.address("owner"), store, { bin: old.bin }));
  expect(error).toMatchObject({ kind: "refused", code: "client-too-old" });
  expect(error.message).toMatch(/18.* 15\./);
});

test("a client that is newer than the server sets what the server does not know: that alone is no failure", async () => {
  const [old, young] = [await cluster(15), await cluster(18)];
  await using database = await old.createDatabase();
  await using empty = await old.createDatabase();
  database.sql(BOOKINGS);
  const variables = { PATH: `${young.bin}:/usr/bin:/bin` };
  const server = serverAt(database.address("owner"), variables);
  const programs = await findPrograms(18, variables);
  const call = { server, database: database.name, application: "belay", variables };
  const restore = async () => {
    await using snapshot = await openSnapshot(server, { database: database.name });
    await restoreArchive(
      runProgram(dumpCall(programs, call, snapshot.id)),
      { ...call, database: empty.name },
      { programs, serverMajor: 15 },
    );
  };
  await restore();
  expect(await contentOf(old, empty.name, "owner")).toEqual(await contentOf(old, database.name, "owner"));
  expect(await errorOf(restore())).toMatchObject({ code: "restore-failed" });
});
