/** Backups of PostgreSQL: what they hold, how they are proven, and that a proof finds what is wrong. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { BelayError } from "../../src/domain/error.ts";
import { takeBackup } from "../../src/engine/postgres/backup.ts";
import { listCopies } from "../../src/engine/postgres/copies.ts";
import { readContent } from "../../src/engine/postgres/content.ts";
import type { PostgresOptions } from "../../src/engine/postgres/options.ts";
import type { BackupRequest, BackupTaken } from "../../src/engine/workspace.ts";
import { directoryStore } from "../../src/store/directory.ts";
import type { Store } from "../../src/store/store.ts";
import { backupSource, RUN } from "../support/postgres/backup-source.ts";
import { BOOKINGS } from "../support/postgres/bookings.ts";
import { cluster, ownCluster, type As, type Cluster, type TestDatabase } from "../support/postgres/cluster.ts";
import { programFolder } from "../support/postgres/program-folder.ts";

let directory: string;
let store: Store;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "belay-backup-"));
  store = directoryStore(directory);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const FOLDER = "prod/shop/20261121T001400Z-7f3a";

async function shop(server: Cluster, as: As): Promise<TestDatabase> {
  const database = await server.createDatabase({ owner: as });
  database.sql(BOOKINGS);
  return database;
}

interface Asked extends Partial<PostgresOptions> {
  readonly proof?: "restore" | "read";
  readonly clone?: boolean;
  readonly into?: Store | null;
  readonly bin?: string;
  readonly signal?: AbortSignal;
  readonly observe?: BackupRequest<unknown>["observe"];
}

async function backUp(server: Cluster, database: TestDatabase, as: As, asked: Asked = {}): Promise<BackupTaken<unknown>> {
  const { proof = "restore", clone = false, into = store, bin = server.bin, signal, observe, ...options } = asked;
  await using made = await backupSource(database.address(as), { bin, ...options }, signal);
  return await takeBackup(made.source, {
    run: RUN,
    into: into === null ? null : { store: into, folder: FOLDER },
    proof,
    clone,
    observe: observe ?? (async () => null),
  });
}

async function refusal(work: Promise<unknown>): Promise<BelayError> {
  const error = await work.then(
    () => new Error("it did not throw"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof BelayError) return error;
  throw error;
}

function run(program: string, ...asked: readonly string[]): void {
  execFileSync(program, asked);
}

/** Neither a copy of the database nor a file in the store. */
async function nothingIsLeft(server: Cluster, database: TestDatabase): Promise<void> {
  expect(server.psql("postgres", `select datname from pg_database where datname like '${database.name}\\_belay\\_%'`)).toBe("");
  expect((await store.list("prod")).map(({ key }) => key)).toEqual([]);
  expect(await readdir(directory, { recursive: true })).not.toContain("database.dump.zst.unfinished");
}

test("a store is told beforehand about how much will come, so that its parts are large enough", async () => {
  const server = await cluster(15);
  await using database = await shop(server, "owner");
  const told: (number | undefined)[] = [];
  const put: Store["put"] = (key, content, options) => {
    told.push(options?.sizeBytes);
    return store.put(key, content, options);
  };
  await backUp(server, database, "owner", { into: { ...store, put } });
  const [size] = told;
  expect(size).toBe(Number(server.psql("postgres", `select pg_database_size('${database.name}')`)));
  await store.remove("prod");
});

const WHOM = [
  [15, "superuser"],
  [15, "owner"],
  [18, "superuser"],
  [18, "owner"],
] as const;

describe.each(WHOM)("a backup on PostgreSQL %i as %s", (version, as) => {
  test("is proven by a restore, and the restored database is the clone, with all that belongs to the database", async () => {
    const server = await cluster(version);
    await using database = await shop(server, as);
    database.sql(`alter database ${database.name} set search_path to "$user", audit, public; alter database ${database.name} connection limit 7;
      grant connect on database ${database.name} to pg_monitor; comment on database ${database.name} is 'the shop'`);
    const count = async (session: Parameters<BackupRequest<unknown>["observe"]>[0]) =>
      (await session.query("select count(*) from booking")).rows;
    const taken = await backUp(server, database, as, { clone: true, observe: count });
    expect(taken).toMatchObject({ proof: "restored", compression: "zstd", observed: [[3]], lacks: [], clone: { kind: "clone" } });
    const rows = Object.fromEntries(taken.tables.map((table) => [table.name, table.rows]));
    expect(rows).toMatchObject({ booking: 3, person: 3, nothing: 2, log: 500 });
    expect(taken.engineFacts["roles"]).toContain(server.role(as));
    const clone = taken.clone?.place ?? "";
    const facts = (name: string) =>
      server.psql(
        "postgres",
        `select datconnlimit, datacl, pg_get_userbyid(datdba), (select setconfig from pg_db_role_setting where setdatabase = d.oid) from pg_database d where datname = '${name}'`,
      );
    expect(facts(clone)).toBe(facts(database.name));
    expect(server.psql("postgres", `select shobj_description(oid, 'pg_database') from pg_database where datname = '${clone}'`)).toContain(
      "the shop",
    );
    await using made = await backupSource(database.address(as), { bin: server.bin });
    expect((await listCopies(made.place)).map(({ place }) => place)).toEqual([clone]);
    await store.remove("prod");
  });

  test("is proven by reading every row, and the server makes the clone", async () => {
    const server = await cluster(version);
    await using database = await shop(server, as);
    const taken = await backUp(server, database, as, { proof: "read", clone: true });
    expect(taken).toMatchObject({ proof: "read", clone: { kind: "clone" } });
    await store.remove("prod");
  });

  test("comes back by the manifest's commands alone", async () => {
    const server = await cluster(version);
    await using database = await shop(server, as);
    const { restore } = await backUp(server, database, as);
    const url = new URL(database.address(as));
    const variables = { PGHOST: url.hostname, PGPORT: url.port, PGUSER: url.username, PGPASSWORD: decodeURIComponent(url.password) };
    const cwd = join(directory, FOLDER);
    for (const command of restore)
      execFileSync("/bin/sh", ["-e", "-c", command], { cwd, env: { ...variables, PATH: `${server.bin}:/usr/bin:/bin` }, stdio: "pipe" });
    await using was = await backupSource(database.address(as), { bin: server.bin });
    url.pathname = `/${database.name}_restored`;
    {
      await using is = await backupSource(url.href, { bin: server.bin });
      expect(await readContent(is.source.connection)).toEqual(await readContent(was.source.connection));
    }
    server.psql("postgres", `drop database ${database.name}_restored`);
    await store.remove("prod");
  });
});

describe("a backup that is not what it should be is found out, and nothing is left of it", () => {
  const programs: readonly (readonly [what: string, scripts: Parameters<typeof programFolder>[1], says: RegExp])[] = [
    [
      "rows that the dump left out",
      { pg_dump: 'exec $REAL "$@" --exclude-table-data=public.booking' },
      /booking has (0|no) rows and should have 3/,
    ],
    ["a dump that failed", { pg_dump: "echo 'pg_dump: error: disk on fire' >&2; exit 1" }, /disk on fire/],
    ["a dump that failed at its end", { pg_dump: '$REAL "$@"; echo "pg_dump: error: at last" >&2; exit 1' }, /at last/],
    ["a dump that was killed", { pg_dump: '$REAL "$@" | head -c 3000; kill -9 $$' }, /ended by SIGKILL/],
    ["a dump that is cut and says nothing", { pg_dump: '$REAL "$@" | head -c 3000' }, /./],
    ["no dump at all", { pg_dump: "exit 0" }, /./],
    ["a reader that was killed", { pg_restore: "head -c 1000 >/dev/null; kill -9 $$" }, /ended by SIGKILL/],
    ["a reader that says all is well and did nothing", { pg_restore: "cat >/dev/null" }, /rows|missing/],
  ];

  test.each(["restore", "read"] as const)("by %s", async (proof) => {
    const server = await cluster(15);
    await using database = await shop(server, "owner");
    for (const [what, scripts, says] of programs) {
      using folder = programFolder(server.bin, scripts);
      const error = await refusal(backUp(server, database, "owner", { proof, bin: folder.path, clone: true }));
      expect(error.message, what).toMatch(says);
      await nothingIsLeft(server, database);
    }
  });

  test("bytes that the store changed, or lost", async () => {
    const server = await cluster(15);
    await using database = await shop(server, "owner");
    const flip = (bytes: Buffer) => {
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      return bytes;
    };
    for (const [proof, harm] of [
      ["read", flip],
      ["restore", flip],
      ["read", (bytes: Buffer) => bytes.subarray(0, -9)],
      ["restore", (bytes: Buffer) => bytes.subarray(0, -9)],
    ] as const) {
      const harmful: Store = {
        ...store,
        async put(key, content) {
          const stored = await store.put(key, content);
          writeFileSync(join(directory, key), harm(readFileSync(join(directory, key))));
          return stored;
        },
      };
      const error = await refusal(backUp(server, database, "owner", { proof, into: harmful }));
      expect(error.code).toMatch(/^backup-(damaged|unproven)$/);
      await nothingIsLeft(server, database);
    }
  });

  test("a full disk", async () => {
    const server = await cluster(15);
    await using database = await shop(server, "owner");
    database.sql("insert into person (name, note) select i::text, md5(i::text) || md5((i * 7)::text) from generate_series(1, 60000) i");
    const disk = join(directory, "disk");
    mkdirSync(disk);
    run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk);
    try {
      const error = await refusal(backUp(server, database, "owner", { into: directoryStore(disk) }));
      expect(error).toMatchObject({ code: "no-space" });
      expect(await readdir(disk, { recursive: true })).not.toContain(`${FOLDER}/database.dump.zst.unfinished`);
    } finally {
      run("umount", disk);
    }
    await nothingIsLeft(server, database);
  });

  test("a server that dies while it is restored", async () => {
    await using server = await ownCluster(15);
    const database = await shop(server, "owner");
    using programs = programFolder(server.bin, {
      pg_restore: `$REAL "$@"; kill -QUIT $(head -1 ${server.facts.directory}/data/postmaster.pid); sleep 0.3`,
    });
    const error = await refusal(backUp(server, database, "owner", { bin: programs.path }));
    expect(error.message).not.toBe("");
    expect(await store.list("prod")).toEqual([]);
  });

  test("a table that somebody keeps locked: nobody waits for longer than that", async () => {
    for (const version of [15, 18] as const) {
      const server = await cluster(version);
      await using database = await shop(server, "owner");
      await using other = await backupSource(database.address("owner"), { bin: server.bin });
      await other.source.connection.run("begin");
      await other.source.connection.run("lock table public.person in access exclusive mode");
      using programs = programFolder(server.bin, { pg_dump: 'exec $REAL "$@" --lock-wait-timeout=300' });
      const error = await refusal(backUp(server, database, "owner", { bin: programs.path }));
      expect(error).toMatchObject({ code: "target-locked" });
      expect(error.message).toContain("public.person");
      await nothingIsLeft(server, database);
    }
  });

  test("a run that is stopped in the middle", async () => {
    const server = await cluster(15);
    await using database = await shop(server, "owner");
    using programs = programFolder(server.bin, { pg_dump: "sleep 100" });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 300);
    const began = performance.now();
    const error = await refusal(backUp(server, database, "owner", { bin: programs.path, signal: stop.signal }));
    expect(error.code).toBe("interrupted");
    expect(performance.now() - began).toBeLessThan(10_000);
    await nothingIsLeft(server, database);
  });
});
