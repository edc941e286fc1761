/** What a manifest keeps for whoever can restore no copy of the backup: what the schemas were like, and what tables are compared by. */

import { createHash } from "node:crypto";

import { canonicalJson, type JsonValue } from "../../domain/canonical-json.ts";
import type { SchemaSnapshot } from "../../domain/schema.ts";
import type { Connection } from "./connection.ts";
import type { Content } from "./content.ts";
import { readSchemaFacts } from "./make-schemas.ts";
import { obstacleToCopies } from "./rights.ts";

/** `schema`: of the target's own schemas. Columns are kept only where they will be needed: there are many. */
export async function storedFacts(
  connection: Connection,
  schema: SchemaSnapshot,
  { fingerprints }: Content,
): Promise<Readonly<Record<string, JsonValue>>> {
  const schemas = await readSchemaFacts(connection, { schemas: null });
  const needed = (await obstacleToCopies(connection)) !== null;
  const columns = Object.fromEntries([...fingerprints].map(([label, table]) => [label, Object.fromEntries(table.columns)]));
  return {
    schemas: schemas.map((each) => ({ ...each, grants: each.grants.map((grant) => ({ ...grant })) })),
    schemaSha256: schemaSha256(schema),
    ...(needed ? { columns } : {}),
  };
}

export function schemaSha256({ objects }: SchemaSnapshot): string {
  return createHash("sha256").update(canonicalJson(objects)).digest("hex");
}

export type ColumnFacts = Readonly<Record<string, string>>;

/** By column, as `TableFingerprint.columns`; undefined where nothing is kept of this table's. */
export function columnFactsOf(facts: Readonly<Record<string, JsonValue>>, label: string): ColumnFacts | undefined {
  const { columns } = facts;
  if (typeof columns !== "object" || columns === null || Array.isArray(columns)) return undefined;
  const table = (columns as Readonly<Record<string, JsonValue>>)[label];
  if (typeof table !== "object" || table === null || Array.isArray(table)) return undefined;
  return Object.keys(table).length === 0 ? undefined : (table as ColumnFacts);
}
