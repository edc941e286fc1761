/** The production of the fault tests on PostgreSQL. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

import { allFiles, FaultSite, type SiteOptions, type State, type StoredBackup } from "../faults-site.ts";
import { bookingTables } from "./booking.ts";
import type { As, Cluster, TestDatabase } from "./cluster.ts";
import { dumpOf } from "./dump.ts";
import { programVariables } from "./psql.ts";

const MIGRATIONS = {
  "001_phones.sql": "alter table users add column phone text;\nupdate users set phone = '+1 555 ' || id;\n",
  "002_reviews.sql": `create table reviews (id serial primary key, booking_id integer not null references bookings (id), stars integer);
insert into reviews (booking_id, stars) select id, 1 + id % 5 from bookings where id % 3 = 0;
update setting set value = 'EUR' where key = 'CURRENCY';
`,
};

export interface PostgresSiteOptions extends SiteOptions {
  readonly cluster: Cluster;
  readonly as?: As;
  readonly bookings?: number;
  /** Of the database. Default: a name nobody has. */
  readonly name?: string;
  /** Another one whose database is copied. */
  readonly like?: PostgresSite;
  readonly migrations?: Readonly<Record<string, string>>;
  /** The migrations cannot be applied: there is no new state. */
  readonly failing?: boolean;
}

export class PostgresSite extends FaultSite {
  readonly cluster: Cluster;
  readonly database: TestDatabase;
  readonly as: As;
  readonly old: string;
  readonly new: string;
  override readonly variables: Readonly<Record<string, string>>;

  private constructor(
    database: TestDatabase,
    { cluster, as = "owner", like, migrations = MIGRATIONS, failing = false, ...options }: PostgresSiteOptions,
  ) {
    super(options.store);
    this.cluster = cluster;
    this.database = database;
    this.as = as;
    this.variables = { DATABASE_URL: this.address, PATH: `${cluster.bin}:${process.env["PATH"] ?? ""}` };
    for (const [name, sql] of Object.entries(migrations)) this.migration(name, sql);
    this.set('target: { url: "${DATABASE_URL}", name: app }\n', options);
    this.old = like?.old ?? this.dump();
    this.new = like?.new ?? (failing ? "there is none" : this.#migratedByHand());
  }

  static async start(options: PostgresSiteOptions): Promise<PostgresSite> {
    const { cluster, as = "owner", bookings = 200, like, name } = options;
    const database = await cluster.createDatabase({
      owner: as,
      ...(like === undefined ? {} : { template: like.database.name }),
      ...(name === undefined ? {} : { name }),
    });
    if (like === undefined) database.sql(bookingTables(bookings));
    return new PostgresSite(database, options);
  }

  get address(): string {
    return this.database.address(this.as);
  }

  /** The same database through a proxy or pooler on this port. */
  addressAt(port: number): string {
    return this.address.replace(`:${this.cluster.port}/`, `:${port}/`);
  }

  /** Rows by lines, fields by `|`. */
  sql(script: string, database = this.database.name): string {
    return this.cluster.psql(database, script);
  }

  dump(database = this.database.name): string {
    return dumpOf(this.cluster, database);
  }

  /** What the migrations make of the old state, by psql. */
  #migratedByHand(): string {
    const copy = `by_hand_${this.database.name.length < 40 ? this.database.name : "long"}`;
    const owner = this.cluster.role(this.as);
    this.cluster.psql("postgres", `create database ${copy} owner ${owner} template "${this.database.name}"`);
    try {
      this.cluster.psql(copy, `set role ${owner};\n${this.migrations().join("\n")}`);
      return this.dump(copy);
    } finally {
      this.cluster.psql("postgres", `drop database ${copy}`);
    }
  }

  migrations(): string[] {
    return this.files("migrations").map((name) => this.read(`migrations/${name}`));
  }

  state(): State {
    const { name } = this.database;
    assert.equal(this.sql(`select datallowconn, datconnlimit from pg_database where datname = '${name}'`, "postgres"), "t|-1");
    const dump = this.dump();
    if (dump === this.old) return "old";
    assert.equal(withoutHistory(dump), this.new);
    return "new";
  }

  phase(): string | null {
    if (this.sql("select to_regclass('belay.state') is not null") === "f") return null;
    return this.sql("select phase from belay.state") || null;
  }

  /** Databases that Belay made beside the target, by the letter of their kind. */
  copies(): string[] {
    const { name } = this.database;
    return this.sql(`select datname from pg_database where starts_with(datname, '${name}_belay_') order by 1`, "postgres")
      .split("\n")
      .filter(Boolean);
  }

  kept(): string[] {
    return this.copies().filter((name) => name.includes("_belay_f_"));
  }

  restoredByHand({ folder, manifest }: StoredBackup): string {
    const copy =
      manifest.restore
        .map((line) => /^pg_restore .*--dbname=(\S+)/.exec(line)?.[1]?.replaceAll("'", ""))
        .find((name) => name !== undefined) ?? "";
    // Some of the commands write beside the backup.
    const scratch = join(mkdtempSync(join(tmpdir(), "belay-restored-")), "backup");
    cpSync(folder, scratch, { recursive: true });
    const env = { ...programVariables(this.address), PATH: `${this.cluster.bin}:${process.env["PATH"] ?? ""}`, PGDATABASE: "postgres" };
    try {
      for (const line of manifest.restore)
        execFileSync("sh", ["-e", "-c", line], { cwd: scratch, env, stdio: ["ignore", "ignore", "pipe"] });
      for (const { name, rows } of manifest.tables)
        assert.deepEqual([name, Number(this.sql(`select count(*) from ${name}`, copy))], [name, rows]);
      return this.dump(copy);
    } finally {
      this.cluster.psql("postgres", `drop database if exists "${copy}" with (force)`);
      rmSync(dirname(scratch), { recursive: true });
    }
  }

  /** Half a file of the store, a scratch database. */
  leftBehind(): readonly string[] {
    const files = allFiles(this.directory).filter((path) => /\.(?:unfinished|part)$/.test(path) || /_belay_s_/.test(basename(path)));
    return [...files, ...this.copies().filter((name) => name.includes("_belay_s_"))];
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.database[Symbol.asyncDispose]();
    this[Symbol.dispose]();
  }
}

function withoutHistory(dump: string): string {
  // The table of Belay's own history, with its rows, constraints and comments: blocks of pg_dump are parted by two empty lines.
  return dump
    .split(/\n{2,}(?=--\n-- )/)
    .filter((block) => !/^--\n-- (?:Data for )?Name: belay_migrations\b/.test(block))
    .join("\n\n");
}
