import { expect, test } from "vitest";
import type { Environment } from "../../src/config/config.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { requirementsOf } from "../../src/policy/requirements.ts";

const SUNDAY = new Date("2026-11-22T07:30:00Z");
const SATURDAY = new Date("2026-11-21T07:30:00Z");

function environment(lines: readonly string[]): Environment {
  const text = ["environments:", "  prod:", "    target: sqlite:/srv/app.db", ...lines.map((line) => `    ${line}`)].join("\n");
  const request = {
    file: "/p/belay.yml",
    shownAs: "belay.yml",
    directory: "/p",
    environment: "prod",
    variables: {},
    checkout: null,
    find: null,
  };
  const found = parseConfig(text, request).environments.get("prod");
  if (found === undefined) throw new Error("no environment");
  return found;
}

function requirements(lines: readonly string[], now = SUNDAY, earlierFailure: { run: string; what: string } | null = null) {
  const facts = {
    command: "migrate",
    environment: environment(lines),
    now,
    unmetNeed: null,
    withoutApproval: null,
    again: null,
    earlierFailure,
  };
  return requirementsOf(facts);
}

test("an environment without protection asks for nothing", () => {
  expect(requirements([])).toEqual([]);
});

test("approvals say how many, by whom and where, and are never met before the plan was read", () => {
  expect(requirements(["github-environment: production", "approvals: { required: 2, from: [org/dba, octocat] }"])).toEqual([
    { met: false, text: "2 approvals by org/dba, octocat in GitHub's environment production; not by who asks for it" },
  ]);
  expect(requirements(["approvals: { by: review, required: 1, allow-self-approval: true }"])).toEqual([
    { met: false, text: "an approval by whoever may by a review of the pull request" },
  ]);
});

test("a window is met inside and says outside when it opens", () => {
  const lines = ['windows: ["Sun 01:00-05:00 America/Toronto"]'];
  expect(requirements(lines)).toEqual([{ met: true, text: "inside the window Sun 01:00-05:00 America/Toronto" }]);
  expect(requirements(lines, SATURDAY)).toEqual([
    {
      met: false,
      text: "prod may be changed only in Sun 01:00-05:00 America/Toronto; the next window opens 2026-11-22T06:00Z",
    },
  ]);
});

test("a plan that failed before says that it needs a reason", () => {
  expect(requirements([], SUNDAY, { run: "01X", what: "failed" })).toEqual([
    { met: false, text: expect.stringMatching(/^this very plan was tried in run 01X and failed; .*--again/) },
  ]);
});
