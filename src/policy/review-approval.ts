/** `approvals.by: review`: the review of the merged pull request is the approval. Does it stand for what runs here? Pure. */

import type { ApprovalFacts, Approver } from "../domain/approval.ts";
import type { Reason } from "../domain/error.ts";
import { type ApprovalRules, consider, type Memberships, type Requester } from "./approvers.ts";

export interface ReviewApproval extends ApprovalRules {
  /** The commit that is deployed. */
  readonly sha: string;
  /** The one merged pull request that made this commit; null where there is none, or more than one. */
  readonly pull: { readonly number: number; readonly headSha: string } | null;
  /** The commit has the files of the pull request's head, all and unchanged. */
  readonly hasSameTree: boolean;
  /** In the order in which they were given. */
  readonly reviews: readonly PullReview[];
  /** Logins, lower case, of reviewers who may write; asked only where `from` is empty. */
  readonly writers: ReadonlySet<string>;
  readonly requesters: readonly Requester[];
  readonly memberships: Memberships;
  /** When the plan was last written into the pull request; ISO 8601, null where it was not. */
  readonly plannedAt: string | null;
}

export interface PullReview {
  readonly state: string;
  readonly reviewer: { readonly id: number; readonly login: string } | null;
  readonly commitSha: string | null;
  readonly submittedAt: string | null;
}

export function judgeReview(facts: ReviewApproval): ApprovalFacts {
  const { pull, sha, hasSameTree, required } = facts;
  if (pull === null) return refused(noPull(sha));
  if (!hasSameTree) return refused(otherTree(sha, pull.number));
  const standing = standingApprovals(facts.reviews, pull.headSha).filter(({ login }) => mayWrite(login, facts));
  const { counted, reasons } = consider(
    standing.map(({ id, login }) => ({ id, login, source: "review" })),
    {
      ...facts,
      what: `#${pull.number} at ${pull.headSha.slice(0, 7)}`,
      hint: `let somebody who may approve review #${pull.number}, then run the job again`,
    },
  );
  if (reasons.length > 0) return { kind: "not-given", reasons };
  const unbound = unboundNote(standing, counted, facts.plannedAt, pull.number);
  if (unbound !== null && required > 1) return refused(beforePlan(unbound, required));
  return { kind: "given", approvers: counted, notes: unbound === null ? [] : [unbound] };
}

interface StandingReview {
  readonly id: number;
  readonly login: string;
  readonly at: string | null;
}

/** What each person said last, comments aside; an approval of an older head stands for nothing. */
function standingApprovals(reviews: readonly PullReview[], headSha: string): readonly StandingReview[] {
  const last = new Map<number, PullReview>();
  for (const review of reviews) {
    if (review.reviewer !== null && JUDGEMENTS.has(review.state)) last.set(review.reviewer.id, review);
  }
  return [...last.values()].flatMap(({ state, reviewer, commitSha, submittedAt }) =>
    state === "APPROVED" && commitSha === headSha && reviewer !== null ? [{ ...reviewer, at: submittedAt }] : [],
  );
}

const JUDGEMENTS = new Set(["APPROVED", "CHANGES_REQUESTED", "DISMISSED"]);

/** Anybody may review a public repository; where belay.yml names nobody, it takes who may write. */
function mayWrite(login: string, { from, writers }: ReviewApproval): boolean {
  return from.length > 0 || writers.has(login.toLowerCase());
}

/** The sentence about approvals that were given without the plan before one's eyes; null where there is none. */
function unboundNote(
  standing: readonly StandingReview[],
  counted: readonly Approver[],
  plannedAt: string | null,
  number: number,
): string | null {
  if (plannedAt === null) return `no plan stood in #${number}: the review stands for the code, not for this very plan`;
  const early = standing.filter(({ id, at }) => counted.some((each) => each.id === id) && !isBefore(plannedAt, at));
  if (early.length === 0) return null;
  const who = early.map(({ login }) => login).join(", ");
  return `${who} approved before the plan in #${number} was as it is: the review stands for the code, not for this very plan`;
}

function isBefore(one: string, other: string | null): boolean {
  return other !== null && Date.parse(one) <= Date.parse(other);
}

function refused(reason: Reason): ApprovalFacts {
  return { kind: "not-given", reasons: [reason] };
}

function noPull(sha: string): Reason {
  return {
    code: "review-no-pull-request",
    message: `${sha.slice(0, 7)} is not the merge of one pull request into the default branch, so no review stands for it`,
    hint: "merge by a pull request, or let GitHub's environment ask: `approvals: { by: environment }`",
  };
}

function otherTree(sha: string, number: number): Reason {
  return {
    code: "review-other-tree",
    message: `${sha.slice(0, 7)} holds other files than the head of #${number}, which was reviewed`,
    hint: "require branches to be up to date before merging, or let GitHub's environment ask: `approvals: { by: environment }`",
  };
}

function beforePlan(unbound: string, required: number): Reason {
  return {
    code: "review-before-plan",
    message: `approvals.required is ${required}, and ${unbound}`,
    hint: "let the plan stand in the pull request before it is reviewed; or write `required: 1`",
  };
}
