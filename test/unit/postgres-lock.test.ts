import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { makeRunId } from "../../src/domain/run-id.ts";
import type { Hold } from "../../src/engine/hold.ts";
import { postgresEngine } from "../../src/engine/postgres/engine.ts";
import type { PostgresOptions } from "../../src/engine/postgres/options.ts";
import { serverAt } from "../../src/engine/postgres/server.ts";
import { cluster, ownCluster, type Cluster, type TestDatabase, type Version } from "../support/postgres/cluster.ts";
import { PEOPLE_AND_PETS, postgresOptions, postgresTarget } from "../support/postgres/target.ts";

describe.each([15, 18] as const)("the lock of a target on PostgreSQL %s", (version: Version) => {
  let server: Cluster;
  let database: TestDatabase;
  let open: AsyncDisposableStack;
  const run = makeRunId(new Date(), new Uint8Array(10));
  const state = { run, phase: "migrating", store: "/store" } as const;

  beforeEach(async () => {
    open = new AsyncDisposableStack();
    server = await cluster(version);
    database = open.use(await server.createDatabase());
    database.sql(PEOPLE_AND_PETS);
  });
  afterEach(async () => open.disposeAsync());

  const programs = () => ({ variables: { PATH: server.bin, HOME: "/nowhere" } });
  const hold = async (options: Partial<PostgresOptions> = {}, address = database.address("owner")): Promise<Hold> =>
    open.use(await postgresEngine(postgresOptions({ ...programs(), ...options })).hold(postgresTarget(address), 200));

  /** Ends the session that holds the lock, as an administrator or a network does. */
  async function endLockSession(): Promise<void> {
    const { holder } = await postgresEngine(postgresOptions()).probe(postgresTarget(database.address("superuser")));
    server.psql("postgres", `select pg_terminate_backend(${/\d+/.exec(holder ?? "")?.[0]})`);
  }

  test("lives beside the target where the role gets in there, else in the target, and says who has it", async () => {
    const own = open.use(await ownCluster(version)); // nobody else's are to be kept out of its database postgres
    const target = await own.createDatabase();
    own.psql("postgres", "revoke connect on database postgres from public");
    const inside = await hold({}, target.address("owner"));
    await expect(hold({}, target.address("owner"))).rejects.toMatchObject({
      code: "locked",
      message: expect.stringMatching(/pid \d+ of the server, role app/),
    });
    await inside.writeState(state);
    await inside[Symbol.asyncDispose]();
    await expect(hold({}, target.address("superuser"))).rejects.toMatchObject({
      code: "lock-elsewhere",
      facts: { theirs: target.name, ours: "postgres" },
    });
    await (await hold({ lockDatabase: target.name }, target.address("superuser")))[Symbol.asyncDispose]();
  });

  test("a state that cannot be kept or read is told with what to do", async () => {
    const { readState } = postgresEngine(postgresOptions());
    database.sql("create schema belay; create table belay.state (x int)");
    const foreign = { kind: "refused", code: "state-foreign", hint: expect.stringContaining("rename") };
    await expect(readState(postgresTarget(database.address("owner")))).rejects.toMatchObject(foreign);
    await expect(hold()).rejects.toMatchObject(foreign);

    database.sql("drop schema belay cascade");
    server.psql(database.name, `alter database ${database.name} owner to ${server.role("superuser")}`);
    const making = (await hold()).writeState(state);
    await expect(making).rejects.toMatchObject({ code: "rights-missing", hint: expect.stringContaining("create schema belay") });

    database.sql("create schema belay; create table belay.state (run text)", "superuser");
    const unread = { kind: "refused", code: "rights-missing", hint: expect.stringContaining("grant usage on schema belay") };
    await expect(readState(postgresTarget(database.address("owner")))).rejects.toMatchObject(unread);
  });

  test("never lives in a template", async () => {
    await expect(hold({ lockDatabase: "template1" })).rejects.toMatchObject({ kind: "usage", code: "bad-lock-database" });
  });

  test("is taken again when its session ends and nobody else took it", async () => {
    const owner = await hold();
    await owner.writeState(state);
    await endLockSession();
    await owner.assertOwner();
    await expect(hold()).rejects.toMatchObject({ code: "locked" });
    await owner.writeState({ ...state, phase: "verifying" });
  });

  test.each(["has it still", "has come and gone", "has come and gone, the first before any had written"])(
    "is lost when its session ends and another run %s",
    async (how) => {
      const owner = await hold();
      if (!how.endsWith("written")) await owner.writeState(state);
      await endLockSession();
      const other = await hold();
      const otherRun = makeRunId(new Date(), new Uint8Array(10).fill(1));
      await other.writeState({ ...state, run: otherRun });
      if (how !== "has it still") await other[Symbol.asyncDispose]();
      await expect(owner.assertOwner()).rejects.toMatchObject({ code: "lock-lost" });
      await expect(owner.writeState(state)).rejects.toMatchObject({ code: "lock-lost" });
      expect(await postgresEngine(postgresOptions()).readState(postgresTarget(database.address("owner")))).toMatchObject({ run: otherRun });
    },
  );

  test("whoever takes over ends what the dead run's tools still do", async () => {
    const owner = await hold();
    await owner.writeState(state);
    await owner[Symbol.asyncDispose]();
    await using orphan = await serverAt(database.address("owner"), {}).connect({ application: `belay-${run}` });
    await orphan.run("begin; insert into public.person values (3, 'Cid'); select 1 from belay.state for share");
    await hold();
    await expect(orphan.run("commit")).rejects.toMatchObject({ code: "connection-lost" });
    expect(database.sql("select count(*) from person")).toBe("2");
  });

  test("a tool's processes are ended at once when the lock's session ends", async () => {
    const owner = await hold();
    await owner.writeState(state);
    await using workspace = await owner.work({ run, recordProcess: async () => undefined });
    await workspace.backup({ run, into: null, proof: "read", clone: true, observe: async () => null });
    const child = spawn("sleep", ["30"], { detached: true, stdio: "ignore" });
    const ended = once(child, "exit");
    const watched = workspace.watch(
      () => [child.pid ?? 0],
      async () => {
        setTimeout(() => void endLockSession(), 100);
        await ended;
      },
    );
    const began = performance.now();
    await expect(watched).rejects.toMatchObject({ code: "lock-broken" });
    expect(performance.now() - began).toBeLessThan(5_000);
    await pause(10);
    expect(child.signalCode).not.toBeNull();
  });

  test("a statement of the session is cancelled at once when the lock's session ends, and nothing begins until the lock is held again", async () => {
    const owner = await hold();
    await owner.writeState(state);
    await using workspace = await owner.work({ run, recordProcess: async () => undefined });
    const { session } = workspace;
    setTimeout(() => void endLockSession(), 300);
    const began = performance.now();
    const broken = { code: "lock-broken" };
    await expect(session.transact(["insert into person values (3, 'Cid')", "select pg_sleep(30)"])).rejects.toMatchObject(broken);
    expect(performance.now() - began).toBeLessThan(5_000);
    await expect(session.execute(["insert into person values (4, 'Dan')"])).rejects.toMatchObject(broken);
    expect(database.sql("select count(*) from person")).toBe("2");
    await owner.assertOwner(); // takes it again
    await session.transact(["insert into person values (5, 'Eva')"]);
    expect(database.sql("select count(*) from person")).toBe("3");
  });
});
