import type { Manifest } from "../../domain/backup.ts";
import { BelayError, refusal } from "../../domain/error.ts";
import type { Target } from "../../domain/target.ts";
import type { Store } from "../../store/store.ts";
import { applyDatabaseSettings } from "./apply-database-settings.ts";
import type { Connection, Server } from "./connection.ts";
import { createDatabase, dropDatabase } from "./create-database.ts";
import { readDatabaseSettings, type DatabaseSettings } from "./database-settings.ts";
import { assertRows, fetchBackup, type StoredDump } from "./fetch-backup.ts";
import type { PostgresOptions } from "./options.ts";
import { notOfExtension } from "./scope.ts";
import { disposeQuietly } from "./scratch.ts";
import { serverAt } from "./server.ts";
import { settingsOf } from "./settings-file.ts";

/**
 * Into a database that does not exist yet, or one with nothing in it but extensions. All of the backup is there afterwards, or what was
 * there before. The new one gets what belonged to the old database beside its tables; an existing one keeps its own.
 */
export async function restoreInto(into: Target, options: PostgresOptions, store: Store, folder: string, manifest: Manifest): Promise<void> {
  const dump = { store, folder, manifest };
  const server = serverAt(into.address, options.variables);
  const { database } = server.settings;
  const existing = await readIfEmpty(server, into);
  if (existing !== null) {
    try {
      await restore(server, database, options, dump, true);
      await check(server, dump);
    } catch (error) {
      await emptyAgain(server, options, existing);
      throw error;
    }
    return;
  }
  const settings = await settingsOf(store, folder, manifest);
  await using admin = await server.connect({ database: maintenance(options) });
  await createDatabase(admin, database, settings);
  try {
    await restore(server, database, options, dump, false);
    await check(server, dump);
    await applyDatabaseSettings(admin, database, settings);
  } catch (error) {
    await disposeQuietly({ [Symbol.asyncDispose]: () => dropDatabase(admin, database) });
    throw error;
  }
}

/** What belongs to the empty database; null where there is none of that name. */
async function readIfEmpty(server: Server, into: Target): Promise<DatabaseSettings | null> {
  try {
    await using connection = await server.connect();
    await refuseContent(connection, into);
    return await readDatabaseSettings(connection);
  } catch (error) {
    if (error instanceof BelayError && error.code === "target-missing") return null;
    throw error;
  }
}

async function restore(server: Server, database: string, { variables }: PostgresOptions, dump: StoredDump, atOnce: boolean): Promise<void> {
  const major = await majorOf(server);
  await fetchBackup(
    dump,
    { server, database, application: "belay-restore", variables },
    { serverMajor: major, atOnce, pinVersions: !atOnce },
  );
}

async function majorOf(server: Server): Promise<number> {
  await using connection = await server.connect();
  return Math.floor(connection.serverVersion / 10_000);
}

async function check(server: Server, dump: StoredDump): Promise<void> {
  await using connection = await server.connect();
  await connection.run("analyze"); // its commit, which is waited for, makes the restore before it durable
  await assertRows(connection, dump);
}

/**
 * A restore may have been committed before the end of its file, or its rows, told that it is not what the manifest says. Then the database
 * becomes another one of its name.
 */
async function emptyAgain(server: Server, options: PostgresOptions, settings: DatabaseSettings): Promise<void> {
  const { database } = server.settings;
  {
    await using connection = await server.connect();
    if ((await connection.rows(FOUND)).length === 0) return;
  }
  await using admin = await server.connect({ database: maintenance(options) });
  await dropDatabase(admin, database);
  await createDatabase(admin, database, settings);
  await applyDatabaseSettings(admin, database, settings);
}

function maintenance({ lockDatabase }: PostgresOptions): string {
  return lockDatabase ?? "postgres";
}

/** Anything that people could have made there; what an extension brought may stay, as somebody with more rights may have had to create it. */
const FOUND = `select 'schema ' || n.nspname from pg_catalog.pg_namespace n
    where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'public') and ${notOfExtension("pg_namespace", "n.oid")}
  union all select 'relation ' || c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind not in ('i', 'I') and ${notOfExtension("pg_class", "c.oid")}
  union all select 'function ' || p.proname from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and ${notOfExtension("pg_proc", "p.oid")}
  union all select 'type ' || t.typname from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
    where n.nspname = 'public' and t.typrelid = 0 and t.typelem = 0 and ${notOfExtension("pg_type", "t.oid")}
  union all select 'large object ' || l.oid from pg_catalog.pg_largeobject_metadata l
  limit 1`;

async function refuseContent(connection: Connection, { configured }: Target): Promise<void> {
  const [found] = await connection.rows(FOUND);
  if (found === undefined) return;
  throw refusal("restore-target-not-empty", `${configured} is not empty: it has the ${found[0]}`, {
    hint: "name a database that does not exist yet, or an empty one; or with --replace the backup takes its place, and what is there is kept aside",
  });
}
