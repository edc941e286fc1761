import type { Manifest } from "../../domain/backup.ts";
import { BelayError, refusal } from "../../domain/error.ts";
import type { Target } from "../../domain/target.ts";
import type { Store } from "../../store/store.ts";
import { applyDatabaseSettings } from "./apply-database-settings.ts";
import type { Connection, Server } from "./connection.ts";
import { createDatabaseSql, dropDatabase } from "./create-database.ts";
import { parseDatabaseSettings } from "./database-settings.ts";
import { assertRows, fetchBackup, type StoredDump } from "./fetch-backup.ts";
import type { PostgresOptions } from "./options.ts";
import { notOfExtension } from "./scope.ts";
import { disposeQuietly } from "./scratch.ts";
import { serverAt } from "./server.ts";

/**
 * Into a database that does not exist yet, or one with nothing in it but extensions. All of the backup is there afterwards, or what was
 * there before. The new one gets what belonged to the old database beside its tables; an existing one keeps its own.
 */
export async function restoreInto(into: Target, options: PostgresOptions, store: Store, folder: string, manifest: Manifest): Promise<void> {
  const dump = { store, folder, manifest };
  const server = serverAt(into.address, options.variables);
  const { database } = server.settings;
  await using existing = await connectIfThere(server);
  if (existing !== null) {
    await refuseContent(existing, into);
    await restore(server, database, options, dump, true);
    return;
  }
  const settings = parseDatabaseSettings(manifest.engineFacts["settings"]);
  await using admin = await server.connect({ database: options.lockDatabase ?? "postgres" });
  await admin.run(createDatabaseSql(database, settings));
  try {
    await restore(server, database, options, dump, false);
    await applyDatabaseSettings(admin, database, settings);
  } catch (error) {
    await disposeQuietly({ [Symbol.asyncDispose]: () => dropDatabase(admin, database) });
    throw error;
  }
}

async function connectIfThere(server: Server): Promise<Connection | null> {
  try {
    return await server.connect();
  } catch (error) {
    if (error instanceof BelayError && error.code === "target-missing") return null;
    throw error;
  }
}

async function restore(server: Server, database: string, { variables }: PostgresOptions, dump: StoredDump, atOnce: boolean): Promise<void> {
  await using connection = await server.connect({ database });
  const call = { server, database, application: "belay-restore", variables };
  await fetchBackup(dump, call, { serverMajor: Math.floor(connection.serverVersion / 10_000), atOnce });
  await connection.run("analyze"); // its commit, which is waited for, makes the restore before it durable
  await assertRows(connection, dump);
}

/** Anything that people could have made there; what an extension brought may stay, as somebody with more rights may have had to create it. */
const FOUND = `select 'schema ' || n.nspname from pg_catalog.pg_namespace n
    where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'public') and ${notOfExtension("pg_namespace", "n.oid")}
  union all select 'relation ' || c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and ${notOfExtension("pg_class", "c.oid")}
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
