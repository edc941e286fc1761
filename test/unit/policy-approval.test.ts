import { describe, expect, test } from "vitest";
import type { ApprovalFacts } from "../../src/domain/approval.ts";
import { type EnvironmentApproval, judgeEnvironment } from "../../src/policy/environment-approval.ts";
import { judgeReview, type PullReview, type ReviewApproval } from "../../src/policy/review-approval.ts";

const PEOPLE = { alice: 1, bob: 2, carol: 3, dora: 4 } as const;
type Person = keyof typeof PEOPLE;

function person(login: Person) {
  return { id: PEOPLE[login], login };
}

function codes(facts: ApprovalFacts): readonly string[] {
  return facts.kind === "not-given" ? facts.reasons.map(({ code }) => code) : [facts.kind];
}

function message(facts: ApprovalFacts): string {
  return facts.kind === "not-given" ? facts.reasons.map((reason) => reason.message).join("\n") : "";
}

describe("by environment", () => {
  const approved = (login: Person, environment = "prod", state = "approved") => ({
    state,
    environments: [environment],
    reviewer: person(login),
  });
  const sound: EnvironmentApproval = {
    from: [],
    required: 1,
    allowSelfApproval: false,
    githubEnvironment: "prod",
    owner: "acme",
    protection: { reviewers: { users: ["bob"], teams: [] }, refs: ["main"] },
    proven: { kind: "not-granted" },
    reviews: [approved("bob")],
    requesters: [{ ...person("alice"), did: "started this workflow run" }],
    memberships: new Map(),
    attempt: 1,
  };
  const judge = (change: Partial<EnvironmentApproval>) => judgeEnvironment({ ...sound, ...change });

  test("the review of a required reviewer is the approval", () => {
    expect(judge({})).toEqual({ kind: "given", approvers: [{ ...person("bob"), source: "environment" }], notes: [] });
  });

  test("a review of another environment, or one that was rejected, is none", () => {
    expect(codes(judge({ reviews: [approved("bob", "staging"), approved("bob", "prod", "rejected")] }))).toEqual(["approval-missing"]);
  });

  test("whoever started the workflow does not approve it, whatever they are called now", () => {
    const requesters = [{ id: PEOPLE.bob, login: "robert", did: "started this workflow run" }];
    const facts = judge({ requesters });
    expect([codes(facts), message(facts)]).toEqual([
      ["approval-not-counted"],
      "nobody has approved prod in this workflow run; bob started this workflow run, and a self-approval does not count",
    ]);
    expect(judge({ requesters, allowSelfApproval: true }).kind).toBe("given");
    expect(codes(judge({ requesters: [{ id: null, login: "BOB", did: "started this workflow run" }] }))).toEqual(["approval-not-counted"]);
  });

  test("who approves stands in from, in any case of letters", () => {
    expect(judge({ from: ["Bob"] }).kind).toBe("given");
    const facts = judge({ from: ["carol"] });
    expect([codes(facts), message(facts)]).toEqual([
      ["approval-not-counted"],
      expect.stringContaining("bob does not stand in approvals.from"),
    ]);
  });

  describe("a team in from counts", () => {
    const teams = { reviewers: { users: [], teams: ["dba"] }, refs: null };

    test("where the environment lists it and nobody outside from", () => {
      expect(judge({ from: ["Acme/DBA", "carol"], protection: teams }).kind).toBe("given");
      const wider = { ...teams, reviewers: { users: ["dora"], teams: ["dba"] } };
      expect(codes(judge({ from: ["acme/dba"], protection: wider }))).toEqual(["teams-unreadable"]);
      expect(codes(judge({ from: ["other/dba"], protection: teams }))).toEqual(["teams-unreadable"]);
    });

    test("where the token may read it, and bob is in it", () => {
      const protection = { reviewers: { users: ["bob", "dora"], teams: [] }, refs: null };
      const from = ["acme/dba"];
      expect(judge({ from, protection, memberships: new Map([["acme/dba", new Set(["bob"])]]) }).kind).toBe("given");
      expect(codes(judge({ from, protection, memberships: new Map([["acme/dba", new Set(["dora"])]]) }))).toEqual(["approval-not-counted"]);
      expect(codes(judge({ from, protection, memberships: new Map([["acme/dba", null]]) }))).toEqual(["teams-unreadable"]);
    });

    test("and is not asked for where bob stands there by name", () => {
      expect(judge({ from: ["acme/dba", "bob"], protection: { reviewers: { users: ["dora"], teams: [] }, refs: null } }).kind).toBe(
        "given",
      );
    });
  });

  test.each<[string, Partial<EnvironmentApproval>, string]>([
    ["more than one approval", { required: 2 }, "required-needs-bot"],
    ["an environment without reviewers", { protection: { reviewers: null, refs: ["main"] } }, "environment-unprotected"],
    ["a job of another environment", { proven: { kind: "proven", environment: "staging" } }, "environment-mismatch"],
    ["a job without an environment", { proven: { kind: "proven", environment: null } }, "environment-mismatch"],
  ])("%s is refused, whoever approved", (_, change, code) => {
    const facts = judge(change);
    expect(codes(facts)).toEqual([code]);
    expect(facts.kind === "not-given" && facts.reasons.every(({ hint }) => hint !== undefined)).toBe(true);
  });

  test("everything that is unsound is told at once", () => {
    const facts = judge({ required: 3, protection: { reviewers: null, refs: ["*"] }, proven: { kind: "proven", environment: null } });
    expect(codes(facts)).toEqual(["required-needs-bot", "environment-mismatch", "environment-unprotected"]);
  });

  test("a job that proves its environment is held to it in any case of letters", () => {
    expect(judge({ proven: { kind: "proven", environment: "Prod" } }).kind).toBe("given");
  });

  test.each([[["*"]], [["main", "**/*"]]])("an environment for %j says that every branch may use it", (refs) => {
    const facts = judge({ protection: { ...sound.protection, refs } });
    expect(facts).toMatchObject({ kind: "given", notes: [expect.stringContaining("can be used from every branch")] });
  });

  test("a further attempt says what GitHub does not tell", () => {
    expect(judge({ attempt: 2 })).toMatchObject({ kind: "given", notes: [expect.stringContaining("attempt 2")] });
  });
});

describe("by review", () => {
  const HEAD = "a".repeat(40);
  const SHA = "b".repeat(40);
  const review = (login: Person, state = "APPROVED", commitSha = HEAD, submittedAt = "2026-11-20T12:00:00Z"): PullReview => ({
    state,
    reviewer: person(login),
    commitSha,
    submittedAt,
  });
  const sound: ReviewApproval = {
    from: [],
    required: 1,
    allowSelfApproval: false,
    sha: SHA,
    pull: { number: 7, headSha: HEAD },
    hasSameTree: true,
    reviews: [review("bob")],
    writers: new Set(["bob", "carol"]),
    requesters: [{ ...person("alice"), did: "wrote #7" }],
    memberships: new Map(),
    plannedAt: "2026-11-20T11:00:00Z",
  };
  const judge = (change: Partial<ReviewApproval>) => judgeReview({ ...sound, ...change });

  test("the review of the merged head is the approval, and stands for the plan that was shown before", () => {
    expect(judge({})).toEqual({ kind: "given", approvers: [{ ...person("bob"), source: "review" }], notes: [] });
  });

  test.each<[string, Partial<ReviewApproval>, string]>([
    ["a commit that no pull request made", { pull: null }, "review-no-pull-request"],
    ["a commit with other files than the reviewed head", { hasSameTree: false }, "review-other-tree"],
    ["a review of an older head", { reviews: [review("bob", "APPROVED", "c".repeat(40))] }, "approval-missing"],
    ["a review that was dismissed", { reviews: [review("bob"), review("bob", "DISMISSED")] }, "approval-missing"],
    ["a reviewer who asked for changes later", { reviews: [review("bob"), review("bob", "CHANGES_REQUESTED")] }, "approval-missing"],
    ["a comment", { reviews: [review("bob", "COMMENTED")] }, "approval-missing"],
    ["a reviewer who may not write", { reviews: [review("dora")] }, "approval-missing"],
    ["a reviewer outside from", { from: ["carol"] }, "approval-not-counted"],
    ["a reviewer of a team that cannot be read", { from: ["acme/dba"] }, "teams-unreadable"],
    ["the author", { requesters: [{ ...person("bob"), did: "wrote #7" }] }, "approval-not-counted"],
    ["somebody whose account is gone", { reviews: [{ ...review("bob"), reviewer: null }] }, "approval-missing"],
    ["one person twice, where two are required", { required: 2, reviews: [review("bob"), review("bob")] }, "approval-missing"],
  ])("%s is refused", (_, change, code) => {
    expect(codes(judge(change))).toEqual([code]);
  });

  test("a comment after an approval takes nothing back", () => {
    expect(judge({ reviews: [review("bob"), review("bob", "COMMENTED")] }).kind).toBe("given");
  });

  test.each([
    [null, "no plan stood in #7"],
    ["2026-11-20T13:00:00Z", "bob approved before the plan in #7 was as it is"],
  ])("a review without the plan before it (%s) stands for the code alone, and the report says so", (plannedAt, note) => {
    expect(judge({ plannedAt })).toMatchObject({ kind: "given", notes: [expect.stringContaining(note)] });
    const two = { required: 2, reviews: [review("bob"), review("carol")] };
    expect(codes(judge({ ...two, plannedAt }))).toEqual(["review-before-plan"]);
    expect(judge(two).kind).toBe("given");
  });
});
