/** What a restore lacks by agreement, and what it must never be taken to lack. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { directoryStore } from "../../src/store/directory.ts";
import type { Store } from "../../src/store/store.ts";
import { BOOKINGS } from "../support/postgres/bookings.ts";
import { cluster } from "../support/postgres/cluster.ts";
import { programFolder } from "../support/postgres/program-folder.ts";
import { storedBackup } from "../support/postgres/stored-backup.ts";

let directory: string;
let store: Store;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "belay-lacks-"));
  store = directoryStore(directory);
});
afterEach(() => store.remove("prod"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("what may be lacking", () => {
  const A = `create function public.ddl() returns event_trigger language plpgsql as 'begin end';
    create event trigger a on ddl_command_end execute function public.ddl(); comment on event trigger a is 'short'`;

  test("is what was named, and nothing whose name only holds it", async () => {
    const server = await cluster(15);
    await using database = await server.createDatabase();
    database.sql(BOOKINGS);
    database.sql("create view public.adults as select 1 as one");
    database.sql(A, "superuser");
    database.sql(`alter function public.ddl() owner to ${server.role("owner")}`, "superuser");
    const wanted = { proof: "restore", mayLack: ["event-triggers"] } as const;
    expect((await storedBackup(database.address("owner"), store, { bin: server.bin, ...wanted })).lacks).toHaveLength(1);
    using programs = programFolder(server.bin, { pg_dump: 'exec $REAL "$@" --exclude-table=public.adults' });
    await expect(storedBackup(database.address("owner"), store, { bin: programs.path, ...wanted })).rejects.toMatchObject({
      code: "backup-unproven",
      message: expect.stringContaining("adults is missing"),
    });
  });

  test("is a function by its name and its arguments, as dumps write them", async () => {
    const server = await cluster(15);
    await using database = await server.createDatabase();
    database.sql("create schema audit; create table public.cost (amount int)");
    database.sql(
      `create function audit.cos(angle double precision) returns double precision language internal as 'dcos';
       alter function audit.cos owner to ${server.role("owner")}; comment on function audit.cos is 'of an angle';
       revoke execute on function audit.cos from public`,
      "superuser",
    );
    const address = database.address("owner");
    await expect(storedBackup(address, store, { bin: server.bin, proof: "restore" })).rejects.toMatchObject({ code: "cannot-restore" });
    const { lacks } = await storedBackup(address, store, { bin: server.bin, proof: "restore", mayLack: ["functions"] });
    expect(lacks).toEqual([expect.stringContaining("function cos(double precision)")]);
  });
});

describe("an ordinary role restores", () => {
  test.each([15, 18] as const)(
    "aggregates and types of ranges, which the server fills with functions of its own, on %i",
    async (version) => {
      const server = await cluster(version);
      await using database = await server.createDatabase();
      database.sql(`create aggregate public.total (int) (sfunc = int4pl, stype = int, initcond = '0');
      create type public.prices as range (subtype = numeric); create table public.offer (id int primary key, price public.prices);
      insert into public.offer values (1, '[1,2)')`);
      const manifest = await storedBackup(database.address("owner"), store, { bin: server.bin, proof: "restore" });
      expect(manifest).toMatchObject({ proof: "restored", lacks: [] });
    },
  );

  test.each([15, 18] as const)("a database that the server says something of a dropped subscription in, on %i", async (version) => {
    const server = await cluster(version);
    await using database = await server.createDatabase();
    database.sql("create table public.kept (id int primary key)");
    const name = `from_${database.name}`;
    database.sql(
      `create subscription ${name} connection 'dbname=nowhere' publication p with (connect = false);
       comment on subscription ${name} is 'what stays'; alter subscription ${name} set (slot_name = none); drop subscription ${name};`,
      "superuser",
    );
    expect(database.sql("select count(*) from pg_description where description = 'what stays'", "superuser")).toBe("1");
    const manifest = await storedBackup(database.address("owner"), store, { bin: server.bin, proof: "restore" });
    expect(manifest).toMatchObject({ proof: "restored", lacks: [] });
  });
});
