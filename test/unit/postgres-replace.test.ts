import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { makeRunId, type RunId } from "../../src/domain/run-id.ts";
import { templateClone } from "../../src/engine/postgres/clone.ts";
import { discardCopy, listCopies, openCopy } from "../../src/engine/postgres/copies.ts";
import type { Place } from "../../src/engine/postgres/place.ts";
import { replaceTarget } from "../../src/engine/postgres/replace.ts";
import { planReplacement } from "../support/postgres/plan-replacement.ts";
import { letInAgain } from "../../src/engine/postgres/sessions.ts";
import type { Copy } from "../../src/engine/hold.ts";
import { cluster, type As, type Cluster, type TestDatabase, type Version } from "../support/postgres/cluster.ts";
import { Clients } from "../support/postgres/clients.ts";
import { placeOf } from "../support/postgres/place.ts";

const OWNER = { assertOwner: async () => undefined };

describe.each<[Version, As]>([
  [15, "superuser"],
  [15, "owner"],
  [18, "superuser"],
  [18, "owner"],
])("a swap on PostgreSQL %i as %s", (version, as) => {
  let server: Cluster;
  let database: TestDatabase;
  let place: Place;
  let run: RunId;

  beforeEach(async () => {
    server = await cluster(version);
    database = await server.createDatabase({ owner: as });
    database.sql("create table person(id int primary key, name text); insert into person values (1, 'Ann')");
    server.psql(
      "postgres",
      `comment on database "${database.name}" is 'the shop''s \\ data'; alter database "${database.name}" set work_mem to '5MB'`,
    );
    place = placeOf(server, database.name, as);
    run = makeRunId(new Date(), randomBytes(10));
  });
  afterEach(async () => database[Symbol.asyncDispose]());

  const clone = async (): Promise<Copy> => {
    await using connection = await place.server.connect();
    return await templateClone(place, connection, run);
  };
  const migrated = async (): Promise<Copy> => {
    const copy = await clone();
    database.sql("update person set name = 'Eve'");
    return copy;
  };
  const name = () => database.sql("select name from person").trim();
  const openDoors = () => server.psql("postgres", `select datallowconn from pg_database where datname = '${database.name}'`).trim();
  const comment = () =>
    server.psql("postgres", `select shobj_description(oid, 'pg_database') from pg_database where datname = '${database.name}'`).trim();

  test("brings the old data back with the database's settings, keeps the failed ones, and may be repeated", async () => {
    const intent = await planReplacement(place, await migrated(), run);
    expect(intent).toMatchObject({ strategy: "swap", way: null, keepAs: `${database.name}_belay_f_${run.slice(-10)}` });
    await replaceTarget(place, intent, OWNER);
    await replaceTarget(place, intent, OWNER);
    expect([name(), openDoors(), comment()]).toEqual(["Ann", "t", "the shop's \\ data"]);
    expect(database.sql("show work_mem").trim()).toBe("5MB");
    expect(server.psql(intent.keepAs, "select name from person").trim()).toBe("Eve");
    const [kept, ...others] = await listCopies(place);
    expect([kept, others]).toMatchObject([{ kind: "failed", place: intent.keepAs, runSuffix: run.slice(-10) }, []]);
    if (kept === undefined) throw new Error("the failed database is kept");
    await discardCopy(place, kept);
    await discardCopy(place, kept);
    expect(await listCopies(place)).toEqual([]);
  });

  // what is measured is the clients' own time, too, and other tests run beside this one
  test("turns clients away for less than a tenth of a second", { retry: 4 }, async () => {
    const intent = await planReplacement(place, await migrated(), run);
    await using clients = new Clients(database.address(as));
    await clients.running();
    await replaceTarget(place, intent, OWNER);
    await pause(300);
    const { longestGapMs } = await clients.end();
    expect(name()).toBe("Ann");
    expect(longestGapMs).toBeLessThan(100);
  });

  test("a copy that somebody opened is no longer what was proven; one that only Belay read is", async () => {
    const copy = await migrated();
    const intent = await planReplacement(place, copy, run);
    {
      await using inside = await openCopy(place, copy);
      expect(await inside.rows("select name from public.person")).toEqual([["Ann"]]);
    }
    await planReplacement(place, copy, run);
    server.psql("postgres", `alter database "${copy.place}" allow_connections true`);
    for (const act of [() => planReplacement(place, copy, run), () => replaceTarget(place, intent, OWNER), () => openCopy(place, copy)])
      await expect(act()).rejects.toMatchObject({ code: "copy-changed" });
    server.psql("postgres", `alter database "${copy.place}" allow_connections false`);
    await expect(planReplacement(place, copy, run)).rejects.toMatchObject({ code: "copy-changed" });
    expect([name(), openDoors()]).toEqual(["Eve", "t"]);
  });

  test("who holds a prepared transaction is asked, and nobody is turned away meanwhile", async () => {
    const copy = await migrated();
    const intent = await planReplacement(place, copy, run);
    database.sql("begin; insert into person values (2, 'Bob'); prepare transaction 'shop-1'");
    await expect(replaceTarget(place, intent, OWNER)).rejects.toMatchObject({
      code: "target-busy",
      message: expect.stringContaining("shop-1"),
    });
    expect(openDoors()).toBe("t");
    database.sql("rollback prepared 'shop-1'");
    await replaceTarget(place, intent, OWNER);
    expect(name()).toBe("Ann");
  });

  test("who lost the lock replaces nothing, and turns nobody away", async () => {
    const intent = await planReplacement(place, await migrated(), run);
    await using idle = await place.server.connect();
    const lost = { ...OWNER, guard: "select 1 / 0" };
    await expect(replaceTarget(place, intent, lost)).rejects.toMatchObject({ code: "lock-lost" });
    const another = { assertOwner: () => Promise.reject(new Error("lock-lost")) };
    await expect(replaceTarget(place, intent, another)).rejects.toThrow("lock-lost");
    expect([name(), openDoors(), comment()]).toEqual(["Eve", "t", "the shop's \\ data"]);
    await idle[Symbol.asyncDispose]();
  });

  test("what people put in the place of the target or of what is kept stays where it is", async () => {
    const intent = await planReplacement(place, await migrated(), run);
    server.psql("postgres", `create database "${intent.keepAs}"`);
    await expect(replaceTarget(place, intent, OWNER)).rejects.toMatchObject({ code: "aside-name-taken" });
    server.psql(
      "postgres",
      `drop database "${intent.keepAs}"; alter database "${database.name}" rename to "${database.name}_x"; create database "${database.name}"`,
    );
    await expect(replaceTarget(place, intent, OWNER)).rejects.toMatchObject({ code: "target-changed" });
    server.psql("postgres", `drop database "${database.name}"; alter database "${database.name}_x" rename to "${database.name}"`);
    expect(name()).toBe("Eve");
  });

  test("a replication slot of the database keeps it from being renamed", async () => {
    const copy = await migrated();
    const slot = `slot_${database.name}`;
    server.psql(database.name, `select pg_create_logical_replication_slot('${slot}', 'pgoutput')`);
    try {
      expect(await planReplacement(place, copy, run)).toMatchObject({
        strategy: "restore",
        way: "schemas",
        why: expect.stringContaining(slot),
      });
    } finally {
      server.psql(database.name, `select pg_drop_replication_slot('${slot}')`);
    }
  });
});

describe.each<[Version]>([[15], [18]])("an ordinary owner and a superuser's session on PostgreSQL %i", (version) => {
  test("is told before anybody is turned away, and the schemas are replaced instead", async () => {
    const server = await cluster(version);
    await using database = await server.createDatabase();
    database.sql("create table person(name text); insert into person values ('Ann')");
    const place = placeOf(server, database.name, "owner");
    const run = makeRunId(new Date(), randomBytes(10));
    await using owner = await place.server.connect();
    const copy = await templateClone(place, owner, run);
    const intent = await planReplacement(place, copy, run);
    await owner.run("update public.person set name = 'Eve'");
    await using superuser = await placeOf(server, database.name, "superuser").server.connect();
    const clients = new Clients(database.address("owner"));
    await clients.running();
    await expect(replaceTarget(place, intent, OWNER)).rejects.toMatchObject({
      code: "target-busy",
      message: expect.stringContaining("postgres"),
    });
    await expect(templateClone(place, owner, makeRunId(new Date(), randomBytes(10)))).rejects.toMatchObject({ code: "clone-impossible" });
    expect(await clients.end()).toEqual({ longestGapMs: 0, ended: 0 });
    const other = await planReplacement(place, copy, run);
    expect(superuser.lost.aborted).toBe(false);
    expect(other).toMatchObject({ strategy: "restore", way: "schemas" });
    await replaceTarget(place, other, OWNER);
    expect(database.sql("select name from person").trim()).toBe("Ann");
  });
});

test("two targets whose names are cut to the same keep their copies apart", async () => {
  const server = await cluster(18);
  const long = `${"n".repeat(50)}_${randomBytes(4).toString("hex")}`;
  await using first = await server.createDatabase({ name: `${long}_a` });
  await using second = await server.createDatabase({ name: `${long}_b` });
  const run = makeRunId(new Date(), randomBytes(10));
  const [mine, theirs] = [placeOf(server, first.name, "owner"), placeOf(server, second.name, "owner")];
  const connection = await mine.server.connect();
  const copy = await templateClone(mine, connection, run);
  await connection[Symbol.asyncDispose]();
  expect(new TextEncoder().encode(copy.place)).toHaveLength(63);
  expect(await listCopies(mine)).toHaveLength(1);
  expect(await listCopies(theirs)).toEqual([]);
  await expect(discardCopy(theirs, copy)).rejects.toMatchObject({ code: "not-a-copy" });
  server.psql("postgres", `comment on database "${copy.place}" is null`);
  expect([await listCopies(mine), await listCopies(theirs)]).toEqual([[], []]);
  server.psql("postgres", `drop database "${copy.place}"`);
});

test("whom people keep out of a database stays out", async () => {
  const server = await cluster(18);
  await using database = await server.createDatabase();
  const place = placeOf(server, database.name, "owner");
  server.psql("postgres", `alter database "${database.name}" allow_connections false`);
  await using connection = await place.server.connect({ database: "postgres" });
  expect(await letInAgain(connection, database.name)).toBe(false);
});
