/** What a role cannot restore of a database, known before a restore fails over it: each with what would mend that. */

import type { ArchiveEntry } from "./archive-list.ts";
import { UNRESTORABLE, type UnrestorableKind } from "./unrestorable.ts";
import type { Connection, Row } from "./connection.ts";
import { mayMakeFor } from "./create-database.ts";
import { labelOf } from "./labels.ts";
import { ownerLack, type OwnersRestorer } from "./restored-owners.ts";

export interface CannotRestore {
  /** As `backup.may-lack` names it. */
  readonly kind: UnrestorableKind;
  /** `event trigger audit_ddl`. */
  readonly what: string;
  readonly why: string;
  readonly fix: string;
  /** What of the dump a restore leaves out where it may lack this; null: it does without owners instead. */
  readonly entries: readonly ArchiveEntry[] | null;
  /** What a schema snapshot of the source has, and one of a restore without it has not. */
  readonly labels: readonly string[];
}

/** For manifests and people. */
export function describeLack({ what, why }: CannotRestore): string {
  return `${what} is in the backup, and cannot be restored by this role: ${why}`;
}

/** Who restores, and where. */
interface Restorer extends OwnersRestorer {
  /** Versions that can be created, `name version`; true: by this role. */
  readonly extensions: ReadonlyMap<string, boolean>;
}

/**
 * What `restorer`'s role could not restore, on its server, of the database that `source` is in. Subscriptions are never restored: beside
 * their original they would share its slot.
 */
export async function cannotRestore(source: Connection, restorer: Connection = source): Promise<readonly CannotRestore[]> {
  const [database] = await source.rows(OWNER);
  const who = await restorerOf(restorer, String(database?.[0]));
  const found: CannotRestore[] = [];
  for (const kind of UNRESTORABLE) {
    if (kind.needs === "superuser" && who.superuser) continue;
    const sql = typeof kind.sql === "string" ? kind.sql : kind.sql(source.serverVersion);
    if (sql === null) continue;
    for (const row of await source.rows(sql)) {
      const [name = ""] = row.map(String);
      const lack = kind.needs === "membership" ? ownerLack(row, who) : lackOf(kind, row, who);
      if (lack === null) continue;
      const called = labelIn(kind.noun, row);
      found.push({
        kind: kind.kind,
        what: `${kind.noun} ${name}`,
        ...lack,
        entries: kind.archive === null ? null : entriesOf(kind.archive, row),
        labels: kind.archive === null ? [] : [called, `grant on ${called}`, `comment on ${row[3] ?? called}`],
      });
    }
  }
  return found;
}

interface Routine {
  readonly schema: string;
  readonly name: string;
  /** With their names, as comments and grants are dumped. */
  readonly parameters: string;
  readonly keyword: string;
  readonly quoted: string;
}

/** Only functions and procedures stand in a schema, and have arguments. */
function routineOf([, , , , schema, name, parameters, keyword, quoted]: Row): Routine | undefined {
  if (typeof schema !== "string") return undefined;
  return { schema, name: String(name), parameters: String(parameters), keyword: String(keyword), quoted: String(quoted) };
}

function labelIn(noun: string, row: Row): string {
  const routine = routineOf(row);
  return `${noun} ${routine === undefined ? row[0] : `${labelOf(routine.schema, routine.name)}(${routine.parameters})`}`;
}

function entriesOf(kind: string, row: Row): readonly ArchiveEntry[] {
  const [name, owner] = [String(row[0]), String(row[1])];
  const routine = routineOf(row);
  if (routine === undefined) return [{ kind, name, owner: kind === "EXTENSION" ? "" : owner }];
  const { schema, keyword, quoted, parameters } = routine;
  const about = { schema, name: `${keyword} ${quoted}(${parameters})`, owner };
  return [
    { kind: keyword, schema, name, owner },
    { kind: "COMMENT", ...about },
    { kind: "ACL", ...about },
  ];
}

type Kind = (typeof UNRESTORABLE)[number];

function lackOf(kind: Kind, row: Row, who: Restorer): Pick<CannotRestore, "why" | "fix"> | null {
  const why = reasonOf(kind.needs, row, who);
  return why === null ? null : { why, fix: kind.fix(who.role, String(row[0]), String(row[1])) };
}

/** null: this one can be restored. Columns: name, owner, what it needs where it needs something. */
function reasonOf(needs: Kind["needs"], [name, , needed]: Row, who: Restorer): string | null {
  switch (needs) {
    case "superuser":
      return "only a superuser may create it";
    case "nothing":
      return "a copy would use its original's replication slot";
    case "extension": {
      const can = who.extensions.get(`${name} ${needed}`);
      if (can === undefined) return `version ${needed} is not installed on the server`;
      return can ? null : "it is not trusted: only a superuser may create it";
    }
    case "membership":
      return null; // `ownerLack` tells
  }
}

/** What managed servers call those who may do nearly all that a superuser may. */
const MANAGERS = ["rds_superuser", "cloudsqlsuperuser", "azure_pg_admin", "alloydbsuperuser"];

const OWNER = "select pg_catalog.pg_get_userbyid(datdba) from pg_catalog.pg_database where datname = pg_catalog.current_database()";

/** `owner`: of the database that is restored. */
async function restorerOf(connection: Connection, owner: string): Promise<Restorer> {
  const membership = connection.serverVersion >= 160_000 ? "SET" : "MEMBER";
  const [me] = await connection.rows("select r.rolname, r.rolsuper::text from pg_catalog.pg_roles r where r.rolname = current_user");
  const roles = await connection.rows(`select rolname, pg_catalog.pg_has_role(oid, '${membership}')::text from pg_catalog.pg_roles`);
  const trusted = connection.serverVersion >= 130_000 ? "v.trusted or not v.superuser" : "not v.superuser";
  const extensions = await connection.rows(
    `select v.name, v.version, (${trusted})::text from pg_catalog.pg_available_extension_versions v`,
  );
  const superuser = me?.[1] === "true";
  const acts = new Map(roles.map(([name, can]) => [String(name), can === "true"]));
  const manages = superuser || MANAGERS.some((name) => acts.get(name) === true);
  return {
    role: String(me?.[0]),
    superuser: manages,
    serverVersion: connection.serverVersion,
    keepsOwner: await mayMakeFor(connection, owner),
    roles: acts,
    extensions: new Map(extensions.map(([name, version, can]) => [`${name} ${version}`, manages || can === "true"])),
  };
}
