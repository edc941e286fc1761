/** What was read from GitHub for one decision, at one moment. Whoever reads it is elsewhere; a decision is made of nothing else. */

import { isChanging, type PolicyUsed, type RequestReason, type RunCommand } from "./request.ts";
import type { PullState } from "./state.ts";

export interface Facts {
  /** When the reading began: nothing in it is older. */
  readonly at: string;
  /** The comment or button that asks is still there, unchanged. */
  readonly standing: boolean;
  /** Of whoever asks; `none` also for somebody who is gone. */
  readonly permission: "none" | "read" | "write" | "admin";
  /** null: it is no pull request, or gone. */
  readonly pull: PullFacts | null;
  readonly policy: PolicyFacts;
  /** Users who may write today, of all who are concerned: requester and approvers. */
  readonly writers: readonly number[];
  /** Logins by team (`org/team`), lower case; null: it could not be read. */
  readonly members: Readonly<Record<string, readonly string[] | null>>;
  /** By the environment's name: what stands in the way there, in the order in which people read it. */
  readonly obstacles: Readonly<Record<string, readonly Obstacle[]>>;
}

export interface PullFacts extends PullState {
  /** Everybody whose push moved the head since the base, after GitHub's record of activity; null: it could not be read. */
  readonly movers: readonly number[] | null;
  /** Of its head; null where nobody asks. */
  readonly tree: string | null;
}

/** An unmet requirement. `lasting`: waiting does not help, the request is refused; else the run waits for it. */
export interface Obstacle extends RequestReason {
  readonly lasting: boolean;
}

/** What belay.yml of the default branch says of this environment; undefined: it has none of that name. */
export function environmentIn(policy: PolicyFacts, name: string): EnvironmentPolicy | undefined {
  return policy.kind === "read" ? ownOf(policy.environments, name) : undefined;
}

/** Names are people's: nothing is called `constructor` unless somebody called it that. */
export function ownOf<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** What people are asked about, apart from a migration. */
const ASKING: ReadonlySet<RunCommand> = new Set(["rollback", "rehearse"]);

/** Of what stands in an environment's way what concerns this command: undoing and looking wait for no check. */
export function obstaclesFor({ obstacles }: Facts, environment: string, command: RunCommand): readonly Obstacle[] {
  const all = ownOf(obstacles, environment) ?? [];
  if (command === "migrate") return all;
  const concerns = new Set([
    ...(isChanging({ command }) ? ["environment-open"] : []),
    ...(ASKING.has(command) ? ["approvals-elsewhere"] : []),
  ]);
  return all.filter(({ code }) => concerns.has(code));
}

export function reasonsOf(obstacles: readonly Obstacle[]): readonly RequestReason[] {
  return obstacles.map(({ code, message, hint }) => ({ code, message, ...(hint === undefined ? {} : { hint }) }));
}

export type PolicyRead = Extract<PolicyFacts, { readonly kind: "read" }>;

export type PolicyFacts =
  | {
      readonly kind: "read";
      readonly sha: string;
      readonly branch: string;
      /** Of the commit's files. */
      readonly tree: string;
      readonly environments: Readonly<Record<string, EnvironmentPolicy>>;
    }
  | { readonly kind: "missing" }
  | { readonly kind: "unreadable"; readonly why: string };

/** One environment's block of belay.yml on the default branch, as far as the bot decides by it. */
export interface EnvironmentPolicy {
  readonly name: string;
  readonly digest: string;
  readonly githubEnvironment: string;
  readonly approvals: {
    readonly required: number;
    readonly from: readonly string[];
    readonly allowSelfApproval: boolean;
    readonly expireMs: number;
    readonly rollback: { readonly required: number; readonly allowSelfApproval: boolean };
  } | null;
  readonly windows: readonly string[];
  readonly needs: string | null;
  /** What a pull request needs before a run; empty where nobody must approve. */
  readonly require: readonly string[];
}

/** What `require` of belay.yml asks for, as it is said where it is there. */
export const REQUIREMENTS: Readonly<Record<string, string>> = {
  checks: "the required checks are green",
  "up-to-date": "the branch is up to date with its base",
  review: "a review approves this commit",
  rehearsal: "this commit was rehearsed",
};

/** What brings something new keeps to the windows; what looks or undoes does not wait for one. */
const STARTING: ReadonlySet<string> = new Set(["migrate", "deploy"]);

/** Open runs without an approval expire after this long, too. */
const EXPIRE_MS = 24 * 3_600_000;

/** What a command in an environment is judged by. Finishing or undoing what was approved needs no approval; looking never does. */
export function policyUsed(sha: string, environment: EnvironmentPolicy, command: string): PolicyUsed {
  const { digest, githubEnvironment, approvals } = environment;
  const common = {
    sha,
    digest,
    githubEnvironment,
    isProtected: approvals !== null,
    windows: STARTING.has(command) ? environment.windows : [],
    needs: command === "migrate" ? environment.needs : null,
  };
  // Nobody gives up what was written since without having seen it, also where nobody else has to be asked.
  if (approvals === null)
    return { ...common, required: command === "rollback" ? 1 : 0, from: [], allowSelfApproval: true, expireMs: EXPIRE_MS };
  const { from, expireMs } = approvals;
  switch (command) {
    case "migrate":
    case "deploy":
      return { ...common, required: approvals.required, from, allowSelfApproval: approvals.allowSelfApproval, expireMs };
    case "rollback":
      return { ...common, ...approvals.rollback, from, expireMs };
    case "rehearse":
      // It sees real data, and changes none of them.
      return { ...common, required: 1, from, allowSelfApproval: approvals.allowSelfApproval, expireMs };
    default:
      return { ...common, required: 0, from, allowSelfApproval: true, expireMs };
  }
}
