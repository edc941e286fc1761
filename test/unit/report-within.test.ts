import { expect, test } from "vitest";

import type { Result, TargetResult } from "../../src/domain/result.ts";
import { resultWithin } from "../../src/report/within.ts";

const LIMIT = 256 * 1024 - 1024;

function targetOf(name: string, size: number, outcome: TargetResult["outcome"] = "migrated"): TargetResult {
  const pending = Array.from({ length: size }, (_, at) => ({
    id: `${at}_step`,
    reversible: false,
    findings: [],
    sql: "x".repeat(1000),
    file: null,
  }));
  const tables = Array.from({ length: size }, (_, at) => ({
    name: `t${at}`,
    rowsBefore: 1,
    rowsAfter: 1,
    added: 0,
    removed: 0,
    changed: 0,
    columnsChanged: [],
  }));
  const data = { proven: true, tables };
  return {
    name,
    engine: "sqlite",
    outcome,
    undisturbed: true,
    pending,
    applied: [],
    steps: [],
    backup: null,
    checks: [],
    data,
    schema: null,
    rollback: null,
  };
}

function resultOf(targets: readonly TargetResult[], reasons: Result["reasons"] = []): Result {
  return {
    belay: "0.1.0",
    run: "RUN",
    command: "migrate",
    environment: "prod",
    outcome: "migrated",
    digest: "sha256:d",
    startedAt: "2026-11-21T12:00:00Z",
    durationMs: 5,
    reasons,
    targets,
  };
}

test("a result that fits is told whole", () => {
  const result = resultOf([targetOf("app", 3)]);
  expect(resultWithin(result, LIMIT)).toBe(result);
});

test.each([
  ["of long SQL", resultOf([targetOf("app", 300)])],
  ["of many tables", resultOf([targetOf("app", 3000)])],
  ["of ten thousand targets", resultOf(Array.from({ length: 10_000 }, (_, at) => targetOf(`customer-${at}`, 3)))],
  ["of endless reasons", resultOf([], [{ code: "failed", message: "x".repeat(1_000_000) }])],
])("a result %s fits, and still says how it ended", (_, result) => {
  const cut = resultWithin(result, LIMIT);
  expect(Buffer.byteLength(JSON.stringify(cut))).toBeLessThanOrEqual(LIMIT);
  expect(cut).toMatchObject({ outcome: "migrated", digest: "sha256:d", run: "RUN", reasons: result.reasons.map(({ code }) => ({ code })) });
  expect(cut.targets.length > 0).toBe(result.targets.length > 0);
});

test("the one target that did not end as the others is the first that is told", () => {
  const many = Array.from({ length: 10_000 }, (_, at) => targetOf(`customer-${at}`, 3));
  const cut = resultWithin(resultOf([...many, targetOf("unlucky", 3, "undone")]), LIMIT);
  expect(cut.targets[0]).toMatchObject({ name: "unlucky", outcome: "undone" });
});
