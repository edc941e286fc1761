/** examples/virtue, line by line: SQL files in order, a window, a page, replicas, and four ways back. */

import { execFileSync } from "node:child_process";
import { join } from "node:path";

import pg from "pg";
import { describe, expect, test } from "vitest";

import { Example } from "../support/example.ts";
import { cluster, type Cluster, type TestDatabase, type Version } from "../support/postgres/cluster.ts";
import { dumpOf } from "../support/postgres/dump.ts";
import { psql } from "../support/postgres/psql.ts";

const COUNTS =
  "select (select count(*) from profiles), (select count(*) from sponsor_practitioner_relationships), (select count(*) from user_virtue_progress)";

class Virtue extends Example implements AsyncDisposable {
  readonly server: Cluster;
  readonly database: TestDatabase;
  override readonly variables: Readonly<Record<string, string>>;

  private constructor(server: Cluster, database: TestDatabase) {
    super("virtue");
    this.server = server;
    this.database = database;
    this.variables = { DATABASE_URL: database.address("owner"), PATH: `${server.bin}:${process.env["PATH"] ?? ""}` };
    this.sql(this.read("make_database.sql"));
    this.do("./scale", "3");
  }

  /** In a window that is open now, unless it is told otherwise. */
  static async start(window = "daily 00:00-24:00 UTC", version: Version = 15): Promise<Virtue> {
    const server = await cluster(version);
    const made = new Virtue(server, await server.createDatabase());
    made.change("belay.yml", "Sun 01:00-05:00 America/Toronto", window);
    return made;
  }

  override do(program: string, ...args: readonly string[]): string {
    return execFileSync(program, args, {
      cwd: this.directory,
      env: { HOME: this.directory, LANG: "C.UTF-8", ...this.variables },
      encoding: "utf8",
    });
  }

  sql(script: string): string {
    return psql(this.server.bin, this.database.address("owner"), script);
  }

  dump(): string {
    return dumpOf(this.server, this.database.name);
  }

  /** What people see of it, of all replicas together. */
  page(): string {
    return this.do("./healthy").trim().replace(/\s+/g, " ");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.do("./scale", "0");
    await this.database[Symbol.asyncDispose]();
    this[Symbol.dispose]();
  }
}

const IDS = ["schema", "data", "indexes"].map((what, at) => `202501030${at + 1}0000_organizational_model_${what}`);

describe("examples/virtue", { timeout: 120_000 }, () => {
  test("the window refuses outside of its time, says when it opens, and nothing is stopped", async () => {
    const day = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][(new Date().getUTCDay() + 3) % 7];
    await using virtue = await Virtue.start(`${day} 01:00-05:00 America/Toronto`);
    const { status, result } = await virtue.json("migrate");
    expect({ status, codes: result.reasons.map(({ code }) => code) }).toEqual({ status: 3, codes: ["outside-window"] });
    expect(result.reasons[0]?.hint).toMatch(/^the next window opens \d{4}-/);
    expect(virtue.page()).toBe("3 sponsors: 8221");
  });

  test("the night goes well: files in order, page up and gone, replicas down and up, validation, nothing lost; and back by a swap", async () => {
    await using virtue = await Virtue.start();
    const before = virtue.dump();
    const counts = virtue.sql(COUNTS);
    expect(counts).toBe("12000|9592|40000");
    const { status, result } = await virtue.json("migrate");
    const [target] = result.targets;
    expect({ status, applied: target?.applied.map(({ id }) => id), proven: target?.data?.proven }).toEqual({
      status: 0,
      applied: IDS,
      proven: true,
    });
    expect(target?.steps.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["maintenance-on", "stop", "backup", "migrate", "verify", "start", "health", "maintenance-off"]),
    );
    expect(target?.checks.map(({ name, passed }) => [name, passed])).toEqual(
      expect.arrayContaining([
        ["system before", true],
        ["integrity", true],
        ["every active relationship became an assignment", true],
        ["no progress record lost", true],
        ["all replicas answer", true],
      ]),
    );
    expect(target?.checks.find(({ name }) => name === "system before")?.actual).toContain("Total Virtue Progress Records");
    expect({ counts: virtue.sql(COUNTS), page: virtue.page(), public: virtue.exists("public/index.html") }).toEqual({
      counts,
      page: "3 organizations: 8221",
      public: false,
    });
    const back = await virtue.json("rollback");
    expect({ status: back.status, rollback: back.result.targets[0]?.rollback }).toMatchObject({
      status: 0,
      rollback: { strategy: "swap", matches: true },
    });
    expect({ same: virtue.dump() === before, page: virtue.page() }).toEqual({ same: true, page: "3 sponsors: 8221" });
  });

  test("the runbook's own mistake cannot happen: what lies in the store is an archive, restores as its manifest says, and into a second database", async () => {
    await using virtue = await Virtue.start();
    expect((await virtue.run("migrate")).status).toBe(0);
    const { result } = await virtue.json("backups");
    const [backup] = result.backups ?? [];
    expect(backup?.restore.join("\n")).toContain("pg_restore");
    const stored = join("belay-backups/prod", virtue.database.name, backup?.id ?? "");
    const [archive = ""] = virtue.files(stored).filter((name) => name.endsWith(".zst"));
    expect(virtue.do("sh", "-c", `zstd -dc ${stored}/${archive} | pg_restore --list | grep -c "TABLE DATA public"`).trim()).toBe("5");
    await using second = await virtue.server.createDatabase({ template: "template0" });
    const restored = await virtue.json("restore", backup?.id ?? "", "--into", second.address("owner"));
    expect({ status: restored.status, outcome: restored.result.outcome }).toEqual({ status: 0, outcome: "restored" });
    expect(second.sql(COUNTS)).toBe("12000|9592|40000");
    expect(second.sql("select to_regclass('organizations') is null")).toBe("t"); // as it was before the night
  });

  test("where the database cannot be renamed, the way back is by schemas, and ends with the same data", async () => {
    await using virtue = await Virtue.start();
    const before = virtue.sql("select md5(string_agg(p::text, ',' order by id)) from profiles p");
    expect((await virtue.run("migrate")).status).toBe(0);
    const dashboard = new pg.Client({ connectionString: virtue.database.address("superuser") });
    dashboard.on("error", () => undefined);
    await dashboard.connect(); // as a provider's own sessions, which the owner cannot end
    try {
      const { status, result } = await virtue.json("rollback");
      expect({ status, rollback: result.targets[0]?.rollback }).toMatchObject({
        status: 0,
        rollback: { strategy: "restore", way: "schemas", matches: true },
      });
      expect((await dashboard.query("select count(*)::int as n from public.profiles")).rows).toEqual([{ n: 12_000 }]);
    } finally {
      await dashboard.end();
    }
    expect(virtue.sql("select md5(string_agg(p::text, ',' order by id)) from profiles p")).toBe(before);
    expect(virtue.page()).toBe("3 sponsors: 8221");
  });

  test("days later the down files take the model back and keep what people did: with a backup first, and only once the loss is accepted", async () => {
    await using virtue = await Virtue.start();
    expect((await virtue.run("migrate")).status).toBe(0);
    virtue.sql(
      "update profiles set display_name = 'Renamed' where id = 5; insert into user_virtue_progress values (40001, 5, 'courage', 2, now())",
    );
    const refused = await virtue.json("rollback", "--strategy", "downgrade");
    expect(refused.status).toBe(3);
    const dropped = refused.result.reasons.map(({ message }) => message).join("\n");
    expect(dropped).toMatch(/organizations/);
    expect(dropped).toMatch(/practitioner_assignments/);
    expect(dropped).toMatch(/8,?221/);
    expect(virtue.page()).toBe("3 organizations: 8221");
    const { status, result } = await virtue.json("rollback", "--strategy", "downgrade", "--accept-loss");
    expect({ status, strategy: result.targets[0]?.rollback?.strategy }).toEqual({ status: 0, strategy: "downgrade" });
    expect(result.targets[0]?.backup?.proof).toBe("restored");
    expect(virtue.sql("select display_name from profiles where id = 5")).toBe("Renamed");
    expect(virtue.sql(COUNTS)).toBe("12000|9592|40001");
    expect(virtue.sql("select count(*) from practitioner_assignments_backup")).toBe("8221");
    expect(virtue.page()).toBe("3 sponsors: 8221");
  });

  test("only the features are wrong: the hook switches their flags off, and the data stay", async () => {
    await using virtue = await Virtue.start();
    expect((await virtue.run("migrate")).status).toBe(0);
    const { status, result } = await virtue.json("rollback", "--hook", "flags");
    expect({ status, strategy: result.targets[0]?.rollback?.strategy }).toEqual({ status: 0, strategy: "hook" });
    expect(virtue.sql("select flag_name from feature_flags where enabled")).toBe("dark_mode");
    expect(virtue.sql("select count(*) from organizations")).toBe("1");
    expect(virtue.page()).toBe("3 sponsors: 8221");
  });

  test.each([
    ["a user without an organisation", "where organization_id is null", "where organization_id is null and id <> 4711", /Orphaned Users/],
    ["a lost relationship", "where active;", "where active and id <> 11;", /every active relationship/],
    [
      "a lost progress record",
      "where organization_id is null;",
      "where organization_id is null;\ndelete from user_virtue_progress where id = 9;",
      /no progress record lost|user_virtue_progress/,
    ],
  ])("%s is found, undone, and people have the old version and no page", async (_what, from, to, why) => {
    await using virtue = await Virtue.start();
    const before = virtue.dump();
    virtue.change("migrations/20250103020000_organizational_model_data.up.sql", from, to);
    const { status, result } = await virtue.json("migrate");
    expect(status).toBe(4);
    expect(result.reasons.map(({ message }) => message).join("\n")).toMatch(why);
    expect({ same: virtue.dump() === before, page: virtue.page(), public: virtue.exists("public/index.html") }).toEqual({
      same: true,
      page: "3 sponsors: 8221",
      public: false,
    });
  });

  test("the scheduled watch looks at its thresholds for 48 hours after the run, and says when they are passed", async () => {
    await using virtue = await Virtue.start();
    expect((await virtue.run("migrate")).status).toBe(0);
    expect((await virtue.json("verify", "--watch")).status).toBe(0);
    virtue.sql("insert into login_attempts (ok) select false from generate_series(1, 50)");
    const rounds = [(await virtue.json("verify", "--watch")).status, (await virtue.json("verify", "--watch")).status];
    expect(rounds).toEqual([0, 6]); // one of four rounds may fail
    expect(virtue.page()).toBe("3 organizations: 8221");
  });
});
