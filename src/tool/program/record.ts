/** The table in which a tool keeps, in the database itself, what it applied: found and read without asking the tool, which may write when it is asked. */

import type { JsonValue } from "../../domain/canonical-json.ts";
import { failure, messageOf, type Reason } from "../../domain/error.ts";
import type { Session, SqlValue } from "../../domain/session.ts";
import type { Asking, Place } from "./definition.ts";

/** How a tool calls its table, and by which columns it is told from others of that name. */
export interface RecordTable {
  /** null: the one that the session's search path finds; SQLite has none. */
  readonly schema: string | null;
  readonly name: string;
  readonly columns: readonly string[];
  /** Expressions to read, in the order in which `rows` has them. */
  readonly read: readonly string[];
  /** By which they are in the order of application. */
  readonly order: string;
}

export type ReadRecord =
  /** null: there is no such table, nothing was ever applied. */
  { readonly rows: readonly (readonly SqlValue[])[] | null } | { readonly obstacle: Reason };

/** The table as the team named it (`migrate.table`: `name`, or `schema.name`), else as the tool does. */
export function namedTable(usual: RecordTable, option: JsonValue | undefined): RecordTable {
  if (typeof option !== "string") return usual;
  const dot = option.lastIndexOf(".");
  return dot < 0 ? { ...usual, name: option } : { ...usual, schema: option.slice(0, dot), name: option.slice(dot + 1) };
}

/**
 * Changes nothing. Where the table is not there, and one of another name has all of its columns, that is an obstacle: whoever takes an old
 * database for a new one applies everything again. Throws `history-unreadable`.
 */
export async function readRecord({ session, place }: Pick<Asking, "session" | "place">, table: RecordTable): Promise<ReadRecord> {
  const found = await findTable(session, table);
  const outside = outsideOf(place.target, found?.schema ?? table.schema);
  if (outside !== null) return { obstacle: notOwned(table, outside) };
  if (found === null) {
    const others = await lookalikes(session, table);
    return others.length === 0 ? { rows: null } : { obstacle: elsewhere(table, others) };
  }
  try {
    const { rows } = await session.query(`select ${table.read.join(", ")} from ${found.path} order by ${table.order}`);
    return { rows };
  } catch (error) {
    throw failure("history-unreadable", `reading the table ${shown(table)}: ${messageOf(error)}`, {
      hint: "if it is not the migration tool's, say with migrate.table which one is",
      cause: error,
    });
  }
}

/** Where it is, and as SQL names it; null where it is not there. */
async function findTable(
  session: Session,
  { schema, name }: RecordTable,
): Promise<{ readonly schema: string | null; readonly path: string } | null> {
  if (session.dialect === "sqlite") {
    const { rows } = await session.query(`select name from sqlite_schema where type = 'table' and lower(name) = lower(${literal(name)})`);
    return rows.length === 0 ? null : { schema: null, path: quoted(name) };
  }
  const path = schema === null ? quoted(name) : `${quoted(schema)}.${quoted(name)}`;
  const { rows } = await session.query(
    `select n.nspname, c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.oid = pg_catalog.to_regclass(${literal(path)})`,
  );
  const [row] = rows;
  return row === undefined ? null : { schema: String(row[0]), path: `${quoted(String(row[0]))}.${quoted(String(row[1]))}` };
}

const COLUMNS = {
  sqlite: `select m.name, (select group_concat(lower(i.name)) from pragma_table_info(m.name) i) from sqlite_schema m where m.type = 'table'`,
  postgres: `select n.nspname || '.' || c.relname, (select pg_catalog.string_agg(pg_catalog.lower(a.attname), ',')
      from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'belay')`,
} as const;

/** Tables with exactly these columns. One column alone tells nothing. */
async function lookalikes(session: Session, { columns }: RecordTable): Promise<readonly string[]> {
  if (columns.length < 2) return [];
  const wanted = [...columns].sort().join(",");
  const { rows } = await session.query(COLUMNS[session.dialect]);
  return rows.flatMap(([name, list]) => (String(list).split(",").sort().join(",") === wanted ? [String(name)] : []));
}

/** The schema, where it is none of the target's: neither a backup nor a rollback has what lies in there. */
function outsideOf({ schemas }: Place["target"], schema: string | null): string | null {
  return schema === null || schemas === undefined || schemas.includes(schema) ? null : schema;
}

function notOwned(table: RecordTable, schema: string): Reason {
  return {
    code: "record-not-owned",
    message: `the record of applied migrations, ${shown(table)}, lies in the schema ${schema}, which is none of the target's: a rollback would leave it as it is`,
    hint: `add ${schema} to target.schemas in belay.yml`,
  };
}

function elsewhere(table: RecordTable, others: readonly string[]): Reason {
  return {
    code: "record-elsewhere",
    message: `there is no table ${shown(table)}, and ${others.join(" and ")} ${others.length === 1 ? "looks" : "look"} like the record of applied migrations`,
    hint: `say which it is in belay.yml: \`table: ${others[0] ?? ""}\` under migrate; or drop what is left over`,
  };
}

function shown({ schema, name }: RecordTable): string {
  return schema === null ? name : `${schema}.${name}`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
