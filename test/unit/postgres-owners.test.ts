/** Who restores need not be who owns: a role of the owner's does as well, and where it does not, that is known beforehand. */

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { preflight } from "../../src/engine/postgres/preflight.ts";
import { restoreInto } from "../../src/engine/postgres/restore-into.ts";
import { directoryStore } from "../../src/store/directory.ts";
import { cluster, type Cluster, type TestDatabase, type Version } from "../support/postgres/cluster.ts";
import { placeOf } from "../support/postgres/place.ts";
import { FOLDER, storedBackup } from "../support/postgres/stored-backup.ts";

const PROVEN = { copies: 2, proof: "restore" } as const;

describe.each<[Version]>([[15], [18]])("a member of the owner's role on PostgreSQL %i", (version) => {
  let server: Cluster;
  let database: TestDatabase;
  let directory: string;
  const deploy = `deploy_${randomBytes(4).toString("hex")}`;
  const other = `${deploy}_other`;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "belay-owners-"));
    server = await cluster(version);
    server.psql(
      "postgres",
      `create role ${deploy} login createdb password '${server.password}' in role app; create role ${other} role ${deploy}`,
    );
  });
  afterAll(() => {
    server.psql("postgres", `drop role ${other}; drop role ${deploy}`);
    rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(async () => {
    database = await server.createDatabase();
    database.sql(
      "create table public.person (name text); insert into public.person values ('Ann'); create schema more; create view more.all as table public.person",
    );
  });
  afterEach(() => database[Symbol.asyncDispose]());

  test("proves backups by a restore, and restores them into a database of the owner's", async () => {
    await preflight(placeOf(server, database.name, "owner", { role: deploy }), PROVEN);
    const store = directoryStore(directory);
    const manifest = await storedBackup(server.addressOf(deploy, database.name), store, { bin: server.bin, proof: "restore" });
    expect(manifest).toMatchObject({ proof: "restored", lacks: [] });
    const name = `${database.name}_belay_s_restored`;
    const { target, options } = placeOf(server, name, "owner", { role: deploy });
    await restoreInto(target, options, store, FOLDER, manifest);
    expect(server.psql(name, "select tableowner from pg_tables where tablename = 'person'")).toBe("app");
    expect(server.psql(name, "select pg_get_userbyid(datdba) from pg_database where datname = current_database()")).toBe("app");
  });

  test("who may create by a grant alone gets nothing in a restore, which is known beforehand", async () => {
    database.sql(`grant create on schema public to ${other}`);
    server.psql(database.name, `create table public.note (a int); alter table public.note owner to ${other}`);
    const place = placeOf(server, database.name, "owner", { role: deploy });
    await expect(preflight(place, PROVEN)).rejects.toMatchObject({
      code: "cannot-restore",
      message: expect.stringMatching(/table note .*may create in the schema public by a grant only/),
    });
    const accepted = { bin: server.bin, proof: "restore", mayLack: ["owners"] } as const;
    expect(await storedBackup(server.addressOf(deploy, database.name), directoryStore(directory), accepted)).toMatchObject({
      proof: "restored",
    });
    // what is proven without being foreseen would fail here
    await preflight(placeOf(server, database.name, "superuser"), PROVEN);
    server.psql(database.name, `create schema theirs authorization ${other}; alter table public.note set schema theirs`);
    await preflight(place, PROVEN);
    const manifest = await storedBackup(server.addressOf(deploy, database.name), directoryStore(directory), {
      bin: server.bin,
      proof: "restore",
    });
    expect(manifest).toMatchObject({ proof: "restored", lacks: [] });
  });

  test("a member that does not inherit the owner's rights is told of it beforehand", async () => {
    const apart = `${deploy}_apart`;
    server.psql("postgres", `create role ${apart} login createdb noinherit password '${server.password}' in role app`);
    try {
      await expect(preflight(placeOf(server, database.name, "owner", { role: apart }), PROVEN)).rejects.toMatchObject({
        code: expect.stringMatching(/cannot-restore|rights-missing/),
      });
      database.sql(`grant usage on schema more to ${apart}; grant select on all tables in schema public, more to ${apart}`);
      await expect(preflight(placeOf(server, database.name, "owner", { role: apart }), PROVEN)).rejects.toMatchObject({
        code: "cannot-restore",
        message: expect.stringContaining("has not the rights of the database's owner"),
        hint: expect.stringContaining("a member that inherits"),
      });
    } finally {
      server.psql(database.name, `drop owned by ${apart}`);
      server.psql("postgres", `drop role ${apart}`);
    }
  });
});
