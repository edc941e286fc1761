/** What lies beside the database after a run: enough to go back, and nothing that piles up. */

import { setTimeout as pause } from "node:timers/promises";

import { describe, expect, test } from "vitest";

import type { Production } from "../support/production.ts";
import { EACH_SURROUNDING, EACH_VERSION, type Start } from "../support/productions.ts";
import { APPLICATION } from "../support/workplace.ts";

const MIGRATION = "create table visit (at text);\n";

describe.each(EACH_SURROUNDING)("beside a database %s", { timeout: 60_000 }, (_name, start) => {
  test("nothing stays of a run that was undone by its transaction", async () => {
    await using production = await start();
    production.configure(`${production.target}migrate: sql\n${APPLICATION}`);
    production.migration("0001_visit.sql", `${MIGRATION}insert into nowhere values (1);\n`);
    expect((await production.run("migrate")).status).toBe(4);
    expect(production.beside()).toEqual(production.besideUntouched);
  });

  test("the replaced database alone stays of a run whose health failed, with every later write in it", async () => {
    await using production = await start();
    const health = `checks: { health: [{ name: never, command: "./sql \\"insert into visit values ('later')\\"; false" }] }\n`;
    production.configure(`${production.target}migrate: sql\n${APPLICATION}${health}`);
    production.migration("0001_visit.sql", MIGRATION);
    const { status, result } = await production.json("migrate");
    expect([status, result.targets[0]?.rollback?.laterWrites]).toEqual([4, [{ table: "visit", written: 1, gone: 0 }]]);
    expect(production.beside()).toEqual(production.besideAfterRollback);
    const [kept = ""] = production.kept();
    expect(production.sql("select at from visit", kept)).toBe("later");
  });

  test("the replaced database alone stays after `belay rollback`", async () => {
    await using production = await start();
    production.configure(`${production.target}migrate: sql\n${APPLICATION}`);
    production.migration("0001_visit.sql", MIGRATION);
    expect((await production.run("migrate")).status).toBe(0);
    expect((await production.run("rollback")).status).toBe(0);
    expect(production.beside()).toEqual(production.besideAfterRollback);
  });
});

async function site(start: Start, more = ""): Promise<Production> {
  const made = await start(100);
  made.configure(`${made.target}migrate: sql\n${APPLICATION}${more}`);
  const config = made.read("belay.yml");
  made.write(
    "belay.yml",
    `defaults: { backup: { store: belay-backups, keep: { swap: 500ms } } }\n${config.slice(config.indexOf("environments:"))}`,
  );
  made.migration("0001_visit.sql", MIGRATION);
  return made;
}

/** The kinds of those beside the database: after-copies, clones, failed databases. */
const copies = (production: Production): string[] => production.beside().flatMap((name) => /_belay_([acf])_/.exec(name)?.[1] ?? []);

/** A run's own: with SQLite a copy of the after-state, too, by which later writes are counted. */
const ofRun = ({ engine }: Production): string[] => (engine === "sqlite" ? ["a", "c"] : ["c"]);

/** Until everything beside the database is older than `keep.swap`. */
const age = (): Promise<void> => pause(600);

describe.each(EACH_VERSION)("a run with `--no-verify` on a database %s", { timeout: 60_000 }, (_name, start) => {
  test("says that it is not verified, and a run that was judged does not", async () => {
    await using at = await site(start);
    const { status, result } = await at.json("migrate", "--no-verify");
    expect([status, result.outcome, result.verified]).toEqual([0, "migrated", false]);
    at.migration("0002_more.sql", "create table more (x);\n");
    expect((await at.json("migrate")).result).not.toHaveProperty("verified");
  });

  test("keeps its way back, whatever `keep.swap` says, until `belay verify` finds it good", async () => {
    await using at = await site(start);
    expect((await at.run("migrate", "--no-verify")).status).toBe(0);
    await age();
    expect((await at.run("prune")).status).toBe(0);
    expect(copies(at)).toEqual(ofRun(at));
    expect((await at.run("verify")).status).toBe(0);
    expect((await at.run("prune")).status).toBe(0);
    expect(copies(at)).toEqual([]);
  });

  test("keeps its way back also where the run itself took longer than `keep.swap`", async () => {
    await using at = await site(start);
    at.write("belay.yml", at.read("belay.yml").replace("swap: 500ms", "swap: 1ms"));
    expect((await at.run("migrate", "--no-verify")).status).toBe(0);
    expect(copies(at)).toEqual(ofRun(at));
    expect((await at.run("rollback")).status).toBe(0);
    expect(copies(at)).toEqual(["f"]);
  });

  test("keeps it when `belay verify` finds it bad, and goes back by it", async () => {
    await using at = await site(start, "checks: { after: [{ name: never, sql: select 1, expect: 0 }] }\n");
    expect((await at.run("migrate", "--no-verify")).status).toBe(0);
    expect((await at.run("verify")).status).toBe(6);
    await age();
    expect((await at.run("prune")).status).toBe(0);
    expect(copies(at)).toEqual(ofRun(at));
    expect((await at.run("rollback")).status).toBe(0);
    expect(copies(at)).toEqual(["f"]);
  });

  test("says that it is not verified when `recover` brings it to its end, too", async () => {
    await using at = await site(
      start,
      'checks: { health: [{ name: once, command: "test -e once || { touch once; kill -9 $PPID; sleep 1; }" }] }\n',
    );
    expect((await at.run("migrate", "--no-verify")).signal).toBe("SIGKILL");
    const { status, result } = await at.json("recover");
    expect([status, result.outcome, result.verified]).toEqual([0, "migrated", false]);
  });

  test("a judged run lets go of its copies when their time is over, and goes back by its backup where nobody wrote", async () => {
    await using at = await site(start);
    expect((await at.run("migrate")).status).toBe(0);
    await age();
    expect((await at.run("prune")).status).toBe(0);
    expect(copies(at)).toEqual([]);
    const { status, result } = await at.json("rollback");
    expect([status, result.targets[0]?.rollback]).toMatchObject([0, { strategy: "restore", matches: true, laterWrites: [] }]);
  });
});
