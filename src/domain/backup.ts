import type { JsonValue } from "./canonical-json.ts";
import type { EngineName } from "./target.ts";

/**
 * How the content of a backup was proven; reports say which, never just "proven". `external`: the team's own program made it and its own
 * check passed; Belay has not seen a byte of it.
 */
export type Proof = "restored" | "read" | "external";

export interface BackupFile {
  /** Name inside the backup's folder. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Of the file as it lies in the store, in hexadecimal. */
  readonly sha256: string;
}

/**
 * `manifest.json` of a backup. Written last: without it the backup does not exist. Holds no secret. `restore` is a command line
 * for a person without Belay, run in the backup's folder.
 */
export interface Manifest {
  readonly formatVersion: 1;
  readonly id: string;
  readonly run: string;
  readonly environment: string;
  readonly target: string;
  readonly engine: EngineName;
  readonly engineVersion: string;
  readonly toolVersions: Readonly<Record<string, string>>;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  /** The source's lasting identity. */
  readonly source: string;
  readonly files: readonly BackupFile[];
  readonly tables: readonly ManifestTable[];
  readonly schemaDigest: string;
  readonly sequences: Readonly<Record<string, string>>;
  readonly compression: "none" | "zstd";
  readonly encryption: "none" | "age";
  readonly proof: Proof;
  readonly lacks: readonly string[];
  readonly restore: readonly string[];
  /** What the engine needs to restore it exactly (SQLite: owner, mode); never a secret. */
  readonly engineFacts: Readonly<Record<string, JsonValue>>;
}

export interface ManifestTable {
  readonly name: string;
  readonly rows: number;
  /** null where the engine proves equality by joining the copies (`exactCompare`). */
  readonly fingerprint: { readonly algorithm: string; readonly serverMajor: number; readonly value: string } | null;
}

/** A backup as reports name it. */
export interface BackupSummary {
  readonly id: string;
  readonly location: string;
  readonly sizeBytes: number;
  /** SHA-256 of the manifest. */
  readonly sha256: string;
  readonly proof: Proof;
}
