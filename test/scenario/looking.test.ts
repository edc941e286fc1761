/** Commands that only look leave every byte and every time of the project's folder as it was, and every command keeps to its output. */

import { rmSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { tree } from "../support/production.ts";
import { EACH_SURROUNDING } from "../support/productions.ts";
import { APPLICATION, bookingDatabase, Project } from "../support/project.ts";

const BASE = `target: sqlite:app.db\nmigrate: sql\n${APPLICATION}`;
const LOOKING = ["plan", "status", "gate", "runs", "backups"] as const;

describe.each(EACH_SURROUNDING)("a database %s", { timeout: 60_000 }, (_name, start) => {
  test("is only looked at by plan, status, gate, runs and backups, before a run and after one", async () => {
    await using production = await start(50);
    production.configure(`${production.target}migrate: sql\n${APPLICATION}`);
    production.migration("0001_role.sql", "alter table users add column role text;\n");
    const look = async () => {
      const before = [tree(production.directory), production.dump(), production.beside()];
      const statuses = [];
      for (const command of LOOKING) statuses.push((await production.run(command)).status);
      expect([tree(production.directory), production.dump(), production.beside()]).toEqual(before);
      return statuses;
    };
    expect(await look()).toEqual([0, 0, 6, 0, 0]);
    expect((await production.run("migrate")).status).toBe(0);
    expect(await look()).toEqual([0, 0, 0, 0, 0]);
    production.migration("0002_more.sql", "create table more (id integer primary key);\n");
    expect(await look()).toEqual([0, 0, 6, 0, 0]);
  });
});

test("a database that is not there any more is not verified, whatever was recorded of it", async () => {
  using project = new Project();
  bookingDatabase(project, 50);
  project.configure(BASE);
  project.migration("0001_role.sql", "alter table users add column role text;\n");
  expect((await project.run("migrate")).status).toBe(0);
  expect((await project.run("verify")).status).toBe(0);
  rmSync(join(project.directory, "app.db"));
  const { status, stdout } = await project.run("verify");
  expect([status, stdout]).toEqual([3, expect.stringContaining("there is no file")]);
});

describe("what the commands print", () => {
  let project: Project;
  beforeAll(async () => {
    project = new Project();
    bookingDatabase(project, 50);
    project.configure(BASE);
    project.migration("0001_role.sql", "alter table users add column role text;\n");
  });
  afterAll(() => project[Symbol.dispose]());

  /** In this order, each with the end that it has then. */
  const ENDS: readonly (readonly [args: readonly string[], status: number, outcome: string | null])[] = [
    [["plan"], 0, "planned"],
    [["status"], 0, "listed"],
    [["gate"], 6, "checks-failed"],
    [["recover"], 0, "up-to-date"],
    [["migrate", "prd"], 2, null],
    [["rollback"], 3, "refused"],
    [["migrate"], 0, "migrated"],
    [["migrate"], 0, "up-to-date"],
    [["gate"], 0, "up-to-date"],
    [["runs"], 0, "listed"],
    [["backups"], 0, "listed"],
    [["rollback"], 0, "rolled-back"],
    [["migrate"], 3, "refused"],
    [["recover"], 0, "up-to-date"],
  ];

  test("with --json: exactly one object on standard output, for every end", { timeout: 60_000 }, async () => {
    for (const [args, status, outcome] of ENDS) {
      const ended = await project.run(...args, "--json");
      expect(ended.stdout.trimEnd().split("\n"), args.join(" ")).toHaveLength(1);
      const result = JSON.parse(ended.stdout) as {
        readonly belay: string;
        readonly command: string;
        readonly outcome: string | null;
        readonly reasons: unknown[];
      };
      expect({ status: ended.status, command: result.command, outcome: result.outcome }).toEqual({ status, command: args[0], outcome });
      expect(result.reasons.length > 0, args.join(" ")).toBe(status > 0);
    }
  });

  test("with --quiet: nothing when all is well, the verdict when it is not", async () => {
    expect((await project.run("migrate", "--again", "to see it", "--quiet")).stdout).toBe("");
    expect((await project.run("migrate", "--quiet")).stdout).toBe("");
    project.migration("0002_bad.sql", "create tabel x(y);\n");
    const { status, stdout, stderr } = await project.run("migrate", "--quiet");
    expect({ status, stderr }).toEqual({ status: 4, stderr: "" });
    expect(stdout).toMatch(/^FAILED, ROLLED BACK in /);
    expect(stdout).not.toMatch(/^ *[✔✖]/m);
  });

  test("with --no-color or NO_COLOR: no escape sequence, also where colour is forced", async () => {
    const escape = "\u001b[";
    const env = { FORCE_COLOR: "1", CLICOLOR_FORCE: "1" };
    expect((await project.start(["status", "--no-color"], { env }).ended).stdout).not.toContain(escape);
    expect((await project.start(["status"], { env: { NO_COLOR: "1" } }).ended).stdout).not.toContain(escape);
    expect((await project.run("status")).stdout).not.toContain(escape);
  });
});

describe("permission", { timeout: 60_000 }, () => {
  function guarded(more: string): Project {
    const made = new Project();
    bookingDatabase(made, 50);
    made.configure(BASE + more);
    made.migration("0001_role.sql", "alter table users add column role text;\n");
    return made;
  }

  test("is needed in a protected environment, and going without it is journaled and shown", async () => {
    using project = guarded("approvals: { by: bot, required: 2 }\n");
    const { status, result } = await project.json("migrate");
    expect({ status, reasons: result.reasons }).toEqual({
      status: 3,
      reasons: [
        {
          code: "approval-needed",
          message: "prod is protected (approvals in belay.yml), and here nobody can approve",
          hint: 'run it from GitHub, or say why it goes without: `belay migrate prod --without-approval "…"`',
        },
      ],
    });
    expect(project.applicationLog()).toEqual([]);
    expect((await project.run("migrate", "--without-approval", "incident 4711")).status).toBe(0);
    expect((await project.json("rollback")).result.reasons.map(({ code }) => code)).toEqual(["approval-needed"]);
    expect((await project.run("rollback", "--without-approval", "it was the wrong day")).status).toBe(0);
    expect((await project.json("runs")).result.runs?.map((run) => run.withoutApproval)).toEqual(["it was the wrong day", "incident 4711"]);
    const { stdout } = await project.run("runs");
    expect(stdout).toContain("without approval: incident 4711");
    const [journal = ""] = project.files("belay-backups/prod/.runs");
    expect(project.read(`belay-backups/prod/.runs/${journal}`)).toContain('"withoutApproval":"incident 4711"');
  });

  test("is given by a window that is open, not by one that is closed, and says when the next one opens", async () => {
    const day = (offset: number) => ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][(new Date().getUTCDay() + offset) % 7];
    using closed = guarded(`windows: ["${day(3)} 01:00-02:00 UTC"]\n`);
    const { status, result } = await closed.json("migrate");
    expect({ status, codes: result.reasons.map(({ code }) => code) }).toEqual({ status: 3, codes: ["outside-window"] });
    expect(result.reasons[0]?.hint).toMatch(/^the next window opens \d{4}-\d\d-\d\dT01:00Z$/);
    using open = guarded(`windows: ["${day(3)} 01:00-02:00 UTC", "daily 00:00-24:00 UTC"]\n`);
    expect((await open.run("migrate")).status).toBe(0);
  });

  test("is bound to the plan by --digest: the same plan runs, a changed one does not", async () => {
    using project = guarded("");
    const { digest } = (await project.json("plan")).result;
    project.migration("0001_role.sql", "alter table users add column role text default 'x';\n");
    const changed = await project.json("migrate", "--digest", digest ?? "");
    expect({ status: changed.status, codes: changed.result.reasons.map(({ code }) => code) }).toEqual({
      status: 3,
      codes: ["digest-changed"],
    });
    project.migration("0001_role.sql", "alter table users add column role text;\n");
    const same = await project.json("migrate", "--digest", digest ?? "");
    expect({ status: same.status, digest: same.result.digest }).toEqual({ status: 0, digest });
  });
});
