/** What is to be done outside, as the outbox keeps it. Each can be done again after a crash: what is there is found by its key. */

import type { Answer } from "./answer.ts";
import type { Origin, RuleAsked } from "./event.ts";
import type { JobKind, RunCommand } from "./request.ts";

export type Effect =
  /** Read what a decision needs; its answer is an event. */
  | { readonly kind: "consult"; readonly about: string; readonly origin: Origin }
  | { readonly kind: "react"; readonly comment: number; readonly reaction: Reaction }
  /** A comment of its own: the answer to one comment. */
  | { readonly kind: "answer"; readonly comment: number; readonly pull: number; readonly answers: readonly Answer[] }
  | Dispatch
  | { readonly kind: "cancel"; readonly workflowRun: number }
  /** Read what stands behind a deployment that waits; its answer is an event. */
  | { readonly kind: "consult-rule"; readonly about: string; readonly origin: RuleAsked }
  /** Read anew what lets an approved deployment through. */
  | { readonly kind: "recheck"; readonly about: string; readonly request: string }
  | RuleAnswer
  | View;

export interface Dispatch {
  readonly kind: "dispatch";
  readonly request: string;
  readonly job: JobKind;
  readonly command: RunCommand;
  readonly environment: string;
  readonly sha: string;
  readonly targets: readonly string[];
  /** When it was asked for: a request may be started anew. */
  readonly askedAt: string;
  /** Workflow runs of this request that are not the one. */
  readonly spent: readonly number[];
}

/** What a job that waits at its environment is told. */
export interface RuleAnswer {
  readonly kind: "rule";
  readonly workflowRun: number;
  /** The one that it is decided for: GitHub's own question does not tell a later one apart. */
  readonly attempt: number;
  /** As GitHub calls it. */
  readonly environment: string;
  /** null: it goes on waiting, and is told for what. */
  readonly state: "approved" | "rejected" | null;
  readonly say: string;
}

/** What people look at. It is made from the state of the moment when it is done, so that many of one key are one. */
export type View =
  | { readonly kind: "comment"; readonly pull: number; readonly environment: string }
  | { readonly kind: "check"; readonly request: string }
  | { readonly kind: "deployment"; readonly request: string }
  | { readonly kind: "head-check"; readonly pull: number; readonly again?: true }
  | { readonly kind: "group-check"; readonly head: string; readonly pull: number | null; readonly again?: true };

/** GitHub's names: 👀 🚀 👍 👎 😕. */
export type Reaction = "eyes" | "rocket" | "+1" | "-1" | "confused";

/** Two effects of one key are one. */
export function effectKey(effect: Effect): string {
  switch (effect.kind) {
    case "consult":
      return `consult:${effect.about}`;
    case "react":
      return `react:${effect.comment}:${effect.reaction}`;
    case "answer":
      return `answer:${effect.comment}`;
    case "dispatch":
      return `dispatch:${effect.request}:${effect.job}`;
    case "cancel":
      return `cancel:${effect.workflowRun}`;
    case "consult-rule":
    case "recheck":
      return `${effect.kind}:${effect.about}`;
    case "rule":
      return `rule:${effect.workflowRun}:${effect.attempt}:${effect.environment}`;
    case "comment":
      return `comment:${effect.pull}:${effect.environment}`;
    case "check":
      return `check:${effect.request}`;
    case "deployment":
      return `deployment:${effect.request}`;
    case "head-check":
      return `head-check:${effect.pull}${effect.again ? ":again" : ""}`;
    case "group-check":
      return `group-check:${effect.head}${effect.again ? ":again" : ""}`;
  }
}
