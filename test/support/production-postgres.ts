/** A project on PostgreSQL as it stands in production: of one version, as one role, alone or with an application that stays connected. */

import pg from "pg";

import { bookingTables } from "./postgres/booking.ts";
import { cluster, type As, type Cluster, type TestDatabase, type Version } from "./postgres/cluster.ts";
import { dumpOf } from "./postgres/dump.ts";
import { programVariables, psql } from "./postgres/psql.ts";
import { Production } from "./production.ts";

export interface PostgresSurroundings {
  readonly version: Version;
  readonly as: As;
  readonly held: boolean;
}

export class PostgresProduction extends Production {
  readonly engine = "postgres";
  readonly target = 'target: { url: "${DATABASE_URL}", name: app }\n';
  readonly forPrograms = "$BELAY_DATABASE_URL";
  readonly words = { noSuchTable: (name: string) => `relation "${name}" does not exist` };
  readonly updatedRow = { written: 1, gone: 1 };
  readonly wayBack = {
    strategy: "swap",
    why: "nobody uses the database who could not be held off for a moment, so a proven copy takes its name",
  };
  readonly wayTold = "swap, identical to before";
  readonly keptAs = "app_belay_f_<run>";
  readonly countRoles = `select count(*)::int from pg_attribute
    where attrelid = 'public.users'::regclass and attname = 'role' and not attisdropped`;
  readonly dropAuditTrigger = "drop trigger users_audit on users";
  readonly besideUntouched = ["app"];
  readonly besideAfterRun = ["app", "app_belay_c_<run>"];
  readonly besideAfterRollback = ["app", "app_belay_f_<run>"];
  override readonly notes: readonly string[];
  override readonly variables: Readonly<Record<string, string>>;
  readonly cluster: Cluster;
  readonly database: TestDatabase;
  readonly address: string;
  readonly #as: As;
  readonly #before: string;
  #holder: Holder | null = null;

  private constructor(server: Cluster, database: TestDatabase, as: As) {
    super();
    this.cluster = server;
    this.database = database;
    this.address = database.address(as);
    this.#as = as;
    this.notes =
      as === "superuser"
        ? []
        : [
            "the role app ends sessions of its own role only: whoever else is connected keeps a rollback from being a swap (grant pg_signal_backend to app)",
          ];
    this.variables = { DATABASE_URL: this.address, PATH: `${server.bin}:${process.env["PATH"] ?? ""}` };
    this.write("sql", `#!/bin/sh\n${this.#exported()}exec psql -X -q -A -t -v ON_ERROR_STOP=1 -c "$1"\n`);
    this.#before = this.dump();
  }

  static async start({ version, as, held }: PostgresSurroundings, bookings = 500): Promise<PostgresProduction> {
    const server = await cluster(version);
    const database = await server.createDatabase({ owner: as });
    database.sql(bookingTables(bookings));
    const production = new PostgresProduction(server, database, as);
    if (held) production.#holder = await Holder.connect(production.address);
    return production;
  }

  get held(): boolean {
    return this.#holder !== null;
  }

  /** PostgreSQL has no place for backups of its own. */
  override configure(prod: string): void {
    super.configure(prod);
    this.write("belay.yml", `defaults:\n  backup: { store: belay-backups }\n${this.read("belay.yml")}`);
  }

  sql(script: string, database = this.database.name): string {
    return psql(this.cluster.bin, this.cluster.address(database, this.#as), script);
  }

  dump(database = this.database.name): string {
    return dumpOf(this.cluster, database);
  }

  #exported(): string {
    return Object.entries(programVariables(this.address))
      .map(([name, value]) => `export ${name}='${value}'\n`)
      .join("");
  }

  async state(): Promise<object> {
    const isOld = this.dump() === this.#before;
    return {
      dump: isOld ? "but for Belay's own notes what it was" : "another",
      letsIn: this.cluster.psql("postgres", `select datallowconn, datconnlimit from pg_database where datname = '${this.database.name}'`),
      seenByHolder: await this.seenByHolder(this.countRoles),
    };
  }

  get oldState(): object {
    return { dump: "but for Belay's own notes what it was", letsIn: "t|-1", seenByHolder: this.held ? [[0]] : null };
  }

  async seenByHolder(sql: string): Promise<unknown> {
    return this.#holder === null ? null : this.#holder.query(sql);
  }

  beside(): string[] {
    return this.#names().map((name) => this.stable(name).replace(/_belay_([a-z])_[0-9A-Z]{10}/, "_belay_$1_<run>"));
  }

  isThere(database: string): boolean {
    return this.cluster.psql("postgres", `select count(*) from pg_database where datname = '${database}'`) === "1";
  }

  loseClones(): void {
    for (const name of this.#names().filter((each) => each.includes("_belay_c_"))) {
      this.cluster.psql("postgres", `drop database "${name}"`);
    }
  }

  kept(): string[] {
    return this.#names().filter((name) => /_belay_f_[0-9A-Z]{10}$/.test(name));
  }

  #names(): string[] {
    const { name } = this.database;
    return this.cluster
      .psql("postgres", `select datname from pg_database where datname = '${name}' or starts_with(datname, '${name}_belay_') order by 1`)
      .split("\n");
  }

  fresh(): { readonly url: string; readonly database: string } {
    const database = `${this.database.name}_fresh`;
    return { url: this.cluster.address(database, this.#as), database };
  }

  stable(text: string): string {
    return text.replaceAll(this.database.name, "app");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#holder?.end();
    await this.database[Symbol.asyncDispose]();
    this.cluster.psql("postgres", `drop database if exists ${this.fresh().database}`);
    this[Symbol.dispose]();
  }
}

/** What an application's pool does: keeps a connection, and takes a new one where the old one was ended. */
class Holder {
  readonly #address: string;
  #client: pg.Client;

  private constructor(address: string, client: pg.Client) {
    this.#address = address;
    this.#client = client;
  }

  static async connect(address: string): Promise<Holder> {
    return new Holder(address, await connected(address));
  }

  async query(sql: string): Promise<unknown> {
    const ask = async () => (await this.#client.query({ text: sql, rowMode: "array" })).rows as unknown;
    try {
      return await ask();
    } catch {
      this.#client = await connected(this.#address);
      return await ask();
    }
  }

  async end(): Promise<void> {
    await this.#client.end();
  }
}

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, application_name: "the application" });
  client.on("error", () => undefined); // its session was ended; the next query takes a new one
  await client.connect();
  return client;
}
