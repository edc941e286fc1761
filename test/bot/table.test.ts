/** The table of states, row by row: from, event, to. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import type { BotEvent, Claimed, Happening, Origin, ToldResult } from "../../bot/core/event.ts";
import type { EnvironmentPolicy, Facts } from "../../bot/core/facts.ts";
import { jobEnvironment } from "../../bot/core/job-environment.ts";
import { unmetNeed } from "../../bot/core/needs.ts";
import { reduce } from "../../bot/core/reduce.ts";
import type { Job, Request, RequestState } from "../../bot/core/request.ts";
import { NO_STATE, type RepositoryState } from "../../bot/core/state.ts";
import { answerMarkdown } from "../../bot/view/answer.ts";
import { EXAMPLE_AT, exampleFacts, examplePolicy, examplePull } from "../support/bot/example-facts.ts";
import { exampleRequest } from "../support/bot/example-request.ts";

const NOW = Date.parse(EXAMPLE_AT);
const SAID = "2026-03-01T09:59:59.000Z";
const JOB: Job = { askedAt: SAID, dispatchedAt: SAID, workflowRun: 70, grant: null, completedAt: null, seen: [] };
const GRANTED: Job = { ...JOB, grant: { jti: "j", workflowRun: 70, attempt: 1, run: "RUN", at: SAID } };
const PLANNED: Job = {
  ...JOB,
  workflowRun: 60,
  grant: { jti: "i", workflowRun: 60, attempt: 1, run: "PLAN", at: SAID },
  completedAt: SAID,
};
const yes = (id: number, login: string) => ({ id, login, at: SAID, digest: "sha256:plan", sha: exampleRequest.sha, source: "comment:1" });

/** A request as it is in each state before its end. */
const IN: Readonly<Record<"requested" | "planning" | "awaiting-approval" | "approved" | "running", Request>> = {
  requested: { ...exampleRequest, state: "requested", plan: null, since: SAID, jobs: { plan: { ...JOB, dispatchedAt: null }, run: null } },
  planning: { ...exampleRequest, state: "planning", plan: null, since: SAID, jobs: { plan: GRANTED, run: null } },
  "awaiting-approval": { ...exampleRequest, since: SAID, jobs: { plan: PLANNED, run: null } },
  approved: {
    ...exampleRequest,
    state: "approved",
    since: SAID,
    approvals: [yes(2, "ben"), yes(3, "cleo")],
    jobs: { plan: PLANNED, run: JOB },
  },
  running: {
    ...exampleRequest,
    state: "running",
    since: SAID,
    approvals: [yes(2, "ben"), yes(3, "cleo")],
    jobs: { plan: PLANNED, run: GRANTED },
  },
};
const BEFORE_RUNNING = ["requested", "planning", "awaiting-approval", "approved"] as const;

function holding(...requests: readonly Request[]): RepositoryState {
  return { ...NO_STATE, requests: new Map(requests.map((each) => [each.id, each])), pulls: new Map([[1, examplePull]]), last: 1 };
}

function play(state: RepositoryState, ...happenings: readonly (Happening & { readonly at?: string })[]) {
  let step = reduce(state, { at: EXAMPLE_AT, kind: "clock" });
  step = { ...step, state };
  for (const happening of happenings) step = reduce(step.state, { at: EXAMPLE_AT, ...happening } as BotEvent);
  return step;
}

const stateOf = (...[state, ...rest]: Parameters<typeof play>) => play(state, ...rest).state.requests.get("r1")?.state;

interface Said {
  readonly by?: { readonly id: number; readonly login: string };
  readonly facts?: Partial<Facts>;
  readonly policy?: Partial<EnvironmentPolicy>;
}

function say(body: string, { by = { id: 2, login: "ben" }, facts = {}, policy = {} }: Said = {}): Happening {
  const origin: Origin = { kind: "comment", comment: 8, pull: 1, author: by, body, createdAt: SAID };
  const environments = { prod: { ...examplePolicy, ...policy } };
  const read = { kind: "read", sha: "p", branch: "main", tree: "t", environments } as const;
  return { kind: "consulted", about: "comment:8", origin, facts: { ...exampleFacts, policy: read, ...facts } };
}

const LATER = "2026-03-01T10:00:01.000Z";
const moved = (change: object, action = "synchronize"): Happening => ({
  kind: "pull",
  pull: 1,
  action,
  ...examplePull,
  updatedAt: LATER,
  by: 1,
  ...change,
});
const PUSH = moved({ head: "b".repeat(40) });
const CLOSED = moved({ state: "closed" }, "closed");
const clock = (minutes: number) => ({ kind: "clock", at: new Date(NOW + minutes * 60_000).toISOString() }) as const;

function report(job: "plan" | "run", result: Partial<ToldResult> & { readonly outcome: string }): Happening {
  const told = { digest: null, pending: 0, migrations: null, takesBack: null, ran: null, whole: null, ...result };
  return { kind: "report", request: "r1", job, run: "RUN", seq: 1, told: { type: job === "plan" ? "plan" : "result", result: told } };
}

function claim(given: { readonly facts?: Partial<Facts>; readonly policy?: Partial<EnvironmentPolicy> } = {}): Claimed {
  const environments = { prod: { ...examplePolicy, ...given.policy } };
  const policy = { kind: "read", sha: "p", branch: "main", tree: "t", environments } as const;
  const facts = { ...exampleFacts, policy, ...given.facts };
  const what = {
    request: "r1",
    command: "migrate",
    environment: "prod",
    sha: exampleRequest.sha,
    digest: "sha256:plan",
    targets: [],
    run: "RUN",
  };
  return { kind: "claim", ...what, workflowRun: 70, attempt: 1, jti: "j2", facts };
}

describe("from nothing", () => {
  test("a valid command → requested, and its plan is started", () => {
    const { state, effects } = play(holding(), say("/migrate prod"));
    expect(state.requests.get("r2")).toMatchObject({ state: "requested", environment: "prod", sha: exampleRequest.sha });
    expect(effects).toContainEqual(expect.objectContaining({ kind: "dispatch", request: "r2", job: "plan", command: "plan" }));
  });

  test("a requirement that cannot come true → refused", () => {
    const obstacle = { code: "draft", message: "a draft", lasting: true };
    const { state, effects } = play(holding(), say("/migrate prod", { facts: { obstacles: { prod: [obstacle] } } }));
    expect(state.requests.get("r2")).toMatchObject({ state: "refused", reasons: [{ code: "draft" }] });
    expect(effects.filter(({ kind }) => kind === "dispatch")).toEqual([]);
  });

  test("the same once more → a link to what is open", () => {
    const { state, effects } = play(holding(IN.planning), say("/migrate prod"));
    expect([...state.requests.keys()]).toEqual(["r1"]);
    const told = effects.flatMap((effect) => (effect.kind === "answer" ? [answerMarkdown(8, effect.answers)] : []));
    expect(told.join("")).toContain(`(#issuecomment-${exampleRequest.comment})`);
  });

  test("the same for another commit → the old one superseded", () => {
    const pull = { ...examplePull, head: "b".repeat(40), updatedAt: LATER };
    const { state } = play(holding(IN["awaiting-approval"]), say("/migrate prod", { facts: { pull } }));
    expect([...state.requests.values()].map(({ id, state: now }) => [id, now])).toEqual([
      ["r1", "superseded"],
      ["r2", "requested"],
    ]);
  });
});

describe("requested", () => {
  test("dispatch recorded → planning", () => {
    expect(stateOf(holding(IN.requested), { kind: "dispatched", request: "r1", job: "plan", askedAt: SAID, workflowRun: 70 })).toBe(
      "planning",
    );
  });

  test("where no approval is needed → approved at once, and started", () => {
    const { state, effects } = play(holding(), say("/migrate prod", { policy: { approvals: null } }));
    expect(state.requests.get("r2")?.state).toBe("approved");
    expect(effects).toContainEqual(expect.objectContaining({ kind: "dispatch", job: "run", command: "migrate" }));
  });

  test("a rollback shows its loss first, also where no approval is needed", () => {
    const { state, effects } = play(holding(), say("/rollback prod", { policy: { approvals: null } }));
    expect(state.requests.get("r2")).toMatchObject({ state: "requested", policy: { required: 1, allowSelfApproval: true } });
    expect(effects).toContainEqual(expect.objectContaining({ kind: "dispatch", job: "plan" }));
  });

  test("GitHub does not start it → refused", () => {
    expect(stateOf(holding(IN.requested), { kind: "not-dispatched", request: "r1", job: "plan", askedAt: SAID, why: "404" })).toBe(
      "refused",
    );
  });
});

describe("planning", () => {
  const planned = { outcome: "planned", digest: "sha256:plan", pending: 1 };

  test.each<[string, Happening & { readonly at?: string }, RequestState]>([
    ["nothing pending → up-to-date", report("plan", { ...planned, pending: 0 }), "up-to-date"],
    ["a plan → awaiting-approval", report("plan", planned), "awaiting-approval"],
    ["an error → failed", report("plan", { outcome: "failed" }), "failed"],
    ["29 minutes → it waits", clock(29), "planning"],
    ["30 minutes → expired", clock(31), "expired"],
  ])("%s", (_, happening, to) => {
    expect(stateOf(holding(IN.planning), happening)).toBe(to);
  });

  const over = { kind: "workflow-run", workflowRun: 70, attempt: 1, status: "completed", title: "" } as const;

  test("its job ends without a plan, and two minutes later there is none either → failed", () => {
    expect(stateOf(holding(IN.planning), over, clock(2))).toBe("planning");
    expect(stateOf(holding(IN.planning), over, clock(3))).toBe("failed");
  });

  test("its job ends and never asked for its grant → failed at once", () => {
    expect(stateOf(holding({ ...IN.planning, jobs: { plan: JOB, run: null } }), over)).toBe("failed");
  });
});

describe("awaiting-approval", () => {
  test("enough valid approvals → approved, fewer → it waits", () => {
    const one = { ...IN["awaiting-approval"], approvals: [yes(3, "cleo")] };
    expect(stateOf(holding(one), say("/approve r1"))).toBe("approved");
    expect(stateOf(holding(IN["awaiting-approval"]), say("/approve r1"))).toBe("awaiting-approval");
  });

  test("reject → rejected", () => {
    expect(stateOf(holding(IN["awaiting-approval"]), say('/reject r1 "too late"'))).toBe("rejected");
  });
});

describe("approved", () => {
  const undispatched = { ...IN.approved, jobs: { ...IN.approved.jobs, run: null } };

  test("waits while a lock, a window or another run holds it, and starts when that is over", () => {
    const lock = { kind: "person", by: { id: 3, login: "cleo" }, why: "x", at: SAID } as const;
    const locked = { ...holding(undispatched), environments: new Map([["prod", { locks: [lock] }]]) };
    expect(play(locked, clock(1)).effects.filter(({ kind }) => kind === "dispatch")).toEqual([]);
    expect(play(locked, say('/unlock prod "over"')).effects).toContainEqual(expect.objectContaining({ kind: "dispatch", job: "run" }));
    const inWindow = { ...undispatched, policy: { ...undispatched.policy, windows: ["Sun 10:30-11:00 UTC"] } };
    expect(play(holding(inWindow), clock(29)).effects.filter(({ kind }) => kind === "dispatch")).toEqual([]);
    expect(play(holding(inWindow), clock(31)).effects).toContainEqual(expect.objectContaining({ kind: "dispatch" }));
    const behind = { ...undispatched, id: "r2" };
    expect(play(holding(IN.running, behind), clock(1)).effects.filter(({ kind }) => kind === "dispatch")).toEqual([]);
    expect(play(holding(IN.running, behind), report("run", { outcome: "undone" })).effects).toContainEqual(
      expect.objectContaining({ kind: "dispatch", request: "r2" }),
    );
  });

  test("grant issued → running, and the environment stays with the unmerged pull request", () => {
    const { state, answer } = play(holding(IN.approved), claim());
    expect(answer).toMatchObject({ kind: "granted" });
    expect(state.requests.get("r1")?.state).toBe("running");
    expect(state.environments.get("prod")?.locks).toMatchObject([{ kind: "unmerged", pull: 1 }]);
  });

  test("its job ends and never asked for its grant → cancelled at once, and the next one starts", () => {
    const over = { kind: "workflow-run", workflowRun: 70, attempt: 1, status: "completed", title: "" } as const;
    const { state, effects } = play(holding(IN.approved, { ...undispatched, id: "r2" }), over);
    expect(state.requests.get("r1")).toMatchObject({ state: "cancelled", reasons: [{ code: "no-claim" }] });
    expect(effects).toContainEqual(expect.objectContaining({ kind: "dispatch", request: "r2" }));
    expect(play(state, claim()).answer).toMatchObject({ kind: "refused", reasons: [{ code: "request-ended" }] });
  });

  test("an approver lost the right → awaiting-approval", () => {
    const { state, answer } = play(holding(IN.approved), claim({ facts: { writers: [1, 2] } }));
    expect(answer).toMatchObject({ kind: "refused", status: 409 });
    expect(state.requests.get("r1")).toMatchObject({ state: "awaiting-approval", jobs: { run: null } });
  });

  test("the policy digest changed → awaiting-approval, and no approval is left", () => {
    const { state, answer } = play(holding(IN.approved), claim({ policy: { digest: "another" } }));
    expect(answer).toMatchObject({ kind: "refused", reasons: [{ code: "policy-changed" }] });
    expect(state.requests.get("r1")).toMatchObject({ state: "awaiting-approval", approvals: [] });
  });

  test("whoever waited behind one that goes back to its approvals starts at once", () => {
    const { effects } = play(holding(IN.approved, { ...undispatched, id: "r2" }), claim({ policy: { digest: "another" } }));
    expect(effects).toContainEqual(expect.objectContaining({ kind: "dispatch", request: "r2" }));
  });
});

describe.each(BEFORE_RUNNING)("%s, as any state before running", (from) => {
  test.each<[string, Happening & { readonly at?: string }, RequestState]>([
    ["push → superseded", PUSH, "superseded"],
    ["base change → superseded", moved({ base: "next" }, "edited"), "superseded"],
    ["closed unmerged → cancelled", CLOSED, "cancelled"],
    ["/cancel → cancelled", say("/cancel r1"), "cancelled"],
    ["time → expired", clock(25 * 60), "expired"],
    ["merged with the same head → stays", moved({ state: "merged" }, "closed"), from],
    [
      "told late of an older push → stays",
      { ...moved({ head: "b".repeat(40), updatedAt: "2026-02-01T00:00:00.000Z" }) } as Happening,
      from,
    ],
  ])("%s", (_, happening, to) => {
    expect(stateOf(holding(IN[from]), happening)).toBe(to);
  });

  test("what was superseded stays so when the old head comes back", () => {
    const back = moved({ updatedAt: "2026-03-01T10:00:09.000Z" });
    expect(stateOf(holding(IN[from]), PUSH, back)).toBe("superseded");
  });
});

describe("what asks nobody never runs what only the pull request has", () => {
  const pushed = { ...examplePull, head: "b".repeat(40), updatedAt: LATER };

  test("a recovery runs the commit that was begun with, also after a push", () => {
    const doubtful: Request = { ...IN.running, state: "needs-attention" };
    const { state, effects } = play(holding(doubtful), say("/recover prod", { facts: { pull: pushed } }), moved({ head: "c".repeat(40) }));
    expect(state.requests.get("r2")).toMatchObject({ state: "approved", sha: exampleRequest.sha });
    expect(effects).not.toContainEqual(expect.objectContaining({ kind: "dispatch" }));
  });

  test.each(["/recover prod", "/backup prod", "/runs prod"])("%s runs the default branch's", (body) => {
    const { state } = play(holding(), say(body));
    expect(state.requests.get("r2")).toMatchObject({ state: "approved", sha: "p", ref: "main" });
  });

  test.each(["plan", "rehearse", "verify", "runs"])("%s runs beside a URL that may only read", (command) => {
    expect(jobEnvironment("production", command)).toBe("production-plan");
  });

  test("and the workflow that the bot starts agrees on which those are", () => {
    const workflow = readFileSync(new URL("../../examples/workflows/belay-run.yml", import.meta.url), "utf8");
    const [, list = "[]"] = /^ {4}environment: .*fromJSON\('(\[[^\]]*\])'\), inputs\.command\) && '-plan'/m.exec(workflow) ?? [];
    const commands = ["plan", "rehearse", "migrate", "rollback", "verify", "backup", "recover", "runs"];
    expect(JSON.parse(list)).toEqual(commands.filter((command) => jobEnvironment("prod", command) === "prod-plan"));
  });

  test.each(["migrate", "rollback", "recover", "backup"])("%s runs in the environment itself", (command) => {
    expect(jobEnvironment("production", command)).toBe("production");
  });
});

test("what was taken back is not there any more, for `needs` either", () => {
  const there: Request = { ...exampleRequest, environment: "staging", state: "migrated", ran: "RUN1" };
  const back: Request = { ...there, id: "r2", command: "rollback", state: "rolled-back", run: "RUN1", ran: "RUN2" };
  const wanted: Request = { ...exampleRequest, id: "r3", policy: { ...exampleRequest.policy, needs: "staging" } };
  expect(unmetNeed({ requests: [there, wanted] }, wanted)).toBeNull();
  expect(unmetNeed({ requests: [there, back, wanted] }, wanted)).toMatchObject({ code: "needs" });
  expect(unmetNeed({ requests: [there, { ...back, run: "RUN0" }, wanted] }, wanted)).toBeNull();
  expect(unmetNeed({ requests: [there, back, { ...there, id: "r4", ran: "RUN3" }, wanted] }, wanted)).toBeNull();
});

describe("running", () => {
  const over = { kind: "workflow-run", workflowRun: 70, attempt: 1, status: "completed", title: "" } as const;

  test.each(["migrated", "up-to-date", "undone", "refused", "failed", "needs-attention", "interrupted"] as const)(
    "result → %s",
    (outcome) => {
      expect(stateOf(holding(IN.running), report("run", { outcome }))).toBe(outcome);
    },
  );

  test.each<[string, Happening]>([
    ["push → noted only", PUSH],
    ["closed → noted only", CLOSED],
    ["base change → noted only", moved({ base: "next" }, "edited")],
  ])("%s", (_, happening) => {
    const { state, audit } = play(holding(IN.running), happening);
    expect(state.requests.get("r1")?.state).toBe("running");
    expect(audit).toContainEqual(expect.objectContaining({ kind: "moved-while-running" }));
  });

  test("/cancel → cancels the workflow run, stays", () => {
    const { state, effects } = play(holding(IN.running), say("/cancel r1"));
    expect(state.requests.get("r1")?.state).toBe("running");
    expect(effects).toContainEqual({ kind: "cancel", workflowRun: 70 });
  });

  test("run completed and no result: it waits two minutes → needs-attention, environment locked", () => {
    expect(stateOf(holding(IN.running), over, clock(2))).toBe("running");
    const { state } = play(holding(IN.running), over, clock(3));
    expect(state.requests.get("r1")).toMatchObject({ state: "needs-attention", reasons: [{ code: "no-report" }] });
    expect(state.environments.get("prod")?.locks).toMatchObject([{ kind: "in-doubt", request: "r1" }]);
  });

  test("a later result corrects that, once, and unlocks", () => {
    const { state } = play(holding(IN.running), over, clock(3), report("run", { outcome: "undone" }));
    expect(state.requests.get("r1")?.state).toBe("undone");
    expect(state.environments.get("prod")).toBeUndefined();
    expect(stateOf(state, { ...report("run", { outcome: "migrated" }), seq: 2 } as Happening)).toBe("undone");
  });

  test("/recover corrects it, too", () => {
    const { state } = play(holding(IN.running), over, clock(3), say("/recover prod"));
    const recovery = state.requests.get("r2");
    expect(recovery).toMatchObject({ command: "recover", state: "approved" });
    const running: Request = { ...(recovery ?? exampleRequest), state: "running", jobs: { plan: null, run: GRANTED } };
    const told = { ...report("run", { outcome: "migrated" }), request: "r2" } as Happening;
    expect(stateOf({ ...state, requests: new Map([...state.requests, ["r2", running]]) }, told)).toBe("migrated");
  });

  test("the first result is final", () => {
    const first = report("run", { outcome: "migrated" });
    expect(stateOf(holding(IN.running), first, { ...report("run", { outcome: "undone" }), seq: 2 } as Happening)).toBe("migrated");
  });
});
