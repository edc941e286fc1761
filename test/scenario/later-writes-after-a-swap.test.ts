/**
 * What was written since a run is still known when other data have taken the database's place: after a run that failed and went back,
 * after a rollback of a later run, and after both.
 */

import { describe, expect, test } from "vitest";

import type { Production } from "../support/production.ts";
import { PostgresProduction } from "../support/production-postgres.ts";
import { ON_15 } from "../support/productions.ts";
import { APPLICATION } from "../support/project.ts";

const FAILING = "checks: { after: [{ name: no v, sql: \"select count(*) from setting where key = 'V'\", expect: 0 }] }\n";
const LATER = "insert into setting values ('LATER', 'yes')";

async function migratedWell(production: Production, more = ""): Promise<void> {
  production.configure(`${production.target}migrate: sql\n${more}${FAILING}${APPLICATION}`);
  production.migration("0001_role.sql", "alter table users add column role text;\n");
  expect((await production.json("migrate")).result.outcome).toBe("migrated");
}

async function failAndGoBack(production: Production): Promise<void> {
  production.migration("0002_v.sql", "insert into setting values ('V', 'yes');\nupdate users set display_name = 'Nobody';\n");
  const { result } = await production.json("migrate", "--again", "the test wants it");
  expect([result.outcome, result.targets[0]?.rollback?.matches], JSON.stringify(result.reasons)).toEqual(["undone", true]);
}

const refusedFor = (what: string) => [{ code: "later-writes", message: expect.stringContaining(`(${what})`) }];
const UNKNOWN = /unknown/;

const PLACES = [
  ...ON_15.map(([name, start]) => [name, start, () => ""] as const),
  [
    "on PostgreSQL 18 that cannot be renamed",
    (bookings?: number) => PostgresProduction.start({ version: 18, as: "owner", held: false }, bookings),
    (production: Production) => `lock: { database: "${production instanceof PostgresProduction ? production.database.name : ""}" }\n`,
  ] as const,
];

describe.each(PLACES)("a database %s", { timeout: 60_000 }, (_name, start, more) => {
  test("goes back at once where nobody wrote, though a run failed since", async () => {
    await using production = await start(20);
    const before = production.dump();
    await migratedWell(production, more(production));
    await failAndGoBack(production);
    await failAndGoBack(production);
    const { status, result } = await production.json("rollback");
    expect([status, result.outcome, result.reasons]).toEqual([0, "rolled-back", []]);
    expect(production.dump()).toBe(before);
  });

  test("knows what was written before the run that failed, and after it", async () => {
    await using production = await start(20);
    await migratedWell(production, more(production));
    production.sql(LATER);
    await failAndGoBack(production);
    const once = (await production.json("rollback")).result.reasons;
    expect(once).toMatchObject(refusedFor("setting: 1 written"));
    production.sql("insert into setting values ('STILL LATER', 'yes')");
    expect((await production.json("rollback")).result.reasons).toMatchObject(refusedFor("setting: 2 written"));
    const { result } = await production.json("rollback", "--accept-loss");
    expect([result.outcome, result.targets[0]?.rollback?.laterWrites]).toEqual([
      "rolled-back",
      [{ table: "setting", written: 2, gone: 0 }],
    ]);
  });

  test("goes back by two runs, and says what was written between them", async () => {
    await using production = await start(20);
    const before = production.dump();
    await migratedWell(production, more(production));
    production.migration("0002_visit.sql", "create table visit (at text);\n");
    expect((await production.json("migrate")).result.outcome).toBe("migrated");
    expect((await production.json("rollback")).result.reasons).toEqual([]);
    production.sql(LATER);
    expect((await production.json("rollback")).result.reasons).toMatchObject(refusedFor("setting: 1 written"));
    production.sql("delete from setting where key = 'LATER'");
    const { result } = await production.json("rollback");
    expect(result.reasons, JSON.stringify(result)).toEqual([]);
    expect(production.dump()).toBe(before);
  });

  test("says that it does not know where data came back past what Belay watched", async () => {
    await using production = await start(20);
    await migratedWell(production, more(production));
    const id = (await production.json("backups")).result.backups?.[0]?.id ?? "";
    expect((await production.json("rollback", "--backup", id, "--accept-loss")).result.outcome).toBe("rolled-back");
    const { result } = await production.json("rollback");
    expect([result.outcome, result.reasons[0]?.code]).toEqual(["refused", "later-writes"]);
    if (production.engine === "postgres" && more(production) === "") expect(result.reasons[0]?.message).toMatch(UNKNOWN);
  });
});

describe.each([[15], [18]] as const)("schemas on PostgreSQL %i that are not the target's", { timeout: 60_000 }, (version) => {
  const start = async (more = (_name: string) => "") => {
    const production = await PostgresProduction.start({ version, as: "owner", held: false }, 20);
    production.sql("create schema reports; create table reports.seen (x int)");
    const target = 'target: { url: "${DATABASE_URL}", name: app, schemas: [public] }\n';
    production.configure(`${target}migrate: sql\n${more(production.database.name)}${APPLICATION}`);
    production.migration("0001_role.sql", "alter table users add column role text;\n");
    expect((await production.json("migrate")).result.outcome).toBe("migrated");
    production.sql("insert into reports.seen values (1)");
    return production;
  };

  test("are counted where the whole database would go back, and kept aside with it", async () => {
    await using production = await start();
    expect((await production.json("rollback")).result.reasons).toMatchObject(refusedFor("reports.seen: 1 written"));
    const { status, result } = await production.json("rollback", "--accept-loss");
    expect([status, result.targets[0]?.rollback?.laterWrites]).toEqual([0, [{ table: "reports.seen", written: 1, gone: 0 }]]);
  });

  test("stay as they are, and count as nobody's loss, where schemas go back", async () => {
    await using production = await start((name) => `lock: { database: "${name}" }\n`);
    const { status, result } = await production.json("rollback");
    expect([status, result.targets[0]?.rollback]).toMatchObject([0, { way: "schemas", matches: true, laterWrites: [] }]);
    expect(production.sql("select count(*) from reports.seen")).toBe("1");
  });

  test("are of an unknown number in a table that this role may not read, and accepting that loss is enough", async () => {
    await using production = await start();
    production.cluster.psql(production.database.name, "create table reports.theirs (x int)");
    const refused = (await production.json("rollback")).result.reasons;
    expect(refused).toMatchObject([
      { code: "later-writes", message: expect.stringMatching(/reports\.seen: 1 written; reports\.theirs was written to/) },
    ]);
    const { status, result } = await production.json("rollback", "--accept-loss");
    expect([status, result.targets[0]?.rollback?.matches]).toEqual([0, true]);
  });
});
