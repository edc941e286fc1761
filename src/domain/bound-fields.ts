import type { LaterWrites } from "./result.ts";

/** The same of a rollback: which run is taken back, and what that was seen to lose. */
export interface BoundRollback {
  readonly v: 1;
  readonly repositoryId: number | null;
  readonly environment: string;
  readonly command: "rollback";
  /** The migration that stays, where the tool itself takes back what came after it; null: the data go back. */
  readonly to: string | null;
  readonly targets: readonly {
    readonly name: string;
    readonly identity: string;
    /** The run that is taken back; null for one that goes down to a migration. */
    readonly run: string | null;
    /** Tables that were written to since; one entry `*` where nobody can tell. */
    readonly laterWrites: readonly LaterWrites[];
  }[];
  readonly policyDigest: string;
}

/**
 * What an approval binds (DESIGN 8), as plain JSON, in which every part of it can be read: the digest is of exactly this, and what is told
 * to a bot, and shown by it, is exactly this.
 */
export interface BoundFields {
  readonly v: 1;
  readonly repositoryId: number | null;
  readonly environment: string;
  readonly command: "migrate";
  readonly targets: readonly {
    readonly name: string;
    readonly identity: string;
    readonly schemaDigest: string;
    readonly pending: readonly { readonly id: string; readonly sha256: string | null }[];
    readonly findings: readonly { readonly id: string; readonly place: string }[];
  }[];
  readonly tool: { readonly name: string; readonly configSha256: string };
  readonly policyDigest: string;
}
