/** The command line as a process: real arguments, real streams, real signals, a real database. */

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const CLI = join(import.meta.dirname, "../../src/cli.ts");
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "belay-command-line-"));
  mkdirSync(join(directory, "migrations"));
  const database = new Database(join(directory, "app.db"));
  database.exec("create table users (id integer primary key, email text unique); insert into users (email) values ('a'), ('b'), ('c')");
  database.close();
  writeFileSync(join(directory, "migrations", "0001_role.sql"), "alter table users add column role text;\n");
  configure("touch stopped");
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function configure(stop: string): void {
  const lines = [
    "environments:",
    "  prod:",
    "    target: sqlite:app.db",
    "    migrate: sql",
    `    app: { stop: "${stop}", start: rm -f stopped }`,
    "    checks: { after: [{ name: no user lost, sql: select count(*) from users, expect: unchanged }] }",
  ];
  writeFileSync(join(directory, "belay.yml"), `${lines.join("\n")}\n`);
}

const variables = { PATH: process.env["PATH"] ?? "", LANG: "C.UTF-8" };

function belay(...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...argv], { cwd: directory, env: variables, encoding: "utf8" });
  return { status, stdout, stderr };
}

function columns(): string[] {
  const database = new Database(join(directory, "app.db"), { readonly: true });
  const names = database.pragma("table_info(users)") as { name: string }[];
  database.close();
  return names.map(({ name }) => name);
}

describe("a run from the command line", () => {
  it("shows its steps and its verdict, and ends with 0", () => {
    const { status, stdout, stderr } = belay("migrate", "prod");
    expect(stderr).toBe("");
    expect(stdout).toMatch(
      /✔ stop .*\n.*✔ backup .*\n.*✔ migrate {3}0001_role .*\n.*✔ verify .*\n.*✔ start .*\n\nMIGRATED in .* 1 migration applied; 3 rows compared, none lost/,
    );
    expect(status).toBe(0);
    expect(columns()).toEqual(["id", "email", "role"]);
  });

  it("says that the database is as it was when a check fails, and ends with 4", () => {
    writeFileSync(join(directory, "migrations", "0002_bad.sql"), "delete from users where id = 2;\n");
    const { status, stdout } = belay("migrate");
    expect(stdout).toContain("✖ verify    no user lost");
    expect(stdout).toMatch(/^FAILED, ROLLED BACK in .*The database is exactly as it was; the old version is running\.$/m);
    expect(status).toBe(4);
    expect(columns()).toEqual(["id", "email"]);
  });

  it("gives a program one JSON object, and a person its progress beside it", () => {
    const { status, stdout, stderr } = belay("--json", "migrate");
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({
      belay: "0.1.0",
      command: "migrate",
      environment: "prod",
      outcome: "migrated",
      targets: [{ name: "app", applied: [{ id: "0001_role" }] }],
    });
    expect(stderr).toContain("✔ migrate");
    expect(status).toBe(0);
  });

  it("goes on to its end when nobody reads any more", () => {
    const piped = spawnSync("sh", ["-c", `"$0" "$1" migrate | true`, process.execPath, CLI], {
      cwd: directory,
      env: variables,
      encoding: "utf8",
    });
    expect(piped.stderr).toBe("");
    expect(columns()).toEqual(["id", "email", "role"]);
    expect(existsSync(join(directory, "stopped"))).toBe(false);
  });

  it("undoes what it began when it is interrupted, says so, and ends with 4", async () => {
    configure("touch stopped; sleep 30");
    const child = spawn(process.execPath, [CLI, "migrate"], { cwd: directory, env: variables, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    const ended = new Promise<number | null>((resolve) => {
      child.on("close", resolve);
    });
    await expect.poll(() => existsSync(join(directory, "stopped")), { timeout: 15_000, interval: 20 }).toBe(true);
    child.kill("SIGTERM");
    const status = await ended;
    expect(stdout).toContain("SIGTERM: stopping what runs");
    expect(stdout).toMatch(/^INTERRUPTED, ROLLED BACK in .*The database is exactly as it was; the old version is running\.$/m);
    expect(status).toBe(4);
    expect(existsSync(join(directory, "stopped"))).toBe(false);
  });
});

describe("commands that only look", () => {
  it("write nothing", () => {
    for (const command of ["status", "plan", "runs", "backups", "gate"]) {
      const { status, stderr } = belay(command, "prod");
      expect(stderr, command).toBe("");
      expect(status, command).toBe(command === "gate" ? 6 : 0);
    }
    expect(existsSync(join(directory, "belay-backups"))).toBe(false);
    expect(columns()).toEqual(["id", "email"]);
  });

  it("lead from the plan to exactly its run", () => {
    const plan = belay("plan");
    expect(plan.stdout).toContain("alter table users add column role text;");
    const [, next = ""] = /Next: +`belay (migrate prod --digest sha256:[0-9a-f]{64})`/.exec(plan.stdout) ?? [];
    expect(belay(...next.split(" ")).status).toBe(0);
  });
});

describe("what is wrong before anything begins", () => {
  it("is exit 2 with a next step on standard error", () => {
    expect(belay("migrat")).toEqual({
      status: 2,
      stdout: "",
      stderr: '✖ there is no command "migrat"\n  Next:   did you mean `belay migrate`?\n',
    });
    const unknown = belay("plan", "prd");
    expect(unknown).toMatchObject({ status: 2, stdout: "" });
    expect(unknown.stderr).toContain('did you mean "prod"?');
  });

  it("is one JSON object for --json, whether the line or the configuration is wrong", () => {
    writeFileSync(join(directory, "belay.yml"), "environments: { prod: { target: sqlite:app.db, chekcs: {} } }\n");
    for (const argv of [
      ["--json", "--bogus"],
      ["plan", "--json"],
    ]) {
      const { status, stdout } = belay(...argv);
      expect(JSON.parse(stdout)).toMatchObject({ belay: "0.1.0", outcome: null, targets: [] });
      expect(status).toBe(2);
    }
  });

  it("does not keep anybody from help and version", () => {
    writeFileSync(join(directory, "belay.yml"), "{ broken");
    expect(belay("--version")).toEqual({ status: 0, stdout: "belay 0.1.0\n", stderr: "" });
    expect(belay("migrate", "--help")).toMatchObject({ status: 0, stderr: "" });
  });
});
