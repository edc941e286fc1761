export type EngineName = "sqlite" | "postgres";

/** One database to bring through a deploy. The address may hold a password: it is never printed, journaled or put in arguments. */
export interface Target {
  readonly name: string;
  readonly engine: EngineName;
  /** As configured and expanded: an absolute path for SQLite, a URL for PostgreSQL. */
  readonly address: string;
  /** As configured, before `${}` was expanded: safe to show and part of digests. */
  readonly configured: string;
  /** The schemas that are the target's; absent: all of the database. PostgreSQL. */
  readonly schemas?: readonly string[];
  /** It is a tenant: one schema of a database that is shared with others. */
  readonly tenant?: Tenant;
}

/** One schema of a database: migrated, verified and taken back by itself; lock, state row, backup and proof are its database's. */
export interface Tenant {
  /** The database, as a target of its own. */
  readonly of: Target;
  readonly schema: string;
  /** All other tenants build on it: it comes first, and when it fails nothing of the database stays migrated. */
  readonly shared: boolean;
  /** So many targets the database has, this one counted. */
  readonly siblings: number;
  /** Where unqualified names of people's SQL lead: its own schema, then the shared one. */
  readonly searchPath: readonly string[];
}

/** The target whose lock, state row and backups a target has: its database's, where it is a tenant. */
export function databaseOf(target: Target): Target {
  return target.tenant?.of ?? target;
}

/**
 * Which database this is, as the system knows it. `live` tells two moments apart (SQLite `dev:inode`, PostgreSQL system identifier
 * and oid); `lasting` names it in digests, grants and manifests (SQLite the path as configured, PostgreSQL system identifier and name).
 */
export interface Identity {
  readonly live: string;
  readonly lasting: string;
}
