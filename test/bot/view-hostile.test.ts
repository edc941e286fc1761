import fc from "fast-check";
import { expect, test } from "vitest";

import type { Answer } from "../../bot/core/answer.ts";
import type { Request, RequestState } from "../../bot/core/request.ts";
import { NO_STATE } from "../../bot/core/state.ts";
import { answerMarkdown } from "../../bot/view/answer.ts";
import { headVerdict } from "../../bot/view/head-check.ts";
import { lossMarkdown } from "../../bot/view/loss.ts";
import { environmentComment } from "../../bot/view/request.ts";
import { hostileText } from "../support/hostile-text.ts";
import { GITHUB_ACTS_ON, hrefs, rendered, skeleton } from "../support/rendered-markdown.ts";

const PLACE = { serverUrl: "https://github.com", repository: "acme/shop" };
const STATES: readonly RequestState[] = ["planning", "awaiting-approval", "approved", "running", "rejected", "needs-attention", "refused"];

function requestOf(text: string, state: RequestState): Request {
  const reasons = [{ code: "rejected", message: `rejected: ${text}`, hint: text }];
  const fields = {
    v: 1,
    repositoryId: 7,
    environment: "prod",
    command: "migrate",
    targets: [
      {
        name: text,
        identity: text,
        schemaDigest: "s",
        pending: [{ id: text, sha256: "f".repeat(64) }],
        findings: [{ id: text, place: text }],
      },
    ],
    tool: { name: text, configSha256: "c" },
    policyDigest: "p",
  };
  return {
    id: "r1",
    command: "migrate",
    environment: "prod",
    pull: 1,
    sha: "3f2c9d1e5a7b4c6d8e9f0a1b2c3d4e5f60718293",
    tree: null,
    migrations: null,
    ref: null,
    targets: [],
    again: text,
    run: null,
    to: null,
    requester: { id: 1, login: text },
    comment: 1,
    requestedAt: "",
    state,
    since: "",
    reasons,
    policy: {
      sha: "",
      digest: "",
      githubEnvironment: "production",
      isProtected: true,
      required: 1,
      from: [],
      allowSelfApproval: true,
      expireMs: 1,
      windows: [],
      needs: null,
    },
    plan: { digest: "sha256:0", at: "", shownAt: null, pending: 1, result: fields },
    approvals: [{ id: 2, login: text, at: "", digest: null, sha: "", source: "" }],
    spent: [],
    jobs: { plan: null, run: null },
    rule: null,
    ran: null,
    step: { name: text, at: "", seq: 1 },
    result: null,
  };
}

function commentOf(text: string, state: RequestState): string {
  const lock = { kind: "person", by: { id: 1, login: text }, why: text, at: "" } as const;
  const requests = new Map([["r1", requestOf(text, state)]]);
  return environmentComment({ ...NO_STATE, requests, environments: new Map([["prod", { locks: [lock] }]]) }, 1, "prod", PLACE) ?? "";
}

function answerOf(text: string): string {
  const gates = [{ met: false, text, hint: text }];
  const answers: readonly Answer[] = [
    { kind: "not-understood", message: text, suggestion: text },
    { kind: "refused", reasons: [{ code: "x", message: text, hint: text }] },
    { kind: "done", what: text },
    { kind: "status", environments: [{ environment: "prod", request: "r1", gates }] },
  ];
  return answerMarkdown(1, answers);
}

/** As a plan's job of a rollback could tell it. */
function lossOf(text: string): string {
  const laterWrites = [
    { table: text, written: 1, gone: 0 },
    { table: "b", written: null, gone: null },
  ];
  const targets = [{ name: text, identity: text, run: text, laterWrites }];
  const bound = { v: 1, repositoryId: 1, environment: text, command: "rollback", to: null, policyDigest: text } as const;
  return lossMarkdown({ ...bound, targets: [...targets, { name: "b", identity: "b", run: "b", laterWrites: [] }] }, "sha256:0");
}

/** What the check `belay` says of environments with this name. */
function checkOf(text: string): string {
  const requests = new Map([["r1", { ...requestOf("plain", "needs-attention"), environment: text }]]);
  return [headVerdict(NO_STATE, 1, "a", [text]).summary, headVerdict({ ...NO_STATE, requests }, 1, "a", []).summary].join("\n\n");
}

test("no text of anybody pings, links or breaks out of what the bot writes", () => {
  fc.assert(
    fc.property(hostileText, fc.constantFrom(...STATES), (text, state) => {
      for (const [markdown, plain] of [
        [commentOf(text, state), commentOf("plain", state)],
        [answerOf(text), answerOf("plain")],
        [lossOf(text), lossOf("plain")],
        [checkOf(text), checkOf("plain")],
      ] as const) {
        const shown = rendered(markdown);
        expect(hrefs(shown).filter((href) => !href.startsWith("https://github.com/acme/shop/"))).toEqual([]);
        for (const running of shown.running) expect(running).not.toMatch(GITHUB_ACTS_ON);
        if (text.trim() !== "" && /\w/.test(text)) expect(blocksOf(skeleton(shown))).toEqual(blocksOf(skeleton(rendered(plain))));
      }
    }),
    { numRuns: 1_000 },
  );
});

/** Code inside a line comes and goes with the text; what a page is built of does not. */
function blocksOf(tags: string): readonly string[] {
  return tags.split(" ").filter((tag) => /^(?:h\d|table|tr|t[hd]|ul|ol|li|blockquote|pre|details|summary|hr|img)$/.test(tag));
}
