import { createHash } from "node:crypto";

import type { BoundFields, BoundRollback } from "../domain/bound-fields.ts";
import { canonicalJson, type JsonValue } from "../domain/canonical-json.ts";
import type { Finding, Migration } from "../domain/migration.ts";
import type { SchemaSnapshot } from "../domain/schema.ts";

/** What an approval binds (DESIGN 8): nothing in it is a measurement, so the same plan has the same digest tomorrow. */
export interface DigestFields {
  readonly repositoryId: number | null;
  readonly environment: string;
  readonly command: "migrate";
  readonly targets: readonly {
    readonly name: string;
    readonly identity: string;
    readonly schemaDigest: string;
    readonly pending: readonly Migration[];
    readonly findings: readonly Finding[];
  }[];
  readonly tool: { readonly name: string; readonly configSha256: string };
  /** `policyDigest` of the environment's effective block of belay.yml before `${}` was expanded. */
  readonly policyDigest: string;
}

export function digestOf(fields: BoundFields | BoundRollback): string {
  return `sha256:${sha256Of(fields)}`;
}

export function boundFields({ repositoryId, environment, command, targets, tool, policyDigest: policy }: DigestFields): BoundFields {
  return {
    v: 1,
    repositoryId,
    environment,
    command,
    targets: targets.map(({ name, identity, schemaDigest: structure, pending, findings }) => ({
      name,
      identity,
      schemaDigest: structure,
      pending: pending.map(({ id, sha256 }) => ({ id, sha256 })),
      findings: findings.map(({ id, place }) => ({ id, place })),
    })),
    tool,
    policyDigest: policy,
  };
}

/** What a run would apply, alone: two environments with the same agree on it, whatever else they are. */
export function pendingDigest({
  targets,
}: {
  readonly targets: readonly { readonly pending: readonly Pick<Migration, "id" | "sha256">[] }[];
}): string {
  const sets = targets.map(({ pending }) => canonicalJson(pending.map(({ id, sha256 }) => ({ id, sha256 }))));
  return `sha256:${sha256Of([...new Set(sets)].toSorted())}`;
}

export function policyDigest(policy: JsonValue): string {
  return sha256Of(policy);
}

export function schemaDigest(schema: SchemaSnapshot): string {
  return sha256Of(schema.objects);
}

function sha256Of(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
