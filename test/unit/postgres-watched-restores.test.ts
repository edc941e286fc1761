/** Programs that bring a backup back outside of a workspace: somebody knows of each, and none outlives the lock that it works under. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";

import type { Manifest } from "../../src/domain/backup.ts";
import type { StartedProcess } from "../../src/domain/started-process.ts";
import type { Hold, Supervision } from "../../src/engine/hold.ts";
import { postgresEngine } from "../../src/engine/postgres/engine.ts";
import { directoryStore } from "../../src/store/directory.ts";
import type { Store } from "../../src/store/store.ts";
import { RUN } from "../support/postgres/backup-source.ts";
import { cluster, type Cluster, type TestDatabase } from "../support/postgres/cluster.ts";
import { programFolder } from "../support/postgres/program-folder.ts";
import { FOLDER, storedBackup } from "../support/postgres/stored-backup.ts";
import { PEOPLE_AND_PETS, postgresOptions, postgresTarget } from "../support/postgres/target.ts";

let open: AsyncDisposableStack;
let server: Cluster;
let database: TestDatabase;
let store: Store;
let manifest: Manifest;
let hold: Hold;

beforeEach(async () => {
  open = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), "belay-watched-"));
  open.defer(() => rmSync(directory, { recursive: true, force: true }));
  store = directoryStore(directory);
  server = await cluster(15);
  database = open.use(await server.createDatabase());
  database.sql(PEOPLE_AND_PETS);
  manifest = await storedBackup(database.address("owner"), store, { bin: server.bin });
  const programs = open.use(programFolder(server.bin, { pg_restore: "exec sleep 100" }));
  const options = postgresOptions({ variables: { PATH: `${programs.path}:/usr/bin:/bin`, HOME: directory } });
  hold = open.use(await postgresEngine(options).hold(postgresTarget(database.address("owner")), 200));
});
afterEach(() => open.disposeAsync());

const WAYS: Readonly<Record<string, (watch: Supervision) => Promise<unknown>>> = {
  "a restore beside the target": (watch) => hold.restoreAside(store, FOLDER, manifest, RUN, watch),
  "a comparison with a backup": (watch) => hold.compareWith({ backup: { store, folder: FOLDER, manifest } }, watch),
};

/** How the work ends where `stop` is called once its program runs. */
async function stopped(way: string, stop: () => void, signal?: AbortSignal) {
  const started: StartedProcess[] = [];
  const recordProcess = async (process: StartedProcess) => void started.push(process);
  const end = WAYS[way]?.({ recordProcess, ...(signal === undefined ? {} : { signal }) }).catch((error: unknown) => error);
  while (started.length === 0) await pause(10);
  await pause(100);
  stop();
  const error = await end;
  expect(started).toHaveLength(1);
  expect(() => process.kill(-(started[0]?.pid ?? 1), 0)).toThrow("ESRCH");
  expect(server.psql("postgres", `select datname from pg_database where starts_with(datname, '${database.name}_belay_')`)).toBe("");
  return error;
}

test.each(Object.keys(WAYS))("%s ends when its lock is lost", { timeout: 20_000 }, async (way) => {
  const { holder } = await postgresEngine(postgresOptions()).probe(postgresTarget(database.address("superuser")));
  const endLockSession = () => void server.psql("postgres", `select pg_terminate_backend(${/\d+/.exec(holder ?? "")?.[0]})`);
  expect(await stopped(way, endLockSession)).toMatchObject({ code: expect.stringMatching(/^lock-(?:lost|broken)$/) });
});

test.each(Object.keys(WAYS))("%s ends when it is asked to", { timeout: 20_000 }, async (way) => {
  const asked = new AbortController();
  expect(await stopped(way, () => asked.abort(), asked.signal)).toMatchObject({ code: "interrupted" });
});
