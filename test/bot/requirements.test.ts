import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { cannotBeMet, unmetNeed } from "../../bot/core/needs.ts";
import type { Request } from "../../bot/core/request.ts";
import { exampleRequest } from "../support/bot/example-request.ts";
import { Stage } from "../support/bot/stage.ts";
import { type LeanGitHub, type Leaner, UNKNOWN } from "../support/github/lean.ts";
import type { PullRequest } from "../support/github/state.ts";

describe.each<[string, readonly Leaner[]]>([
  ["", []],
  [" with a GitHub without GraphQL", [{ path: /graphql/, refuse: UNKNOWN }]],
  [" with a GitHub whose GraphQL says something else", [{ path: /graphql/, leave: ["data"] }]],
])("`require: [checks]`%s", (_, leaner) => {
  let stage: Stage;
  let lean: LeanGitHub;
  let pull: PullRequest;
  beforeAll(async () => {
    stage = await Stage.open("target: sqlite:/srv/app.db\napprovals: { required: 1 }\nrequire: [checks]");
    lean = await stage.behind(leaner);
    pull = stage.openPull();
    for (const name of ["ci", "lint", "belay"]) stage.github.state.requiredChecks.add(name);
  });
  afterAll(async () => {
    await stage[Symbol.asyncDispose]();
    await lean[Symbol.asyncDispose]();
  });

  const report = (name: string, conclusion: string | null) => {
    const { state } = stage.github;
    const app = state.app?.id ?? 0;
    const run = {
      id: state.nextId(),
      name,
      sha: pull.head.sha,
      externalId: "",
      app,
      status: "completed",
      conclusion,
      title: "",
      summary: "",
    };
    state.checkRuns.push({ ...run, actions: [] });
  };
  const status = (context: string, word: string) => {
    const { state } = stage.github;
    const common = { description: null, targetUrl: null, creator: state.user("ci"), createdAt: state.now() };
    state.commitStatuses.push({ id: state.nextId(), sha: pull.head.sha, state: word, context, ...common });
  };
  const refusal = async () => {
    const asked = await stage.say(pull, "ada", "/migrate prod");
    const answer = () => stage.github.state.comments.find(({ body }) => body.includes(`belay:1:answer:${asked} `));
    return (await stage.until("an answer", answer)).body;
  };

  test("refuses while one was not even begun, goes on, or failed, and names those; Belay's own is none of them", async () => {
    expect(await refusal()).toContain("not green: ci, lint (");
    report("ci", null);
    status("lint", "failure");
    report("other", "failure");
    expect(await refusal()).toContain("not green: ci, lint (");
    stage.github.state.checkRuns.length = 0;
    report("ci", "success");
    report("optional", "failure");
    expect(await refusal()).toContain("not green: lint (");
  });

  test("starts once all of them are green", async () => {
    stage.github.state.commitStatuses.length = 0;
    status("lint", "success");
    await stage.say(pull, "ada", "/migrate prod");
    expect(await stage.until("the plan's run", () => stage.github.state.runs[0])).toMatchObject({ title: "belay plan prod r4" });
  });
});

test("who pushed counts as one who pushed, however many pushes came after", async () => {
  await using stage = await Stage.open("target: sqlite:/srv/app.db\napprovals: { required: 1 }");
  const { state } = stage.github;
  const pull = stage.openPull();
  const branch = pull.head.branch;
  state.pushes.unshift({ id: state.nextId(), branch, by: state.user("ben") });
  for (let n = 0; n < 250; n++) state.pushes.push({ id: state.nextId(), branch, by: state.user("ada") });
  const run = state.run({ event: "push", actor: "ada", sha: pull.head.sha });
  await stage.deliver("deployment_protection_rule", stage.rulePayload(run, "production"));
  const shown = () => state.checkRuns.find(({ externalId, conclusion }) => externalId === "r1:rule" && conclusion === "action_required");
  const check = await stage.until("the check run", shown);
  await stage.press("ben", check, "approve");
  await stage.press("cleo", check, "approve");
  const answer = await stage.until("the verdict", () => state.ruleAnswers.find(({ state: word }) => word !== null));
  expect(answer).toMatchObject({ state: "approved", comment: "r1: approved by cleo." });
});

test("a plan of GitHub's without rulesets requires no checks by them", async () => {
  await using stage = await Stage.open("target: sqlite:/srv/app.db\napprovals: { required: 1 }\nrequire: [checks]");
  const message = "Upgrade to GitHub Pro or make this repository public to enable this feature.";
  await using _lean = await stage.behind([{ path: /\/rules\/branches\//, refuse: { status: 403, message } }]);
  await stage.say(stage.openPull(), "ada", "/migrate prod");
  expect(await stage.until("the plan's run", () => stage.github.state.runs[0])).toMatchObject({ title: "belay plan prod r1" });
});

test.each([
  ["main", false],
  ["**/*", true],
])("an environment that the branches %s may use is refused: %s", async (pattern, isRefused) => {
  await using stage = await Stage.open("target: sqlite:/srv/app.db\napprovals: { required: 1 }");
  const { state } = stage.github;
  const at = state.environments.findIndex(({ name }) => name === "production");
  state.environments.splice(at, 1);
  state.environment("production", { branches: "selected", patterns: [pattern] });
  await stage.say(stage.openPull(), "ada", "/migrate prod");
  const answer = () => state.comments.find(({ body }) => body.includes("environment-open"));
  await stage.until("a run or a refusal", () => answer() ?? state.runs[0]);
  expect(answer() !== undefined).toBe(isRefused);
});

describe("`needs` is met", () => {
  const wanted: Request = { ...exampleRequest, id: "r9", plan: null, tree: "t1", policy: { ...exampleRequest.policy, needs: "staging" } };
  const there: Request = {
    ...exampleRequest,
    environment: "staging",
    state: "migrated",
    sha: "b".repeat(40),
    tree: "t2",
    migrations: "m2",
  };
  const unmet = (others: readonly Request[], of: Request = wanted) => unmetNeed({ requests: [...others, of] }, of);

  test.each<[string, Partial<Request>, Partial<Request>, boolean]>([
    ["by the same commit", { sha: exampleRequest.sha }, {}, true],
    ["by a commit with the same files", { tree: "t1" }, {}, true],
    ["by the same migrations, with the same checksums", {}, { migrations: "m2" }, true],
    ["where there was nothing to do with the same commit", { sha: exampleRequest.sha, state: "up-to-date" }, {}, true],
    ["not by another commit", {}, {}, false],
    ["not by what is not known to be the same", { tree: null, migrations: null }, { tree: null, migrations: null }, false],
    ["not by a run that was undone", { sha: exampleRequest.sha, state: "undone" }, {}, false],
    ["not by a plan alone", { sha: exampleRequest.sha, command: "plan", state: "planned" }, {}, false],
    ["not by another environment", { sha: exampleRequest.sha, environment: "dev" }, {}, false],
  ])("%s", (_, other, of, isMet) => {
    expect(unmet([{ ...there, ...other }], { ...wanted, ...of }) === null).toBe(isMet);
  });

  test("or refused at once, unless a plan may still show that it brings the same migrations", () => {
    expect(cannotBeMet({ requests: [there] }, { ...wanted, state: "requested" })).toBeNull();
    expect(cannotBeMet({ requests: [] }, { ...wanted, state: "requested" })).toMatchObject({ code: "needs", hint: "`/migrate staging`" });
    const unplanned = { ...wanted, state: "requested" as const, policy: { ...wanted.policy, required: 0 } };
    expect(cannotBeMet({ requests: [there] }, unplanned)).toMatchObject({ code: "needs" });
  });
});
