import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { makeRunId } from "../../src/domain/run-id.ts";
import type { Workspace } from "../../src/engine/engine.ts";
import { postgresEngine } from "../../src/engine/postgres/engine.ts";
import { serverAt } from "../../src/engine/postgres/server.ts";
import { directoryStore } from "../../src/store/directory.ts";
import { cluster, type As, type Cluster, type TestDatabase } from "../support/postgres/cluster.ts";
import { PEOPLE_AND_PETS, postgresOptions, postgresTarget } from "../support/postgres/target.ts";

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

  test("a session that was there before and left", async () => {
    const shop = await application();
    const workspace = await backedUp();
    await shop[Symbol.asyncDispose]();
    await pause(100);
    expect(await workspace.disturbance()).toContain(`pid ${shop.pid}`);
  });

  test("one that came and went between two looks", async () => {
    const workspace = await backedUp();
    await (await application())[Symbol.asyncDispose]();
    // opened through this very process, it has to be a stranger's in the count: psql's
    database.sql("select 1", as);
    expect(await workspace.disturbance()).toMatch(/came and went/);
  });

  test("nobody knows who, once the server has lost its count, whatever it counts since", async () => {
    const workspace = await backedUp();
    server.psql(database.name, "select pg_stat_reset()"); // as a crash of the server does
    for (let visits = 0; visits < 12; visits++) database.sql("select 1", as);
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
