/** examples/lms, line by line: two scripts with words of their own, a promise that is proven, and everything that its runbook fears. */

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";

import { describe, expect, test } from "vitest";

import { Example } from "../support/example.ts";
import { sqlite3 } from "../support/project.ts";

const DATABASE = "instances/prod/database/lending_app_prod.db";

class Lms extends Example {
  readonly database = join(this.directory, DATABASE);

  /** `loans`: of the size that its README tells; fewer where the rows do not matter. */
  constructor(loans = 300) {
    super("lms");
    this.do("python3", "make_database.py", "prod", String(loans));
    this.do("python3", "app.py", "start", "prod");
  }

  sql(script: string): string {
    return sqlite3(script, this.database).trim();
  }

  page(): string {
    return this.do("sh", "-c", 'curl -fsS "http://127.0.0.1:$(cat app.port)/prod/"').trim();
  }

  pending(): Promise<readonly string[]> {
    return this.json("plan").then(({ result }) => (result.targets[0]?.pending ?? []).map(({ id }) => id));
  }

  override [Symbol.dispose](): void {
    this.do("python3", "app.py", "stop");
    super[Symbol.dispose]();
  }
}

describe("examples/lms", { timeout: 120_000 }, () => {
  test("applies both scripts to a database of a real size, proves that they only added, and the new features are there", async () => {
    using lms = new Lms(12_000);
    expect(lms.page()).toBe("users=10000 loan=12000 payment=48000 features=none");
    expect(await lms.pending()).toEqual(["cashback-tables", "loan-splitting"]);
    const { status, result } = await lms.json("migrate");
    const [target] = result.targets;
    expect({ status, applied: target?.applied.map(({ id }) => id), proven: target?.data?.proven }).toEqual({
      status: 0,
      applied: ["cashback-tables", "loan-splitting"],
      proven: true,
    });
    const rows = (name: string) => target?.data?.tables.find((table) => table.name === name);
    for (const [name, count] of [
      ["users", 10_000],
      ["loan", 12_000],
      ["payment", 48_000],
    ] as const) {
      expect(rows(name) ?? { rowsBefore: count, rowsAfter: count, removed: 0, changed: 0 }).toMatchObject({
        rowsBefore: count,
        rowsAfter: count,
        removed: 0,
        changed: 0,
      });
    }
    expect(target?.schema?.added).toEqual(expect.arrayContaining(["table cashback_redemption", "table loan_split"]));
    expect(lms.page()).toBe("users=10000 loan=12000 payment=48000 features=cashback,splitting");
    expect(result.checklist).toContain("Split a payment");
    expect(await lms.pending()).toEqual([]);
    expect((await lms.json("migrate")).result.outcome).toBe("up-to-date");
  });

  test("one of the two pending: the other is not run again", async () => {
    using lms = new Lms();
    lms.do("python3", "migrate_cashback_tables.py", "prod");
    expect(await lms.pending()).toEqual(["loan-splitting"]);
    const { status, result } = await lms.json("migrate");
    expect({ status, applied: result.targets[0]?.applied.map(({ id }) => id) }).toEqual({ status: 0, applied: ["loan-splitting"] });
  });

  test("three of the six tables there is pending, not applied, and the run makes the other three", async () => {
    using lms = new Lms();
    lms.sql(
      "create table tracker_entry (id integer primary key); create table cashback_redemption (id integer); create table user_payment_method (id integer);",
    );
    expect(await lms.pending()).toEqual(["cashback-tables", "loan-splitting"]);
    expect((await lms.json("migrate")).status).toBe(0);
    expect(lms.do("python3", "migrate_cashback_tables.py", "prod", "--dry-run")).toContain("Tables that already exist: 6");
  });

  test("a script that changes one amount breaks the promise: found by its row, undone, and the old version runs on the old data", async () => {
    using lms = new Lms();
    const before = lms.sql(".dump");
    lms.change(
      "migrate_loan_splitting.py",
      "        for name in missing:",
      '        db.execute("update payment set principal_amount = principal_amount + 0.01 where id = 7")\n        for name in missing:',
    );
    const { status, result } = await lms.json("migrate");
    expect(status).toBe(4);
    expect(result.reasons[0]?.message).toMatch(/payment/);
    const changed = result.targets[0]?.data?.tables.find(({ name }) => name === "payment");
    expect(changed).toMatchObject({ changed: 1, columnsChanged: ["principal_amount"] });
    expect(lms.sql(".dump")).toBe(before);
    expect(lms.page()).toContain("features=none");
    expect((await lms.json("migrate")).result.reasons.map(({ code }) => code)).toEqual(["same-plan-failed"]);
  });

  test('"database is locked" names the process that holds it, and everything is as before', async () => {
    using lms = new Lms();
    const before = lms.sql(".dump");
    const holder = spawn(
      "python3",
      [
        "-c",
        `import sqlite3, sys\ndb = sqlite3.connect(${JSON.stringify(lms.database)}, isolation_level=None)\ndb.execute("begin immediate")\nprint("ready", flush=True)\nsys.stdin.read()`,
      ],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    try {
      await once(holder.stdout, "data");
      lms.change("belay.yml", "tool: command", "tool: command\n      retries: 0");
      const { status, result } = await lms.json("migrate");
      expect([3, 4]).toContain(status);
      const told = result.reasons.map(({ message, hint }) => `${message} ${hint}`).join("\n");
      expect(told).toContain("locked");
      expect(told).toContain(`pid ${holder.pid} (python3`);
    } finally {
      holder.stdin.end();
      await once(holder, "exit");
    }
    expect(lms.sql(".dump")).toBe(before);
    expect(lms.page()).toContain("features=none");
  });

  test.runIf(process.getuid?.() === 0)(
    "a database that this user may not write is refused before anything is stopped, with what to do",
    async () => {
      using lms = new Lms();
      execFileSync("chown", ["-R", "65534:65534", lms.directory]);
      chmodSync(lms.directory, 0o755);
      chmodSync(lms.database, 0o644);
      execFileSync("chown", ["0:0", lms.database]);
      const program = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", process.execPath];
      const { status, stdout } = await lms.start(["migrate"], { program }).ended;
      expect({ status, stdout }).toMatchObject({
        status: 3,
        stdout: expect.stringContaining("run Belay as the user that owns the database") as string,
      });
      expect(lms.page()).toContain("features=none");
    },
  );

  test("a script that says done and worked on another instance is an error, and nothing of it stays in this one", async () => {
    using lms = new Lms();
    const staging = join(lms.directory, "instances/staging/database/lending_app_staging.db");
    mkdirSync(dirname(staging), { recursive: true });
    copyFileSync(lms.database, staging);
    lms.change("belay.yml", "apply: [python3, migrate_cashback_tables.py, prod]", "apply: [python3, migrate_cashback_tables.py, staging]");
    const before = lms.sql(".dump");
    const { status, result } = await lms.json("migrate");
    expect({ status, codes: result.reasons.map(({ code }) => code) }).toEqual({ status: 4, codes: ["wrong-database"] });
    expect(lms.sql(".dump")).toBe(before);
    expect(lms.page()).toContain("features=none");
  });

  test("an instance that is not there, and words that nobody knows, are never taken for up to date", async () => {
    using lms = new Lms();
    lms.change(
      "belay.yml",
      "pending: [python3, migrate_cashback_tables.py, prod, --dry-run]",
      "pending: [python3, migrate_cashback_tables.py, production, --dry-run]",
    );
    const missing = await lms.json("plan");
    expect(missing.status).toBe(3);
    expect(missing.result.reasons[0]?.message).toContain("There is no instance production");
    lms.change("belay.yml", "production, --dry-run", "prod, --dry-run");
    lms.change("belay.yml", '"Would create table"', '"Wuold create table"');
    expect((await lms.json("plan")).result.reasons.map(({ code }) => code)).toEqual(["tool-answer-unknown"]);
  });

  test("payments made after the migration are counted before a rollback, and lost only to whoever says so", async () => {
    using lms = new Lms();
    expect((await lms.run("migrate")).status).toBe(0);
    lms.sql("insert into payment (loan_id, principal_amount, paid) values (1, 10, '2026-11-21')");
    const refused = await lms.json("rollback");
    expect({ status: refused.status, message: refused.result.reasons[0]?.message }).toEqual({
      status: 3,
      message: expect.stringMatching(/payment/) as string,
    });
    expect((await lms.run("rollback", "--accept-loss")).status).toBe(0);
    expect(lms.page()).toContain("features=none");
    expect(existsSync(lms.database)).toBe(true);
  });
});
