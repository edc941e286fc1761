/** Databases that Belay makes: always from template0, so that whoever sits in template1 is in nobody's way. */

import type { Connection } from "./connection.ts";
import type { DatabaseSettings } from "./database-settings.ts";
import { quoteIdentifier, quoteLiteral } from "./identifiers.ts";

type Shape = Pick<DatabaseSettings, "encoding" | "collate" | "ctype" | "provider" | "locale" | "icuRules">;

/**
 * An empty database like the other one, and of its owner where this role may act as that: in there the owner may make what a restore then
 * gives it, which a schema of another one's database forbids. Outside of a transaction.
 */
export async function createDatabase(
  connection: Connection,
  name: string,
  settings: Shape & Pick<DatabaseSettings, "owner" | "tablespace">,
): Promise<void> {
  const owner = (await mayMakeFor(connection, settings.owner)) ? ` owner ${quoteIdentifier(settings.owner)}` : "";
  const tablespace = (await mayFill(connection, settings.tablespace)) ? ` tablespace ${quoteIdentifier(settings.tablespace)}` : "";
  await connection.run(`${createDatabaseSql(name, settings)}${owner}${tablespace}`);
}

/** A tablespace of people's own that is here, and open to this role. Without its name a database lies where template0 does. */
async function mayFill(connection: Connection, tablespace: string): Promise<boolean> {
  if (tablespace === "pg_default") return false;
  const sql = "select 1 from pg_catalog.pg_tablespace t where t.spcname = $1 and pg_catalog.has_tablespace_privilege(t.oid, 'CREATE')";
  return (await connection.rows(sql, [tablespace])).length > 0;
}

/** The role of the connection may make a database of this owner's, and has the owner's rights in it. */
export async function mayMakeFor(connection: Connection, owner: string): Promise<boolean> {
  const mayGive = connection.serverVersion >= 160_000 ? "and pg_catalog.pg_has_role(r.oid, 'SET')" : "";
  const sql = `select 1 from pg_catalog.pg_roles r where r.rolname = $1 and pg_catalog.pg_has_role(r.oid, 'USAGE') ${mayGive}`;
  return (await connection.rows(sql, [owner])).length > 0;
}

/** The statement that makes an empty database which reads and sorts text as the other one does. It cannot run in a transaction. */
export function createDatabaseSql(name: string, shape: Shape): string {
  const { encoding, collate, ctype } = shape;
  const text = [`encoding ${quoteLiteral(encoding)}`, `lc_collate ${quoteLiteral(collate)}`, `lc_ctype ${quoteLiteral(ctype)}`];
  return `create database ${quoteIdentifier(name)} template template0 ${[...text, ...localeOf(shape)].join(" ")}`;
}

function localeOf({ provider, locale, icuRules }: Shape): readonly string[] {
  if (provider === "libc" || locale === null) return [];
  const which = provider === "icu" ? "icu_locale" : "builtin_locale";
  const rules = icuRules === null ? [] : [`icu_rules ${quoteLiteral(icuRules)}`];
  return [`locale_provider ${provider}`, `${which} ${quoteLiteral(locale)}`, ...rules];
}

/** What is a template cannot be dropped. */
export function isTemplateSql(name: string, isTemplate: boolean): string {
  return `alter database ${quoteIdentifier(name)} with is_template ${isTemplate}`;
}

/** Makes an ordinary database of a template, so that it can be dropped. Absent is no template. */
export async function makeDroppable(connection: Connection, name: string): Promise<void> {
  const [template] = await connection.rows("select from pg_catalog.pg_database where datname = $1 and datistemplate", [name]);
  if (template !== undefined) await connection.run(isTemplateSql(name, false));
}

/** Drops a database of Belay's own, with whoever is in it. Absent is dropped. */
export async function dropDatabase(connection: Connection, name: string): Promise<void> {
  await makeDroppable(connection, name);
  const force = connection.serverVersion >= 130_000 ? " with (force)" : "";
  await connection.run(`drop database if exists ${quoteIdentifier(name)}${force}`);
}
