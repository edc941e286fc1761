/** What happened, as the inbox keeps it: each with a key that says which happening it is, however often it is told. */

import type { GrantClaim } from "../../src/domain/grant-claim.ts";
import type { Facts } from "./facts.ts";
import type { JobKind, Person } from "./request.ts";
import type { PullState } from "./state.ts";

export type BotEvent = { readonly at: string } & Happening;

export type Happening =
  | CommentMade
  | ButtonPressed
  | PullChanged
  | WorkflowRunChanged
  | AskedAgain
  | GroupChanged
  | PolicyPushed
  | Consulted
  | NotConsulted
  | Performed
  | Claimed
  | Reported
  | RuleAsked
  | RuleRead
  | Rechecked
  | { readonly kind: "clock" };

export interface CommentMade {
  readonly kind: "comment";
  readonly comment: number;
  readonly pull: number;
  readonly author: Person;
  readonly body: string;
  readonly createdAt: string;
}

export interface ButtonPressed {
  readonly kind: "button";
  readonly check: number;
  readonly request: string;
  /** `plan`: somebody asked GitHub to run the check again, which plans and never runs. */
  readonly button: "approve" | "reject" | "rollback" | "plan";
  readonly by: Person;
  /** GitHub's number of the delivery, which a redelivery keeps: nothing else tells that somebody pressed once more. */
  readonly press: string;
}

/** What a webhook says that it is now. */
export interface PullChanged extends Omit<PullState, "pushers"> {
  readonly kind: "pull";
  readonly pull: number;
  readonly action: string;
  readonly by: number;
}

export interface WorkflowRunChanged {
  readonly kind: "workflow-run";
  readonly workflowRun: number;
  readonly attempt: number;
  readonly status: string;
  /** `belay migrate prod r12`, where the workflow is named as it should be. */
  readonly title: string;
}

/** Somebody asked GitHub to run the checks of a commit again: it waits for the check `belay` now. */
export interface AskedAgain {
  readonly kind: "again";
  readonly sha: string;
}

/** The merge queue tries a commit, or has done with it. */
export interface GroupChanged {
  readonly kind: "merge-group";
  readonly action: "checks_requested" | "destroyed";
  readonly head: string;
  readonly pull: number | null;
}

/** The default branch has another belay.yml. */
export interface PolicyPushed {
  readonly kind: "policy-pushed";
  readonly sha: string;
}

/** GitHub was asked what an earlier event needs for its decision. */
export interface Consulted {
  readonly kind: "consulted";
  /** The key of the event that asked. */
  readonly about: string;
  readonly origin: Origin;
  readonly facts: Facts;
  /** Since when the app is installed: what was said before was said to nobody. null: GitHub does not tell. */
  readonly installedAt?: string | null;
}

/** GitHub refuses, for good, to tell what the decision needs. */
export interface NotConsulted {
  readonly kind: "not-consulted";
  readonly about: string;
  readonly origin: Origin;
  readonly why: string;
}

/** Where somebody said something; a button belongs to the pull request of its request, where that has one. */
export type Origin = CommentMade | (ButtonPressed & { readonly pull: number | null });

/** A job of any workflow waits at an environment that has this bot's protection rule. */
export interface RuleAsked {
  readonly kind: "rule";
  readonly workflowRun: number;
  /** As GitHub calls it. */
  readonly environment: string;
  /** null: GitHub made none. */
  readonly deployment: number | null;
}

export interface RuleRead {
  readonly kind: "rule-read";
  readonly about: string;
  readonly origin: RuleAsked;
  /** null: it is gone. */
  readonly run: WaitingRun | null;
  readonly facts: Facts;
}

/** A workflow run as GitHub's API has it. */
export interface WaitingRun {
  readonly attempt: number;
  readonly sha: string;
  readonly title: string;
  readonly isOver: boolean;
  /** This bot started it, by the workflow that belay.yml names. */
  readonly isOurs: boolean;
  /** Who started it, and this attempt of it: the last one last. */
  readonly actors: readonly Person[];
  /** The one that this commit is the head of, or was merged by; null: none, or several. */
  readonly pull: number | null;
}

export interface Rechecked {
  readonly kind: "rechecked";
  readonly about: string;
  readonly request: string;
  readonly facts: Facts;
}

/** An effect is there, or it cannot come to be. */
export type Performed =
  | (Asked & { readonly kind: "dispatched"; readonly workflowRun: number | null })
  | (Asked & { readonly kind: "not-dispatched"; readonly why: string })
  /** People can read this plan now. */
  | { readonly kind: "shown"; readonly request: string; readonly digest: string | null };

/** Which start of which job. */
interface Asked {
  readonly request: string;
  readonly job: JobKind;
  readonly askedAt: string;
}

/** A workflow run proved who it is and asks for its grant. */
export interface Claimed extends Omit<GrantClaim, "version"> {
  readonly kind: "claim";
  readonly workflowRun: number;
  readonly attempt: number;
  /** Of the identity token: each counts once. */
  readonly jti: string;
  readonly facts: Facts;
}

/** `POST /api/requests/ID/events`. */
export interface Reported {
  readonly kind: "report";
  readonly request: string;
  readonly job: JobKind;
  readonly run: string;
  readonly seq: number;
  readonly told: { readonly type: "plan" | "result"; readonly result: ToldResult } | { readonly type: "step"; readonly step: string };
}

/** Of a result what decisions depend on; `whole` is only rendered. */
export interface ToldResult {
  readonly outcome: string;
  readonly digest: string | null;
  readonly pending: number;
  /** Digest of the pending migrations, where it tells of them. */
  readonly migrations: string | null;
  /** The run that a rollback would take back; null for all else, and where it goes down to a migration. */
  readonly takesBack: string | null;
  /** Belay's own name of the run that this is the result of; null: it was none that is kept. */
  readonly ran: string | null;
  readonly whole: unknown;
}

/** One happening has one key (GITHUB.md, section 3). A delivery's id is only a second one. */
export function keyOf(event: BotEvent): string {
  switch (event.kind) {
    case "comment":
      return `comment:${event.comment}`;
    case "button":
      return `check_action:${event.check}:${event.button}:${event.by.id}:${event.press}`;
    case "again":
      return `again:${event.sha}:${event.at}`;
    case "pull":
      // Closed, opened and closed again at one head are three: GitHub's time tells them apart, and a redelivery keeps it.
      return `pr:${event.pull}:${event.action}:${event.head}:${event.base}:${event.updatedAt}`;
    case "workflow-run":
      return `run:${event.workflowRun}:${event.attempt}:${event.status}`;
    case "merge-group":
      return `merge-group:${event.head}:${event.action}`;
    case "policy-pushed":
      return `policy:${event.sha}`;
    case "consulted":
    case "not-consulted":
      return `consulted:${event.about}`;
    case "dispatched":
    case "not-dispatched":
      return `dispatched:${event.request}:${event.job}:${event.askedAt}`;
    case "shown":
      return `shown:${event.request}:${event.digest}`;
    case "claim":
      return `claim:${event.jti}`;
    case "report":
      return `report:${event.request}:${event.job}:${event.run}:${event.seq}`;
    case "rule":
      return `rule:${event.workflowRun}:${event.environment}:${event.deployment ?? event.at}`;
    case "rule-read":
    case "rechecked":
      return `${event.kind}:${event.about}`;
    case "clock":
      return `clock:${event.at}`;
  }
}
