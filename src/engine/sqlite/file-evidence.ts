import { lstatSync, statSync, type BigIntStats } from "node:fs";

import type { JsonValue } from "../../domain/canonical-json.ts";
import { isMissing } from "./place.ts";

/** What tells that a file is still the one that was proven, without reading it. Whole numbers as text: they exceed 2^53. */
export interface FileEvidence {
  readonly dev: string;
  readonly ino: string;
  readonly size: string;
  readonly mtimeNs: string;
  readonly ctimeNs: string;
}

/** `dev:inode`: tells one file from every other one, under any name. undefined where there is none. */
export function fileIdentity(path: string): string | undefined {
  const stats = statIfThere(path);
  return stats && identityOf(stats);
}

export function identityOf(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}`;
}

export function statIfThere(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export function isSymbolicLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

export function evidenceOf(path: string): FileEvidence | undefined {
  const stats = statIfThere(path);
  if (stats === undefined) return undefined;
  const { dev, ino, size, mtimeNs, ctimeNs } = stats;
  return { dev: `${dev}`, ino: `${ino}`, size: `${size}`, mtimeNs: `${mtimeNs}`, ctimeNs: `${ctimeNs}` };
}

/** Evidence as a journal gives it back; undefined where it is none. */
export function parseEvidence(value: JsonValue): FileEvidence | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { dev, ino, size, mtimeNs, ctimeNs } = value as { readonly [key: string]: JsonValue };
  if (typeof dev !== "string" || typeof ino !== "string" || typeof size !== "string") return undefined;
  if (typeof mtimeNs !== "string" || typeof ctimeNs !== "string") return undefined;
  return { dev, ino, size, mtimeNs, ctimeNs };
}

/** Is the file at `path` still exactly the one that the evidence was taken of? */
export function stillHolds(path: string, evidence: FileEvidence): boolean {
  const now = evidenceOf(path);
  return (
    now !== undefined &&
    now.dev === evidence.dev &&
    now.ino === evidence.ino &&
    now.size === evidence.size &&
    now.mtimeNs === evidence.mtimeNs &&
    now.ctimeNs === evidence.ctimeNs
  );
}
