/** examples/minipass, line by line: Flask-Migrate on a SQLite file for each of three customers, and everything that its runbook fears. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { Example } from "../support/example.ts";
import { freePort } from "../support/postgres/server.ts";
import { sqlite3 } from "../support/project.ts";

const CUSTOMERS = ["aurore", "belvedere", "cascade"] as const;
type Customer = (typeof CUSTOMERS)[number];

const REVISION = "cb97872b8def";
const MIGRATION = "migrations/versions/cb97872b8def_remove_unused_organizations_table_and_.py";

class Minipass extends Example {
  override readonly variables: Readonly<Record<string, string>>;

  private constructor(port: number) {
    super("minipass");
    // the system's Python has Flask-Migrate's packages
    this.variables = { PATH: `/usr/bin:${process.env["PATH"] ?? ""}`, SECRET_KEY: "minipass-secret-51", PORT: String(port) };
  }

  /** `users`: the size that its README tells; fewer where the rows do not matter. */
  static async start(users = 300): Promise<Minipass> {
    const minipass = new Minipass(await freePort());
    minipass.do("python3", "make_database.py", String(users));
    minipass.do("python3", "server.py", "start", "old");
    return minipass;
  }

  database(customer: Customer): string {
    return join(this.directory, "customers", customer, "instance/minipass.db");
  }

  sql(customer: Customer, script: string): string {
    return sqlite3(script, this.database(customer)).trim();
  }

  dumps(): readonly string[] {
    return CUSTOMERS.map((customer) => this.sql(customer, ".dump"));
  }

  /** Owner and mode of each customer's file. */
  rights(): readonly object[] {
    return CUSTOMERS.map((customer) => statSync(this.database(customer))).map(({ uid, gid, mode }) => ({ uid, gid, mode }));
  }

  setting(customer: Customer, key: string): string {
    return this.sql(customer, `select value from setting where key = '${key}'`);
  }

  async login(): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${this.variables["PORT"]}/login`);
    return `${response.status} ${await response.text()}`;
  }

  override [Symbol.dispose](): void {
    this.do("python3", "server.py", "stop");
    super[Symbol.dispose]();
  }
}

const OLD = "200 old: Club Aurore, An old name, nobody";
const NEW = "200 new: Club Aurore, Le Belvédère, Fondation LHGI";

describe("examples/minipass", { timeout: 180_000 }, () => {
  test("three customers of a real size: an organisation, a name that is there already, and neither", async () => {
    using minipass = await Minipass.start(10_000);
    expect(await minipass.login()).toBe(OLD);
    const rights = minipass.rights();
    const { status, result } = await minipass.json("migrate");
    expect({ status, reasons: result.reasons }).toEqual({ status: 0, reasons: [] });
    expect(result.targets.map(({ name, applied }) => [name, applied.map(({ id }) => id)])).toEqual(
      CUSTOMERS.map((name) => [name, [REVISION]]),
    );
    expect(CUSTOMERS.map((customer) => minipass.setting(customer, "ORG_NAME"))).toEqual(["Club Aurore", "Le Belvédère", "Fondation LHGI"]);
    expect(minipass.setting("aurore", "MAIL_USERNAME")).toBe("aurore@example.org");
    expect(minipass.setting("belvedere", "MAIL_USERNAME")).toBe("belvedere@example.org");
    expect(minipass.setting("cascade", "ORG_ADDRESS")).toContain("Rimouski");
    expect(minipass.rights()).toEqual(rights);
    expect(await minipass.login()).toBe(NEW);
    expect(minipass.read("server.log")).toBe("");

    // what the runbook wants written down beforehand, the warning about the defaults, the manual steps, the letters
    const checks = result.targets.map((target) => target.checks);
    expect(JSON.stringify(checks[0]?.find(({ name }) => name === "organisation and its mail"))).toContain("aurore@example.org");
    expect(checks.map((of) => of.some(({ warned }) => warned === true))).toEqual([false, false, true]);
    expect(result.checklist).toContain("Create a test passport");
    const letters = minipass.read("messages-to-customers.txt");
    expect(letters.indexOf("we are upgrading")).toBeLessThan(letters.indexOf("is done"));

    const again = await minipass.json("migrate");
    expect([again.status, again.result.outcome]).toEqual([0, "up-to-date"]);
    const down = await minipass.json("rollback", "prod", "--strategy", "downgrade", "--to", "3d1f0c5b7a90");
    expect([down.status, down.result.reasons[0]?.message]).toEqual([3, expect.stringContaining("its downgrade() refuses")]);

    const back = await minipass.json("rollback", "prod");
    expect([back.status, back.result.targets.map(({ rollback }) => rollback?.matches)]).toEqual([0, [true, true, true]]);
    expect(await minipass.login()).toBe(OLD);
  });

  test("a failing statement half-way: every customer is as before, with owner and mode; the old version serves; the same plan asks why", async () => {
    using minipass = await Minipass.start();
    const [before, rights] = [minipass.dumps(), minipass.rights()];
    minipass.change(
      MIGRATION,
      'op.execute("drop table organizations")',
      'op.execute("drop table organizations")\n    op.execute("drop table organisations")',
    );
    const { status, result } = await minipass.json("migrate");
    expect([status, result.outcome]).toEqual([4, "undone"]);
    expect(result.reasons[0]?.message).toMatch(/applying cb97872b8def[^]*no such table: organisations/);
    expect([minipass.dumps(), minipass.rights()]).toEqual([before, rights]);
    expect(await minipass.login()).toBe(OLD);
    expect((await minipass.json("migrate")).result.reasons.map(({ code }) => code)).toContain("same-plan-failed");
    expect(minipass.read("messages-to-customers.txt")).toContain("called off");
  });

  test("a locked database: who holds it is named, and nothing is lost", async () => {
    using minipass = await Minipass.start();
    const before = minipass.dumps();
    minipass.change("belay.yml", "tool: flask", "tool: flask\n      retries: 0");
    const script = `import sqlite3, sys\ndb = sqlite3.connect(${JSON.stringify(minipass.database("belvedere"))}, isolation_level=None)\ndb.execute("begin immediate")\nprint("ready", flush=True)\nsys.stdin.read()`;
    const holder = spawn("/usr/bin/python3", ["-c", script], { stdio: ["pipe", "pipe", "inherit"] });
    try {
      await once(holder.stdout, "data");
      const { status, result } = await minipass.json("migrate");
      expect([3, 4]).toContain(status);
      expect(result.reasons.map(({ message, hint }) => `${message} ${hint}`).join("\n")).toContain(`pid ${holder.pid} (python3`);
    } finally {
      holder.stdin.end();
      await once(holder, "exit");
    }
    expect(minipass.dumps()).toEqual(before);
    expect(await minipass.login()).toBe(OLD);
  });

  test("the tool in a container, with a path of its own for each customer's file", async () => {
    using minipass = await Minipass.start();
    minipass.change("belay.yml", "env: [SECRET_KEY]", "env: [SECRET_KEY]\n      run: [./container]\n      path: instance/minipass.db");
    const { status, result } = await minipass.json("migrate");
    expect({ status, reasons: result.reasons }).toEqual({ status: 0, reasons: [] });
    expect(result.targets[0]?.pending).toMatchObject([{ id: REVISION, file: MIGRATION }]);
    expect(await minipass.login()).toBe(NEW);
  });

  test("without the application's SECRET_KEY the tool cannot start: refused before anything, with what to do", async () => {
    using minipass = await Minipass.start();
    minipass.change("belay.yml", "env: [SECRET_KEY]", "env: [HOME]");
    const { result } = await minipass.json("migrate");
    expect(result.reasons[0]).toMatchObject({
      code: "variable-missing",
      message: expect.stringContaining("SECRET_KEY"),
      hint: expect.stringContaining("migrate.env"),
    });
    expect(await minipass.login()).toBe(OLD);
  });
});
