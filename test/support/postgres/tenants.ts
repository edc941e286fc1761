/** A database with tenants in production: a schema for each, a shared one that names them, and SQL migrations for both. */

import { cluster, type As, type Cluster, type TestDatabase, type Version } from "./cluster.ts";
import { psql } from "./psql.ts";
import { Workplace } from "../workplace.ts";
import { schemaDump } from "./schema-dump.ts";

export interface TenantsSurroundings {
  readonly version: Version;
  readonly as: As;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Customers who point to plans of the shared schema, and `rows` invoices. */
export function tenantTables(schema: string, rows: number): string {
  const name = quoted(schema);
  return `create schema ${name};
    create table ${name}.customers (id integer primary key, plan integer not null references public.plans (id), name text not null);
    create table ${name}.invoices (id integer primary key, customer integer not null references ${name}.customers (id), cents integer not null);
    insert into ${name}.customers select i, 1 + i % 3, ${literal(schema)} || ' ' || i from generate_series(1, ${Math.max(1, Math.floor(rows / 10))}) i;
    insert into ${name}.invoices select i, 1 + i % ${Math.max(1, Math.floor(rows / 10))}, i * 7 from generate_series(1, ${rows}) i;
    insert into public.tenants values (${literal(schema)});\n`;
}

export class TenantsProduction extends Workplace implements AsyncDisposable {
  readonly cluster: Cluster;
  readonly database: TestDatabase;
  override readonly variables: Readonly<Record<string, string>>;
  readonly #as: As;

  private constructor(server: Cluster, database: TestDatabase, as: As) {
    super();
    this.cluster = server;
    this.database = database;
    this.#as = as;
    this.variables = { DATABASE_URL: database.address(as), PATH: `${server.bin}:${process.env["PATH"] ?? ""}` };
    this.configureWith();
    this.write(
      "migrations/0001_notes.sql",
      "create table notes (id integer primary key, customer integer references customers (id), note text);\n",
    );
    this.write("migrations/0002_paid.sql", "alter table invoices add column paid boolean not null default false;\n");
  }

  static async start({ version, as }: TenantsSurroundings, schemas: readonly string[], rows = 100): Promise<TenantsProduction> {
    const server = await cluster(version);
    const database = await server.createDatabase({ owner: as });
    database.sql(`create table plans (id integer primary key, name text not null); insert into plans values (1, 'a'), (2, 'b'), (3, 'c');
      create table tenants (schema_name text primary key);\n${schemas.map((schema) => tenantTables(schema, rows)).join("")}`);
    return new TenantsProduction(server, database, as);
  }

  /** `more`: further lines of the environment. */
  configureWith({
    migrate = "migrate: { tool: sql, directory: migrations }",
    tenants = "sql: select schema_name from tenants, shared: public",
    more = "",
  } = {}): void {
    const lines = [
      "target: { url: '${DATABASE_URL}', name: app }",
      `tenants: { ${tenants} }`,
      migrate,
      "backup: { store: belay-backups }",
      ...more.split("\n"),
    ];
    this.write("belay.yml", `environments:\n  prod:\n${lines.map((line) => `    ${line}\n`).join("")}`);
  }

  /** A shared schema with migrations of its own. */
  withShared(more = ""): void {
    this.configureWith({ migrate: "migrate: { tool: sql, directory: migrations, shared-directory: shared }", more });
    this.write("shared/0001_country.sql", "alter table plans add column country text not null default 'CA';\n");
  }

  sql(script: string): string {
    return psql(this.cluster.bin, this.cluster.address(this.database.name, this.#as), script);
  }

  /** One schema, all that there is in it, by pg_dump. */
  dump(schema: string): string {
    return schemaDump(this.cluster, this.database.name, schema);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
    await this.database[Symbol.asyncDispose]();
  }
}
