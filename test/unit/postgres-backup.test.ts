import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Manifest } from "../../src/domain/backup.ts";
import { takeBackup } from "../../src/engine/postgres/backup.ts";
import { discardCopy, listCopies } from "../../src/engine/postgres/copies.ts";
import { readContent } from "../../src/engine/postgres/content.ts";
import { serverAt } from "../../src/engine/postgres/server.ts";
import type { BackupRequest, BackupTaken } from "../../src/engine/engine.ts";
import { directoryStore } from "../../src/store/directory.ts";
import { backupSource, RUN } from "../support/postgres/backup-source.ts";
import { cluster, type As, type Cluster, type TestDatabase, type Version } from "../support/postgres/cluster.ts";
import { BOOKINGS } from "../support/postgres/bookings.ts";

let directory: string;
beforeAll(async () => void (directory = await mkdtemp(join(tmpdir(), "belay-backup-"))));
afterAll(() => rm(directory, { recursive: true, force: true }));

const FOLDER = "prod/shop/20261121T001400Z-7f3a";

async function shop(server: Cluster, as: As): Promise<TestDatabase> {
  const database = await server.createDatabase({ owner: as });
  database.sql(BOOKINGS);
  return database;
}

interface Asked {
  readonly proof?: "restore" | "read";
  readonly clone?: boolean;
  readonly into?: null;
}

async function backUp(server: Cluster, database: TestDatabase, as: As, asked: Asked = {}): Promise<BackupTaken<string>> {
  await using made = await backupSource(database.address(as), { bin: server.bin });
  const request: BackupRequest<string> = {
    run: RUN,
    into: asked.into === null ? null : { store: directoryStore(directory), folder: FOLDER },
    proof: asked.proof ?? "restore",
    clone: asked.clone ?? false,
    observe: async (session) => String((await session.query("select count(*) from booking")).rows[0]?.[0]),
  };
  const taken = await takeBackup(made.source, request);
  expect(made.started.length).toBeGreaterThan(0);
  return taken;
}

const WHOM = ([15, 18] as const).flatMap((version: Version) => (["superuser", "owner"] as const).map((as) => [version, as] as const));

describe.each(WHOM)("PostgreSQL %i as %s", (version, as) => {
  test("a backup is proven by a restore, and the restored database stays as the clone", async () => {
    const server = await cluster(version);
    await using database = await shop(server, as);
    const taken = await backUp(server, database, as, { clone: true });
    expect(taken).toMatchObject({ proof: "restored", compression: "zstd", observed: "3", lacks: [] });
    expect(taken.tables.find(({ name }) => name === "booking")?.rows).toBe(3);
    expect(taken.clone).toMatchObject({ kind: "clone" });
    expect(server.psql("postgres", `select datallowconn from pg_database where datname = '${taken.clone?.place}'`).trim()).toBe("f");
    await using made = await backupSource(database.address(as), { bin: server.bin });
    expect((await listCopies(made.place)).map(({ place }) => place)).toEqual([taken.clone?.place]);
    if (taken.clone !== null) await discardCopy(made.place, taken.clone);
  });

  test("proven by reading, with a copy by the server itself", async () => {
    const server = await cluster(version);
    await using database = await shop(server, as);
    const taken = await backUp(server, database, as, { proof: "read", clone: true });
    expect(taken).toMatchObject({ proof: "read", clone: { kind: "clone" } });
    await using made = await backupSource(database.address(as), { bin: server.bin });
    if (taken.clone !== null) await discardCopy(made.place, taken.clone);
  });
});
