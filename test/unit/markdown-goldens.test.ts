import { describe, expect, it } from "vitest";

import type { Result } from "../../src/domain/result.ts";
import { commentMarkdown } from "../../src/report/markdown/comment.ts";
import type { MarkdownContext } from "../../src/report/markdown/context.ts";
import { summaryMarkdown } from "../../src/report/markdown/summary.ts";
import { expectGolden } from "../golden/golden.ts";
import { LISTS } from "../golden/lists.ts";
import { result, SITUATIONS, target } from "../golden/results.ts";

const SHA = "3f2c9d1e5a7b4c6d8e9f0a1b2c3d4e5f60718293";

const CONTEXT: MarkdownContext = {
  serverUrl: "https://github.com",
  repository: "acme/shop",
  sha: SHA,
  runUrl: "https://github.com/acme/shop/actions/runs/4711",
  workflow: "deploy.yml",
  actor: "carol",
  environmentHash: "0123456789abcdef",
  directory: "",
  reportPath: "/home/runner/work/_temp/belay/report.json",
  requirements: [],
};

const APPROVAL = {
  approvers: [
    { id: 1, login: "alice", source: "environment" },
    { id: 2, login: "bob", source: "environment" },
  ],
  notes: [],
} as const;

const POLICY = {
  sha: "a".repeat(40),
  branch: "main",
  path: "belay.yml",
  difference: ["@@ -4,3 +4,2 @@", " environments:", "   prod:", "-    approvals: { required: 1, from: [alice, bob] }"],
  addedChecks: ["no order lost"],
};

function known(name: string, from: Readonly<Record<string, Result>>): Result {
  const found = from[name];
  if (found === undefined) throw new Error(`no result called ${name}`);
  return found;
}

const plan = known("plan", LISTS);
const PENDING = plan.targets[0]?.pending ?? [];

/** As a run on GitHub has them: planned migrations with their files, who approved, which policy decided. */
function onGitHub(ran: Result): Result {
  const pending = ["0003_settings", "0004_columns", "0005_data"].map((id, at) => ({
    ...(PENDING[at] ?? { reversible: false, findings: [] }),
    id,
    file: `migrations/${id}.sql`,
    findings: [],
  }));
  return { ...ran, approval: APPROVAL, targets: ran.targets.map((each) => ({ ...each, pending })) };
}

const FAILED_CHECK = {
  name: "users without organisation",
  phase: "after",
  passed: false,
  expected: "0",
  actual: "17",
  explanation: ["4, a@example.com", "9, b@example.com"],
} as const;

const undone = known("undone-by-swap", SITUATIONS);

const SHOWN: Readonly<Record<string, readonly [result: Result, context?: Partial<MarkdownContext>]>> = {
  migrated: [{ ...onGitHub(known("migrated", SITUATIONS)), policy: POLICY }],
  "migrated-unproven": [onGitHub(known("migrated-unproven", SITUATIONS))],
  "up-to-date": [known("up-to-date", SITUATIONS)],
  undone: [{ ...onGitHub(undone), targets: onGitHub(undone).targets.map((each) => ({ ...each, checks: [FAILED_CHECK] })) }],
  "undone-at-a-line": [
    {
      ...onGitHub(known("undone-by-transaction", SITUATIONS)),
      reasons: [
        {
          code: "migration-failed",
          message: "applying 0005_data: UNIQUE constraint failed: users.email (migrations/0005_data.sql, line 12)",
          file: "migrations/0005_data.sql",
          line: 12,
        },
      ],
    },
  ],
  refused: [known("refused-for-three-reasons", SITUATIONS)],
  "needs-attention": [onGitHub(known("needs-attention-rollback-failed", SITUATIONS))],
  "several-targets": [known("several-targets", SITUATIONS)],
  "rolled-back": [known("rolled-back", SITUATIONS)],
  verified: [known("verified", SITUATIONS)],
  planned: [
    plan,
    {
      requirements: [
        { met: true, text: "2 required checks are green" },
        { met: false, text: "1 approval of prod by @alice or @acme/dba" },
      ],
    },
  ],
  "planned-with-obstacles": [known("plan-with-obstacles", LISTS)],
  "planned-for-several-targets": [known("plan-several-targets", LISTS)],
  welcome: [
    result({
      command: "plan",
      run: null,
      digest: null,
      outcome: "planned",
      durationMs: 40,
      targets: [],
      welcome: ["prod: sqlite:/srv/app/app.db, migrated by flask", "3 migrations are pending", "2 checks would be asked"],
    }),
  ],
  status: [known("status", LISTS)],
};

describe("what people see on GitHub", () => {
  for (const [name, [shown, more]] of Object.entries(SHOWN)) {
    it(`is a comment that answers what people ask: ${name}`, () => {
      const text = commentMarkdown(shown, { ...CONTEXT, ...more });
      expectGolden(`comment-${name}.md`, `${text}\n`);
      expect(text.split("\n")[0]).toBe("<!-- belay:1:env:0123456789abcdef -->");
    });

    it(`is a summary that has all of it: ${name}`, () => {
      expectGolden(`summary-${name}.md`, summaryMarkdown(shown, { ...CONTEXT, ...more }));
    });
  }

  it("is the same text without GitHub's addresses, only without links", () => {
    const bare: MarkdownContext = { ...CONTEXT, serverUrl: null, repository: null, sha: null, runUrl: null, workflow: null, actor: null };
    const text = commentMarkdown(onGitHub(known("migrated", SITUATIONS)), bare);
    expect(text).not.toMatch(/\]\(/);
    expect(text).toContain("`0003_settings` · `0004_columns` · `0005_data`");
  });

  it("says what to do next as its last word, for every outcome", () => {
    for (const [name, shown] of Object.entries({ ...SITUATIONS, ...LISTS })) {
      for (const text of [commentMarkdown(shown, CONTEXT), summaryMarkdown(shown, CONTEXT)]) {
        expect(text.split("\n\n").slice(-2).join("\n"), name).toMatch(/^\*\*(?:Next|By hand):\*\*/mu);
      }
    }
  });

  it("belongs to a target only where its name stands", () => {
    const two = result({ targets: ["acme", "demo"].map((name) => target({ name, checks: [FAILED_CHECK] })) });
    expect(summaryMarkdown(two, CONTEXT)).toContain("### Checks: `acme`");
    expect(commentMarkdown(two, CONTEXT)).toContain("<summary>Checks: <code>demo</code></summary>");
  });
});
