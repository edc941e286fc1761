import { describe, expect, test } from "vitest";

import { countApprovals } from "../../bot/core/approvals.ts";
import type { Facts } from "../../bot/core/facts.ts";
import { reduce } from "../../bot/core/reduce.ts";
import type { Approval, Request } from "../../bot/core/request.ts";
import { NO_STATE } from "../../bot/core/state.ts";
import { EXAMPLE_AT, exampleFacts, examplePull } from "../support/bot/example-facts.ts";
import { exampleRequest } from "../support/bot/example-request.ts";

const AT = EXAMPLE_AT;
const SHA = "a".repeat(40);
const DIGEST = "sha256:plan";

const ben: Approval = { id: 2, login: "ben", at: "2026-03-01T09:30:00.000Z", digest: DIGEST, sha: SHA, source: "comment:5" };
const cleo: Approval = { ...ben, id: 3, login: "cleo", source: "comment:6" };

const request: Request = { ...exampleRequest, approvals: [ben, cleo] };

const pull = examplePull;
const facts = exampleFacts;

const counted = (of: Partial<Request>, given: Partial<Facts> = {}, at = AT) =>
  countApprovals({ ...request, ...of }, { ...facts, ...given }, at).counted.map(({ login }) => login);

describe("an approval counts only", () => {
  test("where it stands for this plan, this commit, by two people who may", () => {
    expect(counted({})).toEqual(["ben", "cleo"]);
    expect(countApprovals(request, facts, AT).reasons).toEqual([]);
  });

  test.each<[string, Partial<Request>, Partial<Facts>, string]>([
    ["for the digest that was shown", { approvals: [ben, { ...cleo, digest: "sha256:other" }] }, {}, AT],
    ["for the commit that runs", { approvals: [ben, { ...cleo, sha: "b".repeat(40) }] }, {}, AT],
    ["as long as it has not expired", { approvals: [ben, { ...cleo, at: "2026-03-01T08:59:59.999Z" }] }, {}, AT],
    ["while its giver may write", {}, { writers: [1, 2] }, AT],
    ["of somebody else than who asked", { requester: { id: 3, login: "cleo" } }, {}, AT],
    ["of somebody else than who opened the pull request", {}, { pull: { ...pull, author: { id: 3, login: "cleo" } } }, AT],
    ["of nobody who pushed, as a webhook told", {}, { pull: { ...pull, pushers: [3] } }, AT],
    ["of nobody who pushed, as GitHub's record has it", {}, { pull: { ...pull, movers: [3] } }, AT],
    ["of whom `from` names", { policy: { ...request.policy, from: ["Ben", "org/dba"] } }, { members: { "org/dba": ["dan"] } }, AT],
    ["once for each person", { approvals: [ben, { ...ben, source: "check:7" }] }, {}, AT],
  ])("%s", (_, of, given, at) => {
    const { reasons } = countApprovals({ ...request, ...of }, { ...facts, ...given }, at);
    expect(new Set(counted(of, given, at)), "one is left").toEqual(new Set(["ben"]));
    expect(reasons).not.toEqual([]);
  });

  test("of members of a team that `from` names", () => {
    expect(counted({ policy: { ...request.policy, from: ["org/dba"] } }, { members: { "org/dba": ["ben", "cleo"] } })).toEqual([
      "ben",
      "cleo",
    ]);
  });

  test("where it can be known who pushed", () => {
    expect(countApprovals(request, { ...facts, pull: { ...pull, movers: null } }, AT).reasons).toMatchObject([
      { code: "pushers-unreadable" },
    ]);
  });
});

function approving(createdAt: string, of: Partial<Request> = {}) {
  const state = { ...NO_STATE, requests: new Map([["r1", { ...request, approvals: [], ...of }]]), last: 1 };
  const origin = { kind: "comment", comment: 8, pull: 1, author: { id: 2, login: "ben" }, body: "/approve r1", createdAt } as const;
  return reduce(state, { at: "2026-03-01T09:21:00.000Z", kind: "consulted", about: "comment:8", origin, facts });
}

test("a yes that was written before the plan could be read counts for nothing", () => {
  const early = approving("2026-03-01T09:20:00.000Z");
  expect(early.state.requests.get("r1")?.approvals).toEqual([]);
  expect(early.effects).toContainEqual(expect.objectContaining({ kind: "answer" }));
  // In the same second: GitHub's comments carry no more than that, and the plan appeared in the middle of it.
  const later = approving("2026-03-01T09:20:01.000Z");
  expect(later.state.requests.get("r1")?.approvals).toMatchObject([{ login: "ben", digest: DIGEST, sha: SHA }]);
});

test("a request that was superseded cannot be approved, and the answer says that its plan changed", () => {
  const { state, effects } = approving("2026-03-01T09:20:02.000Z", { state: "superseded" });
  expect(state.requests.get("r1")?.approvals).toEqual([]);
  expect(JSON.stringify(effects)).toContain("plan-changed");
});

test("a command that is more than ten minutes old is answered, not obeyed", () => {
  const { state, effects } = approving("2026-03-01T09:10:59.000Z");
  expect(state.requests.get("r1")?.approvals).toEqual([]);
  expect(effects).toContainEqual({ kind: "answer", comment: 8, pull: 1, answers: [{ kind: "too-old" }] });
});
