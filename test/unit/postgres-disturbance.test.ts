import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { makeRunId } from "../../src/domain/run-id.ts";
import type { Workspace } from "../../src/engine/workspace.ts";
import { postgresEngine } from "../../src/engine/postgres/engine.ts";
import { serverAt } from "../../src/engine/postgres/server.ts";
import { directoryStore } from "../../src/store/directory.ts";
import { cluster, type As, type Cluster, type TestDatabase } from "../support/postgres/cluster.ts";
import { PEOPLE_AND_PETS, postgresOptions, postgresTarget } from "../support/postgres/target.ts";

/** Another process of Belay, as `belay status` is one: so many looks one after the other. */
async function lookElsewhere(address: string, times: number): Promise<void> {
  const server = JSON.stringify(join(import.meta.dirname, "../../src/engine/postgres/server.ts"));
  const script = `const { serverAt } = await import(${server});
    for (let time = 0; time < ${times}; time++) await (await serverAt(process.env.ADDRESS, {}).connect())[Symbol.asyncDispose]();`;
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], { env: { ...process.env, ADDRESS: address } });
}

const CASES = [
  [15, "superuser"],
  [15, "owner"],
  [18, "owner"],
] as const;

describe.each(CASES)("who else was there, on PostgreSQL %s as %s", (version, as: As) => {
  let server: Cluster;
  let database: TestDatabase;
  let open: AsyncDisposableStack;
  let folder: string;
  const run = makeRunId(new Date(), new Uint8Array(10));

  beforeEach(async () => {
    open = new AsyncDisposableStack();
    folder = mkdtempSync(join(tmpdir(), "belay-disturbance-"));
    open.defer(() => rmSync(folder, { recursive: true }));
    server = await cluster(version);
    database = open.use(await server.createDatabase({ owner: as }));
    database.sql(PEOPLE_AND_PETS, as);
  });
  afterEach(async () => open.disposeAsync());

  /** A session of the application's, as the same role. */
  const application = () => serverAt(database.address(as), {}).connect({ application: "shop" });

  async function backedUp(during: () => Promise<void> = async () => undefined): Promise<Workspace> {
    const options = postgresOptions({ variables: { PATH: server.bin, HOME: "/nowhere" } });
    const hold = open.use(await postgresEngine(options).hold(postgresTarget(database.address(as)), 500));
    await hold.writeState({ run, phase: "backing-up", store: "/store" });
    const workspace = open.use(await hold.work({ run, recordProcess: async () => undefined }));
    // with a backup, whose restore is the clone: nobody is held off for it
    const into = { store: directoryStore(folder), folder: "prod/app/20261121T001400Z-7f3a" };
    await workspace.backup({ run, into, proof: "restore", clone: true, observe: during });
    return workspace;
  }

  test("nobody: not Belay's own sessions, whatever they do, and not one that only sat there", async () => {
    await using _ = await application();
    const workspace = await backedUp();
    await workspace.session.transact(["insert into person values (3, 'Cid')"]);
    await workspace.schema();
    await using view = await postgresEngine(postgresOptions()).open(postgresTarget(database.address(as)));
    await view.session.query("select 1");
    expect(await workspace.disturbance()).toBeNull();
    expect(await workspace.written()).toBe(true);
  });

  test("a session that was there before and does something", async () => {
    await using shop = await application();
    const workspace = await backedUp();
    await shop.run("insert into public.person values (4, 'Dan')");
    expect(await workspace.disturbance()).toContain(`pid ${shop.pid} (${server.role(as)}, shop)`);
  });

  test("a superuser's that sits there, of which an ordinary role cannot know", async () => {
    await using admin = await serverAt(database.address("superuser"), {}).connect({ application: "psql" });
    const workspace = await backedUp();
    await workspace.session.transact(["insert into person values (3, 'Cid')"]);
    const found = await workspace.disturbance();
    if (as === "superuser") expect(found).toBeNull();
    else expect(found).toMatch(new RegExp(`pid ${admin.pid} .*may not see whether it works \\(grant pg_read_all_stats`));
  });

  test("a session that was there before and left", async () => {
    const shop = await application();
    const workspace = await backedUp();
    await workspace.session.transact(["insert into person values (3, 'Cid')"]);
    await shop[Symbol.asyncDispose]();
    await pause(100);
    expect(await workspace.disturbance()).toContain(`pid ${shop.pid}`);
  });

  test("one that came, wrote a row and went between two looks", async () => {
    const workspace = await backedUp();
    // opened through this very process, it has to be a stranger's in the count: psql's
    database.sql("insert into person values (4, 'Dan')", as);
    expect(await workspace.disturbance()).toMatch(/came and went/);
  });

  test("one that only read between two looks, while nothing was written at all; from the run's own writes on nobody can tell", async () => {
    const workspace = await backedUp();
    database.sql("select count(*) from person", as);
    expect(await workspace.disturbance()).toBeNull();
    await workspace.session.transact(["insert into person values (3, 'Cid')"]);
    expect(await workspace.disturbance()).toBeNull();
    database.sql("select count(*) from person", as);
    // Whoever is seen at work, by chance, is told by its number.
    expect(await workspace.disturbance()).toMatch(/1 other session came and went|worked in \w+ after the backup/);
  });

  test("one that writes and has not committed yet, and commits later", async () => {
    await using shop = await application();
    const workspace = await backedUp();
    await shop.run("begin; insert into public.person values (4, 'Dan')");
    expect(await workspace.disturbance()).toBeNull(); // nothing was written that anybody would lose
    await shop.run("commit");
    expect(await workspace.disturbance()).toContain(`pid ${shop.pid}`);
  });

  test("not other processes of Belay that look at the database, however many and short, and a stranger beside them", async () => {
    const workspace = await backedUp();
    await workspace.session.transact(["insert into person values (3, 'Cid')"]);
    await Promise.all(Array.from({ length: 4 }, () => lookElsewhere(database.address(as), 5)));
    expect(await workspace.disturbance()).toBeNull();
    await Promise.all([lookElsewhere(database.address(as), 3), Promise.resolve(database.sql("select 1", as))]);
    expect(await workspace.disturbance()).toMatch(/1 other session came and went/);
  });

  test("nobody knows who, once the server has lost its count, whatever it counts since", async () => {
    const workspace = await backedUp();
    await workspace.session.transact(["insert into person values (3, 'Cid')"]);
    await using admin = await serverAt(database.address("superuser"), {}).connect(); // a session of Belay's is no stranger
    await admin.run("select pg_catalog.pg_stat_reset()"); // as a crash of the server does
    expect(await workspace.disturbance()).toMatch(/lost its count.*cannot be told/);
  });

  test("one that wrote between the snapshot and the clone", async () => {
    const workspace = await backedUp(async () => void database.sql("insert into person values (5, 'Eva')", as));
    expect(await workspace.disturbance()).toContain("while it was backed up");
    expect(await workspace.written()).toBe(true);
  });

  test("while a tool works, its own sessions are known by their name, and nobody else's", async () => {
    const workspace = await backedUp();
    const tool = { PGAPPNAME: `belay-${run}` };
    await workspace.watch(
      () => [],
      async () => {
        await using own = await serverAt(database.address(as), {}).connect({ application: tool.PGAPPNAME });
        await own.run("insert into public.person values (6, 'Fay')");
        database.sql("select 1", as); // too short for a look, as the tool's own may be, too
      },
    );
    expect(await workspace.disturbance()).toBeNull();
    expect(await workspace.written()).toBe(true);
    await workspace.watch(
      () => [],
      async () => {
        await using shop = await application();
        await shop.run("select 1");
        await pause(1_200);
      },
    );
    expect(await workspace.disturbance()).toContain("shop");
  });

  test("nothing written, when nothing was", async () => {
    const workspace = await backedUp();
    expect(await workspace.written()).toBe(false);
  });
});
