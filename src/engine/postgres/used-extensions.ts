/** What would not come back without an extension that a restore does without. */

import type { Connection } from "./connection.ts";

/** What of a database uses it: so much of it is named. */
export interface UsedExtension {
  readonly name: string;
  readonly users: readonly string[];
}

/**
 * Whatever depends on a member of the extension and came with none itself, nor with the table of one; other extensions that require it. What
 * only the body of a function names is restored all the same.
 */
const USED = `with member as (select refobjid as extension, classid, objid from pg_catalog.pg_depend
    where refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and deptype = 'e'),
  used as (
    select m.extension, d.classid, d.objid, d.objsubid from member m join pg_catalog.pg_depend d on d.refclassid = m.classid and d.refobjid = m.objid
      where d.deptype in ('n', 'a') and not exists (select from member x where x.classid = d.classid and x.objid = d.objid)
        and not exists (select from pg_catalog.pg_depend p join member x on x.classid = p.refclassid and x.objid = p.refobjid
          where p.classid = d.classid and p.objid = d.objid and p.deptype in ('a', 'i'))
    union select d.refobjid, d.classid, d.objid, d.objsubid from pg_catalog.pg_depend d
      where d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and d.classid = d.refclassid and d.deptype = 'n')
  select e.extname, pg_catalog.pg_describe_object(u.classid, u.objid, u.objsubid) from used u join pg_catalog.pg_extension e on e.oid = u.extension
  where e.extname = any ($1::text[])
    and not exists (select from pg_catalog.pg_extension o where u.classid = 'pg_catalog.pg_extension'::pg_catalog.regclass and o.oid = u.objid and o.extname = any ($1::text[]))
  order by 1, 2`;

export async function usedExtensions(source: Connection, names: readonly string[]): Promise<readonly UsedExtension[]> {
  const users = new Map<string, string[]>();
  for (const [extension, user] of await source.rows(USED, [names])) {
    users.set(String(extension), [...(users.get(String(extension)) ?? []), String(user)]);
  }
  return [...users].map(([name, all]) => ({ name, users: all }));
}
