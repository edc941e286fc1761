/** `approvals.by: environment`: GitHub held the job until a required reviewer let it go. Did the right person? Pure. */

import type { ApprovalFacts, Approver } from "../domain/approval.ts";
import type { Reason } from "../domain/error.ts";
import { type ApprovalRules, consider, type Memberships, type Requester, teamsIn, usersIn } from "./approvers.ts";

/** What the job says of itself by its identity: its environment, null for a job that has none. */
export type ProvenEnvironment = { readonly kind: "proven"; readonly environment: string | null } | { readonly kind: "not-granted" };

export interface EnvironmentApproval extends ApprovalRules {
  readonly githubEnvironment: string;
  /** Of the repository: its teams are the ones that an environment can list. */
  readonly owner: string;
  readonly protection: EnvironmentProtection;
  readonly proven: ProvenEnvironment;
  readonly reviews: readonly {
    readonly state: string;
    readonly environments: readonly string[];
    readonly reviewer: { readonly id: number; readonly login: string };
  }[];
  readonly requesters: readonly Requester[];
  readonly memberships: Memberships;
  /** Which attempt of the workflow run this is, from 1. */
  readonly attempt: number;
}

export interface EnvironmentProtection {
  /** null: no required reviewers. Teams are slugs of the owner's. */
  readonly reviewers: { readonly users: readonly string[]; readonly teams: readonly string[] } | null;
  /** Patterns of the refs that may use it; null: protected branches. */
  readonly refs: readonly string[] | null;
}

export function judgeEnvironment(facts: EnvironmentApproval): ApprovalFacts {
  const unsound = [tooMany(facts), elsewhere(facts), unprotected(facts)].filter((reason) => reason !== null);
  if (unsound.length > 0) return { kind: "not-given", reasons: unsound };
  const { githubEnvironment } = facts;
  const { counted, reasons } = consider(approversOf(facts), {
    ...facts,
    from: vouchesFor(facts) ? [] : facts.from,
    what: `${githubEnvironment} in this workflow run`,
    hint: `let the job have \`environment: ${githubEnvironment}\`, and one of its reviewers approve it`,
  });
  return reasons.length === 0 ? { kind: "given", approvers: counted, notes: notesOf(facts) } : { kind: "not-given", reasons };
}

/**
 * Whether the environment lists a team of `from`, and nobody outside `from`: whoever GitHub let approve is then in `from`, whether or
 * not the token may look into the teams.
 */
export function vouchesFor({
  from,
  owner,
  protection: { reviewers },
}: Pick<EnvironmentApproval, "from" | "owner" | "protection">): boolean {
  if (reviewers === null || reviewers.teams.length === 0) return false;
  const [users, teams] = [usersIn(from), teamsIn(from)];
  return (
    reviewers.users.every((login) => users.includes(login.toLowerCase())) &&
    reviewers.teams.every((slug) => teams.includes(`${owner}/${slug}`.toLowerCase()))
  );
}

function approversOf({ reviews, githubEnvironment }: EnvironmentApproval): readonly Approver[] {
  return reviews
    .filter(({ state, environments }) => state === "approved" && environments.some((name) => isSame(name, githubEnvironment)))
    .map(({ reviewer: { id, login } }) => ({ id, login, source: "environment" }));
}

/** GitHub lets a job go after one review. */
function tooMany({ required }: EnvironmentApproval): Reason | null {
  if (required <= 1) return null;
  return {
    code: "required-needs-bot",
    message: `approvals.required is ${required}, and GitHub lets a job go after one review`,
    hint: "write `required: 1`; more than one needs the bot",
  };
}

function elsewhere({ proven, githubEnvironment }: EnvironmentApproval): Reason | null {
  if (proven.kind === "not-granted" || (proven.environment !== null && isSame(proven.environment, githubEnvironment))) return null;
  const where = proven.environment === null ? "in no GitHub environment" : `in the GitHub environment ${proven.environment}`;
  return {
    code: "environment-mismatch",
    message: `this job runs ${where}, and belay.yml says ${githubEnvironment}`,
    hint: `write \`environment: ${githubEnvironment}\` into the job, or set github-environment in belay.yml`,
  };
}

function unprotected({ protection, githubEnvironment }: EnvironmentApproval): Reason | null {
  if (protection.reviewers !== null) return null;
  return {
    code: "environment-unprotected",
    message: `the GitHub environment ${githubEnvironment} has no required reviewers, so nobody is asked there`,
    hint: "add them under Settings, Environments; where GitHub's plan has none for this repository, write `approvals: { by: review }`",
  };
}

/** Patterns that every branch matches, at least every one without a slash. */
const EVERY_REF = new Set(["*", "**", "**/*", "*/**"]);

/** Of an environment's rule of branches: it lets everything in. */
export function isEveryRef(pattern: string): boolean {
  return EVERY_REF.has(pattern);
}

function notesOf({ attempt, protection: { refs }, githubEnvironment }: EnvironmentApproval): readonly string[] {
  return [
    // Its reviewers still let each job go, so that this is theirs to know; whoever asks nobody anew, the bot, refuses it.
    ...(refs?.some(isEveryRef) === true
      ? [
          `the GitHub environment ${githubEnvironment} can be used from every branch, also by code that nobody has merged: ` +
            "allow only the default branch under Settings, Environments, Deployment branches and tags",
        ]
      : []),
    ...(attempt > 1
      ? [`this is attempt ${attempt} of the workflow run, and GitHub does not tell for which attempt somebody approved`]
      : []),
  ];
}

/** Names of environments differ by more than case. */
function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
