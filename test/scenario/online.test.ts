/** `app: online`: the application goes on writing while its database is migrated, and a run that fails takes none of that with it. */

import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";

import { describe, expect, test } from "vitest";

import type { Production } from "../support/production.ts";
import { EACH_POSTGRES, ON_15, ON_18, type Start } from "../support/productions.ts";

const WRITES = "select count(*) from audit where at = 'writer'";
const NEW_TABLES = {
  sqlite: "select name from sqlite_schema where type = 'table' and name like 'new%' order by 1",
  postgres: "select relname from pg_class where relkind = 'r' and relname like 'new%' order by 1",
};
/** A server has other tests to serve, too. */
const BETWEEN_WRITES = { sqlite: "", postgres: "sleep 0.05; " };

/** A database whose application writes a row at a time, each in a connection of its own. */
class Online implements AsyncDisposable {
  readonly at: Production;
  #writer: ReturnType<typeof spawn> | null = null;

  private constructor(at: Production) {
    this.at = at;
  }

  static async start(start: Start, more = "", tool = "migrate: sql\n"): Promise<Online> {
    const at = await start(100);
    at.configure(`${at.target}${tool}app: online\n${more}`);
    return new Online(at);
  }

  async keepWriting(): Promise<void> {
    const loop = `while :; do ${BETWEEN_WRITES[this.at.engine]}./sql "insert into audit values ('writer', 'on')" >> told 2>&1 || exit 1; done`;
    const env = { ...process.env, ...this.at.variables };
    this.#writer = spawn("sh", ["-c", loop], { cwd: this.at.directory, env, stdio: "ignore", detached: true });
    while (this.written() === 0) await pause(20);
  }

  /** Rows that the writer knows to be written, and that it has to find again. */
  written(): number {
    return Number(this.at.sql(WRITES));
  }

  tables(): string[] {
    return this.at.sql(NEW_TABLES[this.at.engine]).split("\n").filter(Boolean);
  }

  /** Scratch and failed databases. */
  beside(): string[] {
    return this.at.beside().filter((name) => /_belay_[fs]_/.test(name));
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
    await this.at[Symbol.asyncDispose]();
  }
}

/** What was written before the run ended is there afterwards, and the writer never met an error. */
async function losesNothing(site: Online, work: () => Promise<void>): Promise<void> {
  await site.keepWriting();
  await work();
  const written = site.written();
  await pause(50);
  expect(site.written()).toBeGreaterThanOrEqual(written);
  expect(site.at.read("told")).toBe("");
  await site.stop();
  if (site.at.engine === "sqlite") expect(site.at.sql("pragma integrity_check")).toBe("ok");
}

const FAILING = "checks: { after: [{ name: never, sql: select 1, expect: 0 }] }\n";
const DOWNGRADE = "rollback: { online: downgrade }\n";
const FIRST = "create table new_one (id integer primary key);\nalter table users add column role text;\n";
const SECOND = "create table new_two (id integer primary key);\n";

function pairs({ at }: Online, second = SECOND): void {
  at.migration("0001_one.up.sql", FIRST);
  at.migration("0001_one.down.sql", "alter table users drop column role;\ndrop table new_one;\n");
  at.migration("0002_two.up.sql", second);
  at.migration("0002_two.down.sql", "drop table new_two;\n");
}

describe.each(ON_15)("a database %s whose application goes on writing", { timeout: 60_000 }, (_name, start) => {
  test("is migrated, and nothing is said of rows that nobody can tell from the application's", async () => {
    await using site = await Online.start(start);
    site.at.migration("0001_one.sql", FIRST);
    await losesNothing(site, async () => {
      const { status, result } = await site.at.json("migrate");
      expect([status, result.reasons]).toEqual([0, []]);
      expect(result.targets[0]).toMatchObject({
        undisturbed: false,
        disturbance: "app: online, the application went on writing",
        data: { proven: false },
      });
    });
  });

  test("a migration that fails is undone by its own transaction, and the writes stay", async () => {
    await using site = await Online.start(start);
    site.at.migration("0001_one.sql", `${FIRST}insert into nowhere values (1);\n`);
    await losesNothing(site, async () => {
      const before = site.written();
      const { status, result } = await site.at.json("migrate");
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
    await using site = await Online.start(start, checks);
    site.at.migration("0001_one.sql", FIRST);
    site.at.migration("0002_two.sql", second);
    await losesNothing(site, async () => {
      const { status, result } = await site.at.json("migrate");
      expect([status, result.reasons.at(-1)?.code]).toEqual([5, "rollback-refused"]);
      expect(result.reasons.at(-1)?.hint).toContain("`belay rollback prod --accept-loss`");
      expect([site.tables(), site.beside(), result.targets[0]?.rollback]).toEqual([tables, [], null]);
      expect((await site.at.run("gate")).status, "the run has ended").not.toBe(3);
    });
    const decided = await site.at.json("rollback", "prod", "--accept-loss");
    expect([decided.status, site.tables()]).toEqual([0, []]);
    expect(decided.result.targets[0]?.rollback?.kept).toHaveLength(1);
  });
});

describe.each(ON_18)("a database %s whose application goes on writing, with `online: downgrade`", { timeout: 60_000 }, (_name, start) => {
  test.each([
    ["the second of two migrations fails", `${SECOND}insert into nowhere values (1);\n`, "", "0001_one"],
    ["a check fails after it", SECOND, FAILING, "0002_two, 0001_one"],
    ["it is not healthy", SECOND, 'checks: { health: [{ name: never, command: "false" }] }\n', "0002_two, 0001_one"],
  ])("is taken back by its down scripts where %s, and the writes stay", async (_what, second, checks, ids) => {
    await using site = await Online.start(start, `${checks}${DOWNGRADE}`);
    pairs(site, second);
    await losesNothing(site, async () => {
      const before = site.written();
      const { status, result } = await site.at.json("migrate");
      expect([status, result.outcome]).toEqual([4, "undone"]);
      expect(result.targets[0]?.rollback).toMatchObject({
        strategy: "downgrade",
        why: `rollback.online: downgrade: ${ids} taken back by sql while the application went on`,
        matches: null,
      });
      expect([site.tables(), site.beside()]).toEqual([[], []]);
      expect(site.written()).toBeGreaterThan(before);
    });
    expect((await site.at.json("status")).result.targets[0]?.pending.map(({ id }) => id)).toEqual(["0001_one", "0002_two"]);
  });

  test("keeps what going down drops in a backup, and counts it", async () => {
    await using site = await Online.start(
      start,
      `checks: { after: [{ name: never, command: "./sql 'insert into new_one values (7)'; false" }] }\n${DOWNGRADE}`,
    );
    pairs(site);
    const { status, result } = await site.at.json("migrate");
    expect(status).toBe(4);
    expect(result.targets[0]?.rollback).toMatchObject({
      dropped: [{ table: "new_one", rows: 1, columns: [] }],
      kept: [expect.stringContaining(site.at.directory)],
    });
    const [newest] = (await site.at.json("backups")).result.backups ?? [];
    const { url, database } = site.at.fresh();
    expect((await site.at.run("restore", newest?.id ?? "", "prod", "--into", url)).status).toBe(0);
    expect(site.at.sql("select id from new_one", database)).toBe("7");
  });

  test("stays as it is where a migration has no way down", async () => {
    await using site = await Online.start(start, `${FAILING}${DOWNGRADE}`);
    site.at.migration("0001_one.sql", FIRST);
    await losesNothing(site, async () => {
      const { status, result } = await site.at.json("migrate");
      expect(status).toBe(5);
      expect(result.reasons.map(({ code }) => code)).toEqual(["check-failed", "rollback-refused"]);
      expect(site.tables()).toEqual(["new_one"]);
    });
  });

  test("is taken back by `recover` after a crash on the way", async () => {
    const down = "./sql 'select 1'; kill -9 $PPID; sleep 1";
    await using site = await Online.start(start, `checks: { after: [{ name: killer, command: "${down}" }] }\n${DOWNGRADE}`);
    pairs(site);
    await losesNothing(site, async () => {
      expect((await site.at.run("migrate")).signal).toBe("SIGKILL");
      expect(site.tables()).toEqual(["new_one", "new_two"]);
      const { status, result } = await site.at.json("recover");
      expect([status, result.targets[0]?.rollback?.strategy, site.tables()]).toEqual([4, "downgrade", []]);
    });
  });
});

const INDEX = "create index concurrently bookings_by_note on bookings (note);\n";
const INDEXES = "select count(*) from pg_index where indexrelid = to_regclass('public.bookings_by_note') and indisvalid";

describe.each(EACH_POSTGRES)(
  "a database %s that gets an index concurrently while its application writes",
  { timeout: 60_000 },
  (_name, start) => {
    test("has it, valid, and the writer never waited in vain", async () => {
      await using site = await Online.start(start);
      site.at.migration("0001_index.sql", `-- belay:no-transaction\n${INDEX}`);
      await losesNothing(site, async () => {
        const { status, result } = await site.at.json("migrate");
        expect([status, result.reasons, result.targets[0]?.schema?.added]).toEqual([0, [], ["index bookings_by_note"]]);
      });
      expect(site.at.sql(INDEXES)).toBe("1");
    });

    test("names the index that could not be built, and how it goes away; then a further run is as any other", async () => {
      await using site = await Online.start(start, DOWNGRADE);
      site.at.sql("insert into setting values ('A', 'same'), ('B', 'same')");
      site.at.migration(
        "0001_index.up.sql",
        "-- belay:no-transaction\ncreate unique index concurrently setting_value on setting (value);\n",
      );
      site.at.migration("0001_index.down.sql", "-- belay:no-transaction\ndrop index concurrently setting_value;\n");
      const { status, result } = await site.at.json("migrate");
      expect([status, result.reasons.at(-1)]).toMatchObject([
        5,
        {
          code: "rollback-refused",
          message: "a migration that failed left something of itself behind: index setting_value, which is invalid",
          hint: expect.stringContaining("(drop index setting_value)"),
        },
      ]);
      expect(JSON.stringify(result.reasons)).not.toContain("online: downgrade");
      site.at.sql("drop index setting_value; delete from setting where key = 'B'");
      const again = await site.at.json("migrate", "--again", "the index is gone");
      expect([again.status, again.result.reasons]).toEqual([0, []]);
    });

    test("goes back by the way down where a check fails, and the writes stay", async () => {
      await using site = await Online.start(start, `${FAILING}${DOWNGRADE}`);
      site.at.migration("0001_index.up.sql", `-- belay:no-transaction\n${INDEX}`);
      site.at.migration("0001_index.down.sql", "-- belay:no-transaction\ndrop index concurrently bookings_by_note;\n");
      await losesNothing(site, async () => {
        const { status, result } = await site.at.json("migrate");
        expect([status, result.targets[0]?.rollback?.strategy]).toEqual([4, "downgrade"]);
      });
      expect(site.at.sql("select to_regclass('public.bookings_by_note')")).toBe("");
    });
  },
);
