import { createHash } from "node:crypto";

import type { BoundFields, BoundRollback } from "../domain/bound-fields.ts";
import { canonicalJson, type JsonValue } from "../domain/canonical-json.ts";
import type { Migration } from "../domain/migration.ts";
import type { SchemaSnapshot } from "../domain/schema.ts";

export function digestOf(fields: BoundFields | BoundRollback): string {
  return `sha256:${sha256Of(fields)}`;
}

/** Nothing in it is a measurement, so the same plan has the same digest tomorrow. What else is known of migrations and findings is left out. */
export function boundFields({ repositoryId, environment, command, targets, tool, ...rest }: Omit<BoundFields, "v">): BoundFields {
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
    policyDigest: rest.policyDigest,
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
