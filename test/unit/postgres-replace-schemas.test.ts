import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { makeRunId, type RunId } from "../../src/domain/run-id.ts";
import { templateClone } from "../../src/engine/postgres/clone.ts";
import { discardCopy, listCopies } from "../../src/engine/postgres/copies.ts";
import type { Place } from "../../src/engine/postgres/place.ts";
import { replaceTarget } from "../../src/engine/postgres/replace.ts";
import { planReplacement } from "../support/postgres/plan-replacement.ts";
import type { Copy } from "../../src/engine/hold.ts";
import { cluster, type As, type Cluster, type TestDatabase, type Version } from "../support/postgres/cluster.ts";
import { placeOf } from "../support/postgres/place.ts";

const OWNER = { assertOwner: async () => undefined };

describe.each<[Version, As]>([
  [15, "superuser"],
  [15, "owner"],
  [18, "superuser"],
  [18, "owner"],
])("schemas take the place of schemas on PostgreSQL %i as %s", (version, as) => {
  let server: Cluster;
  let database: TestDatabase;
  let place: Place;
  let run: RunId;

  beforeEach(async () => {
    server = await cluster(version);
    database = await server.createDatabase({ owner: as });
    database.sql(`create table person(id serial primary key, name text); insert into person(name) values ('Ann');
      create schema "Audit"; comment on schema "Audit" is 'who did what'; grant usage on schema "Audit" to public;
      create table "Audit".log(person int references public.person, at timestamptz default now()); insert into "Audit".log values (1);
      create view "Audit".names as select name from public.person; create schema belay; create table belay.mine(x int)`);
    // the lock lives in the target: nothing can be renamed
    place = placeOf(server, database.name, as, { lockDatabase: database.name });
    run = makeRunId(new Date(), randomBytes(10));
  });
  afterEach(async () => database[Symbol.asyncDispose]());

  const migrated = async (): Promise<Copy> => {
    await using connection = await place.server.connect();
    const copy = await templateClone(place, connection, run);
    database.sql(
      `alter table person add age int; update person set name = 'Eve'; create schema extra; create table extra.t(); insert into belay.mine values (1)`,
    );
    return copy;
  };
  const aside = (schema: string) => `${schema}_belay_f_${run.slice(-10)}`;
  const schemas = () =>
    database.sql("select nspname from pg_namespace where nspname !~ '^(pg_|information)' order by 1").trim().split("\n");

  test("brings the old data back in one transaction, keeps the failed ones, and may be repeated", async () => {
    const intent = await planReplacement(place, await migrated(), run);
    expect(intent).toMatchObject({ strategy: "restore", way: "schemas", why: expect.stringContaining("lock.database") });
    await replaceTarget(place, intent, OWNER);
    await replaceTarget(place, intent, OWNER);
    expect(schemas()).toEqual(["Audit", aside("Audit"), "belay", aside("extra"), "public", aside("public")].toSorted());
    expect(database.sql('select * from person; select count(*) from "Audit".log; select * from "Audit".names').trim()).toBe(
      "1|Ann\n1\nAnn",
    );
    expect(database.sql(`select name, age is null from "${aside("public")}".person; select * from belay.mine`).trim()).toBe("Eve|t\n1");
    expect(database.sql("insert into person(name) values ('Bob') returning id").trim()).toBe("2");
    expect(
      database.sql(
        `select obj_description(oid, 'pg_namespace'), has_schema_privilege('pg_monitor', oid, 'USAGE') from pg_namespace where nspname = 'Audit'`,
      ),
    ).toBe("who did what|t");
    const owners = () =>
      database.sql("select nspname, pg_get_userbyid(nspowner) from pg_namespace where nspname in ('public', 'Audit') order by 1");
    expect(owners()).toContain("public|pg_database_owner");
    const kept = await listCopies(place);
    expect(kept.filter(({ kind }) => kind === "failed").map((copy) => copy.place)).toEqual([...(intent.keeps ?? [])].toSorted());
    for (const copy of kept) await discardCopy(place, copy);
    expect(schemas()).toEqual(["Audit", "belay", "public"]);
    expect(await listCopies(place)).toEqual([]);
  });

  test("who lost the lock replaces nothing", async () => {
    const intent = await planReplacement(place, await migrated(), run);
    await expect(replaceTarget(place, intent, { ...OWNER, guard: "select 1 / 0" })).rejects.toMatchObject({ code: "lock-lost" });
    expect([database.sql("select name from person").trim(), schemas()]).toEqual(["Eve", ["Audit", "belay", "extra", "public"]]);
  });

  test("a schema of the target itself is never dropped", async () => {
    const copy = { kind: "failed", runSuffix: run.slice(-10), sizeBytes: 0, madeAt: "", evidence: null } as const;
    await expect(discardCopy(place, { ...copy, place: `${database.name}/public` })).rejects.toMatchObject({ code: "not-a-copy" });
  });

  test("is refused, naming it, where an extension lies in a schema", async () => {
    server.psql(database.name, "create extension hstore schema public");
    const copy = await migrated();
    await expect(planReplacement(place, copy, run)).rejects.toMatchObject({
      code: "replacement-impossible",
      message: expect.stringContaining("the extension hstore lies in the schema public"),
    });
  });

  test("is refused, naming them, where objects of a schema that stays are bound to one that goes", async () => {
    database.sql("create view belay.people as select * from person; create table belay.note(person int references person)");
    const copy = await migrated();
    await expect(planReplacement(place, copy, run)).rejects.toMatchObject({
      code: "replacement-impossible",
      message: expect.stringMatching(/note_person_fkey.*bound to the table public\.person/s),
    });
  });

  test.runIf(version === 18 && as === "owner")(
    "waits for nobody forever: who has a table open keeps the old data, and is told of",
    async () => {
      const intent = await planReplacement(place, await migrated(), run);
      const reader = new Client({ connectionString: database.address(as) });
      await reader.connect();
      await reader.query("begin; select * from person");
      try {
        await expect(replaceTarget(place, intent, OWNER)).rejects.toMatchObject({ code: "target-busy" });
      } finally {
        await reader.end();
      }
      expect(database.sql("select name from person").trim()).toBe("Eve");
      await replaceTarget(place, intent, OWNER);
      expect(database.sql("select name from person").trim()).toBe("Ann");
    },
  );
});
