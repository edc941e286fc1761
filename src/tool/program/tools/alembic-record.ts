/** Alembic's own record in the database: one table with the revisions that nothing applied follows, `alembic_version` unless `env.py` calls it otherwise. */

import type { Reason } from "../../../domain/error.ts";
import type { Session } from "../../../domain/session.ts";

export type VersionTable = { readonly heads: readonly string[] } | { readonly obstacle: Reason };

/** Its only column is what it is told by. */
const FIND = {
  sqlite: `select null, m.name from sqlite_schema m where m.type = 'table' and (select group_concat(name) from pragma_table_info(m.name)) = 'version_num'`,
  postgres: `select n.nspname, c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname !~ '^pg_' and (select array_agg(a.attname::text) from pg_catalog.pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) = '{version_num}'`,
} as const;

/** Changes nothing. No such table: nothing is applied. */
export async function readVersionTable(session: Session): Promise<VersionTable> {
  const { rows } = await session.query(FIND[session.dialect]);
  const tables = rows.map(([schema, name]) => ({ schema: schema === null ? null : String(schema), name: String(name) }));
  const usual = tables.filter(({ name }) => name === "alembic_version");
  const candidates = usual.length > 0 ? usual : tables;
  const [first] = candidates;
  if (first === undefined) return { heads: [] };
  if (candidates.length > 1) return { obstacle: several(candidates.map(shown)) };
  const found = await session.query(
    `select version_num from ${[first.schema, first.name].flatMap((part) => (part === null ? [] : quoted(part))).join(".")}`,
  );
  return { heads: found.rows.map(([version]) => String(version)) };
}

function several(names: readonly string[]): Reason {
  return {
    code: "several-version-tables",
    message: `Alembic's record is not clear: ${names.join(" and ")} both look like it`,
    hint: "name the schemas that are the target's (target.schemas), or drop the table that is left over",
  };
}

function shown({ schema, name }: { readonly schema: string | null; readonly name: string }): string {
  return schema === null ? name : `${schema}.${name}`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
