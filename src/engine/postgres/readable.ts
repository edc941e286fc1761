/** Whether this role can read all that belongs into a backup. `pg_dump` fails at the first table that it cannot, in the middle of a run. */

import { refusal } from "../../domain/error.ts";
import type { Connection } from "./connection.ts";
import { unreadableLargeObjects } from "./large-objects.ts";
import type { Rights } from "./rights.ts";

const SHOWN = 10;

/** All that is dumped, whoever owns it: extensions' tables only where they hold what users configured. */
const TABLES = `from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and (not exists (select from pg_catalog.pg_depend e where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
      or exists (select from pg_catalog.pg_extension x where c.oid = any (x.extconfig)))`;

const UNREADABLE = `select pg_catalog.format('%I.%I', n.nspname, c.relname) ${TABLES} and c.relkind in ('r', 'p', 'm', 'S')
  and not (pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    and case when c.relkind = 'S' then pg_catalog.has_sequence_privilege(c.oid, 'SELECT') else pg_catalog.has_table_privilege(c.oid, 'SELECT') end)
  order by 1`;

/** Whose policies hide rows from this role: owners are above them unless they are forced. */
const HIDDEN = `select pg_catalog.format('%I.%I', n.nspname, c.relname) ${TABLES} and c.relkind in ('r', 'p') and c.relrowsecurity
  and (c.relforcerowsecurity or not pg_catalog.pg_has_role(c.relowner, 'USAGE')) order by 1`;

/** Refuses with `rights-missing` or `row-security`, naming the tables. */
export async function assertReadable(connection: Connection, { role, superuser, bypassesRowSecurity }: Rights): Promise<void> {
  if (superuser) return;
  const unreadable = await names(connection, UNREADABLE);
  if (unreadable.length > 0)
    throw refusal(
      "rights-missing",
      `the role ${role} may not read ${listed(unreadable)}, so no backup of ${connection.database} can be whole`,
      {
        hint: `let it: grant pg_read_all_data to ${role}, or run Belay as the owner`,
        facts: { tables: unreadable.slice(0, SHOWN) },
      },
    );
  const objects = await unreadableLargeObjects(connection);
  if (objects.length > 0)
    throw refusal(
      "rights-missing",
      `the role ${role} may not read the large objects ${listed(objects)}, so no backup of ${connection.database} can be whole`,
      { hint: `let it: grant select on large object … to ${role}; or run Belay as their owner`, facts: { largeObjects: [...objects] } },
    );
  if (bypassesRowSecurity) return;
  const hidden = await names(connection, HIDDEN);
  if (hidden.length > 0)
    throw refusal("row-security", `row-level security hides rows of ${listed(hidden)} from the role ${role}, so no backup can be whole`, {
      hint: `let it see them: alter role ${role} bypassrls; or alter table … no force row level security, where it is the owner`,
      facts: { tables: hidden.slice(0, SHOWN) },
    });
}

async function names(connection: Connection, sql: string): Promise<readonly string[]> {
  return (await connection.rows(sql)).map(([name]) => String(name));
}

function listed(tables: readonly string[]): string {
  const more = tables.length - SHOWN;
  return `${tables.slice(0, SHOWN).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
