/** What the role may do on this server, as far as Belay needs it. */

import type { Connection } from "./connection.ts";

export interface Rights {
  readonly role: string;
  readonly superuser: boolean;
  readonly createsDatabases: boolean;
  /** Has the privileges of the database's owner. */
  readonly owns: boolean;
  readonly owner: string;
  /** May end other roles' sessions, superusers' aside (pg_signal_backend). */
  readonly endsOthers: boolean;
  /** Sees every row whatever a table's policies say. */
  readonly bypassesRowSecurity: boolean;
}

/** `USAGE`, not `MEMBER`: a role that does not inherit is a member and may do nothing until it says SET ROLE. */
const RIGHTS = `select r.rolname, r.rolsuper, r.rolcreatedb, pg_catalog.pg_has_role(d.datdba, 'USAGE'), pg_catalog.pg_get_userbyid(d.datdba),
    pg_catalog.pg_has_role('pg_signal_backend', 'USAGE'), r.rolbypassrls
  from pg_catalog.pg_roles r, pg_catalog.pg_database d where r.rolname = current_user and d.datname = $1`;

/** undefined where there is no such database. */
export async function readRights(connection: Connection, database: string): Promise<Rights | undefined> {
  const [row] = await connection.rows(RIGHTS, [database]);
  if (row === undefined) return undefined;
  const [role, superuser, createsDatabases, owns, owner, endsOthers, bypasses] = row;
  return {
    role: String(role),
    superuser: superuser === "t",
    createsDatabases: superuser === "t" || createsDatabases === "t",
    owns: owns === "t",
    owner: String(owner),
    endsOthers: superuser === "t" || endsOthers === "t",
    bypassesRowSecurity: superuser === "t" || bypasses === "t",
  };
}

/** Why nothing of this connection's database can be copied beside it, in words; null: it can. */
export async function obstacleToCopies(connection: Connection): Promise<string | null> {
  const rights = await readRights(connection, connection.database);
  return rights === undefined || rights.createsDatabases ? null : `the role ${rights.role} may not create databases`;
}

/** Why this role cannot rename the database, in words; null: it can. */
export function obstacleOfRights({ role, createsDatabases, owns, superuser, owner }: Rights): string | null {
  if (!createsDatabases) return `the role ${role} may not create databases (alter role … createdb)`;
  if (!owns && !superuser) return `the role ${role} has not the rights of ${owner}, who owns the database`;
  return null;
}
