/** A database of a test's own, as the engine gets it. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Target } from "../../../src/domain/target.ts";
import { postgresEngine } from "../../../src/engine/postgres/engine.ts";
import type { PostgresOptions } from "../../../src/engine/postgres/options.ts";
import { directoryStore } from "../../../src/store/directory.ts";
import type { EngineFixture } from "../../contract/engine.ts";
import { damageFile } from "../sqlite-target.ts";
import { cluster, type As, type Version } from "./cluster.ts";

export const PEOPLE_AND_PETS = `
  create table person (id integer primary key, name text);
  create table pet (id integer primary key, owner integer references person (id));
  insert into person values (1, 'Ann'), (2, 'Bob');
  insert into pet values (1, 1);
`;

export function postgresTarget(address: string): Target {
  return { name: "app", engine: "postgres", address, configured: "${DATABASE_URL}" };
}

export function postgresOptions(options: Partial<PostgresOptions> = {}): PostgresOptions {
  const { PATH = "" } = process.env;
  return { variables: { PATH, HOME: "/nowhere" }, scratch: null, mayLack: [], lockDatabase: null, lockTimeoutMs: 1_000, ...options };
}

/** `programs`: where the version's own are. */
export async function postgresFixture(version: Version, as: As, options: Partial<PostgresOptions> = {}): Promise<EngineFixture> {
  const server = await cluster(version);
  const database = await server.createDatabase({ owner: as });
  database.sql(PEOPLE_AND_PETS, as);
  const folder = mkdtempSync(join(tmpdir(), "belay-postgres-"));
  const storeFolder = join(folder, "store");
  const emptyName = `${database.name}_new`;
  const variables = { PATH: `${server.bin}:${process.env["PATH"] ?? ""}`, HOME: folder };
  return {
    engine: postgresEngine(postgresOptions({ variables, ...options })),
    target: postgresTarget(database.address(as)),
    store: directoryStore(storeFolder),
    empty: postgresTarget(server.address(emptyName, as)),
    valuesBack: "select $1::int8, $2::int4, $3::text, $4::bytea",
    foreign: async (sql) => void database.sql(sql, as),
    // whoever comes in leaves a trace, as everybody could write
    damageCopy: async ({ place }) => {
      server.psql("postgres", `alter database "${place}" allow_connections true`);
      server.psql(place, "update person set name = 'Mallory'");
    },
    damageStored: async (key) => damageFile(join(storeFolder, key)),
    goneByUpdate: 1,
    placeOfTarget: database.name,
    loseMark: async () => {
      server.psql("postgres", `drop database "${database.name}" with (force); create database "${database.name}" owner ${server.role(as)}`);
      database.sql(PEOPLE_AND_PETS, as);
    },
    slowStatement: "select pg_sleep(10)",
    async [Symbol.asyncDispose]() {
      server.psql("postgres", `drop database if exists "${emptyName}" with (force)`);
      await database[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
