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
}

/**
 * Which database this is, as the system knows it. `live` tells two moments apart (SQLite `dev:inode`, PostgreSQL system identifier
 * and oid); `lasting` names it in digests, grants and manifests (SQLite the path as configured, PostgreSQL system identifier and name).
 */
export interface Identity {
  readonly live: string;
  readonly lasting: string;
}
