import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { makeRunId } from "../../src/domain/run-id.ts";
import type { Session } from "../../src/domain/session.ts";
import type { Hold } from "../../src/engine/hold.ts";
import type { Workspace } from "../../src/engine/workspace.ts";
import { postgresEngine } from "../../src/engine/postgres/engine.ts";
import { serverAt } from "../../src/engine/postgres/server.ts";
import { observingSession } from "../../src/engine/postgres/observer.ts";
import { cluster, type Cluster, type TestDatabase, type Version } from "../support/postgres/cluster.ts";
import { statementProxy, type Strike } from "../support/postgres/statement-proxy.ts";
import { PEOPLE_AND_PETS, postgresOptions, postgresTarget } from "../support/postgres/target.ts";

describe.each([15, 18] as const)("a session on PostgreSQL %s", (version: Version) => {
  let server: Cluster;
  let database: TestDatabase;
  let open: AsyncDisposableStack;
  const run = makeRunId(new Date(), new Uint8Array(10));

  beforeEach(async () => {
    open = new AsyncDisposableStack();
    server = await cluster(version);
    database = open.use(await server.createDatabase());
    database.sql(PEOPLE_AND_PETS);
  });
  afterEach(async () => open.disposeAsync());

  interface Working {
    readonly session: Session;
    readonly hold: Hold;
    readonly workspace: Workspace;
  }

  async function work({ address = database.address("owner"), signal }: { address?: string; signal?: AbortSignal } = {}): Promise<Working> {
    const hold = open.use(await postgresEngine(postgresOptions({ lockTimeoutMs: 600 })).hold(postgresTarget(address), 1_000));
    await hold.writeState({ run, phase: "migrating", store: "/store" });
    const workspace = open.use(await hold.work({ run, recordProcess: async () => undefined, ...(signal === undefined ? {} : { signal }) }));
    return { hold, workspace, session: workspace.session };
  }

  /** The process number of the session that writes. */
  const pidOf = async (session: Session) => Number((await session.query("select pg_backend_pid()")).rows[0]?.[0]);

  test("values arrive as they are: whole numbers, truth, bytes; all else as PostgreSQL writes it", async () => {
    const { session } = await work();
    const { columns, rows } = await session.query(
      `select 9007199254740993::int8 as a, 7::int2 as b, true as c, '\\x00ff'::bytea as d, 1.50::numeric as e, '2026-11-21 01:02:03+02'::timestamptz as f,
         '{"b": 1,  "a": 2}'::json as g, null::int4 as h, 'x'::text as i, interval '1 mon 30 days' as j, 0.1::float8 as k`,
    );
    expect(columns.join("")).toBe("abcdefghijk");
    expect(rows).toEqual([
      [
        9007199254740993n,
        7,
        true,
        new Uint8Array([0, 255]),
        "1.50",
        "2026-11-20 23:02:03+00",
        '{"b": 1,  "a": 2}',
        null,
        "x",
        "1 mon 30 days",
        "0.1",
      ],
    ]);
  });

  test("settings of the role and of the database change no answer and no time-out, and the search path is the role's own", async () => {
    server.psql("postgres", `alter database "${database.name}" set search_path = audit, public`);
    for (const setting of [
      "statement_timeout = 1",
      "lock_timeout = 1",
      "idle_in_transaction_session_timeout = 1",
      "datestyle = 'German'",
      "timezone = 'Asia/Tokyo'",
    ])
      server.psql("postgres", `alter role app in database "${database.name}" set ${setting}`);
    database.sql(
      "set statement_timeout = 0; create schema audit; create table audit.log (at timestamptz); insert into audit.log values ('2026-11-21 00:00:00+00')",
    );
    const { session } = await work();
    await session.transaction(async () => {
      await session.query("select 1");
      await pause(50);
      expect((await session.query("select * from log")).rows).toEqual([["2026-11-21 00:00:00+00"]]);
    });
  });

  test("statements of one round trip: the one that failed is named, what was called behind it does not begin, and then it goes on", async () => {
    const { session } = await work();
    const first = session.transact(["insert into person values (3, 'Cid')", "insert into nobody values (1)"]);
    const second = session.transact(["insert into person values (4, 'Dan')"]);
    await expect(first).rejects.toMatchObject({ code: "sql-failed", facts: { statement: 1, sqlstate: "42P01" } });
    await expect(second).rejects.toMatchObject({ code: "transaction-not-begun" });
    expect(await session.transact(["insert into person values (5, 'Eve')"], { durable: false })).toBeGreaterThan(0);
    expect((await session.query("select id from person order by 1")).rows).toEqual([[1], [2], [5]]);
  });

  test("deferred constraints are held to at the commit, and named by their tables", async () => {
    database.sql("alter table pet alter constraint pet_owner_fkey deferrable");
    const { session } = await work();
    await session.transact(["insert into pet values (7, 9)", "insert into person values (9, 'Ida')"]);
    const broken = session.transact(["insert into pet values (8, 10)", "select 1"]);
    await expect(broken).rejects.toMatchObject({ code: "foreign-key-violation", facts: { table: "pet" } });
    await expect(
      session.transact(["insert into pet values (9, 11)", "insert into person values (11, 'Joe')"], { foreignKeys: "enforce" }),
    ).rejects.toMatchObject({
      code: "foreign-key-violation",
      facts: { statement: 0 },
    });
  });

  test("who has a lock that is not got in time is named, and nothing stays", async () => {
    const { session } = await work();
    await using other = await serverAt(database.address("owner"), {}).connect({ application: "counter" });
    await other.run("begin; lock table public.person");
    await expect(session.transact(["alter table person add column age int"])).rejects.toMatchObject({
      code: "target-locked",
      message: expect.stringContaining(`pid ${other.pid} (app, counter, idle in transaction)`),
    });
    await expect(
      session.transaction(() => session.execute(["insert into pet values (2, 1)", "drop table person cascade"])),
    ).rejects.toMatchObject({
      code: "target-locked",
      message: expect.stringContaining("counter"),
      facts: { statement: 0 },
    });
    await other.run("rollback");
    await session.transact(["alter table person add column age int"]);
  });

  test("CREATE INDEX CONCURRENTLY waits as long as it takes, and leaves no invalid index", async () => {
    const { session } = await work();
    await using other = await serverAt(database.address("owner"), {}).connect();
    await other.run("begin; insert into public.person values (8, 'Gus')");
    setTimeout(() => void other.run("commit"), 1_500);
    await session.execute(["create index concurrently person_name on person (name)"]);
    expect((await session.query("select indisvalid from pg_index where indexrelid = 'person_name'::regclass")).rows).toEqual([[true]]);
    expect((await session.query("show lock_timeout")).rows).toEqual([["600ms"]]);
  });

  test("what a migration sets for its session is not for the next one, and a script without transaction may set what it needs", async () => {
    const { session } = await work();
    await session.transact([
      "select pg_catalog.set_config('search_path', '', false)",
      "SET lock_timeout = 0",
      "set timezone to 'Asia/Tokyo'",
    ]);
    await session.transact(["insert into person values (3, 'Cid')"]);
    expect((await session.query("show lock_timeout")).rows).toEqual([["600ms"]]);
    expect((await session.query("show timezone")).rows).toEqual([["UTC"]]);
    await session.execute(["set search_path = pg_catalog"]);
    await session.execute(["create table public.later as select current_setting('search_path') as path"]);
    expect((await session.query("select path from later")).rows).toEqual([["pg_catalog"]]);
  });

  test("several statements in one text are one statement of a transaction", async () => {
    const { session } = await work();
    await session.transaction(() => session.execute(["insert into pet values (2, 2); insert into pet values (3, 2)"]));
    expect((await session.query("select count(*) from pet")).rows).toEqual([[3]]);
  });

  test("a session that was ended is made anew outside of transactions, and never inside one", async () => {
    const { session } = await work();
    const pid = await pidOf(session);
    const lost = session.transaction(async () => {
      await session.execute(["insert into person values (3, 'Cid')"]);
      server.psql("postgres", `select pg_terminate_backend(${pid})`);
      await pause(100);
      await session.execute(["insert into person values (4, 'Dan')"]);
    });
    // in the words of the server, not of the driver that can do no more
    await expect(lost).rejects.toMatchObject({ code: "connection-lost", message: expect.stringContaining("administrator command") });
    expect((await session.query("select id from person order by 1")).rows).toEqual([[1], [2]]);
    expect(await pidOf(session)).not.toBe(pid);
  });

  test("what waits is interrupted at once when the run is", async () => {
    const abort = new AbortController();
    const { session } = await work({ signal: abort.signal });
    setTimeout(() => abort.abort(), 200);
    const began = performance.now();
    await expect(session.transact(["insert into person values (3, 'Cid')", "select pg_sleep(20)"])).rejects.toMatchObject({
      code: "interrupted",
    });
    expect(performance.now() - began).toBeLessThan(5_000);
    await expect(session.query("select 1")).rejects.toMatchObject({ code: "interrupted" });
    expect(database.sql("select count(*) from person")).toBe("2");
  });

  test("a time-out that a migration sets is no interruption of the run", async () => {
    const { session } = await work();
    const slow = session.transact(["set local statement_timeout = 50", "select pg_sleep(20)"]);
    await expect(slow).rejects.toMatchObject({ code: "statement-cancelled", message: expect.stringContaining("timeout") });
  });

  test("nothing is begun for a run that was interrupted already", async () => {
    const signal = AbortSignal.abort(new DOMException("the time is over", "TimeoutError"));
    await expect(serverAt(database.address("owner"), {}).connect({ signal })).rejects.toMatchObject({ code: "interrupted" });
  });

  test("a run that was taken over writes nothing more, in either kind of transaction", async () => {
    const { session } = await work();
    database.sql("update belay.state set fence = fence + 1, run = 'another'");
    await expect(session.transact(["insert into person values (3, 'Cid')"])).rejects.toMatchObject({ code: "lock-lost" });
    await expect(session.transaction(() => session.execute(["insert into person values (3, 'Cid')"]))).rejects.toMatchObject({
      code: "lock-lost",
    });
    expect(database.sql("select count(*) from person")).toBe("2");
  });

  test("nobody takes a run over while one of its transactions is open", async () => {
    const { session } = await work();
    await session.transaction(async () => {
      await session.query("select 1");
      expect(() => database.sql("set lock_timeout = 300; update belay.state set fence = fence + 1")).toThrow(/lock timeout/);
    });
  });

  describe("a connection that breaks", () => {
    const commit = (text: string) => (/^commit$/i.test(text.trim()) ? "commit" : null);
    const insert = (text: string) => (text.includes("'Cid'") ? "insert" : null);

    async function through(nameOf: (text: string) => string | null, at: Strike): Promise<Session> {
      const proxy = open.use(await statementProxy(server.port, nameOf, { at, hit: (cut) => cut() }));
      const address = new URL(database.address("owner"));
      address.port = String(proxy.port);
      return (await work({ address: address.href })).session;
    }

    // the state row's own commit is the first
    test.each([
      ["before the commit arrives, in one round trip", "transact", "before", 2],
      ["after the commit, before its answer, in one round trip", "transact", "after", 3],
      ["before the commit arrives", "transaction", "before", 2],
      ["after the commit, before its answer", "transaction", "after", 3],
    ] as const)("%s: that is in doubt, and asked again it is told", async (_, how, when, rows) => {
      const session = await through(commit, { name: "commit", at: 2, when });
      const statement = ["insert into person values (3, 'Cid')"];
      const work = how === "transact" ? session.transact(statement) : session.transaction(() => session.execute(statement));
      await expect(work).rejects.toMatchObject({ code: "commit-in-doubt" });
      expect((await session.query("select count(*) from person")).rows).toEqual([[rows]]);
    });

    test("inside a transaction: nothing was committed, for certain", async () => {
      const session = await through(insert, { name: "insert", at: 1, when: "after" });
      const work = session.transaction(() => session.execute(["insert into person values (3, 'Cid')"]));
      await expect(work).rejects.toMatchObject({ code: "connection-lost" });
      expect((await session.query("select count(*) from person")).rows).toEqual([[2]]);
    });
  });

  test("a look cannot write, not by any statement", async () => {
    await using view = await postgresEngine(postgresOptions()).open(postgresTarget(database.address("owner")));
    for (const sql of [
      "insert into person values (3, 'Cid')",
      "create table t (i int)",
      "set session characteristics as transaction read write",
      "select nextval('s')",
      "commit",
      "select 1; commit; insert into person values (3, 'Cid')",
    ])
      await view.session.query(sql).catch(() => undefined);
    await expect(view.session.query("insert into person values (3, 'Cid')")).rejects.toMatchObject({ code: "read-only-session" });
    expect(database.sql("select count(*) from person")).toBe("2");
  });

  test("questions inside a snapshot do not see each other's failures", async () => {
    await using connection = await serverAt(database.address("owner"), {}).connect({ searchPath: "own" });
    await connection.transaction("begin isolation level repeatable read, read only", async () => {
      const session = observingSession(connection);
      await expect(session.query("select * from nobody")).rejects.toMatchObject({ code: "sql-failed" });
      await expect(session.query("delete from pet")).rejects.toMatchObject({ code: "read-only-session" });
      expect((await session.query("select count(*) from person")).rows).toEqual([[2]]);
    });
  });
});
