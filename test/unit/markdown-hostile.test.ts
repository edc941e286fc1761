import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Result, TargetResult } from "../../src/domain/result.ts";
import { commentMarkdown, commentMarker } from "../../src/report/markdown/comment.ts";
import type { MarkdownContext } from "../../src/report/markdown/context.ts";
import { summaryMarkdown } from "../../src/report/markdown/summary.ts";
import { hostileText } from "../support/hostile-text.ts";
import { GITHUB_ACTS_ON, hrefs, type Rendered, rendered, skeleton } from "../support/rendered-markdown.ts";
import { BACKUP, result, target } from "../golden/results.ts";

const SHA = "3f2c9d1e5a7b4c6d8e9f0a1b2c3d4e5f60718293";
const COMMENT = 65_536;
const SUMMARY = 1_048_576;

function contextOf(text: string): MarkdownContext {
  return {
    serverUrl: "https://github.com",
    repository: "acme/shop",
    sha: SHA,
    runUrl: "https://github.com/acme/shop/actions/runs/4711",
    workflow: text,
    actor: text,
    environmentHash: "0123456789abcdef",
    directory: "",
    reportPath: text,
    requirements: [{ met: false, text }],
  };
}

function targetOf(text: string): TargetResult {
  return target({
    name: text,
    disturbance: text,
    pending: [
      { id: text, reversible: true, file: `m/${text}`, sql: `select 1;\n${text}`, findings: [{ id: text, place: text, message: text }] },
    ],
    applied: [{ id: text, durationMs: 10 }],
    appliedWithoutFile: [text],
    steps: [
      { name: "backup", outcome: "done", durationMs: 900, detail: `a ${text}` },
      { name: "migrate", outcome: "failed", durationMs: 100, detail: `a ${text}` },
      { name: "previous", outcome: "done", durationMs: 100, detail: `a ${text}` },
    ],
    backup: { ...BACKUP, id: text, location: text },
    checks: [{ name: text, phase: "after", passed: false, expected: text, actual: text, explanation: [`a ${text}`] }],
    data: {
      proven: false,
      why: text,
      tables: [{ name: text, rowsBefore: 1, rowsAfter: 2, added: 1, removed: 0, changed: 1, columnsChanged: [text], keys: [text] }],
    },
    schema: { added: [`column ${text}`], removed: [`index ${text}`], changed: [`view ${text}`] },
    rollback: {
      strategy: "swap",
      why: text,
      durationMs: 1,
      matches: true,
      laterWrites: [{ table: text, written: 1, gone: 0 }],
      kept: [text],
    },
    planned: { rollback: { strategy: "swap", why: text }, unprovable: [text], findings: [] },
    notes: [text],
  });
}

function resultOf(text: string, changes: Partial<Result>): Result {
  return result({
    environment: text,
    reasons: [{ code: text, message: text, hint: text, file: `m/${text}`, line: 3 }],
    targets: [targetOf(text)],
    checklist: [text],
    next: [text],
    digest: text,
    run: text,
    policy: { sha: SHA, branch: text, path: text, difference: [`-${text}`, `+${text}`], addedChecks: [text], flaw: text },
    approval: { approvers: [{ id: 1, login: text, source: "review" }], notes: [text] },
    ...changes,
  });
}

const SHAPES: readonly Partial<Result>[] = [
  { outcome: "undone" },
  { outcome: "migrated" },
  { outcome: "needs-attention" },
  { outcome: "planned", command: "plan" },
  { outcome: "refused", command: "gate" },
  { outcome: "planned", command: "plan", targets: [], reasons: [], welcome: ["x"] },
];

const ALLOWED =
  /^https:\/\/github\.com\/acme\/shop\/(?:blob\/[0-9a-f]{40}\/[^\s<>()]*|commit\/[0-9a-f]{40}|actions\/runs\/4711|actions\/workflows\/[^\s<>()]*)$/u;

/** The same page with a harmless text: what came from outside changes no block, no cell, no item. */
function expectSameShape(page: Rendered, harmless: Rendered) {
  expect(skeleton(page)).toBe(skeleton(harmless));
  expect(page.running.filter((each) => GITHUB_ACTS_ON.test(each))).toEqual([]);
  expect(hrefs(page).filter((url) => !ALLOWED.test(url))).toEqual([]);
}

function bytes(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

describe("text from outside, in every place of a report for GitHub", () => {
  for (const shape of SHAPES) {
    const name = `${shape.command ?? "migrate"} that is ${shape.welcome === undefined ? (shape.outcome ?? "") : "welcomed"}`;
    it(`neither breaks out of its place nor pings nor links: ${name}`, () => {
      const harmless = "word w";
      const comment = rendered(commentMarkdown(resultOf(harmless, shape), contextOf(harmless)));
      const summary = rendered(summaryMarkdown(resultOf(harmless, shape), contextOf(harmless)));
      fc.assert(
        fc.property(hostileText, (tail) => {
          const text = `w${tail}w`;
          expectSameShape(rendered(commentMarkdown(resultOf(text, shape), contextOf(text))), comment);
          expectSameShape(rendered(summaryMarkdown(resultOf(text, shape), contextOf(text))), summary);
        }),
        { numRuns: 15 },
      );
    });
  }

  it("never carries controls, marks of direction or half characters, and only our own comment", () => {
    fc.assert(
      fc.property(hostileText, (tail) => {
        const text = commentMarkdown(resultOf(`w${tail}`, {}), contextOf(`w${tail}`));
        expect(text).not.toMatch(/(?!\n)\p{Cc}|\p{Cs}|[\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069]/u);
        expect(text.match(/^<!-- belay:/gmu)).toHaveLength(1);
        expect(text.startsWith(`${commentMarker("0123456789abcdef")}\n`)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});

describe("a report that is too long for GitHub", () => {
  const huge = ["|`*@#<&_", "<details>", "@alice ", "`", "😀", "a\n", "| ", "\\"].map((unit) =>
    unit.repeat(Math.ceil(100_000 / unit.length)),
  );

  for (const [at, text] of huge.entries()) {
    it(`is cut to what GitHub takes, counted after escaping: ${JSON.stringify(text.slice(0, 8))}`, () => {
      for (const shape of [...SHAPES.slice(0, 1), ...SHAPES.slice(3)]) {
        const many = resultOf(text, {
          ...shape,
          ...(shape.targets === undefined ? { targets: [targetOf(text), targetOf(`b${text}`)] } : {}),
        });
        expect(bytes(commentMarkdown(many, contextOf(text))), `comment ${at}`).toBeLessThanOrEqual(COMMENT);
        expect(bytes(summaryMarkdown(many, contextOf(text))), `summary ${at}`).toBeLessThanOrEqual(SUMMARY);
      }
    });
  }

  const context = contextOf("report.json");
  const pending = Array.from({ length: 300 }, (_, at) => ({
    id: `${String(at).padStart(4, "0")}_step`,
    reversible: false,
    file: `migrations/${at}.sql`,
    sql: `insert into t values (${at});\n`.repeat(200),
    findings: [],
  }));
  const long = result({ command: "plan", outcome: "planned", run: null, targets: [target({ outcome: "planned", pending })] });

  it("keeps the answer, the list and what to do next, and says what was left out and where it is", () => {
    const text = commentMarkdown(long, context);
    expect(bytes(text)).toBeLessThanOrEqual(COMMENT);
    expect(text).toContain("300 migrations pending");
    expect(text).toContain("[`0000_step`](");
    expect(text).toMatch(
      /✂️ Left out, because GitHub takes no more: .*the SQL of `\d{4}_step`.*All of it is in \[the summary of the workflow run\]\(https/u,
    );
    expect(text.split("\n").at(-1)).toMatch(/^\*\*Next:\*\*/u);
    expect(skeleton(rendered(text))).not.toContain("details details");
  });

  it("leaves nothing out while there is room, and less the more there is", () => {
    const sizes = [20_000, 100_000, 400_000, SUMMARY, 4_000_000].map((limit) => {
      const text = summaryMarkdown(long, context, limit);
      expect(bytes(text)).toBeLessThanOrEqual(limit);
      return text;
    });
    const blocks = sizes.map((text) => text.match(/<details>/gu)?.length ?? 0);
    expect(blocks.toSorted((a, b) => a - b)).toEqual(blocks);
    expect(blocks.at(-1)).toBe(300);
    expect(sizes.at(-1)).not.toContain("✂️");
  });

  it("names every database of many, in time that grows with them and not faster", () => {
    const many = result({ targets: Array.from({ length: 1_000 }, (_, at) => ({ ...targetOf("word w"), name: `tenant${at}` })) });
    const began = performance.now();
    expect(bytes(commentMarkdown(many, context))).toBeLessThanOrEqual(COMMENT);
    expect(bytes(summaryMarkdown(many, context))).toBeLessThanOrEqual(SUMMARY);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
