/**
 * A role that may not create databases, as managed servers give out: no copy lies beside the target, backups are proven by reading, and
 * a rollback fills the schemas from the backup in its store.
 */

import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { bookingTables } from "../support/postgres/booking.ts";
import { cluster, type Cluster, type TestDatabase, type Version } from "../support/postgres/cluster.ts";
import { dumpOf } from "../support/postgres/dump.ts";
import { psql } from "../support/postgres/psql.ts";
import { APPLICATION, Workplace } from "../support/workplace.ts";

class Managed extends Workplace implements AsyncDisposable {
  readonly server: Cluster;
  readonly database: TestDatabase;
  readonly role: string;
  override readonly variables: Readonly<Record<string, string>>;

  private constructor(server: Cluster, database: TestDatabase, role: string) {
    super();
    this.server = server;
    this.database = database;
    this.role = role;
    this.variables = { DATABASE_URL: server.addressOf(role, database.name), PATH: `${server.bin}:${process.env["PATH"] ?? ""}` };
    this.sql(bookingTables(200));
    this.sql(`create schema audit; comment on schema audit is 'who did what'; grant usage on schema audit to public;
      create table audit.log (at text, what text); insert into audit.log values ('now', 'made')`);
    this.migration("0001_role.sql", "alter table users add column role text;\n");
  }

  static async start(version: Version): Promise<Managed> {
    const server = await cluster(version);
    const database = await server.createDatabase();
    const role = `managed_${randomBytes(4).toString("hex")}`;
    server.psql("postgres", `create role ${role} login password '${server.password}'; alter database "${database.name}" owner to ${role}`);
    return new Managed(server, database, role);
  }

  /** `more`: lines of the environment. */
  settle(more: string): void {
    this.configure(`target: { url: "\${DATABASE_URL}", name: app }\nmigrate: sql\n${more}${APPLICATION}`);
  }

  sql(script: string): string {
    return psql(this.server.bin, this.variables["DATABASE_URL"] ?? "", script);
  }

  dump(): string {
    return dumpOf(this.server, this.database.name).replaceAll(this.role, "managed");
  }

  /** One byte of the stored dump becomes another. */
  damageBackup(): void {
    const folder = join(this.directory, "belay-backups");
    const [name = ""] = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((each) => each.endsWith(".zst"));
    const bytes = readFileSync(join(folder, name));
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(join(folder, name), bytes);
  }

  /** Databases of the server that are called like this one. */
  beside(): string {
    return this.server.psql("postgres", `select count(*) from pg_database where starts_with(datname, '${this.database.name}')`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.database[Symbol.asyncDispose]();
    this.server.psql("postgres", `drop role ${this.role}`);
    this[Symbol.dispose]();
  }
}

const READ = "backup: { store: belay-backups, proof: read }\n";
const FAILING = 'checks: { after: [{ name: never, sql: "select 1", expect: 2 }] }\n';
const NOTHING_BESIDE = expect.stringMatching(/may not create databases/);

describe.each<[Version]>([[15], [18]])("on PostgreSQL %i, for a role without CREATEDB", { timeout: 60_000 }, (version) => {
  test("a proof by restore is refused before anything is touched, and `plan` says so", async () => {
    await using managed = await Managed.start(version);
    managed.settle("backup: { store: belay-backups }\n");
    const before = managed.dump();
    const refused = { code: "rights-missing", message: NOTHING_BESIDE, hint: expect.stringContaining("backup.proof: read") };
    const planned = await managed.json("plan");
    expect([planned.status, planned.result.reasons]).toEqual([0, [refused]]);
    const { status, result } = await managed.json("migrate");
    expect([status, result.outcome, result.reasons]).toEqual([3, "refused", [refused]]);
    expect([managed.dump(), managed.applicationLog()]).toEqual([before, []]);
  });

  test("plan, doctor and the run tell what that costs", async () => {
    await using managed = await Managed.start(version);
    managed.settle(READ);
    const planned = (await managed.json("plan")).result.targets[0];
    expect(planned?.planned?.rollback).toEqual({ strategy: "restore", why: expect.stringContaining("may not create databases") });
    expect(planned?.notes).toContainEqual(expect.stringContaining("a rollback restores schemas from the backup"));
    const parts = (await managed.json("doctor")).result.parts ?? [];
    expect(parts.find(({ name }) => name === "rights, room")).toMatchObject({ outcome: "done", detail: NOTHING_BESIDE });
    // the servers of the tests are made to be thrown away
    expect(parts.find(({ name }) => name === "database")).toMatchObject({
      outcome: "warned",
      detail: expect.stringContaining("fsync is off"),
    });
    expect(parts.find(({ name }) => name === "rollback")).toMatchObject({ outcome: "warned", detail: NOTHING_BESIDE });
    expect(parts.map(({ detail, hint = "", means = "" }) => `${detail} ${hint} ${means}`).join("\n")).not.toMatch(
      /\bfile itself|renaming a file/,
    );
    const { status, result } = await managed.json("migrate");
    expect([status, result.outcome, result.targets[0]?.backup?.proof]).toEqual([0, "migrated", "read"]);
    expect(result.targets[0]?.notes).toContainEqual(NOTHING_BESIDE);
    expect(result.targets[0]?.data).toMatchObject({ proven: true });
    expect(managed.beside()).toBe("1");
  });

  test("what could not be taken back is refused, and `plan` and `doctor` say so; with `app: online` the tool takes it back", async () => {
    await using managed = await Managed.start(version);
    managed.settle(READ);
    managed.server.psql(managed.database.name, "create extension hstore schema public");
    const before = managed.dump();
    const refused = { code: "no-way-back", message: expect.stringContaining("the extension hstore lies in the schema public") };
    const planned = await managed.json("plan");
    expect([planned.status, planned.result.reasons]).toMatchObject([0, [refused]]);
    expect(planned.result.targets[0]?.planned?.rollback).toMatchObject({ strategy: "transaction", why: refused.message });
    const parts = (await managed.json("doctor")).result.parts ?? [];
    expect(parts.find(({ name }) => name === "rollback")).toMatchObject({ outcome: "failed", detail: refused.message });
    const { status, result } = await managed.json("migrate");
    expect([status, result.outcome, result.reasons]).toMatchObject([3, "refused", [refused]]);
    expect([managed.dump(), managed.applicationLog()]).toEqual([before, []]);
    managed.configure(`target: { url: "\${DATABASE_URL}", name: app }\nmigrate: sql\n${READ}app: online\n`);
    const online = await managed.json("migrate");
    expect([online.status, online.result.outcome]).toEqual([0, "migrated"]);
    expect(online.result.targets[0]?.notes).toContainEqual(expect.stringContaining("only the migration tool takes back"));
  });

  test.each(["beside the target", "in the target itself"])(
    "with the lock %s, a run that fails comes back from the backup",
    async (where) => {
      await using managed = await Managed.start(version);
      managed.settle(`${READ}${FAILING}${where === "in the target itself" ? `lock: { database: "${managed.database.name}" }\n` : ""}`);
      const before = managed.dump();
      const { status, result } = await managed.json("migrate");
      expect([status, result.outcome]).toEqual([4, "undone"]);
      const rollback = result.targets[0]?.rollback;
      expect(rollback).toMatchObject({ strategy: "restore", way: "schemas", matches: true, laterWrites: [] });
      expect(managed.dump()).toBe(before);
      expect(rollback?.kept.join()).toMatch(/audit_belay_f_.*public_belay_f_/);
      const [, kept = ""] = /(public_belay_f_\w+)/.exec(rollback?.kept.join() ?? "") ?? [];
      expect(managed.sql(`select count(role) from "${kept}".users`)).toBe("0");
      expect(managed.applicationLog()).toEqual(["stop", "previous"]);
    },
  );

  test.each(["auto", "never"])("`belay rollback` goes back, and what was written since is kept aside (clone: %s)", async (clone) => {
    await using managed = await Managed.start(version);
    managed.settle(READ.replace("read }", `read, clone: ${clone} }`));
    const before = managed.dump();
    expect((await managed.json("migrate")).status).toBe(0);
    expect((await managed.json("verify")).result.outcome).toBe("verified");
    managed.sql("insert into setting values ('LATER', 'yes')");
    expect((await managed.json("rollback")).result.reasons).toMatchObject([{ code: "later-writes" }]);
    const { status, result } = await managed.json("rollback", "--accept-loss");
    expect([status, result.outcome, result.targets[0]?.rollback?.matches]).toEqual([0, "rolled-back", true]);
    expect(managed.dump()).toBe(before);
  });

  test("a column that a migration changes breaks the scope, though no copy tells in which rows", async () => {
    await using managed = await Managed.start(version);
    managed.settle(`${READ}data: additive\n`);
    managed.migration("0001_role.sql", "update users set display_name = 'Nobody' where id = 1;\n");
    const before = managed.dump();
    const { status, result } = await managed.json("migrate");
    expect([status, result.outcome]).toEqual([4, "undone"]);
    expect(result.targets[0]?.data?.tables.find(({ name }) => name === "users")).toMatchObject({
      columnsChanged: ["display_name"],
      unproven: expect.any(String),
    });
    expect(result.reasons[0]?.message).toContain("users: at least 1 row changed in display_name");
    expect(managed.dump()).toBe(before);
  });

  test("a backup that was damaged in its store brings nothing back, and nothing is lost", async () => {
    await using managed = await Managed.start(version);
    managed.settle(READ);
    expect((await managed.json("migrate")).status).toBe(0);
    const migrated = managed.dump();
    managed.damageBackup();
    const { status, result } = await managed.json("rollback");
    expect([status === 0, result.reasons[0]?.code]).toEqual([false, "backup-damaged"]);
    expect(managed.dump()).toBe(migrated);
  });
});
