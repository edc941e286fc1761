import { expect, test } from "vitest";

import type { Result, TargetResult } from "../../src/domain/result.ts";
import { perTarget } from "../../src/report/changes.ts";
import { runReport } from "../../src/report/run-report.ts";
import type { Style } from "../../src/report/style.ts";

const PLAIN: Style = { color: false, unicode: true, width: 100, live: false, plain: false };

const target = (name: string, more: Partial<TargetResult> = {}): TargetResult => ({
  name,
  engine: "sqlite",
  outcome: "migrated",
  undisturbed: true,
  pending: [],
  applied: [],
  steps: [],
  backup: null,
  checks: [],
  data: null,
  schema: null,
  rollback: null,
  ...more,
});

const many = Array.from({ length: 1000 }, (_, at) => target(`customer-${at}`));

test("a thousand targets have a line each only as far as somebody reads them, the worst first", () => {
  const reasons = [{ code: "migration-failed", message: "applying 0001: no such table\nmore of it" }];
  const targets = [...many.slice(0, 500), target("bad", { outcome: "undone", reasons }), ...many.slice(500)];
  const result: Result = {
    belay: "0.1.0",
    run: null,
    command: "migrate",
    environment: "prod",
    outcome: "undone",
    digest: null,
    startedAt: "2026-11-21T00:00:00Z",
    durationMs: 1,
    reasons,
    targets,
  };
  const lines = runReport(result, PLAIN).filter((line) => /customer|bad|more:/.test(line));
  expect(lines[0]).toMatch(/bad: undone, applying 0001: no such table$/);
  expect(lines).toHaveLength(21);
  expect(lines.at(-1)).toMatch(/981 more: migrated$/);
});

test("what many say alike is said once, with the first of their names", () => {
  expect(perTarget(many, () => "2 tables")).toEqual(["customer-0, customer-1, customer-2, and 997 more: 2 tables"]);
  expect(perTarget(many.slice(0, 2), ({ name }) => name)).toEqual(["customer-0: customer-0", "customer-1: customer-1"]);
  expect(perTarget(many, ({ name }) => name)).toHaveLength(11);
});
