/** Publications of single tables, where schemas are moved aside: they follow a table, and have to go on with the one that takes its place. */

import type { Connection } from "./connection.ts";
import { qualified, quoteIdentifier } from "./identifiers.ts";

/** Those that this role may not change stay as they are, and a comparison tells. */
const OWN = "pg_catalog.pg_has_role(p.pubowner, 'USAGE')";

const FROM = `from pg_catalog.pg_publication p join pg_catalog.pg_publication_rel r on r.prpubid = p.oid
  join pg_catalog.pg_class c on c.oid = r.prrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace`;

/** Statements that take the tables of some schemas, by their oids, out of all publications. */
export async function leavePublications(target: Connection, schemas: string): Promise<readonly string[]> {
  const rows = await target.rows(
    `select p.pubname, n.nspname, c.relname ${FROM} where n.oid = any ($1::oid[]) and ${OWN} order by 1, 2, 3`,
    [schemas],
  );
  return rows.map(([publication, schema, table]) => alter(publication, "drop", schema, table));
}

/** Statements that put the new tables where they are in the copy, which `source` is in, as far as the target has those publications. */
export async function joinPublications(source: Connection, target: Connection, schemas: readonly string[]): Promise<readonly string[]> {
  const own = await target.rows(`select p.pubname from pg_catalog.pg_publication p where ${OWN}`);
  const names = new Set(own.map(([name]) => name));
  const partly =
    source.serverVersion >= 150_000
      ? `(select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_catalog.pg_attribute a where a.attrelid = r.prrelid and a.attnum = any (r.prattrs)),
         pg_catalog.pg_get_expr(r.prqual, r.prrelid)`
      : "null, null";
  const rows = await source.rows(
    `select p.pubname, n.nspname, c.relname, ${partly} ${FROM} where n.nspname = any ($1::text[]) order by 1, 2, 3`,
    [schemas],
  );
  return rows
    .filter(([publication]) => names.has(publication ?? ""))
    .map(([publication, schema, table, columns, condition]) => {
      const only = typeof columns === "string" ? ` (${columns})` : "";
      return `${alter(publication, "add", schema, table)}${only}${typeof condition === "string" ? ` where (${condition})` : ""}`;
    });
}

function alter(publication: unknown, how: "add" | "drop", schema: unknown, table: unknown): string {
  return `alter publication ${quoteIdentifier(String(publication))} ${how} table only ${qualified(String(schema), String(table))}`;
}
