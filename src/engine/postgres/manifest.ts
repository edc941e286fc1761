/** What the manifest of a backup says beyond its tables: how it comes back without Belay, and what the server must have for that. */

import type { JsonValue } from "../../domain/canonical-json.ts";
import { decryptCommands } from "../../domain/stored-name.ts";
import type { Lacks } from "./accepted-lacks.ts";
import { settingStatements } from "./apply-database-settings.ts";
import type { Connection } from "./connection.ts";
import { createDatabaseSql } from "./create-database.ts";
import type { DatabaseSettings } from "./database-settings.ts";
import { BACKUP_FILE } from "./dump.ts";
import { readExtensions } from "./extension-versions.ts";
import { keptLeftOut } from "./left-out.ts";
import { SETTINGS_FILE } from "./settings-file.ts";

/** Roles that anything in the database belongs to, or is granted to: a dump names them and does not make them. */
const ROLES = `select distinct pg_catalog.pg_get_userbyid(d.refobjid) from pg_catalog.pg_shdepend d
  where d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
    and (d.dbid = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
      or (d.classid = 'pg_catalog.pg_database'::pg_catalog.regclass and d.objid = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())))
  order by 1`;

/** `roles`: those that have to be there before a restore; `settings`: what belongs to the database and is in none of its tables, but for its variables (settings-file.ts). */
export async function manifestFacts(
  connection: Connection,
  settings: DatabaseSettings,
  lacks: Lacks,
): Promise<Readonly<Record<string, JsonValue>>> {
  const roles = (await connection.rows(ROLES)).map(([role]) => String(role));
  return {
    lacking: lacks.entries.map((entry) => ({ ...entry })),
    withoutOwners: lacks.withoutOwners,
    leftOut: keptLeftOut(lacks.leftOut),
    serverVersion: connection.serverVersion,
    database: connection.database,
    extensions: (await readExtensions(connection)).map((each) => ({ ...each })),
    roles: [...new Set([...roles, settings.owner])].sort(),
    settings: {
      ...settings,
      grants: settings.grants?.map((grant) => ({ ...grant })) ?? null,
      variables: [],
    },
  };
}

/**
 * Command lines for a person without Belay, in the backup's folder, with the server in PGHOST … PGPASSWORD: into a new database beside
 * whatever there is. A role that has to be there first is in `engineFacts.roles`.
 */
export function restoreCommands(database: string, settings: DatabaseSettings, encryption: "none" | "age"): readonly string[] {
  const name = restoredName(database);
  const psql = (into: string, statements: readonly string[]) =>
    [
      "psql",
      "--no-psqlrc",
      "--set=ON_ERROR_STOP=1",
      `--dbname=${shellQuote(into)}`,
      ...statements.map((sql) => `--command=${shellQuote(sql)}`),
    ].join(" ");
  const hasVariables = settings.variables.length > 0;
  return [
    ...decryptCommands([BACKUP_FILE, ...(hasVariables ? [SETTINGS_FILE] : [])], encryption),
    `zstd --decompress ${BACKUP_FILE} -o database.dump`,
    psql("postgres", [createDatabaseSql(name, settings)]),
    `pg_restore --exit-on-error --jobs=2 --dbname=${shellQuote(name)} database.dump`,
    psql("postgres", settingStatements(name, settings)),
    ...(hasVariables
      ? [`psql --no-psqlrc --set=ON_ERROR_STOP=1 --set=database=${shellQuote(name)} --dbname=postgres --file=${SETTINGS_FILE}`]
      : []),
    psql(name, ["analyze"]),
  ];
}

const NAME_BYTES = 63;

/** A name that says what it is, and that no connection string looks like. */
function restoredName(database: string): string {
  const suffix = "_restored";
  let kept = database.replaceAll(/[^\w-]/gu, "_");
  while (Buffer.byteLength(kept + suffix) > NAME_BYTES) kept = kept.slice(0, -1);
  return kept + suffix;
}

function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
