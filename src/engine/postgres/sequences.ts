/** Where sequences stand. They are no part of any snapshot: what was given out stays given out. */

import type { Connection } from "./connection.ts";
import { qualified } from "./identifiers.ts";
import { labelOf } from "./labels.ts";
import { configuration, notOfExtension, userSchemas, type Scope } from "./scope.ts";

/** So many in one statement: each is a relation of its own to be read. */
const SEQUENCES_A_QUERY = 200;

export interface SequencePosition {
  readonly label: string;
  /** The last number given out; `100 next` where 100 is still to be given out. */
  readonly position: string;
  /** Belongs to a column (serial, identity), whose rows tell what was written. */
  readonly owned: boolean;
}

/** By label: the last number given out, or `1 next` where none was since it was set to 1. */
export async function readSequences(connection: Connection, scope: Scope): Promise<Record<string, string>> {
  const positions = await readPositions(connection, scope);
  return Object.fromEntries(positions.map(({ label, position }) => [label, position]));
}

export async function readPositions(connection: Connection, scope: Scope): Promise<readonly SequencePosition[]> {
  const listed = await connection.rows(
    `select n.nspname, c.relname, exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::regclass
       and d.objid = c.oid and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i'))
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'S' and ((${userSchemas(scope)} and ${notOfExtension("pg_class", "c.oid")}) or ${configuration(scope)}) order by n.nspname, c.relname`,
  );
  const found: SequencePosition[] = [];
  for (let first = 0; first < listed.length; first += SEQUENCES_A_QUERY) {
    const some = listed.slice(first, first + SEQUENCES_A_QUERY).map(([schema, name, owned]) => ({
      schema: schema ?? "",
      name: name ?? "",
      owned: owned === "t",
    }));
    const questions = some.map(
      ({ schema, name }, index) => `select ${index} as place, last_value, is_called from ${qualified(schema, name)}`,
    );
    const rows = await connection.rows(
      `select last_value::text || case when is_called then '' else ' next' end from (${questions.join(" union all ")}) s order by place`,
    );
    some.forEach(({ schema, name, owned }, index) => found.push({ label: labelOf(schema, name), position: rows[index]?.[0] ?? "", owned }));
  }
  return found.sort((a, b) => (a.label < b.label ? -1 : 1));
}
