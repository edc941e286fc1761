import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { failure } from "../../src/domain/error.ts";
import { makeRunId } from "../../src/domain/run-id.ts";
import type { StartedProcess } from "../../src/domain/started-process.ts";
import { sqliteEngine } from "../../src/engine/sqlite/engine.ts";
import { Remote } from "../../src/engine/sqlite/remote.ts";
import { isAlive } from "../../src/process/process-group.ts";
import { statusOf } from "../../src/process/process-status.ts";
import { sqliteFixture, sqliteTarget, temporaryFolder, withDatabase, PEOPLE_AND_PETS } from "../support/sqlite-target.ts";

const run = makeRunId(new Date(), randomBytes(10));
/** Works for about a minute in one statement, without a row to give back in between. */
const SLOW = "create table slow as with recursive n (i) as (select 1 union all select i + 1 from n limit 500000000) select max(i) from n";

let folder: ReturnType<typeof temporaryFolder>;
let file: string;

beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder.path, "app.db");
  withDatabase(file, (db) => db.exec(PEOPLE_AND_PETS));
});
afterEach(() => folder[Symbol.dispose]());

const people = () => withDatabase(file, (db) => db.prepare("select name from person order by id").pluck().all());

describe("the host process", () => {
  test("leads a group of its own and is recorded before the database is opened", async () => {
    const missing = join(folder.path, "missing.db");
    let recorded: StartedProcess | undefined;
    const started = Remote.start(missing, {
      recordProcess: async (host) => {
        recorded = host;
        expect(statusOf(host.pid)).toMatchObject({ group: host.pid, session: host.pid });
      },
    });
    await expect(started).rejects.toThrow();
    expect(existsSync(missing)).toBe(false);
    expect(recorded).toMatchObject({ role: "engine", startTime: expect.any(String) });
    expect(recorded && isAlive(recorded)).toBe(false);
  });

  test("ends in the middle of a statement when Belay is killed, and commits nothing", async () => {
    const script = fileURLToPath(new URL("../support/sqlite-belay.ts", import.meta.url));
    const belay = spawn(process.execPath, [script, JSON.stringify({ target: sqliteTarget(file), statement: SLOW, run })], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    belay.stdout.on("data", (text: Buffer) => void (output += text.toString()));
    while (!output.includes("working")) await pause(20);
    await pause(200); // until the statement has reached SQLite
    const host = Number(/host (\d+)/.exec(output)?.[1]);
    belay.kill("SIGKILL");
    await once(belay, "exit");
    for (let waited = 0; statusOf(host) !== undefined && statusOf(host)?.zombie === false && waited < 3_000; waited += 50) await pause(50);
    expect(statusOf(host)?.zombie ?? true).toBe(true);
    expect(people()).toEqual(["Ann", "Bob"]);
    await using _ = await sqliteEngine.hold(sqliteTarget(file), 100);
  }, 20_000);

  test("that has just ended, before anybody was told, makes a call an error and not Belay's own end", async () => {
    const remote = await Remote.start(file);
    process.kill(remote.pid, "SIGKILL");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200); // this process hears of nothing meanwhile
    const calls = Array.from({ length: 20 }, () => remote.call("schema"));
    for (const end of await Promise.allSettled(calls)) expect(end).toMatchObject({ status: "rejected", reason: { code: "host-ended" } });
    await remote[Symbol.asyncDispose]();
  });

  test("that ends by itself makes every call an error, and closing it none", async () => {
    const remote = await Remote.start(file);
    const slow = remote.call(
      "query",
      "with recursive n (i) as (select 1 union all select i + 1 from n limit 500000000) select max(i) from n",
      [],
    );
    setTimeout(() => process.kill(remote.pid, "SIGKILL"), 100);
    await expect(slow).rejects.toMatchObject({ code: "host-ended", message: expect.stringContaining("SIGKILL") });
    await expect(remote.call("schema")).rejects.toMatchObject({ code: "host-ended" });
    await remote[Symbol.asyncDispose]();
  });

  test("that is aborted with a reason says that reason", async () => {
    const abort = new AbortController();
    const remote = await Remote.start(file, { signal: abort.signal });
    const slow = remote.call("execute", [SLOW]);
    abort.abort(failure("timeout", "migrating took longer than 30 minutes"));
    await expect(slow).rejects.toMatchObject({ code: "timeout" });
    await remote[Symbol.asyncDispose]();
    await expect(Remote.start(file, { signal: abort.signal })).rejects.toMatchObject({ code: "timeout" });
  });

  test("leaves Belay free to do other things while SQLite works", async () => {
    await using remote = await Remote.start(file);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 10);
    await remote.call("query", "with recursive n (i) as (select 1 union all select i + 1 from n limit 3000000) select max(i) from n", []);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
  });
});

describe("references", () => {
  async function workOn(
    setup: string,
    statements: readonly string[],
    foreignKeys: "check-at-commit" | "enforce" = "check-at-commit",
  ): Promise<unknown> {
    withDatabase(file, (db) => {
      db.pragma("foreign_keys = off");
      db.exec(setup);
    });
    await using hold = await sqliteEngine.hold(sqliteTarget(file), 100);
    await using workspace = await hold.work({ run, recordProcess: async () => undefined });
    const work = workspace.session.transaction(() => workspace.session.execute(statements), { foreignKeys });
    return await work.then(
      () => "committed",
      (error: unknown) => error,
    );
  }

  const REBUILD = [
    "create table person_new (id integer primary key, name text not null)",
    "insert into person_new select * from person",
    "drop table person",
    "alter table person_new rename to person",
  ];

  test("stay when the table that they lead to is rebuilt", async () => {
    expect(
      await workOn("create table toy (person integer references person (id) on delete cascade); insert into toy values (1)", REBUILD),
    ).toBe("committed");
    expect(withDatabase(file, (db) => db.prepare("select count(*) from toy").pluck().get())).toBe(1);
  });

  test("cascade where a script asks for it", async () => {
    expect(
      await workOn(
        "create table toy (person integer references person (id) on delete cascade); insert into toy values (2)",
        ["delete from person where id = 2"],
        "enforce",
      ),
    ).toBe("committed");
    expect(withDatabase(file, (db) => db.prepare("select count(*) from toy").pluck().get())).toBe(0);
  });

  test("that lead nowhere fail the commit, by table, column and row", async () => {
    expect(await workOn("", ["delete from person where id = 1"])).toMatchObject({
      code: "foreign-key-violation",
      message: "references lead nowhere: pet(owner) → person (id=1)",
      facts: { count: 1 },
    });
    expect(people()).toEqual(["Ann", "Bob"]);
  });

  test("that led nowhere before are no fault of a migration, even one that rebuilds their table and renumbers its rows", async () => {
    const setup =
      "create table toy (code text primary key, person integer references person (id)); insert into toy values ('x', 77), ('y', 1); delete from toy where code = 'y'; insert into toy values ('z', 1)";
    const rebuild = [
      "create table toy_new (code text primary key, note text, person integer references person (id))",
      "insert into toy_new (code, person) select code, person from toy order by code desc",
      "drop table toy",
      "alter table toy_new rename to toy",
    ];
    expect(await workOn(setup, rebuild)).toBe("committed");
  });

  test("that led nowhere before do not hide a new one", async () => {
    const setup =
      "create table toy (code text primary key, person integer references person (id)) without rowid; insert into toy values ('x', 77)";
    expect(await workOn(setup, ["insert into toy values ('y', 78)"])).toMatchObject({ code: "foreign-key-violation" });
    expect(await workOn("", ["update toy set person = 99"])).toBe("committed");
  });

  test("that SQLite cannot check are an error in its words, unless they were so before", async () => {
    const setup = "create table parent (name text); create table toy (name text references parent (name)); insert into toy values ('x')";
    expect(await workOn(setup, ["insert into person values (3, 'Cid')"])).toBe("committed");
    expect(await workOn("", ["create table other (name text references parent (name))", "insert into other values ('y')"])).toMatchObject({
      code: "foreign-key-violation",
      message: expect.stringContaining("foreign key mismatch"),
    });
  });

  test("are looked at again when somebody else wrote between two transactions", async () => {
    await using hold = await sqliteEngine.hold(sqliteTarget(file), 100);
    await using workspace = await hold.work({ run, recordProcess: async () => undefined });
    const { session } = workspace;
    await session.transaction(() => session.execute(["insert into person values (3, 'Cid')"]));
    withDatabase(file, (db) => {
      db.pragma("foreign_keys = off");
      db.exec("insert into pet values (9, 99)");
    });
    await session.transaction(() => session.execute(["insert into person values (4, 'Dan')"]));
    await expect(session.transaction(() => session.execute(["insert into pet values (10, 98)"]))).rejects.toMatchObject({
      code: "foreign-key-violation",
      facts: { count: 1 },
    });
  });

  test("a script that ends its own transaction is told so", async () => {
    expect(await workOn("", ["insert into person values (3, 'Cid')", "commit"])).toMatchObject({ code: "transaction-ended" });
  });
});

test("a workspace that is closed in the middle of a transaction undoes it", async () => {
  await using fixture = await sqliteFixture("wal");
  await using hold = await fixture.engine.hold(fixture.target, 100);
  const workspace = await hold.work({ run, recordProcess: async () => undefined });
  let begun = false;
  const work = workspace.session.transaction(async () => {
    await workspace.session.execute(["delete from pet"]);
    begun = true;
    await pause(1_000);
  });
  const ended = work.catch((error: unknown) => error);
  while (!begun) await pause(10);
  await workspace[Symbol.asyncDispose]();
  expect(await ended).toMatchObject({ code: "host-ended" });
  expect(withDatabase(fixture.target.address, (db) => db.prepare("select count(*) from pet").pluck().get())).toBe(1);
});
