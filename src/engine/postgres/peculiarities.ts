/** What is unusual about a target, the role and the server, in sentences for people; nothing of it stops a run. */

import type { Connection } from "./connection.ts";
import type { Place } from "./place.ts";
import type { Rights } from "./rights.ts";
import { scopeOf } from "./scope-of.ts";
import { readMaterialisedViews } from "./tables.ts";

export async function peculiarities(connection: Connection, place: Place, rights: Rights): Promise<readonly string[]> {
  return [
    ...(await schemasNotThere(connection, place)),
    ...(await timeouts(connection, rights)),
    ...(await extensions(connection)),
    ...(await unloggedTables(connection)),
    ...nameNotes(place),
  ];
}

/** A migration may be about to make it; a name that is written wrongly would leave nothing to compare, and nobody would be told. */
async function schemasNotThere(connection: Connection, { target: { schemas = [], tenant } }: Place): Promise<readonly string[]> {
  if (tenant !== undefined) return [];
  const there = (await connection.rows("select nspname from pg_catalog.pg_namespace")).map(([name]) => name);
  return schemas
    .filter((schema) => !there.includes(schema))
    .map((schema) => `there is no schema ${schema} in ${connection.database}, and target.schemas names it`);
}

/** Rows that a backup does not hold, and that say nothing of what a migration did: a restore, or a refresh, computes them anew. */
export async function computedRows(connection: Connection, { target }: Place): Promise<readonly string[]> {
  const views = (await readMaterialisedViews(connection, scopeOf(target))).map(({ label }) => label);
  const [first, ...others] = views;
  if (first === undefined) return [];
  const which = others.length === 0 ? `the materialised view ${first}` : `${views.length} materialised views, ${first} for one,`;
  return [`the rows of ${which} are counted and not compared, as they are computed from others`];
}

/** What a missing right costs. */
export function rightsNotes(
  { database, canRename }: Place,
  { role, owner, owns, superuser, createsDatabases, endsOthers }: Rights,
): readonly string[] {
  return [
    ...(createsDatabases
      ? []
      : [
          `the role ${role} may not create databases: no copy lies ready for a swap, and a rollback restores schemas from the backup (alter role ${role} createdb)`,
        ]),
    ...(!createsDatabases || owns || superuser
      ? []
      : [`the role ${role} has not the rights of ${owner}, who owns ${database}: it cannot be renamed, and a rollback restores schemas`]),
    ...(!createsDatabases || canRename
      ? []
      : [
          `Belay's lock lives in ${database} itself, which can then not be renamed: a rollback restores schemas (lock.database names another)`,
        ]),
    ...(!createsDatabases || !canRename || !(owns || superuser) || endsOthers
      ? []
      : [
          `the role ${role} ends sessions of its own role only: whoever else is connected keeps a rollback from being a swap (grant pg_signal_backend to ${role})`,
        ]),
  ];
}

const TIMEOUTS = `select distinct pg_catalog.split_part(pair, '=', 1) || ' = ' || pg_catalog.substr(pair, pg_catalog.strpos(pair, '=') + 1)
  from pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) pair
  where s.setrole in (0, (select oid from pg_catalog.pg_roles where rolname = current_user))
    and s.setdatabase in (0, (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database()))
    and pg_catalog.split_part(pair, '=', 1) ~ '_timeout$' order by 1`;

/** Belay's own sessions set them aside; a tool's do not. */
async function timeouts(connection: Connection, { role }: Rights): Promise<readonly string[]> {
  const set = (await connection.rows(TIMEOUTS)).map(([each]) => each);
  return set.length === 0
    ? []
    : [`${set.join(", ")} is set for the role ${role} or the database, and holds for the migration tool's own sessions`];
}

async function extensions(connection: Connection): Promise<readonly string[]> {
  const [cron] = await connection.rows("select 1 from pg_catalog.pg_extension where extname = 'pg_cron'");
  return cron === undefined
    ? []
    : ["pg_cron runs from this database: after a swap its jobs are those of the copy, and the server has to be restarted for them"];
}

const UNLOGGED = `select pg_catalog.count(*), pg_catalog.min(pg_catalog.format('%I.%I', n.nspname, c.relname)) from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.relpersistence = 'u' and c.relkind = 'r'`;

async function unloggedTables(connection: Connection): Promise<readonly string[]> {
  const [row] = await connection.rows(UNLOGGED);
  const [count, first] = row ?? [];
  if (Number(count) === 0) return [];
  return [
    `${count} unlogged ${count === "1" ? "table is" : "tables are"} emptied when the server crashes, ${first} for one, here and in every copy`,
  ];
}

const LONGEST_WHOLE = 63 - "_belay_f_".length - 10;

function nameNotes({ database }: Place): readonly string[] {
  return new TextEncoder().encode(database).length <= LONGEST_WHOLE
    ? []
    : [`the name ${database} is cut in the names of its copies; their comments have it whole`];
}
