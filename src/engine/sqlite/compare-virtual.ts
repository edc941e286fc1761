/** Virtual tables: what they show, and what they keep in their shadow tables. */

import type { Database } from "better-sqlite3";

import { NO_DIFFERENCE, type RowDifference } from "../../domain/data.ts";
import { compareRows, type TableEnds } from "./compare-rows.ts";
import { foldName } from "./identifiers.ts";
import { columnsOfOneEnd } from "./row-equality.ts";
import type { TableShape } from "./table-shape.ts";
import { countTable } from "./table-sql.ts";

/** All that these hold is in the rows that they show; how their trees lie in the shadow tables says nothing. */
const MODULES_SHOWN_WHOLE = ["rtree", "rtree_i32", "geopoly"];

export interface VirtualDifference {
  readonly rows: RowDifference;
  readonly unproven?: string;
}

/**
 * Shadow tables that are equal prove the whole equal. Where they differ, the rows that the table shows are compared by their rowid,
 * which a virtual table documents as its key. A full-text index may then differ although every row is equal (it was rebuilt, or
 * damaged, or keeps no content of its own), and nothing tells which.
 */
export function compareVirtual(db: Database, ends: TableEnds): VirtualDifference {
  if (ends.before.module === ends.after.module && sameShadows(db, ends)) return { rows: NO_DIFFERENCE };
  const rows = compareRows(db, ends);
  const differs = rows.added + rows.removed + rows.changed > 0;
  if (differs || MODULES_SHOWN_WHOLE.includes(ends.after.module ?? "")) return { rows };
  return { rows, unproven: "every row is equal, but its index is stored differently; whether it finds the same rows cannot be compared" };
}

function sameShadows(db: Database, { before, after }: TableEnds): boolean {
  if (after.shadows.length === 0 || before.shadows.length !== after.shadows.length) return false;
  const old = new Map(before.shadows.map((shadow) => [foldName(shadow.name), shadow]));
  return after.shadows.every((shadow) => {
    const partner = old.get(foldName(shadow.name));
    return partner !== undefined && sameTable(db, partner, shadow);
  });
}

function sameTable(db: Database, before: TableShape, after: TableShape): boolean {
  const { added, dropped } = columnsOfOneEnd(before, after);
  if (added.length + dropped.length > 0) return false;
  const ends = { before, after, rowsBefore: countTable(db, "before", before), rowsAfter: countTable(db, "main", after) };
  const { added: more, removed, changed } = compareRows(db, ends);
  return more + removed + changed === 0;
}
