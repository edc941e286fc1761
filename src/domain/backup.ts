import type { JsonValue } from "./canonical-json.ts";
import type { EngineName } from "./target.ts";

/**
 * How the content of a backup was proven; reports say which, never just "proven". `external`: the team's own program made it and its own
 * check passed; Belay has not seen a byte of it.
 */
export type Proof = "restored" | "read" | "external";

// Type aliases, not interfaces: they are JSON, and only an alias is seen to be (`JsonValue`).
export type BackupFile = {
  /** Name inside the backup's folder. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Of the file as it lies in the store, in hexadecimal. */
  readonly sha256: string;
};

/**
 * `manifest.json` of a backup. Written last: without it the backup does not exist. Holds no secret. `restore` is a command line
 * for a person without Belay, run in the backup's folder.
 */
export type Manifest = {
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
};

export type ManifestTable = {
  readonly name: string;
  readonly rows: number;
  /** null where the engine proves equality by joining the copies (`exactCompare`). */
  readonly fingerprint: { readonly algorithm: string; readonly serverMajor: number; readonly value: string } | null;
};

/**
 * Whether what was read has the shape that every reader of a manifest relies on. What its engine put into `engineFacts` is judged by
 * the engine, and whether it was altered by its digest.
 */
export function isManifest(value: unknown): value is Manifest {
  if (!isObject(value)) return false;
  const texts = ["id", "run", "environment", "target", "engine", "engineVersion", "takenAt", "source", "schemaDigest", "proof"];
  const lists = ["files", "tables", "lacks", "restore"];
  const records = ["toolVersions", "sequences", "engineFacts"];
  return (
    texts.every((name) => typeof value[name] === "string") &&
    lists.every((name) => Array.isArray(value[name])) &&
    records.every((name) => isObject(value[name])) &&
    everyOf(value["files"], ({ name, sizeBytes, sha256 }) => isText(name) && Number.isSafeInteger(sizeBytes) && isText(sha256)) &&
    everyOf(value["tables"], ({ name, rows }) => isText(name) && Number.isSafeInteger(rows))
  );
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function everyOf(list: unknown, holds: (item: Readonly<Record<string, unknown>>) => boolean): boolean {
  return Array.isArray(list) && list.every((item) => isObject(item) && holds(item));
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
