/** The numbers of a report that people look at first. */

import { expect, test } from "vitest";

import type { TableResult } from "../../src/domain/result.ts";
import { describeLoss } from "../../src/report/changes.ts";

const table = (name: string, more: Partial<TableResult> = {}): TableResult => ({
  name,
  rowsBefore: 1,
  rowsAfter: 1,
  added: 0,
  removed: 0,
  changed: 0,
  columnsChanged: [],
  ...more,
});

test("a row that a tool replaces in its own list is not lost, and one of the application's is", () => {
  const version = table("alembic_version", { added: 1, removed: 1, record: true });
  expect(describeLoss([{ proven: true, tables: [table("users", { rowsBefore: 40, rowsAfter: 40 }), version] }])).toBe(
    "40 rows compared, none lost",
  );
  expect(describeLoss([{ proven: true, tables: [table("users", { rowsBefore: 40, rowsAfter: 39, removed: 1 }), version] }])).toBe(
    "40 rows compared, 1 lost",
  );
  expect(describeLoss([{ proven: true, tables: [version] }])).toBe("");
});
