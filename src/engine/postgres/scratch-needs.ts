/** Whether the server of `backup.scratch` can take a restore at all: asked before anything is stopped for a proof that would fail there. */

import { BelayError, refusal } from "../../domain/error.ts";
import type { Connection } from "./connection.ts";
import { refuseStandby } from "./locate.ts";
import type { Place } from "./place.ts";
import { findPrograms } from "./programs.ts";
import { serverAt } from "./server.ts";

/** Refuses as connecting does, with `client-too-old`, with `rights-missing`, with `cannot-restore` where a role is missing that a dump names. */
export async function assertScratchReady({ options: { scratch, variables } }: Place, source: Connection): Promise<void> {
  if (scratch === null) return;
  await using elsewhere = await serverAt(scratch, variables).connect();
  await refuseStandby(elsewhere);
  await assertPrograms(elsewhere, variables);
  await assertCreatesDatabases(elsewhere);
  await assertRoles(source, elsewhere);
}

async function assertPrograms(elsewhere: Connection, variables: Place["options"]["variables"]): Promise<void> {
  try {
    await findPrograms(Math.floor(elsewhere.serverVersion / 10_000), variables);
  } catch (error) {
    if (!(error instanceof BelayError)) throw error;
    const { message, hint, facts } = error;
    throw refusal(error.code, `backups cannot be proven on backup.scratch: ${message}`, { ...(hint === undefined ? {} : { hint }), facts });
  }
}

async function assertCreatesDatabases(elsewhere: Connection): Promise<void> {
  const [row] = await elsewhere.rows("select rolname, rolcreatedb or rolsuper from pg_catalog.pg_roles where rolname = current_user");
  if (row?.[1] === "t") return;
  throw refusal(
    "rights-missing",
    `the role ${row?.[0]} of backup.scratch may not create databases there, so no backup can be proven by a restore`,
    {
      hint: `alter role ${row?.[0]} createdb, on that server; or have backups proven by reading (backup.proof: read)`,
    },
  );
}

/** Whom a dump names other than as an owner (that may be lacking): in GRANTs, in policies, in user mappings. */
const NAMED = `select distinct pg_catalog.pg_get_userbyid(d.refobjid) from pg_catalog.pg_shdepend d
  where d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
    and d.dbid = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
    and (d.deptype in ('a', 'r') or d.classid = 'pg_catalog.pg_user_mapping'::pg_catalog.regclass) order by 1`;

async function assertRoles(source: Connection, elsewhere: Connection): Promise<void> {
  const named = (await source.rows(NAMED)).map(([role]) => String(role));
  const there = new Set((await elsewhere.rows("select rolname from pg_catalog.pg_roles")).map(([role]) => role));
  const missing = named.filter((role) => !there.has(role));
  if (missing.length === 0) return;
  const several = missing.length > 1;
  throw refusal(
    "cannot-restore",
    `the server of backup.scratch has no ${several ? "roles" : "role"} ${missing.join(", ")}, and GRANTs, policies or user mappings of ${source.database} name ${several ? "them" : "it"}`,
    { hint: `create ${several ? "them" : "it"} there (create role …; no password or login is needed)`, facts: { roles: missing } },
  );
}
