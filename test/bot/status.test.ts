import { describe, expect, test } from "vitest";

import type { Answer } from "../../bot/core/answer.ts";
import type { Origin } from "../../bot/core/event.ts";
import type { EnvironmentPolicy, Facts } from "../../bot/core/facts.ts";
import { reduce } from "../../bot/core/reduce.ts";
import type { Request } from "../../bot/core/request.ts";
import { NO_STATE, type Lock, type RepositoryState } from "../../bot/core/state.ts";
import { answerMarkdown } from "../../bot/view/answer.ts";
import { environmentComment } from "../../bot/view/request.ts";
import { EXAMPLE_AT, exampleFacts, examplePolicy, examplePull } from "../support/bot/example-facts.ts";
import { exampleRequest } from "../support/bot/example-request.ts";

const SAID = "2026-03-01T09:59:59.000Z";

function stateOf(requests: readonly Request[], locks: readonly Lock[] = []): RepositoryState {
  const environments = new Map(locks.length === 0 ? [] : [["prod", { locks }]]);
  return { ...NO_STATE, requests: new Map(requests.map((each) => [each.id, each])), environments, last: 9 };
}

function say(
  state: RepositoryState,
  body: string,
  given: { readonly facts?: Partial<Facts>; readonly policy?: Partial<EnvironmentPolicy> } = {},
) {
  const author = { id: 2, login: "ben" };
  const origin: Origin = { kind: "comment", comment: 8, pull: 1, author, body, createdAt: SAID };
  const environments = { prod: { ...examplePolicy, ...given.policy } };
  const policy = { kind: "read", sha: "p", branch: "main", tree: "t", environments } as const;
  const facts = { ...exampleFacts, policy, ...given.facts };
  return reduce(state, { at: EXAMPLE_AT, kind: "consulted", about: "comment:8", origin, facts });
}

/** The lines under the environment's title. */
function status(
  ...given: Parameters<typeof say> extends [infer State, string, ...infer Rest] ? [State, ...Rest] : never
): readonly string[] {
  const [state, ...rest] = given;
  const { effects } = say(state, "/belay status", ...rest);
  const [told] = effects.flatMap((effect): readonly Answer[] => (effect.kind === "answer" ? effect.answers : []));
  return told === undefined
    ? []
    : answerMarkdown(8, [told])
        .split("\n")
        .filter((line) => line.startsWith("- "));
}

describe("/status names every gate, met or not, and what to do", () => {
  const waiting = { ...exampleRequest, approvals: [] };

  test("of a request that waits for approvals", () => {
    const yes = { id: 3, login: "cleo", at: SAID, digest: "sha256:plan", sha: waiting.sha, source: "comment:6" };
    expect(status(stateOf([{ ...waiting, approvals: [yes] }]), { policy: { require: ["checks", "up-to-date"] } })).toEqual([
      "- ✅ the required checks are green",
      "- ✅ the branch is up to date with its base",
      "- ✅ only the default branch can use its GitHub environment",
      "- ✅ it is planned",
      "- ✅ approved by cleo, 1 of 2",
      expect.stringMatching(/^- ⬜ 1 of 2 have approved prod for request r1 — .*approve r1/),
      "- ✅ nothing locks prod",
      "- ✅ it is its turn",
    ]);
  });

  test("of one that waits for a window, a lock, and another's turn", () => {
    const approved = {
      ...waiting,
      state: "approved" as const,
      policy: { ...waiting.policy, windows: ["Mon 01:00-05:00 UTC"], needs: "staging" },
    };
    const ahead = { ...waiting, id: "r0", pull: 2, state: "running" as const };
    const lock = { kind: "person", by: { id: 3, login: "cleo" }, why: "freeze", at: SAID } as const;
    const lines = status(stateOf([ahead, approved], [lock])).filter((line) => line.startsWith("- ⬜"));
    expect(lines).toEqual([
      "- ⬜ staging must have had this first — `/migrate staging`",
      expect.stringContaining("0 of 2 have approved"),
      expect.stringMatching(/prod may be changed only in Mon 01:00-05:00 UTC — .*2026-03-02T01:00Z/),
      expect.stringMatching(/prod was locked by cleo: freeze — .*unlock prod/),
      expect.stringMatching(/request r0 comes first in prod — it starts by itself/),
    ]);
  });

  test("before anything was asked for", () => {
    const obstacle = { code: "checks", message: "required checks are not green: ci", hint: "ask again when they are", lasting: true };
    expect(status(stateOf([]), { facts: { obstacles: { prod: [obstacle] } }, policy: { require: ["checks"] } })[0]).toBe(
      "- ⬜ required checks are not green: ci — ask again when they are",
    );
    expect(status(stateOf([])).at(-1)).toContain("nothing is in the way: `/migrate prod`");
  });

  test("to whoever asks, also without the right to write", () => {
    expect(status(stateOf([]), { facts: { permission: "read" } })).not.toEqual([]);
  });
});

test("a pull request that was closed after it was migrated says what the default branch lacks, and the way back", () => {
  const result = {
    outcome: "migrated",
    command: "migrate",
    environment: "prod",
    startedAt: SAID,
    durationMs: 1,
    digest: null,
    run: "RUN",
    belay: "0.1.0",
    reasons: [],
    checklist: [],
    targets: [
      {
        name: "app",
        engine: "sqlite",
        outcome: "migrated",
        undisturbed: true,
        pending: [],
        applied: [{ id: "001_x", durationMs: 1, reversible: false }],
        steps: [],
        backup: null,
        checks: [],
        data: null,
        schema: null,
        rollback: null,
      },
    ],
  };
  const migrated: Request = { ...exampleRequest, state: "migrated", result };
  const lock: Lock = { kind: "unmerged", pull: 1, request: "r1", at: SAID };
  const state = stateOf([migrated], [lock]);
  const closed = { kind: "pull", pull: 1, action: "closed", ...examplePull, state: "closed", by: 1, updatedAt: EXAMPLE_AT } as const;
  const { state: after, effects } = reduce(state, { at: EXAMPLE_AT, ...closed });
  expect(effects).toContainEqual({ kind: "comment", pull: 1, environment: "prod" });
  const place = { serverUrl: "https://github.example", repository: "acme/shop" };
  expect(environmentComment(state, 1, "prod", place)).toContain("brought, which is not merged");
  const comment = environmentComment(after, 1, "prod", place) ?? "";
  expect(comment).toContain("`prod` has `001_x`, and the default branch lacks it");
  expect(comment).toContain("`/rollback prod`");
});

describe("buttons", () => {
  const press = (
    button: "rollback" | "plan",
    by: { readonly id: number; readonly login: string },
    permission: Facts["permission"] = "write",
  ) => {
    const migrated: Request = { ...exampleRequest, state: "migrated", ran: "RUN" };
    const origin: Origin = { kind: "button", check: 5, request: "r1", button, by, press: "g-1", pull: 1 };
    const facts = { ...exampleFacts, permission };
    return reduce(stateOf([migrated]), { at: EXAMPLE_AT, kind: "consulted", about: "button", origin, facts }).state.requests.get("r10");
  };

  test("a rollback asks for its own approval, of one person, who may be the one who asked", () => {
    expect(press("rollback", { id: 2, login: "ben" })).toMatchObject({
      command: "rollback",
      environment: "prod",
      run: "RUN",
      policy: { required: 1, allowSelfApproval: true },
      jobs: { run: null },
    });
  });

  test("who presses is judged as who types", () => {
    expect(press("rollback", { id: 7, login: "eve" }, "read")).toBeUndefined();
  });

  test("running a check again plans, and never runs", () => {
    expect(press("plan", { id: 2, login: "ben" })).toMatchObject({ command: "plan" });
  });
});

test("/recover needs no approval: what it finishes or undoes was approved", () => {
  const { state } = say(stateOf([{ ...exampleRequest, state: "needs-attention" }]), "/recover prod");
  expect(state.requests.get("r10")).toMatchObject({ command: "recover", state: "approved", policy: { required: 0 } });
  expect(state.requests.get("r10")?.jobs.run).not.toBeNull();
});

test("a rollback that would open a lock does not wait behind a migration that waits for it", () => {
  const held: Request = { ...exampleRequest, id: "r2", pull: 2, state: "approved", since: "2026-03-01T09:00:00.000Z" };
  const lock: Lock = { kind: "unmerged", pull: 1, request: "r1", at: SAID };
  const { state } = say(stateOf([held], [lock]), "/recover prod");
  expect(state.requests.get("r10")?.jobs.run).not.toBeNull();
  expect(state.requests.get("r2")?.jobs.run).toBeNull();
});
