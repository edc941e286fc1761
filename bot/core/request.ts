/** A request: a chat command's life in the bot. Plain data, changed only by `reduce`. */

import type { Outcome } from "../../src/domain/outcome.ts";

export interface Person {
  readonly id: number;
  readonly login: string;
}

/** What a request may ask of a workflow run. `deploy` asks nothing: an ordinary workflow waits at its environment for a yes. */
export type RunCommand = "plan" | "rehearse" | "migrate" | "rollback" | "verify" | "backup" | "recover" | "runs" | "deploy";

export type OpenState = "requested" | "planning" | "awaiting-approval" | "approved" | "running";
/** `needs-attention` is an end that a later result, or `/recover`, may correct; `released`: a deployment was let through. */
export type EndState = "refused" | "superseded" | "expired" | "rejected" | "cancelled" | "released" | Outcome;
export type RequestState = OpenState | EndState;

/** The two workflow runs of a request: the one that plans has no write URL, the other carries out. */
export type JobKind = "plan" | "run";

export interface Request {
  /** Short and unique in its repository; people type it: `r12`. */
  readonly id: string;
  readonly command: RunCommand;
  readonly environment: string;
  /** null: a deployment of a commit that belongs to no pull request. */
  readonly pull: number | null;
  /** Full SHA of what runs: the head when it was asked for. */
  readonly sha: string;
  /** Of the files of that commit: another commit with the same brings the same. null: not known. */
  readonly tree: string | null;
  /** Digest of the migrations that it brings, as it was planned or carried out; null: not known yet. */
  readonly migrations: string | null;
  /** Of `require` in belay.yml what was asked, and was there, when it was asked for; it is looked at again before it runs. */
  readonly met?: readonly string[];
  /** The default branch where that is what runs, not the pull request's head. */
  readonly ref: string | null;
  readonly targets: readonly string[];
  readonly again: string | null;
  readonly run: string | null;
  readonly to: string | null;
  readonly requester: Person;
  /** The comment that asked. */
  readonly comment: number;
  /** All times are ISO 8601 with milliseconds, in UTC, so that texts compare as times do. */
  readonly requestedAt: string;
  readonly state: RequestState;
  /** Since when it is in this state. */
  readonly since: string;
  /** Why it is where it is: a refusal's or an end's reasons. */
  readonly reasons: readonly RequestReason[];
  readonly policy: PolicyUsed;
  readonly plan: PlanShown | null;
  readonly approvals: readonly Approval[];
  readonly jobs: Readonly<Record<JobKind, Job | null>>;
  /** Workflow runs that were started for it and sent away: whatever is told of them is not about its next one. */
  readonly spent: readonly number[];
  /** Where a `deploy` waits; null for everything else. */
  readonly rule: RuleWait | null;
  /** Of the last progress that was told, for the live line. */
  readonly step: { readonly name: string; readonly at: string; readonly seq: number } | null;
  /** Belay's own name of the run that carried it out, as that told it; null: there was none. */
  readonly ran: string | null;
  /** The final result as the run told it, cut down to what a report needs. */
  readonly result: unknown;
}

export interface RequestReason {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** Of the policy what a request was judged by. */
export interface PolicyUsed {
  readonly sha: string;
  /** Of the environment's effective block. */
  readonly digest: string;
  readonly githubEnvironment: string;
  readonly isProtected: boolean;
  /** How many must approve this command; 0: nobody. */
  readonly required: number;
  readonly from: readonly string[];
  readonly allowSelfApproval: boolean;
  readonly expireMs: number;
  readonly windows: readonly string[];
  /** The environment that must have had the same before; null: none, or this command does not ask. */
  readonly needs: string | null;
}

export interface PlanShown {
  /** null for a command that has none (a rollback is bound to `loss`, which is then part of what is approved). */
  readonly digest: string | null;
  readonly at: string;
  /** When people could read it; approvals written before do not count. null: not yet. */
  readonly shownAt: string | null;
  readonly pending: number;
  /** What was reported, as it is rendered. */
  readonly result: unknown;
}

/** A job of somebody's workflow that waits at a deployment protection rule. With environment and SHA it is what an approval binds. */
export interface RuleWait {
  readonly workflowRun: number;
  readonly attempt: number;
  /** As GitHub calls it. */
  readonly environment: string;
  /** Who started the workflow run, and this attempt of it. */
  readonly actors: readonly Person[];
  /** Since when everything is being read anew to let it through; null: it is not. */
  readonly askedAt: string | null;
}

export interface Approval extends Person {
  readonly at: string;
  readonly digest: string | null;
  readonly sha: string;
  /** `comment:123`, `check:45`. */
  readonly source: string;
}

export interface Job {
  readonly askedAt: string;
  /** When GitHub had taken the dispatch; null: not known yet. */
  readonly dispatchedAt: string | null;
  /** GitHub's workflow run, as soon as it is known. */
  readonly workflowRun: number | null;
  readonly grant: GrantRecord | null;
  /** When GitHub said that the workflow run had ended. */
  readonly completedAt: string | null;
  /** Numbers of the events that came, so that each counts once. */
  readonly seen: readonly number[];
}

/** GitHub's number of the workflow run that has the grant, or was started for it; null: not known yet. */
export function workflowRunOf(job: Job | null): number | null {
  return job?.grant?.workflowRun ?? job?.workflowRun ?? null;
}

export interface GrantRecord {
  readonly jti: string;
  readonly workflowRun: number;
  readonly attempt: number;
  /** Belay's own id of the run. */
  readonly run: string;
  readonly at: string;
}

const NEXT: Readonly<Record<OpenState, readonly RequestState[]>> = {
  // A deployment has no plan to wait for.
  requested: ["planning", "awaiting-approval", "approved", "refused", "superseded", "cancelled", "expired"],
  planning: ["up-to-date", "awaiting-approval", "approved", "failed", "refused", "superseded", "cancelled", "expired"],
  "awaiting-approval": ["approved", "rejected", "superseded", "cancelled", "expired"],
  approved: ["running", "released", "awaiting-approval", "refused", "superseded", "cancelled", "expired"],
  running: [],
};

export function isOpen({ state }: Pick<Request, "state">): boolean {
  return state in NEXT;
}

const NO_END_OF_A_RUN: ReadonlySet<RequestState> = new Set(["superseded", "rejected", "expired", "released"]);

/** Whether the table of states (GITHUB.md, section 3) has this move. A run may end in any outcome, and a lost report be corrected. */
export function mayMove(from: RequestState, to: RequestState): boolean {
  if (from === "running") return !(to in NEXT) && !NO_END_OF_A_RUN.has(to);
  if (from === "needs-attention") return !(to in NEXT);
  return from in NEXT && NEXT[from as OpenState].includes(to);
}

/** Throws a RangeError for a move that the table does not have: a defect, never a user's mistake. */
export function moved(request: Request, to: RequestState, at: string, reasons: readonly RequestReason[] = []): Request {
  if (!mayMove(request.state, to)) throw new RangeError(`request ${request.id} cannot go from ${request.state} to ${to}`);
  return { ...request, state: to, since: at, reasons };
}

/** How somebody who still wants it says so. */
export function anew({ command, environment }: Pick<Request, "command" | "environment">): string {
  return command === "deploy" ? "run its workflow again" : `ask anew: \`/${command} ${environment}\``;
}

/** Commands that change an environment: at most one of them at a time. */
const CHANGING: ReadonlySet<RunCommand> = new Set(["migrate", "rollback", "recover", "backup", "deploy"]);

export function isChanging({ command }: Pick<Request, "command">): boolean {
  return CHANGING.has(command);
}

/** What finishes or takes back what was begun: it runs the commit that this was begun with, and no push makes it another. */
export const FOLLOWING: ReadonlySet<RunCommand> = new Set(["recover", "rollback"]);

/** The outcomes that a run may tell, apart from those of listings. */
export const ENDED_WELL: ReadonlySet<string> = new Set([
  "planned",
  "rehearsed",
  "backed-up",
  "migrated",
  "up-to-date",
  "verified",
  "rolled-back",
  "restored",
  "listed",
  "released",
]);
