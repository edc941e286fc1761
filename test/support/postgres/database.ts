/** Databases of a test's own on a shared cluster. */

import { randomBytes } from "node:crypto";

import type { As, Cluster } from "./cluster.ts";
import { psql } from "./psql.ts";

export interface CreateDatabaseOptions {
  readonly owner?: As;
  /** A database to copy. */
  readonly template?: string;
  /** Default: a name nobody has. */
  readonly name?: string;
}

export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  /** A URL. */
  address(as: As): string;
  /** SQL through psql, as the owner unless told otherwise; rows unaligned, fields by `|`. */
  sql(script: string, as?: As): string;
}

export async function createDatabase(cluster: Cluster, options: CreateDatabaseOptions): Promise<TestDatabase> {
  const { owner = "owner", template = "template1", name = `t_${randomBytes(6).toString("hex")}` } = options;
  cluster.psql("postgres", `create database ${quoted(name)} owner ${quoted(cluster.role(owner))} template ${quoted(template)}`);
  return {
    name,
    address: (as) => cluster.address(name, as),
    sql: (script, as = owner) => psql(cluster.bin, cluster.address(name, as), script),
    [Symbol.asyncDispose]: async () => dropAll(cluster, name),
  };
}

/** With the copies that Belay made of it and kept, whose names may be cut in their first part. */
function dropAll(cluster: Cluster, name: string): void {
  const all = cluster.psql(
    "postgres",
    `select datname from pg_database where datname = ${literal(name)}
    or datname ~ '_belay_' and starts_with(${literal(name)}, substring(datname from '^(.*?)_belay_'))`,
  );
  for (const each of all.split("\n").filter(Boolean)) {
    cluster.psql("postgres", `alter database ${quoted(each)} allow_connections true`);
    cluster.psql("postgres", `drop database if exists ${quoted(each)} with (force)`);
  }
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
