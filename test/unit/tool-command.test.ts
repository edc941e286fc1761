import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CommandMigration } from "../../src/domain/command-migration.ts";
import type { Session } from "../../src/domain/session.ts";
import type { StartedProcess } from "../../src/domain/started-process.ts";
import { groupLives } from "../../src/process/process-group.ts";
import type { ToolState } from "../../src/tool/tool.ts";
import { commandProject, type CommandProject } from "../support/command-project.ts";
import { withDatabase } from "../support/sqlite-target.ts";

let project: CommandProject;
beforeEach(() => {
  project = commandProject();
});
afterEach(() => project[Symbol.dispose]());

/** For commands of the shell, whose "database" is a file that exists or not. */
const noSession: Session = {
  dialect: "sqlite",
  query: () => Promise.reject(new Error("not asked")),
  execute: () => Promise.reject(new Error("not asked")),
  transaction: () => Promise.reject(new Error("not asked")),
  transact: () => Promise.reject(new Error("not asked")),
};

function migration(id: string, more: Partial<CommandMigration> & { readonly ask?: string; readonly does?: string } = {}): CommandMigration {
  const {
    ask = `if [ -e ${id} ]; then echo "${id} already exists"; else echo "Would create ${id}"; fi`,
    does = `touch ${id}; echo "${id} created"`,
    ...rest
  } = more;
  return {
    id,
    pending: { command: { shell: ask }, timeoutMs: 5_000 },
    pendingWhen: "Would create",
    appliedWhen: "already exists",
    apply: { command: { shell: does }, timeoutMs: null },
    revert: null,
    files: null,
    ...rest,
  };
}

async function look(...migrations: CommandMigration[]): Promise<ToolState> {
  return await project.tool({ migrations }).state(noSession);
}

interface Told {
  readonly done: string[];
  readonly said: string[];
  readonly recorded: StartedProcess[];
}

function request(
  signal = new AbortController().signal,
  session = noSession,
): Told & Parameters<ReturnType<CommandProject["tool"]>["apply"]>[0] {
  const told: Told = { done: [], said: [], recorded: [] };
  return {
    ...told,
    session,
    migrations: [],
    run: "01JD0000000000000000000000",
    applied: ({ id }) => void told.done.push(id),
    output: (stream, text) => void told.said.push(`${stream}: ${text}`),
    signal,
    recordProcess: async (started) => void told.recorded.push(started),
  };
}

describe("asking", () => {
  test("tells pending from applied, in the order of belay.yml, whichever they are", async () => {
    writeFileSync(join(project.directory, "b"), "");
    const state = await look(migration("a"), migration("b"), migration("c", { revert: { command: { shell: "true" }, timeoutMs: null } }));
    expect(state).toEqual({
      applied: ["b"],
      pending: [
        { id: "a", sha256: null, sql: null, file: null, reversible: false, findings: [] },
        { id: "c", sha256: null, sql: null, file: null, reversible: true, findings: [] },
      ],
      withoutFile: [],
      obstacles: [],
      findings: [],
    });
  });

  test("takes three of six tables there for pending", async () => {
    const ask = 'echo "a already exists"; echo "Would create b"';
    expect((await look(migration("six", { ask }))).pending).toHaveLength(1);
  });

  test("hears standard error, too, and patterns of whole lines", async () => {
    const state = await look(migration("a", { ask: "echo noise; echo done >&2", appliedWhen: "^done$" }));
    expect(state.applied).toEqual(["a"]);
  });

  test.each<[string, string]>([
    ["says neither", "echo one; echo 'nothing to do'"],
    ["says nothing", "true"],
  ])("a program that %s is an error with its last lines, never up to date", async (_, ask) => {
    const error: unknown = await look(migration("a", { ask })).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "tool-answer-unknown", hint: expect.stringContaining("patterns"), facts: { migration: "a" } });
    expect(error).toMatchObject({ message: expect.stringMatching(ask === "true" ? /it said nothing$/ : /\none\nnothing to do$/) });
  });

  test("a program that fails is an error even when its words would do", async () => {
    await expect(look(migration("a", { ask: "echo 'table a already exists' >&2; exit 1" }))).rejects.toMatchObject({
      code: "tool-failed",
      message: expect.stringMatching(/^asking about a: exit status 1 of [^]*\ntable a already exists$/),
    });
  });

  test("a program that says more than is kept is an error: the one word that counts may be lost", async () => {
    const ask = "echo already exists; head -c 1100000 /dev/zero | tr '\\0' x; echo Would create b";
    await expect(look(migration("a", { ask }))).rejects.toMatchObject({
      code: "tool-answer-unknown",
      message: expect.stringContaining("more than 1 MiB"),
    });
  });

  test("a program that hangs is ended", async () => {
    await expect(look(migration("a", { pending: { command: { shell: "sleep 60" }, timeoutMs: 100 } }))).rejects.toMatchObject({
      code: "tool-timeout",
    });
  });

  test("hides secrets in what is quoted", async () => {
    const tool = project.tool(
      { migrations: [migration("a", { ask: "echo password s3cret" })] },
      { redact: (text) => text.replaceAll("s3cret", "***") },
    );
    await expect(tool.state(noSession)).rejects.toMatchObject({ message: expect.stringMatching(/password \*\*\*$/) });
  });

  test.each<[string, string]>([
    ["sqlite3.OperationalError: attempt to write a readonly database", "owner and mode"],
    ["PermissionError: [Errno 13] Permission denied: 'app.db'", "owner and mode"],
    ["ModuleNotFoundError: No module named 'flask'", "not installed"],
  ])("%j comes with what to do", async (said, hint) => {
    await expect(look(migration("a", { ask: `echo "${said}"; exit 1` }))).rejects.toMatchObject({ hint: expect.stringContaining(hint) });
  });
});

describe("applying", () => {
  test("passes on what the program says, records it before it starts, and asks again", async () => {
    const asked = request();
    const tool = project.tool({ migrations: [migration("a"), migration("b", { does: "touch b; echo careful >&2" })] });
    await tool.apply({ ...asked, migrations: (await tool.state(noSession)).pending });
    expect(asked.done).toEqual(["a", "b"]);
    expect(asked.said).toEqual(["stdout: a created\n", "stdout: a already exists\n", "stderr: careful\n", "stdout: b already exists\n"]);
    expect(asked.recorded).toHaveLength(4);
  });

  test("a program that says done and did nothing, or only a part, is an error", async () => {
    const asked = request();
    const tool = project.tool({ migrations: [migration("a", { does: "touch elsewhere; echo 'a created successfully'" })] });
    await expect(tool.apply({ ...asked, migrations: (await tool.state(noSession)).pending })).rejects.toMatchObject({
      kind: "failed",
      code: "wrong-database",
      facts: { migration: "a" },
    });
    expect(asked.done).toEqual([]);
  });

  test("a program that fails is an error whatever it says and did", async () => {
    const tool = project.tool({ migrations: [migration("a", { does: "touch a; echo 'a created successfully'; exit 2" })] });
    await expect(tool.apply({ ...request(), migrations: (await tool.state(noSession)).pending })).rejects.toMatchObject({
      code: "tool-failed",
      message: expect.stringContaining("applying a: exit status 2"),
    });
  });

  test("ends the program with its group when it is interrupted", async () => {
    const controller = new AbortController();
    const asked = request(controller.signal);
    const tool = project.tool({ migrations: [migration("a", { does: "sleep 60 & echo begun; sleep 60" })] });
    const output = () => controller.abort();
    await expect(tool.apply({ ...asked, output, migrations: (await tool.state(noSession)).pending })).rejects.toMatchObject({
      code: "interrupted",
    });
    expect(groupLives(asked.recorded[0]?.pid ?? 0)).toBe(false);
  });

  test("starts nothing when it cannot be recorded", async () => {
    const tool = project.tool({ migrations: [migration("a")] });
    const recordProcess = () => Promise.reject(new Error("journal full"));
    await expect(tool.apply({ ...request(), recordProcess, migrations: (await tool.state(noSession)).pending })).rejects.toThrow(
      "journal full",
    );
    expect(existsSync(join(project.directory, "a"))).toBe(false);
  });

  test("names who holds a locked database, as far as the engine can tell by then", async () => {
    project.addTable("migrate_a", "a");
    const holder = new Database(project.database);
    const { pending } = await project.tool().state(noSession);
    holder.exec("begin exclusive");
    const applied = async (transaction: Session["transaction"]): Promise<unknown> =>
      project
        .tool()
        .apply({ ...request(undefined, { ...noSession, transaction }), migrations: pending })
        .catch((thrown: unknown) => thrown);
    const expected = { code: "database-locked", hint: expect.stringContaining("stop the application"), facts: { migration: "migrate_a" } };
    const held = await applied(() => Promise.reject(new Error("pid 4711 (python3) holds it")));
    expect(held).toMatchObject({ ...expected, message: expect.stringMatching(/database is locked[^]*\npid 4711 \(python3\) holds it$/) });
    expect(await applied((work) => work())).toMatchObject(expected);
    holder.close();
  });
});

describe("a program that lives elsewhere", () => {
  test("is put behind the words of migrate.run, a shell's command with its shell", async () => {
    writeFileSync(join(project.directory, "container"), '#!/bin/sh\necho "$# $*" >> calls; shift; exec "$@"\n', { mode: 0o755 });
    const tool = project.tool({
      run: ["./container", "app:latest"],
      migrations: [migration("a", { apply: { command: { argv: ["touch", "a"] }, timeoutMs: null } })],
    });
    await tool.apply({ ...request(), migrations: (await tool.state(noSession)).pending });
    expect((await tool.state(noSession)).applied).toEqual(["a"]);
    const calls = readFileSync(join(project.directory, "calls"), "utf8");
    expect(calls).toMatch(/^5 app:latest sh -e -c if [^]*\n3 app:latest touch a\n5 app:latest sh -e -c if/);
  });
});

describe("the files of a migration", () => {
  const sha256 = async (one: CommandMigration) => (await look(one)).pending[0];
  const write = (name: string, text: string) => writeFileSync(join(project.directory, name), text);

  test("are those that its command names, and a plan notices when one changes", async () => {
    write("migrate.py", "1");
    mkdirSync(join(project.directory, ".venv/bin"), { recursive: true });
    symlinkSync("/bin/sh", join(project.directory, ".venv/bin/python"));
    for (const apply of [
      { argv: [".venv/bin/python", "./migrate.py", "--apply", "prod"] as const },
      { shell: "cd . && .venv/bin/python migrate.py --apply; true" },
    ]) {
      const one = migration("a", { apply: { command: apply, timeoutMs: null } });
      write("migrate.py", "1");
      const before = await sha256(one);
      expect(before).toMatchObject({ file: "migrate.py", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
      write("migrate.py", "2");
      expect((await sha256(one))?.sha256).not.toBe(before?.sha256);
    }
  });

  test("are not the database that it changes, nor what it prints into", async () => {
    write("migrate.sql", "create table t (x)");
    write("calls.log", "");
    for (const shell of ["sqlite3 app.db < migrate.sql >> calls.log", 'sqlite3 ./app.db < migrate.sql 2> "calls.log"']) {
      const one = migration("a", { apply: { command: { shell }, timeoutMs: null } });
      const before = await sha256(one);
      expect(before?.file).toBe("migrate.sql");
      withDatabase(project.database, (db) => db.exec("insert into existing values (1)"));
      appendFileSync(join(project.directory, "calls.log"), "called\n");
      expect((await sha256(one))?.sha256).toBe(before?.sha256);
    }
  });

  test("that are guessed may be changed by the migrations before it, those that are named may not", async () => {
    write("applied.json", "[]");
    const does = (id: string) => `echo ${id} | tee -a applied.json; touch ${id}`;
    const [one, two] = [migration("a", { does: does("a") }), migration("b", { does: does("b") })];
    const guessed = project.tool({ migrations: [one, two] });
    const asked = request();
    await guessed.apply({ ...asked, migrations: (await guessed.state(noSession)).pending });
    expect(asked.done).toEqual(["a", "b"]);
    for (const id of ["a", "b"]) rmSync(join(project.directory, id));
    const named = project.tool({ migrations: [one, { ...two, files: ["applied.json"] }] });
    const plan = (await named.state(noSession)).pending;
    await expect(named.apply({ ...request(), migrations: plan })).rejects.toMatchObject({ code: "plan-changed" });
  });

  test("may be named by globs, new ones noticed, and none found is refused", async () => {
    write("one.py", "1");
    const one = migration("a", { files: ["*.py"] });
    const before = await sha256(one);
    expect(before?.file).toBe("one.py");
    write("two.py", "2");
    expect((await sha256(one))?.sha256).not.toBe(before?.sha256);
    await expect(look(migration("a", { files: ["*.rb"] }))).rejects.toMatchObject({ kind: "refused", code: "migration-without-files" });
  });

  test("outside of the project are none", async () => {
    expect(await sha256(migration("a", { apply: { command: { argv: ["/bin/sh", "../x", "."] }, timeoutMs: null } }))).toMatchObject({
      sha256: null,
      file: null,
    });
  });
});

describe("the configuration", () => {
  test("with two migrations of one id is refused", () => {
    expect(() => project.tool({ migrations: [migration("a"), migration("a")] })).toThrow("two migrations have the id a");
  });

  test.each(["(", "", ".*", "x?"])("with the pattern %j is refused: it cannot tell", (pattern) => {
    expect(() => project.tool({ migrations: [migration("a", { appliedWhen: pattern })] })).toThrow("applied-when of a");
    expect(() => project.tool({ migrations: [migration("a", { pendingWhen: pattern })] })).toThrow("pending-when of a");
  });

  test("has another digest when a command or pattern changes", async () => {
    const digest = (one: CommandMigration) => project.tool({ migrations: [one] }).configDigest();
    const plain = await digest(migration("a"));
    expect(await digest(migration("a", { does: "true" }))).not.toBe(plain);
    expect(await digest(migration("a", { appliedWhen: "done" }))).not.toBe(plain);
    expect(await project.tool({ migrations: [migration("a")], run: ["env"] }).configDigest()).not.toBe(plain);
  });
});
