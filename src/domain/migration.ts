/** One step of a team's migrations, as its tool knows it. */
export interface Migration {
  readonly id: string;
  /** SHA-256 of the file as it lies on disk, in hexadecimal; null where a tool has no file for it. */
  readonly sha256: string | null;
  /** What a tool can tell of its SQL; null where it cannot. */
  readonly sql: string | null;
  /** Path relative to the directory of relative paths; null where a tool has no file for it. */
  readonly file: string | null;
  /** A way back exists that the tool itself can run. */
  readonly reversible: boolean;
  readonly findings: readonly Finding[];
}

/** Something worth knowing about a migration before it runs. Stable ids; a finding never stops a run by itself. */
export interface Finding {
  readonly id: string;
  /** Where: `0003_drop.sql:12`. */
  readonly place: string;
  readonly message: string;
}

export interface AppliedMigration {
  readonly id: string;
  readonly durationMs: number;
}
