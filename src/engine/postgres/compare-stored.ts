/**
 * What happened to the rows since a backup of which nothing but the manifest can be asked: the role may not create the database that it
 * would be restored into. Fingerprints tell what is the same, and which columns are not; which rows, they do not.
 */

import type { Manifest, ManifestTable } from "../../domain/backup.ts";
import { NO_DIFFERENCE, type DataComparison, type TableDifference } from "../../domain/data.ts";
import type { Connection } from "./connection.ts";
import { FINGERPRINT_ALGORITHM, fingerprintTables, type TableFingerprint } from "./fingerprint.ts";
import { belongsTo } from "./labels-in-scope.ts";
import { readLargeObjects } from "./large-objects.ts";
import { readSchema } from "./schema.ts";
import type { Scope } from "./scope.ts";
import { columnFactsOf, schemaSha256, type ColumnFacts } from "./stored-facts.ts";
import { readTables, type Table } from "./tables.ts";

const ONE_SNAPSHOT = "begin isolation level repeatable read, read only";

export interface ComparedWithStored {
  readonly data: DataComparison;
  readonly sameSchema: boolean;
  /** The structure is held against what the target's was: where that is the same, nothing is missing. */
  readonly missing: readonly [];
}

/** The connection must not be in a transaction. */
export function compareWithStored(after: Connection, manifest: Manifest, scope: Scope): Promise<ComparedWithStored> {
  return after.transaction(ONE_SNAPSHOT, async () => {
    const schema = await readSchema(after, { schemas: scope.schemas });
    const tables = [...(await readTables(after, scope)), ...(await readLargeObjects(after, scope))];
    const now = await fingerprintTables(after, tables);
    const was = new Map(manifest.tables.filter(({ name }) => belongsTo(name, scope)).map((table) => [table.name, table]));
    const serverMajor = Math.floor(after.serverVersion / 10_000);
    const found: TableDifference[] = [...was.values()].flatMap((table) => (now.has(table.name) ? [] : [dropped(table)]));
    for (const table of tables) {
      const fingerprint = now.get(table.label);
      if (fingerprint === undefined) continue;
      const before = was.get(table.label);
      found.push(
        before === undefined
          ? made(table, fingerprint)
          : compared(before, columnFactsOf(manifest.engineFacts, table.label), table, fingerprint, serverMajor),
      );
    }
    const sameSchema = manifest.engineFacts["schemaSha256"] === schemaSha256(schema);
    return { data: { tables: found.sort((a, b) => (a.name < b.name ? -1 : 1)) }, sameSchema, missing: [] };
  });
}

function dropped({ name, rows }: ManifestTable): TableDifference {
  return { ...same(name, rows), rowsAfter: null, removed: rows };
}

function made({ label }: Table, { rows }: TableFingerprint): TableDifference {
  return { ...same(label, rows), rowsBefore: null, added: rows };
}

function same(name: string, rows: number): TableDifference {
  return { name, rowsBefore: rows, rowsAfter: rows, ...NO_DIFFERENCE, columnsAdded: [], columnsDropped: [] };
}

function compared(
  { name, rows, fingerprint }: ManifestTable,
  old: ColumnFacts | undefined,
  table: Table,
  now: TableFingerprint,
  serverMajor: number,
): TableDifference {
  const counts = { ...same(name, rows), rowsAfter: now.rows, added: Math.max(0, now.rows - rows), removed: Math.max(0, rows - now.rows) };
  const comparable = fingerprint?.algorithm === FINGERPRINT_ALGORITHM && fingerprint.serverMajor === serverMajor;
  if (!comparable) return { ...counts, unproven: "the backup's fingerprint was made in another way" };
  if (fingerprint.value === now.whole) return counts;
  if (old === undefined || now.columns.size === 0) return { ...counts, unproven: UNTOLD };
  const columns = {
    columnsAdded: [...now.columns.keys()].filter((column) => !(column in old)),
    columnsDropped: Object.keys(old).filter((column) => !now.columns.has(column)),
  };
  const valuesDropped = Object.fromEntries(columns.columnsDropped.map((column) => [column, Number(old[column]?.split(":")[0])]));
  const whole = { ...counts, ...columns, ...(columns.columnsDropped.length === 0 ? {} : { valuesDropped }) };
  const differing = [...now.columns].flatMap(([column, facts]) => (column in old && old[column] !== facts ? [column] : []));
  if (differing.length === 0 && now.rows === rows && now.columns.size > columns.columnsAdded.length) return whole;
  // the same keys: then at least in one row it is values that changed, and no row that came or went
  const sameRows = differing.length > 0 && (table.keys[0] ?? []).every((column) => column in old && !differing.includes(column));
  return sameRows ? { ...whole, changed: 1, columnsChanged: differing, unproven: UNTOLD } : { ...whole, unproven: UNTOLD };
}

const UNTOLD = "it is no longer what was backed up, and which rows differ only a copy of the backup could tell";
