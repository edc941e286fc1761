/** What belongs to a database and is in none of its tables: a clone, a restore and a template copy all come without it. */

import * as z from "zod/mini";

import type { JsonValue } from "../../domain/canonical-json.ts";
import type { Connection } from "./connection.ts";
import { readKept } from "./kept.ts";

export interface DatabaseSettings {
  readonly encoding: string;
  readonly collate: string;
  readonly ctype: string;
  readonly provider: "libc" | "icu" | "builtin";
  /** ICU's or PostgreSQL's own locale; null under libc. */
  readonly locale: string | null;
  readonly icuRules: string | null;
  readonly tablespace: string;
  readonly owner: string;
  /** -1: none. */
  readonly connectionLimit: number;
  /** Absent in manifests of older versions. */
  readonly isTemplate?: boolean;
  readonly comment: string | null;
  /** null: as a new database has them. */
  readonly grants: readonly DatabaseGrant[] | null;
  readonly variables: readonly DatabaseVariable[];
}

export interface DatabaseGrant {
  readonly grantor: string;
  /** null: PUBLIC. */
  readonly grantee: string | null;
  readonly privilege: string;
  readonly grantable: boolean;
}

/** `ALTER DATABASE … SET`, or for one role in the database. */
export interface DatabaseVariable {
  readonly role: string | null;
  readonly name: string;
  readonly value: string;
}

/** Through `to_jsonb`, as the columns of the catalog differ between versions: an ICU locale has had two names. */
const READ = `select pg_catalog.to_jsonb(d) ->> 'datlocprovider', coalesce(pg_catalog.to_jsonb(d) ->> 'datlocale', pg_catalog.to_jsonb(d) ->> 'daticulocale'),
    pg_catalog.to_jsonb(d) ->> 'daticurules', pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype, t.spcname,
    pg_catalog.pg_get_userbyid(d.datdba), d.datconnlimit::text, pg_catalog.shobj_description(d.oid, 'pg_database'), (d.datacl is null)::text, d.datistemplate::text
  from pg_catalog.pg_database d join pg_catalog.pg_tablespace t on t.oid = d.dattablespace where d.datname = pg_catalog.current_database()`;

const READ_GRANTS = `select pg_catalog.pg_get_userbyid(a.grantor), case when a.grantee = 0 then null else pg_catalog.pg_get_userbyid(a.grantee) end,
    a.privilege_type, a.is_grantable::text
  from pg_catalog.pg_database d, pg_catalog.aclexplode(d.datacl) with ordinality a(grantor, grantee, privilege_type, is_grantable, place)
  where d.datname = pg_catalog.current_database() order by a.grantor <> d.datdba, a.place`;

const READ_VARIABLES = `select r.rolname, pg_catalog.split_part(c.pair, '=', 1), pg_catalog.substr(c.pair, pg_catalog.strpos(c.pair, '=') + 1)
  from pg_catalog.pg_db_role_setting s left join pg_catalog.pg_roles r on r.oid = s.setrole, pg_catalog.unnest(s.setconfig) with ordinality c(pair, place)
  where s.setdatabase = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
    and (s.setrole = 0 or r.oid is not null) order by r.rolname nulls first, c.place`;

const PROVIDERS: Readonly<Record<string, DatabaseSettings["provider"]>> = { i: "icu", b: "builtin" };

/** Of the database that the connection is in. */
export async function readDatabaseSettings(connection: Connection): Promise<DatabaseSettings> {
  const [row = []] = await connection.rows(READ);
  const [provider, locale, icuRules, encoding, collate, ctype, tablespace, owner, limit, comment, plain, template] = row;
  const grants = await connection.rows(READ_GRANTS);
  const variables = await connection.rows(READ_VARIABLES);
  return {
    encoding: String(encoding),
    collate: String(collate),
    ctype: String(ctype),
    provider: PROVIDERS[provider ?? ""] ?? "libc",
    locale: locale ?? null,
    icuRules: icuRules ?? null,
    tablespace: String(tablespace),
    owner: String(owner),
    connectionLimit: Number(limit),
    isTemplate: template === "true",
    comment: comment ?? null,
    grants:
      plain === "true"
        ? null
        : grants.map(([grantor, grantee, privilege, grantable]) => ({
            grantor: String(grantor),
            grantee: grantee ?? null,
            privilege: String(privilege),
            grantable: grantable === "true",
          })),
    variables: variables.map(([role, name, value]) => ({ role: role ?? null, name: String(name), value: String(value) })),
  };
}

/** As a manifest keeps them. Throws `backup-damaged` where it does not. */
export function parseDatabaseSettings(kept: JsonValue | undefined): DatabaseSettings {
  return readKept(settingsShape(), kept, "what its database was like");
}

function settingsShape() {
  const text = z.string();
  const grant = z.object({ grantor: text, grantee: z.nullable(text), privilege: text, grantable: z.boolean() });
  return z.object({
    encoding: text,
    collate: text,
    ctype: text,
    provider: z.enum(["libc", "icu", "builtin"]),
    locale: z.nullable(text),
    icuRules: z.nullable(text),
    tablespace: text,
    owner: text,
    connectionLimit: z.number(),
    isTemplate: z.exactOptional(z.boolean()),
    comment: z.nullable(text),
    grants: z.nullable(z.array(grant)),
    variables: z.array(z.object({ role: z.nullable(text), name: text, value: text })),
  });
}
