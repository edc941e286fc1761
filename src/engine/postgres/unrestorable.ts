/** The kinds of objects that not every role can restore: how to find them, what they need, and what to do about them. */

export type UnrestorableKind =
  | "event-triggers"
  | "publications"
  | "subscriptions"
  | "extensions"
  | "owners"
  | "foreign-data-wrappers"
  | "languages"
  | "functions";

interface Unrestorable {
  readonly kind: UnrestorableKind;
  /** For people. */
  readonly noun: string;
  /** As `pg_restore --list` calls it; null: it cannot be left out, only restored otherwise. */
  readonly archive: string | null;
  readonly needs: "superuser" | "nothing" | "extension" | "membership";
  /**
   * Columns: name as dumps have it, owner, what it needs, what the server identifies it by in comments; of a function also its schema, its
   * name, its arguments with their names, whether it is a FUNCTION or a PROCEDURE, and its name in quotes where it needs them. null where this version has no such thing.
   */
  readonly sql: string | ((serverVersion: number) => string | null);
  readonly fix: (role: string, name: string, owner: string) => string;
}

/** Objects of extensions come and go with these. */
const own = (catalog: string, oid: string) =>
  `not exists (select 1 from pg_catalog.pg_depend e where e.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass and e.objid = ${oid} and e.deptype = 'e')`;

/** SQL: `event trigger audit_ddl`, as the server says it. */
const identity = (catalog: string, oid: string) =>
  `(select i.type || ' ' || i.identity from pg_catalog.pg_identify_object('pg_catalog.${catalog}'::pg_catalog.regclass, ${oid}, 0) i)`;

/** The constructors of a range belong to the server's own superuser and come with its type. */
const OF_NO_TYPE =
  "not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'i')";

const FIRST_OF_USERS = 16384;
const userOf = (column: string) => `pg_catalog.pg_get_userbyid(${column})`;
const byRole = (kind: string) => (role: string) =>
  `name another server or role for proofs (\`backup.scratch\`), make ${role} a superuser, or accept it: \`backup.may-lack: [${kind}]\``;

const wholePublications = (version: number) => {
  const schemas = version >= 150_000 ? "or exists (select 1 from pg_catalog.pg_publication_namespace n where n.pnpubid = p.oid)" : "";
  return `select p.pubname, ${userOf("p.pubowner")}, null, ${identity("pg_publication", "p.oid")} from pg_catalog.pg_publication p where p.puballtables ${schemas} order by 1`;
};

/**
 * Every owner of something, with one thing of theirs, a schema in which they have something and that is neither theirs nor their role's, and one
 * that is the database owner's. The schema public is a database owner's, or was made by an older server.
 */
const owners = (
  version: number,
) => `select min(o.thing), o.owner, min(n.nspname) filter (where not pg_catalog.pg_has_role(r.oid, n.nspowner, 'USAGE')),
      min(n.nspname) filter (where ${userOf("n.nspowner")} = 'pg_database_owner') from (
    select 'table ' || c.relname, ${userOf("c.relowner")}, c.relnamespace from pg_catalog.pg_class c
      where c.oid >= ${FIRST_OF_USERS} and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and c.relnamespace not in (select oid from pg_catalog.pg_namespace where nspname ~ '^pg_(toast|temp)')
        and ${own("pg_class", "c.oid")}
    union all select 'schema ' || n.nspname, ${userOf("n.nspowner")}, null from pg_catalog.pg_namespace n
      where (n.oid >= ${FIRST_OF_USERS} ${version >= 150_000 ? "or n.nspname = 'public'" : ""}) and n.nspname !~ '^pg_' and ${own("pg_namespace", "n.oid")}
    union all select 'function ' || p.proname, ${userOf("p.proowner")}, p.pronamespace from pg_catalog.pg_proc p
      where p.oid >= ${FIRST_OF_USERS} and ${own("pg_proc", "p.oid")} and ${OF_NO_TYPE}
    union all select 'type ' || t.typname, ${userOf("t.typowner")}, t.typnamespace from pg_catalog.pg_type t
      where t.oid >= ${FIRST_OF_USERS} and t.typtype in ('d', 'e', 'r') and ${own("pg_type", "t.oid")}
    union all select 'large object ' || l.oid, ${userOf("l.lomowner")}, null from pg_catalog.pg_largeobject_metadata l
    union all select 'default privileges of ' || ${userOf("a.defaclrole")}, ${userOf("a.defaclrole")}, null from pg_catalog.pg_default_acl a
  ) o(thing, owner, home) left join pg_catalog.pg_namespace n on n.oid = o.home left join pg_catalog.pg_roles r on r.rolname = o.owner
  where o.owner <> 'pg_database_owner' group by o.owner order by o.owner`;

export const UNRESTORABLE: readonly Unrestorable[] = [
  {
    kind: "extensions",
    noun: "extension",
    archive: "EXTENSION",
    needs: "extension",
    sql: `select extname, ${userOf("extowner")}, extversion, ${identity("pg_extension", "oid")} from pg_catalog.pg_extension where oid >= ${FIRST_OF_USERS} order by 1`,
    fix: (_role, name) =>
      `install it on the server where backups are proven, or let a role prove them that may create it (\`backup.scratch\`), or, where nothing uses it, accept restores without it: \`backup.may-lack: [extensions]\` (${name})`,
  },
  {
    kind: "owners",
    noun: "the owner of",
    archive: null,
    needs: "membership",
    sql: owners,
    fix: byRole("owners"), // each lack has one of its own
  },
  {
    kind: "event-triggers",
    noun: "event trigger",
    archive: "EVENT TRIGGER",
    needs: "superuser",
    sql: `select t.evtname, ${userOf("t.evtowner")}, null, ${identity("pg_event_trigger", "t.oid")} from pg_catalog.pg_event_trigger t where ${own("pg_event_trigger", "t.oid")} order by 1`,
    fix: byRole("event-triggers"),
  },
  {
    kind: "publications",
    noun: "publication",
    archive: "PUBLICATION",
    needs: "superuser",
    sql: wholePublications,
    fix: byRole("publications"),
  },
  {
    kind: "foreign-data-wrappers",
    noun: "foreign data wrapper",
    archive: "FOREIGN DATA WRAPPER",
    needs: "superuser",
    sql: `select w.fdwname, ${userOf("w.fdwowner")}, null, ${identity("pg_foreign_data_wrapper", "w.oid")} from pg_catalog.pg_foreign_data_wrapper w where ${own("pg_foreign_data_wrapper", "w.oid")} order by 1`,
    fix: byRole("foreign-data-wrappers"),
  },
  {
    kind: "languages",
    noun: "language",
    archive: "PROCEDURAL LANGUAGE",
    needs: "superuser",
    sql: `select l.lanname, ${userOf("l.lanowner")}, null, ${identity("pg_language", "l.oid")} from pg_catalog.pg_language l where l.oid >= ${FIRST_OF_USERS} and ${own("pg_language", "l.oid")} order by 1`,
    fix: byRole("languages"),
  },
  {
    kind: "functions",
    noun: "function",
    archive: "FUNCTION",
    needs: "superuser",
    // aggregates only look as if they were written in the server's own language
    sql: `select p.proname || '(' || pg_catalog.oidvectortypes(p.proargtypes) || ')', ${userOf("p.proowner")}, null, ${identity("pg_proc", "p.oid")},
        n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid), case p.prokind when 'p' then 'PROCEDURE' else 'FUNCTION' end,
        quote_ident(p.proname)
      from pg_catalog.pg_proc p join pg_catalog.pg_language l on l.oid = p.prolang join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      where p.oid >= ${FIRST_OF_USERS} and not l.lanpltrusted and l.lanname <> 'sql' and p.prokind <> 'a' and ${own("pg_proc", "p.oid")}
        and ${OF_NO_TYPE}
      order by 1`,
    fix: byRole("functions"),
  },
  {
    kind: "subscriptions",
    noun: "subscription",
    archive: "SUBSCRIPTION",
    needs: "nothing",
    sql: `select s.subname, ${userOf("s.subowner")}, null, ${identity("pg_subscription", "s.oid")} from pg_catalog.pg_subscription s
      where s.subdbid = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database()) order by 1`,
    fix: () => "it stands in the backup and is made again by hand after a restore; accept that: `backup.may-lack: [subscriptions]`",
  },
];
