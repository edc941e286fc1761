import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { annotationsOf } from "../../src/report/markdown/annotations.ts";
import { outputsOf } from "../../src/report/markdown/outputs.ts";
import { hostileText } from "../support/hostile-text.ts";
import { LISTS } from "../golden/lists.ts";
import { BACKUP, result, RUN, SITUATIONS, target } from "../golden/results.ts";

const ROOT = { directory: "" };
const PENDING = { reversible: false, findings: [], sql: null, file: null };

describe("annotations", () => {
  it("stand on the file and line that failed, from the root of the repository", () => {
    const failed = result({
      outcome: "undone",
      reasons: [
        {
          code: "migration-failed",
          message: "applying 0005: UNIQUE constraint failed\ninsert into users",
          hint: "mend it",
          file: "migrations/0005.sql",
          line: 12,
        },
      ],
    });
    expect(annotationsOf(failed, { directory: "apps/shop" })).toEqual([
      {
        level: "error",
        title: "Belay prod: migration-failed",
        message: "applying 0005: UNIQUE constraint failed\ninsert into users\nmend it",
        file: "apps/shop/migrations/0005.sql",
        line: 12,
      },
    ]);
  });

  it("have no place where the file is not in the repository", () => {
    const reasons = [{ code: "x", message: "m", file: "/srv/app/1.sql", line: 2 }];
    expect(annotationsOf(result({ outcome: "refused", reasons }), ROOT)).toEqual([
      { level: "error", title: "Belay prod: x", message: "m" },
    ]);
  });

  it("warn of warned checks and of data that are not proven, and keep quiet about what went well", () => {
    const of = (name: string) => annotationsOf(SITUATIONS[name] ?? result(), ROOT).map(({ level, title }) => `${level} ${title}`);
    expect(of("migrated")).toEqual([]);
    expect(of("migrated-with-warnings")).toEqual(["warning Belay check: ./verify.sh"]);
    expect(of("migrated-unproven")).toEqual(["warning Belay: what happened to the rows is not proven"]);
    expect(of("undone-by-swap")).toEqual(["error Belay prod: check-failed"]);
  });

  it("are warnings of a plan that would be refused: it was shown, as it was asked for", () => {
    expect(annotationsOf(LISTS["plan-with-obstacles"] ?? result(), ROOT).map(({ level }) => level)).toEqual(["warning"]);
  });

  it("name a check that failed with its rows, once", () => {
    const check = { name: "no user lost", phase: "after", passed: false, expected: "12", actual: "11", explanation: ["id=4"] } as const;
    const quiet = result({ outcome: "checks-failed", targets: [target({ checks: [check] })] });
    expect(annotationsOf(quiet, ROOT)).toEqual([
      { level: "error", title: "Belay check: no user lost", message: "app: expected 12, got 11\nid=4" },
    ]);
    const told = { ...quiet, reasons: [{ code: "check-failed", message: "no user lost: expected 12, got 11" }] };
    expect(annotationsOf(told, ROOT).map(({ title }) => title)).toEqual(["Belay prod: check-failed"]);
  });

  it("are at most ten of a kind, and the last one says how many there are more", () => {
    const reasons = Array.from({ length: 25 }, (_, at) => ({ code: `code-${at}`, message: "m" }));
    const all = annotationsOf(result({ outcome: "refused", reasons }), ROOT);
    expect(all).toHaveLength(10);
    expect(all.at(-1)).toMatchObject({ level: "error", title: "16 more" });
  });

  it("are plain text of bounded size, whatever a database says", () => {
    fc.assert(
      fc.property(hostileText, fc.constantFrom(1, 2_000), (text, times) => {
        const reasons = [{ code: "x", message: text.repeat(times), file: `a${text}`, line: 1 }];
        for (const { title, message, file } of annotationsOf(result({ outcome: "undone", environment: text, reasons }), ROOT)) {
          expect(`${title}${file ?? ""}`).not.toMatch(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
          expect(message).not.toMatch(/(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
          expect(message.length).toBeLessThan(25_000);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe("outputs", () => {
  const pending = ["0003", "0004"].map((id) => ({ ...PENDING, id }));
  const applied = [{ id: "0003", durationMs: 1 }];

  it("count what was applied and stayed, and what is still pending", () => {
    const part = result({ targets: [target({ pending, applied, backup: BACKUP })] });
    expect(outputsOf(part)).toEqual({
      outcome: "migrated",
      run: RUN,
      digest: part.digest,
      backup: BACKUP.id,
      pending: 1,
      applied: 1,
      matrix: '{"target":["app"]}',
    });
    const back = result({ outcome: "undone", targets: [target({ outcome: "undone", pending, applied })] });
    expect(outputsOf(back)).toMatchObject({ outcome: "undone", pending: 2, applied: 0, backup: "" });
  });

  it("give a plan's matrix only the targets that have something pending", () => {
    const targets = [target({ name: "acme", outcome: "planned", pending }), target({ name: "demo", outcome: "planned" })];
    const planned = result({ command: "plan", outcome: "planned", run: null, digest: null, targets });
    expect(outputsOf(planned)).toMatchObject({ run: "", digest: "", pending: 2, applied: 0, matrix: '{"target":["acme"]}' });
    expect(outputsOf({ ...planned, command: "verify", outcome: "verified" }).matrix).toBe('{"target":["acme","demo"]}');
  });
});
