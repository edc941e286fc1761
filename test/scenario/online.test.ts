/** `app: online`: the application goes on writing while its database is migrated, and a run that fails takes none of that with it. */

import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { describe, expect, test } from "vitest";

import { bookingDatabase, Project } from "../support/project.ts";

const WRITES = "select count(*) from audit where at = 'writer'";

class Online extends Project implements AsyncDisposable {
  #writer: ReturnType<typeof spawn> | null = null;

  constructor(more = "") {
    super();
    bookingDatabase(this, 100);
    this.configure(`target: sqlite:app.db\nmigrate: sql\napp: online\n${more}`);
  }

  /** From here on somebody writes, a row at a time, each in a connection of its own. */
  async keepWriting(): Promise<void> {
    const loop = `while :; do sqlite3 -cmd '.timeout 5000' app.db "insert into audit values ('writer', 'on')" >> told 2>&1 || exit 1; done`;
    this.#writer = spawn("sh", ["-c", loop], { cwd: this.directory, stdio: "ignore", detached: true });
    while (this.written() === 0) await pause(20);
  }

  /** Rows that the writer knows to be written, and that it has to find again. */
  written(): number {
    return Number(this.sql(`.timeout 5000\n${WRITES}`));
  }

  tables(): string[] {
    return this.sql(".timeout 5000\nselect name from sqlite_schema where type = 'table' and name like 'new%' order by 1")
      .split("\n")
      .filter(Boolean);
  }

  beside(): string[] {
    return this.files().filter((name) => /_belay_[fs]_/.test(name));
  }

  async stop(): Promise<void> {
    const writer = this.#writer;
    this.#writer = null;
    if (writer?.pid === undefined || writer.exitCode !== null) return;
    const ended = new Promise((resolve) => writer.once("exit", resolve));
    process.kill(-writer.pid, "SIGKILL");
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this[Symbol.dispose]();
  }
}

/** What was written before the run ended is there afterwards, and the writer never met an error. */
async function losesNothing(site: Online, work: () => Promise<void>): Promise<void> {
  await site.keepWriting();
  await work();
  const written = site.written();
  await pause(50);
  expect(site.written()).toBeGreaterThanOrEqual(written);
  expect(site.read("told")).toBe("");
  await site.stop();
  expect(site.sql("pragma integrity_check").trim()).toBe("ok");
}

const FAILING = "checks: { after: [{ name: never, sql: select 1, expect: 0 }] }\n";
const DOWNGRADE = "rollback: { online: downgrade }\n";
const FIRST = "create table new_one (id integer primary key);\nalter table users add column role text;\n";
const SECOND = "create table new_two (id integer primary key);\n";

function pairs(site: Online, second = SECOND): void {
  site.migration("0001_one.up.sql", FIRST);
  site.migration("0001_one.down.sql", "alter table users drop column role;\ndrop table new_one;\n");
  site.migration("0002_two.up.sql", second);
  site.migration("0002_two.down.sql", "drop table new_two;\n");
}

describe("a database whose application goes on writing", { timeout: 60_000 }, () => {
  test("is migrated, and nothing is said of rows that nobody can tell from the application's", async () => {
    await using site = new Online();
    site.migration("0001_one.sql", FIRST);
    await losesNothing(site, async () => {
      const { status, result } = await site.json("migrate");
      expect([status, result.reasons]).toEqual([0, []]);
      expect(result.targets[0]).toMatchObject({
        undisturbed: false,
        disturbance: "app: online, the application went on writing",
        data: { proven: false },
      });
    });
  });

  test("a migration that fails is undone by its own transaction, and the writes stay", async () => {
    await using site = new Online();
    site.migration("0001_one.sql", `${FIRST}insert into nowhere values (1);\n`);
    await losesNothing(site, async () => {
      const before = site.written();
      const { status, result } = await site.json("migrate");
      expect([status, result.outcome]).toEqual([4, "undone"]);
      expect(result.targets[0]?.rollback).toMatchObject({ strategy: "transaction", matches: null, kept: [] });
      expect(site.written()).toBeGreaterThan(before);
      expect([site.tables(), site.beside()]).toEqual([[], []]);
    });
  });

  test.each([
    ["the second of two migrations fails", `${SECOND}insert into nowhere values (1);\n`, "", ["new_one"]],
    ["a check fails after it", SECOND, FAILING, ["new_one", "new_two"]],
    ["it is not healthy", SECOND, 'checks: { health: [{ name: never, command: "false" }] }\n', ["new_one", "new_two"]],
  ])("where %s, it stays in its new state until somebody decides", async (_what, second, checks, tables) => {
    await using site = new Online(checks);
    site.migration("0001_one.sql", FIRST);
    site.migration("0002_two.sql", second);
    await losesNothing(site, async () => {
      const { status, result } = await site.json("migrate");
      expect([status, result.reasons.at(-1)?.code]).toEqual([5, "rollback-refused"]);
      expect(result.reasons.at(-1)?.hint).toContain("`belay rollback prod --accept-loss`");
      expect([site.tables(), site.beside(), result.targets[0]?.rollback]).toEqual([tables, [], null]);
      expect((await site.run("gate")).status, "the run has ended").not.toBe(3);
    });
    const decided = await site.json("rollback", "prod", "--accept-loss");
    expect([decided.status, site.tables()]).toEqual([0, []]);
    expect(decided.result.targets[0]?.rollback?.kept).toHaveLength(1);
  });
});

describe("a database whose application goes on writing, with `online: downgrade`", { timeout: 60_000 }, () => {
  test.each([
    ["the second of two migrations fails", `${SECOND}insert into nowhere values (1);\n`, "", "0001_one"],
    ["a check fails after it", SECOND, FAILING, "0002_two, 0001_one"],
    ["it is not healthy", SECOND, 'checks: { health: [{ name: never, command: "false" }] }\n', "0002_two, 0001_one"],
  ])("is taken back by its down scripts where %s, and the writes stay", async (_what, second, checks, ids) => {
    await using site = new Online(`${checks}${DOWNGRADE}`);
    pairs(site, second);
    await losesNothing(site, async () => {
      const before = site.written();
      const { status, result } = await site.json("migrate");
      expect([status, result.outcome]).toEqual([4, "undone"]);
      expect(result.targets[0]?.rollback).toMatchObject({
        strategy: "downgrade",
        why: `rollback.online: downgrade: ${ids} taken back by sql while the application went on`,
        matches: null,
      });
      expect([site.tables(), site.beside()]).toEqual([[], []]);
      expect(site.written()).toBeGreaterThan(before);
    });
    expect((await site.json("status")).result.targets[0]?.pending.map(({ id }) => id)).toEqual(["0001_one", "0002_two"]);
  });

  test("keeps what going down drops in a backup, and counts it", async () => {
    await using site = new Online(
      `checks: { after: [{ name: never, command: "sqlite3 app.db 'insert into new_one values (7)'; false" }] }\n${DOWNGRADE}`,
    );
    pairs(site);
    const { status, result } = await site.json("migrate");
    expect(status).toBe(4);
    const rollback = result.targets[0]?.rollback;
    expect(rollback?.dropped).toEqual([{ table: "new_one", rows: 1, columns: [] }]);
    const [kept = ""] = rollback?.kept ?? [];
    expect(site.sql("select id from new_one", join(kept, "database.sqlite")).trim()).toBe("7");
  });

  test("stays as it is where a migration has no way down", async () => {
    await using site = new Online(`${FAILING}${DOWNGRADE}`);
    site.migration("0001_one.sql", FIRST);
    await losesNothing(site, async () => {
      const { status, result } = await site.json("migrate");
      expect(status).toBe(5);
      expect(result.reasons.map(({ code }) => code)).toEqual(["check-failed", "rollback-refused"]);
      expect(site.tables()).toEqual(["new_one"]);
    });
  });

  test("is taken back by `recover` after a crash on the way", async () => {
    const down = "sqlite3 app.db 'select 1'; kill -9 $PPID; sleep 1";
    await using site = new Online(`checks: { after: [{ name: killer, command: "${down}" }] }\n${DOWNGRADE}`);
    pairs(site);
    await losesNothing(site, async () => {
      expect((await site.run("migrate")).signal).toBe("SIGKILL");
      expect(site.tables()).toEqual(["new_one", "new_two"]);
      const { status, result } = await site.json("recover");
      expect([status, result.targets[0]?.rollback?.strategy, site.tables()]).toEqual([4, "downgrade", []]);
    });
  });
});
