/** The audit record: every entry carries the hash of the one before, so that nothing in it can be changed, left out or moved unnoticed. */

import { createHash } from "node:crypto";
import type { AuditVerdict } from "../../src/domain/audit-verdict.ts";
import { canonicalJson } from "../../src/domain/canonical-json.ts";

export interface AuditEntry {
  /** From 1, without a gap. */
  readonly seq: number;
  readonly at: string;
  /** GitHub's number. */
  readonly repository: number;
  readonly kind: string;
  readonly data: unknown;
  /** Hash of the entry before; of the first one 64 zeros. */
  readonly previous: string;
  readonly hash: string;
}

export const NO_AUDIT = "0".repeat(64);

export function chained(entry: Omit<AuditEntry, "hash">): AuditEntry {
  return { ...entry, hash: hashOf(entry) };
}

function hashOf({ seq, at, repository, kind, data, previous }: Omit<AuditEntry, "hash">): string {
  return createHash("sha256")
    .update(canonicalJson({ v: 1, seq, at, repository, kind, data, previous }))
    .digest("hex");
}

/**
 * Goes through all of it. An end that was cut off shows only against a head from elsewhere: every grant and every deployment carries
 * one. `heads`: such hashes; each must be in the chain.
 */
export async function verifyChain(
  entries: AsyncIterable<AuditEntry> | Iterable<AuditEntry>,
  heads: readonly string[] = [],
): Promise<AuditVerdict> {
  const wanted = new Set(heads.filter((head) => head !== NO_AUDIT));
  let previous = NO_AUDIT;
  let seq = 0;
  for await (const entry of entries) {
    seq += 1;
    if (entry.seq !== seq) return { kind: "damaged", seq, why: `entry ${seq} is missing; ${entry.seq} follows on ${seq - 1}` };
    if (entry.previous !== previous) return { kind: "damaged", seq, why: `entry ${seq} follows on another entry than ${seq - 1}` };
    if (hashOf(entry) !== entry.hash) return { kind: "damaged", seq, why: `entry ${seq} was changed` };
    previous = entry.hash;
    wanted.delete(previous);
  }
  const [lost] = wanted;
  if (lost !== undefined) return { kind: "damaged", seq: seq + 1, why: `no entry has the hash ${lost}: entries at the end are missing` };
  return { kind: "whole", entries: seq, head: previous };
}
