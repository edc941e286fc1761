/**
 * GitHub being down never changes what happens to a database. What decides cannot be read: nothing starts. What only shows cannot be
 * written: notices. Patience is long where it decides, so the clock of the steps runs faster here.
 */

import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";

import type { Fault } from "../support/github/faults.ts";
import { reasonsOf, Shop } from "../support/github/shop.ts";

const PRELOAD = execFileSync("faketime", ["-f", "+0d", "sh", "-c", "echo $LD_PRELOAD"], { encoding: "utf8" }).trim();

/** One second of the world is so many of a step's. */
const hurried = (times: number) => ({ LD_PRELOAD: PRELOAD, FAKETIME: `+0 x${times}` });

const COMMIT = "GET /repos/{owner}/{repo}/commits/{ref}";
const CONTENTS = "GET /repos/{owner}/{repo}/contents/{path}";

const FOR_GOOD: readonly (readonly [string, string, Fault])[] = [
  ["500", COMMIT, { kind: "status", status: 500 }],
  ["502", CONTENTS, { kind: "status", status: 502 }],
  ["403 with a long retry-after", COMMIT, { kind: "forbidden", retryAfterSeconds: 3600 }],
  ["a secondary limit", CONTENTS, { kind: "secondary-limit", status: 403 }],
  ["a reset connection", COMMIT, { kind: "reset" }],
  ["no answer at all", CONTENTS, { kind: "hang" }],
  ["a lost answer", COMMIT, { kind: "answer-lost" }],
  ["an answer cut off", CONTENTS, { kind: "cut-off" }],
  ["JSON that is none", CONTENTS, { kind: "malformed-json" }],
  ["a page instead of an answer", COMMIT, { kind: "html", status: 200 }],
];

/** One after the other. */
const FOR_A_MOMENT: readonly (readonly [string, readonly Fault[]])[] = [
  [
    COMMIT,
    [
      { kind: "status", status: 500 },
      { kind: "forbidden", retryAfterSeconds: 1 },
      { kind: "reset" },
      { kind: "answer-lost" },
      { kind: "malformed-json" },
    ],
  ],
  [
    CONTENTS,
    [
      { kind: "html", status: 502 },
      { kind: "secondary-limit", status: 429, retryAfterSeconds: 1 },
      { kind: "hang" },
      { kind: "cut-off" },
      { kind: "reset" },
    ],
  ],
];

/** A pull request that changes nothing of belay.yml. */
function pullOf(shop: Shop) {
  return shop.pull("change", () => shop.project.write("readme.md", "changed\n"));
}

describe.concurrent("the policy", { timeout: 60_000 }, () => {
  test.for(FOR_GOOD)("that %s keeps from being read refuses, and nothing is started or touched", async ([, route, fault]) => {
    await using shop = await Shop.open();
    const production = shop.production();
    shop.github.faults.add(route, fault);
    const end = await shop.onPull(pullOf(shop), { comment: "never" }, { env: hurried(20) });
    expect([end.status, end.outputs["outcome"], reasonsOf(end)], end.log).toEqual([3, "refused", ["policy-unreadable"]]);
    expect(end.annotations.map(({ level, title }) => [level, title])).toEqual([["error", "Belay: policy-unreadable"]]);
    expect(end.summary).toContain("policy-unreadable");
    expect(shop.production()).toEqual(production);
    expect(shop.project.applicationLog()).toEqual([]);
  });

  test.for(FOR_A_MOMENT)("is asked for until GitHub has it, and then it runs: %s", async ([route, faults]) => {
    await using shop = await Shop.open();
    for (const fault of faults) shop.github.faults.add(route, fault, { times: 1 });
    const end = await shop.onPull(pullOf(shop), { command: "plan", comment: "never" }, { env: hurried(6) });
    expect([end.status, end.report?.outcome, end.report?.policy?.sha], end.log).toEqual([
      0,
      "planned",
      shop.project.git("rev-parse", "main"),
    ]);
    expect(shop.github.requestsOf(route).length).toBeGreaterThan(faults.length);
  });

  test("refuses without a token, with a wrong one and with one that may not read", async () => {
    await using shop = await Shop.open();
    const production = shop.production();
    const pull = pullOf(shop);
    const blind = shop.github.tokens.installation({ pull_requests: "write" });
    const ends = [
      await shop.onPull(pull, { "github-token": "" }),
      await shop.onPull(pull, { "github-token": "ghs_nobody" }),
      await shop.onPull(pull, {}, { token: blind }),
    ];
    expect(ends.map((end) => [end.status, reasonsOf(end)])).toEqual(Array(3).fill([3, ["policy-unreadable"]]));
    expect(ends.map(({ report }) => report?.reasons[0]?.hint)).toEqual([
      expect.stringContaining("leave the input github-token out"),
      expect.stringContaining("valid `github-token`"),
      expect.stringContaining("permissions: { contents: read }"),
    ]);
    expect(shop.production()).toEqual(production);
  });
});

const DOWN: readonly (readonly [string, Fault])[] = [
  ["500", { kind: "status", status: 500 }],
  ["reset connections", { kind: "reset" }],
  ["silence", { kind: "hang" }],
  ["lost answers", { kind: "answer-lost" }],
];

describe.concurrent("what only shows", { timeout: 60_000 }, () => {
  test.for(DOWN)(
    "GitHub that is down (%s) changes nothing about a migration, nor about what is undone, and leaves notices",
    async ([, fault]) => {
      await using shop = await Shop.open();
      const { project } = shop;
      shop.github.faults.add("*", fault);
      const good = await shop.push({}, { env: hurried(10) });
      expect([good.status, good.report?.outcome], good.log).toEqual([0, "migrated"]);
      expect(good.annotations.map(({ level, message }) => [level, message])).toEqual([
        ["notice", expect.stringMatching(/^the pull request of this commit was not found/)],
      ]);
      expect(project.sql("select count(*) from pragma_table_info('users') where name = 'role'")).toBe("1\n");

      const migrated = project.dump();
      project.migration("0002_bad.sql", "delete from payments;\nupdate nowhere set role = 'x';\n");
      project.commit("Bad");
      const bad = await shop.push({}, { env: hurried(10) });
      expect([bad.status, bad.report?.outcome], bad.log).toEqual([4, "undone"]);
      expect(bad.annotations.map(({ level, file, line }) => [level, file, line])).toEqual([
        ["error", "migrations/0002_bad.sql", 2],
        ["notice", null, null],
      ]);
      expect(project.dump()).toBe(migrated);
      expect(project.applicationLog()).toEqual(["stop", "start", "stop", "previous"]);
    },
  );

  test("a comment that GitHub will not take, and a token that may not write one, are notices and no failure", async () => {
    await using shop = await Shop.open();
    const pull = pullOf(shop);
    shop.github.faults.add("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", { kind: "forbidden", retryAfterSeconds: 3600 });
    const limited = await shop.onPull(pull, { command: "plan" });
    expect([limited.status, limited.annotations.map(({ level, message }) => [level, message])], limited.log).toEqual([
      0,
      [["notice", expect.stringContaining("the comment on #1 was not written: asking GitHub to comment on #1: its limit is used up")]],
    ]);
    const token = shop.github.tokens.installation({ contents: "read" });
    const end = await shop.onPull(pull, {}, { token });
    expect([end.status, end.report?.outcome], end.log).toEqual([0, "migrated"]);
    expect(end.annotations.map(({ level }) => level)).toEqual(["notice"]);
    expect(end.annotations[0]?.message).toContain("the job needs `pull-requests: write`");
  });
});
