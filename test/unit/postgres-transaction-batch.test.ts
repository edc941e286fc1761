import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { makeRunId } from "../../src/domain/run-id.ts";
import type { Session } from "../../src/domain/session.ts";
import { postgresEngine } from "../../src/engine/postgres/engine.ts";
import { cluster, type Cluster, type TestDatabase, type Version } from "../support/postgres/cluster.ts";
import { statementProxy, type Strike } from "../support/postgres/statement-proxy.ts";
import { PEOPLE_AND_PETS, postgresOptions, postgresTarget } from "../support/postgres/target.ts";

describe.each([15, 18] as const)("transactions that are called without waiting on PostgreSQL %s", (version: Version) => {
  let server: Cluster;
  let database: TestDatabase;
  let open: AsyncDisposableStack;

  beforeEach(async () => {
    open = new AsyncDisposableStack();
    server = await cluster(version);
    database = open.use(await server.createDatabase());
    database.sql(PEOPLE_AND_PETS);
  });
  afterEach(async () => open.disposeAsync());

  async function work(address = database.address("owner")): Promise<Session> {
    const run = makeRunId(new Date(), new Uint8Array(10));
    const hold = open.use(await postgresEngine(postgresOptions({ lockTimeoutMs: 600 })).hold(postgresTarget(address), 1_000));
    await hold.writeState({ run, phase: "migrating", store: "/store" });
    return open.use(await hold.work({ run, recordProcess: async () => undefined })).session;
  }

  const person = (id: number) => `insert into person values (${id}, 'Person ${id}')`;
  const people = async (session: Session) => (await session.query("select id from person where id > 2 order by 1")).rows.map(([id]) => id);
  const ends = async (called: readonly Promise<number>[]) =>
    (await Promise.allSettled(called)).map((end) => (end.status === "fulfilled" ? "done" : { ...end.reason, code: end.reason.code }));

  test("each is one of its own, in the order of their calls, and says how long it took", async () => {
    const session = await work();
    const called = [3, 4, 5, 6, 7].map((id) => session.transact([person(id), `select pg_sleep(0.0${id})`], { durable: id === 7 }));
    const took = await Promise.all(called);
    took.forEach((ms, index) => expect(ms).toBeGreaterThanOrEqual((index + 3) * 10 - 5));
    expect(await people(session)).toEqual([3, 4, 5, 6, 7]);
    expect(database.sql("select count(distinct xmin::text) from person where id > 2")).toBe("5");
  });

  test("of one that fails in the middle the statement is named; those before it stay, and none behind it begins", async () => {
    const session = await work();
    const called = [[person(3)], [person(4)], [person(5), "insert into nobody values (1)"], [person(6)], [person(7)]];
    expect(await ends(called.map((texts) => session.transact(texts)))).toMatchObject([
      "done",
      "done",
      { code: "sql-failed", facts: { statement: 1, sqlstate: "42P01" } },
      { code: "transaction-not-begun" },
      { code: "transaction-not-begun" },
    ]);
    expect(await people(session)).toEqual([3, 4]);
    await session.transact([person(8)]);
    expect(await people(session)).toEqual([3, 4, 8]);
  });

  test("a commit that is refused is nobody's statement, and nothing behind it begins", async () => {
    database.sql("alter table pet alter constraint pet_owner_fkey deferrable");
    const session = await work();
    const [first, second, third] = await ends([
      session.transact([person(3)]),
      session.transact(["insert into pet values (8, 999)"]),
      session.transact([person(4)]),
    ]);
    expect([first, third]).toMatchObject(["done", { code: "transaction-not-begun" }]);
    expect(second).toMatchObject({ code: "foreign-key-violation" });
    expect(second).not.toHaveProperty("facts.statement");
    expect(await people(session)).toEqual([3]);
  });

  test("what is called between them comes between them", async () => {
    const session = await work();
    const called = [session.transact([person(3)]), session.transact([person(4)])];
    const between = people(session);
    called.push(session.transact([person(5)]));
    expect(await between).toEqual([3, 4]);
    expect(await ends(called)).toEqual(["done", "done", "done"]);
  });

  test("what one sets or drops is not for those behind it", async () => {
    const session = await work();
    const called = [
      [person(3)],
      ["set search_path = pg_catalog", "deallocate all"],
      [person(4)],
      ["set statement_timeout = 1"],
      [person(5)],
      ["select pg_sleep(0.02)", person(6)],
    ];
    expect(await ends(called.map((texts) => session.transact(texts)))).toEqual(called.map(() => "done"));
    expect(await people(session)).toEqual([3, 4, 5, 6]);
  });

  test("once the run was taken over, none of them writes", async () => {
    const session = await work();
    database.sql("update belay.state set fence = fence + 1, run = 'another'");
    const called = [3, 4, 5].map((id) => session.transact([person(id)]));
    expect(await ends(called)).toMatchObject([{ code: "lock-lost" }, { code: "transaction-not-begun" }, { code: "transaction-not-begun" }]);
    expect(await people(session)).toEqual([]);
  });

  const strike = async (at: Strike) => {
    const named = (text: string) => (text.includes("'Person 4'") ? "insert" : null);
    const proxy = open.use(await statementProxy(server.port, named, { at, hit: (cut) => cut() }));
    const address = new URL(database.address("owner"));
    address.port = String(proxy.port);
    return work(address.href);
  };

  test("a line that breaks leaves in doubt all that were not told, and asked again it is told of each", async () => {
    const session = await strike({ name: "insert", at: 1, when: "after" });
    const called = [3, 4, 5].map((id) => session.transact([person(id)]));
    const [first, second, third] = await ends(called);
    expect(["done", "commit-in-doubt"]).toContain(first === "done" ? first : first?.code);
    expect([second, third]).toMatchObject([{ code: "commit-in-doubt" }, { code: "commit-in-doubt" }]);
    expect(await people(session)).toEqual([3, 4, 5]);
  });

  test("a line that breaks before a statement arrives leaves it and those behind it undone", async () => {
    const session = await strike({ name: "insert", at: 1, when: "before" });
    const called = [3, 4, 5].map((id) => session.transact([person(id)]));
    expect((await ends(called)).slice(1)).toMatchObject([{ code: "commit-in-doubt" }, { code: "commit-in-doubt" }]);
    expect(await people(session)).toEqual([3]);
  });
});
