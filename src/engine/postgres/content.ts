/** Everything that a backup is held against: rows, fingerprints, sequences and structure of a database. */

import type { ManifestTable } from "../../domain/backup.ts";
import { schemaDifference, type SchemaSnapshot } from "../../domain/schema.ts";
import type { Connection } from "./connection.ts";
import { FINGERPRINT_ALGORITHM, fingerprintTables, type TableFingerprint } from "./fingerprint.ts";
import { readLargeObjects } from "./large-objects.ts";
import { readSchema } from "./schema.ts";
import type { Scope } from "./scope.ts";
import { readSequences } from "./sequences.ts";
import { readTables, type Table } from "./tables.ts";

/** The whole database, as a backup holds it whoever owns which of its schemas. */
export const WHOLE: Scope = { schemas: null, include: "all" };

export interface Content {
  readonly serverMajor: number;
  readonly fingerprints: ReadonlyMap<string, TableFingerprint>;
  readonly sequences: Readonly<Record<string, string>>;
  readonly schema: SchemaSnapshot;
}

/** `known`: fingerprints of the very same rows, which then are not read again. */
export async function readContent(connection: Connection, known?: Content["fingerprints"]): Promise<Content> {
  const schema = await readSchema(connection, WHOLE);
  const sequences = await readSequences(connection, WHOLE);
  const fingerprints = known ?? (await fingerprintTables(connection, await readAllTables(connection)));
  return { serverMajor: Math.floor(connection.serverVersion / 10_000), fingerprints, sequences, schema };
}

/** Everything of the database that holds rows, or what is counted like rows. */
export async function readAllTables(connection: Connection): Promise<readonly Table[]> {
  return [...(await readTables(connection, WHOLE)), ...(await readLargeObjects(connection, WHOLE))];
}

export function manifestTables({ fingerprints, serverMajor }: Content): readonly ManifestTable[] {
  return [...fingerprints].map(([name, { rows, whole }]) => ({
    name,
    rows,
    fingerprint: { algorithm: FINGERPRINT_ALGORITHM, serverMajor, value: whole },
  }));
}

/** What a copy is allowed to differ in. */
export interface Allowance {
  /** What was left out on purpose, as a schema snapshot calls it. */
  readonly lacking: readonly string[];
  /** Everything belongs to whoever restored it. */
  readonly withoutOwners: boolean;
  /** Sequences as they stood when the copy's source had been read: others may have drawn numbers meanwhile. */
  readonly sequencesAfter: Readonly<Record<string, string>>;
}

/** In words, the first difference between what was and what came out; undefined where there is none. */
export function firstDifference(before: Content, copy: Content, allowed: Allowance): string | undefined {
  return differentTable(before, copy) ?? differentSequence(before, copy, allowed) ?? differentSchema(before, copy, allowed);
}

function differentTable(before: Content, copy: Content): string | undefined {
  for (const [name, expected] of before.fingerprints) {
    const found = copy.fingerprints.get(name);
    if (found?.rows !== expected.rows) return rowsDiffer(name, expected.rows, found?.rows);
    // hash functions are a server's own: across majors the rows are counted, and that is all
    if (before.serverMajor === copy.serverMajor && found.whole !== expected.whole) return `table ${name} came out with other values`;
  }
  const more = [...copy.fingerprints.keys()].find((name) => !before.fingerprints.has(name));
  return more === undefined ? undefined : `table ${more} is in it, and not in the database`;
}

/** `table users has 3 rows and should have 4` */
export function rowsDiffer(table: string, expected: number, found: number | undefined): string {
  return `table ${table} has ${found ?? "no"} rows and should have ${expected}`;
}

function differentSequence(before: Content, copy: Content, { sequencesAfter }: Allowance): string | undefined {
  const wrong = Object.entries(before.sequences).find(([name, at]) => {
    const found = copy.sequences[name];
    // a sequence that others drew from meanwhile stands somewhere between the two readings, or began anew
    return found === undefined || (at === sequencesAfter[name] && found !== at);
  });
  return wrong && `sequence ${wrong[0]} stands at ${copy.sequences[wrong[0]] ?? "nothing"} and should stand at ${wrong[1]}`;
}

function differentSchema(before: Content, copy: Content, { lacking, withoutOwners }: Allowance): string | undefined {
  if (before.serverMajor !== copy.serverMajor) return undefined; // catalogs of two majors say the same in other words
  const { added, removed, changed } = schemaDifference(before.schema, copy.schema);
  // what was granted is the owner's own where everything belongs to one
  const isLacking = (label: string) => lacking.includes(label) || (withoutOwners && label.startsWith("grant on "));
  const missing = removed.find((label) => !isLacking(label));
  if (missing !== undefined) return `${missing} is missing`;
  const more = added.find((label) => !isLacking(label));
  if (more !== undefined) return `${more} is in it, and not in the database`;
  const other = withoutOwners ? undefined : changed.find((label) => !isLacking(label));
  return other === undefined ? undefined : `${other} came out different`;
}
