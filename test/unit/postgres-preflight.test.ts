import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { inspect } from "../../src/engine/postgres/inspect.ts";
import type { Place } from "../../src/engine/postgres/place.ts";
import { preflight } from "../../src/engine/postgres/preflight.ts";
import { cluster, type Cluster, type TestDatabase, type Version } from "../support/postgres/cluster.ts";
import { placeOf } from "../support/postgres/place.ts";

const TWO = { copies: 2, proof: "restore" } as const;
const READ = { copies: 1, proof: "read" } as const;

describe.each<[Version]>([[15], [18]])("what is said before a run on PostgreSQL %i", (version) => {
  let server: Cluster;
  let database: TestDatabase;
  let place: Place;
  const poor = `poor_${randomBytes(4).toString("hex")}`;

  beforeAll(async () => {
    server = await cluster(version);
    server.psql("postgres", `create role ${poor} login password '${server.password}'`);
  });
  afterAll(() => server.psql("postgres", `drop role ${poor}`));
  beforeEach(async () => {
    database = await server.createDatabase();
    database.sql("create table person(name text)");
    place = placeOf(server, database.name, "owner");
  });
  afterEach(async () => {
    server.psql(database.name, `drop owned by ${poor}`);
    await database[Symbol.asyncDispose]();
  });

  const asPoor = () => placeOf(server, database.name, "owner", { role: poor });

  test("a sound target passes, and what it needs is said where the server does not tell its free disk", async () => {
    expect(await preflight(place, TWO)).toEqual({
      room: expect.stringMatching(/may need \d+ MB \(2 copies of \d+ MB\) .* cannot be asked/),
      costs: [expect.stringContaining("pg_signal_backend")],
      remarks: [],
    });
    expect(await preflight(placeOf(server, database.name, "superuser"), TWO)).toEqual({ room: null, costs: [], remarks: [] });
  });

  test.each(["owner", "superuser"] as const)("no room is refused, as %s", async (as) => {
    await expect(preflight(placeOf(server, database.name, as), { ...TWO, copies: 1e12 })).rejects.toMatchObject({
      kind: "refused",
      code: "no-space",
    });
  });

  test("a role that cannot read all, sees not all, or makes no copies is refused before anything is stopped", async () => {
    server.psql(database.name, `grant usage on schema public to ${poor}`);
    await expect(preflight(asPoor(), READ)).rejects.toMatchObject({
      code: "rights-missing",
      message: expect.stringContaining("public.person"),
    });
    server.psql(
      database.name,
      `grant select on person to ${poor}; alter table person enable row level security; alter role ${poor} bypassrls`,
    );
    await expect(preflight(asPoor(), TWO)).rejects.toMatchObject({ code: expect.stringMatching(/rights-missing|cannot-restore/) });
    server.psql(database.name, `alter role ${poor} nobypassrls`);
    await expect(preflight(asPoor(), READ)).rejects.toMatchObject({
      code: "row-security",
      message: expect.stringContaining("public.person"),
    });
  });

  test("forced row-level security hides rows from the owner, too", async () => {
    database.sql("alter table person enable row level security");
    await preflight(place, TWO);
    database.sql("alter table person force row level security");
    await expect(preflight(place, TWO)).rejects.toMatchObject({ code: "row-security", message: expect.stringContaining("public.person") });
  });

  test("what the role cannot restore is named with its fix, and accepted by name", async () => {
    server.psql(
      database.name,
      "create function f() returns event_trigger language plpgsql as 'begin end'; create event trigger watch on sql_drop execute function f()",
    );
    server.psql(database.name, "alter function f owner to app");
    await expect(preflight(place, TWO)).rejects.toMatchObject({
      code: "cannot-restore",
      message: expect.stringContaining("watch"),
      hint: expect.stringContaining("may-lack"),
    });
    await preflight({ ...place, options: { ...place.options, mayLack: ["event-triggers"] } }, TWO);
  });

  test("what cannot be restored is asked of whoever restores: of `backup.scratch` where it is set", async () => {
    server.psql(database.name, "create publication everything for all tables");
    const provenAt = (scratch: string) => preflight({ ...place, options: { ...place.options, scratch } }, TWO);
    await expect(provenAt(server.owner("postgres"))).rejects.toMatchObject({
      code: "cannot-restore",
      message: expect.stringMatching(/role app of backup\.scratch .*publication everything/),
    });
    expect((await provenAt(server.superuser("postgres"))).remarks).toEqual([]);
  });

  test("a proof that reads does without what cannot be restored, and that is said", async () => {
    server.psql(database.name, "create publication everything for all tables");
    await expect(preflight(place, TWO)).rejects.toMatchObject({ code: "cannot-restore" });
    expect((await preflight(place, READ)).remarks).toEqual([expect.stringMatching(/publication everything .* cannot be restored/)]);
  });

  test("without the right to create databases no restore proves anything, and reading does", async () => {
    const dumper = `dumper_${randomBytes(4).toString("hex")}`;
    server.psql("postgres", `create role ${dumper} login password '${server.password}' in role app`);
    try {
      const asDumper = placeOf(server, database.name, "owner", { role: dumper });
      await expect(preflight(asDumper, { ...TWO, copies: 1 })).rejects.toMatchObject({
        code: "rights-missing",
        message: expect.stringContaining("may not create databases"),
        hint: expect.stringContaining("backup.proof: read"),
      });
      expect((await preflight(asDumper, READ)).costs).toEqual([expect.stringContaining("no copy lies ready for a swap")]);
    } finally {
      server.psql("postgres", `drop role ${dumper}`);
    }
  });

  test("what is unusual is said, each in a sentence", async () => {
    server.psql("postgres", `alter role app in database "${database.name}" set statement_timeout to '7s'`);
    database.sql("create unlogged table fleeting(x int)");
    const notes = (await preflight(place, TWO)).remarks.join("\n");
    expect(notes).toContain("statement_timeout = 7s");
    expect(notes).toContain("public.fleeting");
    const inside = (await preflight({ ...place, lockDatabase: database.name, canRename: false }, TWO)).costs.join("\n");
    expect(inside).toContain("lock.database");
  });

  test("rows of a materialised view are not compared, and a run says so", async () => {
    const before = (await preflight(place, TWO)).costs;
    database.sql("create materialized view names as select name from person; create materialized view later as select 1 with no data");
    expect((await preflight(place, TWO)).costs).toEqual([
      ...before,
      "the rows of the materialised view names are counted and not compared, as they are computed from others",
    ]);
    expect((await preflight({ ...place, target: { ...place.target, schemas: ["elsewhere"] } }, TWO)).costs).toEqual(before);
  });

  test("an inspection tells who could not be held off, and why nothing could be swapped", async () => {
    await using mine = await place.server.connect();
    expect(await inspect(place)).toMatchObject({
      facts: [expect.stringContaining(`PostgreSQL ${version}`), "role app, the owner"],
      swapObstacle: null,
      holders: [],
    });
    await using superuser = await placeOf(server, database.name, "superuser").server.connect({ application: "pgAdmin" });
    expect(await inspect(place)).toMatchObject({ swapObstacle: null, holders: [`pid ${superuser.pid} (postgres, pgAdmin)`] });
    expect(await inspect(asPoor())).toMatchObject({ swapObstacle: expect.stringContaining("may not create databases") });
    expect(mine.lost.aborted).toBe(false);
  });
});
