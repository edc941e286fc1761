/** Gives a database what `readDatabaseSettings` read of another, as far as the role may. */

import { BelayError } from "../../domain/error.ts";
import type { Connection } from "./connection.ts";
import { databaseNamed, noteOn } from "./database-record.ts";
import type { DatabaseGrant, DatabaseSettings, DatabaseVariable } from "./database-settings.ts";
import { isTemplateSql } from "./create-database.ts";
import { quoteIdentifier, quoteLiteral } from "./identifiers.ts";

/** insufficient_privilege; undefined_object: a role that this server has not; a parameter that it does not know. */
const NOT_POSSIBLE_HERE: readonly unknown[] = ["42501", "42704", "0LP01"];

/**
 * Over any connection to the database's server. Answers what could not be set, each in a few words: an ordinary owner may not set
 * everything that a superuser once set. May be repeated: afterwards the database has these settings and no others.
 */
export async function applyDatabaseSettings(
  connection: Connection,
  database: string,
  settings: DatabaseSettings,
): Promise<readonly string[]> {
  const refused: string[] = await liesElsewhere(connection, database, settings);
  for (const { what, sql } of [...(await comment(connection, database, settings)), ...statements(database, settings)]) {
    try {
      await connection.run(sql);
    } catch (error) {
      if (!(error instanceof BelayError) || !NOT_POSSIBLE_HERE.includes(error.facts["sqlstate"])) throw error;
      refused.push(what);
    }
  }
  return refused;
}

/** Where a database lies is decided when it is made. */
async function liesElsewhere(connection: Connection, database: string, { tablespace }: DatabaseSettings): Promise<string[]> {
  const sql =
    "select 1 from pg_catalog.pg_database d join pg_catalog.pg_tablespace t on t.oid = d.dattablespace where d.datname = $1 and t.spcname = $2";
  return (await connection.rows(sql, [database, tablespace])).length > 0 ? [] : [`its tablespace ${tablespace}`];
}

/** What could not be set, as a copy carries it. */
export function settingsRefused(refused: readonly string[]): readonly string[] {
  return refused.map((what) => `${what} could not be set on the copy by this role`);
}

interface Setting {
  /** `the setting work_mem`. */
  readonly what: string;
  readonly sql: string;
}

/** What sets everything but `ALTER DATABASE … SET`, for a person: the comment with it. */
export function settingStatements(database: string, settings: DatabaseSettings): readonly string[] {
  return [noteOn(database, settings.comment), ...statements(database, { ...settings, variables: [] }).map(({ sql }) => sql)];
}

/** Every statement that sets them, in an order that works. */
function statements(database: string, { owner, connectionLimit, isTemplate, grants, variables }: DatabaseSettings): readonly Setting[] {
  const name = quoteIdentifier(database);
  return [
    { what: `its owner ${owner}`, sql: `alter database ${name} owner to ${quoteIdentifier(owner)}` },
    { what: "its connection limit", sql: `alter database ${name} with connection limit ${connectionLimit}` },
    ...(isTemplate === true ? [{ what: "that it is a template", sql: isTemplateSql(database, true) }] : []),
    ...(grants === null ? [] : grantStatements(name, owner, grants)),
    { what: "its own settings", sql: `alter database ${name} reset all` },
    ...variables.map((variable) => variableStatement(name, variable)),
  ];
}

/** `database` is SQL already: a quoted name. */
export function variableStatements(database: string, variables: readonly DatabaseVariable[]): readonly string[] {
  return variables.map((variable) => variableStatement(database, variable).sql);
}

/** On a copy the comment is Belay's note, and people's stands inside it. */
async function comment(connection: Connection, database: string, settings: DatabaseSettings): Promise<readonly Setting[]> {
  const record = (await databaseNamed(connection, database))?.record ?? null;
  const note = record === null ? settings.comment : { ...record, comment: settings.comment };
  return [{ what: "its comment", sql: noteOn(database, note) }];
}

function grantStatements(name: string, owner: string, grants: readonly DatabaseGrant[]): readonly Setting[] {
  const reset = { what: "its GRANTs", sql: `revoke all on database ${name} from public, ${quoteIdentifier(owner)}` };
  return [reset, ...grants.map((grant) => grantStatement(name, owner, grant))];
}

function grantStatement(name: string, owner: string, { grantor, grantee, privilege, grantable }: DatabaseGrant): Setting {
  const to = grantee === null ? "public" : quoteIdentifier(grantee);
  const grant = `grant ${privilege} on database ${name} to ${to}${grantable ? " with grant option" : ""}`;
  // several statements in one text are one transaction: the role is set back with it, also when it fails
  const sql = grantor === owner ? grant : `set local role ${quoteIdentifier(grantor)}; ${grant}`;
  return { what: `the GRANT of ${privilege} to ${grantee ?? "PUBLIC"}`, sql };
}

function variableStatement(name: string, { role, name: variable, value }: DatabaseVariable): Setting {
  const what = `the setting ${variable}${role === null ? "" : ` of the role ${role}`}`;
  const whose = role === null ? `database ${name}` : `role ${quoteIdentifier(role)} in database ${name}`;
  return { what, sql: `alter ${whose} set ${variableName(variable)} to ${variableValue(variable, value)}` };
}

/** `app.tenant`: each part is a name of its own. */
function variableName(variable: string): string {
  return variable.split(".").map(quoteIdentifier).join(".");
}

/** Whose values are lists of names, kept quoted: as one literal they would become a list of one strange name. */
const LISTS: readonly string[] = [
  "local_preload_libraries",
  "search_path",
  "session_preload_libraries",
  "shared_preload_libraries",
  "temp_tablespaces",
  "unix_socket_directories",
];

function variableValue(variable: string, value: string): string {
  if (!LISTS.includes(variable.toLowerCase())) return quoteLiteral(value);
  const items = [...value.matchAll(/"((?:[^"]|"")*)"|([^\s,][^,]*)/g)].map(
    ([, quoted, plain = ""]) => quoted?.replaceAll('""', '"') ?? plain.trim(),
  );
  return items.length === 0 ? "''" : items.map(quoteLiteral).join(", ");
}
