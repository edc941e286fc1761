/** What lies beside the database after a run: enough to go back, and nothing that piles up. */

import { setTimeout as pause } from "node:timers/promises";

import { describe, expect, test } from "vitest";

import { EACH_PRODUCTION } from "../support/productions.ts";
import { APPLICATION, bookingDatabase, Project } from "../support/project.ts";

const MIGRATION = "create table visit (at text);\n";

describe.each(EACH_PRODUCTION)("beside a database %s", { timeout: 60_000 }, (_name, start) => {
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

class Site extends Project {
  constructor(more = "") {
    super();
    bookingDatabase(this, 100);
    this.configure(`target: sqlite:app.db\nmigrate: sql\nbackup: { keep: { swap: 500ms } }\n${APPLICATION}${more}`);
    this.migration("0001_visit.sql", MIGRATION);
  }

  copies(): string[] {
    return this.files().flatMap((name) => /_belay_([acf])_/.exec(name)?.[1] ?? []);
  }

  /** Until everything beside the database is older than `keep.swap`. */
  age(): Promise<void> {
    return pause(600);
  }
}

describe("a run with `--no-verify`", { timeout: 60_000 }, () => {
  test("says that it is not verified, and a run that was judged does not", async () => {
    using site = new Site();
    const { status, result } = await site.json("migrate", "--no-verify");
    expect([status, result.outcome, result.verified]).toEqual([0, "migrated", false]);
    site.migration("0002_more.sql", "create table more (x);\n");
    expect((await site.json("migrate")).result).not.toHaveProperty("verified");
  });

  test("keeps its way back, whatever `keep.swap` says, until `belay verify` finds it good", async () => {
    using site = new Site();
    expect((await site.run("migrate", "--no-verify")).status).toBe(0);
    await site.age();
    expect((await site.run("prune")).status).toBe(0);
    expect(site.copies()).toEqual(["a", "c"]);
    expect((await site.run("verify")).status).toBe(0);
    expect((await site.run("prune")).status).toBe(0);
    expect(site.copies()).toEqual([]);
  });

  test("keeps it when `belay verify` finds it bad, and goes back by it", async () => {
    using site = new Site("checks: { after: [{ name: never, sql: select 1, expect: 0 }] }\n");
    expect((await site.run("migrate", "--no-verify")).status).toBe(0);
    expect((await site.run("verify")).status).toBe(6);
    await site.age();
    expect((await site.run("prune")).status).toBe(0);
    expect(site.copies()).toEqual(["a", "c"]);
    expect((await site.run("rollback")).status).toBe(0);
    expect(site.copies()).toEqual(["f"]);
  });

  test("says that it is not verified when `recover` brings it to its end, too", async () => {
    using site = new Site('checks: { health: [{ name: once, command: "test -e once || { touch once; kill -9 $PPID; sleep 1; }" }] }\n');
    expect((await site.run("migrate", "--no-verify")).signal).toBe("SIGKILL");
    const { status, result } = await site.json("recover");
    expect([status, result.outcome, result.verified]).toEqual([0, "migrated", false]);
  });

  test("a judged run lets go of its copies when their time is over", async () => {
    using site = new Site();
    expect((await site.run("migrate")).status).toBe(0);
    await site.age();
    expect((await site.run("prune")).status).toBe(0);
    expect(site.copies()).toEqual([]);
  });
});
