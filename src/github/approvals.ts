/** Reads from GitHub what approvals stand on, and lets policy judge it. */

import type { ApprovalFacts, ApprovalRequest } from "../domain/approval.ts";
import { type BelayError, refusal } from "../domain/error.ts";
import { type ApprovalRules, type Memberships, type Requester, teamsIn, usersIn } from "../policy/approvers.ts";
import { judgeEnvironment, vouchesFor } from "../policy/environment-approval.ts";
import { judgeReview } from "../policy/review-approval.ts";
import type { ProtectedEnvironment } from "../world.ts";
import { type Account, permissionOf, protectionOf, pullReviews, runReviews, teamMembers, treeOf } from "./api.ts";
import { findComment } from "./comment.ts";
import type { GitHubContext } from "./context.ts";
import { GitHubFailure } from "./github-failure.ts";
import { provenEnvironment } from "./identity.ts";
import { mergedPullRequest, type PullRequest } from "./pull-request.ts";
import type { Requests } from "./requests.ts";

export interface ApprovalSource {
  readonly context: GitHubContext;
  readonly github: Requests;
  readonly defaultBranch: string;
  /** Whether the token is an app's, as a job's own is. */
  readonly isApp: boolean;
  readonly signal: AbortSignal;
}

/** Throws the refusals `approvals-unreadable`, `environment-unproven` and `approvals-need-bot`. */
export async function readApprovals(
  source: ApprovalSource,
  environment: ProtectedEnvironment,
  asked: ApprovalRequest,
): Promise<ApprovalFacts> {
  const { approvals } = environment;
  if (approvals.by === "bot") throw needsBot();
  const own = asked.command === "rollback" ? approvals.rollback : approvals;
  const rules: ApprovalRules = { from: approvals.from, required: own.required, allowSelfApproval: own.allowSelfApproval };
  try {
    return approvals.by === "review" ? await byReview(source, environment, rules) : await byEnvironment(source, environment, rules);
  } catch (error) {
    if (error instanceof GitHubFailure) throw unreadable(error, environment.name);
    throw error;
  }
}

async function byEnvironment(
  source: ApprovalSource,
  { githubEnvironment }: ProtectedEnvironment,
  rules: ApprovalRules,
): Promise<ApprovalFacts> {
  const { context, github, signal } = source;
  const { repository } = context;
  const { owner } = repository;
  const [proven, protection, reviews] = await Promise.all([
    provenEnvironment(context.identity, signal),
    protectionOf(github, repository, githubEnvironment),
    runReviews(github, repository, context.runId),
  ]);
  const approvers = reviews.filter(({ state }) => state === "approved").map(({ reviewer }) => reviewer);
  const vouched = vouchesFor({ from: rules.from, owner, protection });
  return judgeEnvironment({
    ...rules,
    githubEnvironment,
    owner,
    protection,
    proven,
    reviews,
    requesters: rules.allowSelfApproval ? [] : await requestersOf(source),
    memberships: vouched ? new Map() : await membershipsOf(github, rules, approvers),
    attempt: context.runAttempt,
  });
}

async function byReview(source: ApprovalSource, { name }: ProtectedEnvironment, rules: ApprovalRules): Promise<ApprovalFacts> {
  const { context, github, isApp } = source;
  const { repository, sha } = context;
  const pull = await mergedPullRequest(github, context, source.defaultBranch);
  const reviews = pull === null ? [] : await pullReviews(github, repository, pull.number);
  const reviewers = reviews.flatMap(({ reviewer, state }) => (reviewer !== null && state === "APPROVED" ? [reviewer] : []));
  const comment = pull === null ? null : await findComment(github, { repository, pullRequest: pull.number, environment: name, isApp });
  return judgeReview({
    ...rules,
    sha,
    pull,
    hasSameTree: pull !== null && (await haveSameTree(source, pull.headSha, sha)),
    reviews,
    writers: rules.from.length > 0 ? new Set() : await writersAmong(source, reviewers),
    requesters: rules.allowSelfApproval ? [] : reviewedRequesters(context, pull),
    memberships: await membershipsOf(github, rules, reviewers),
    plannedAt: comment?.updatedAt ?? null,
  });
}

/** Whoever started the workflow, this attempt of it, or wrote what it deploys. */
async function requestersOf({ context, github, defaultBranch }: ApprovalSource): Promise<readonly Requester[]> {
  const pull = context.pullRequest ?? (await mergedPullRequest(github, context, defaultBranch));
  return [...startersOf(context), ...authorOf(pull)];
}

/** Merging what somebody else wrote is no request of one's own; starting a workflow by hand is. */
function reviewedRequesters(context: GitHubContext, pull: PullRequest | null): readonly Requester[] {
  return [...(context.eventName === "push" ? [] : startersOf(context)), ...authorOf(pull)];
}

function startersOf({ actor, triggeringActor }: GitHubContext): readonly Requester[] {
  const did = "started this workflow run";
  return [
    { id: actor.id, login: actor.login, did },
    { id: null, login: triggeringActor, did },
  ];
}

function authorOf(pull: Pick<PullRequest, "number" | "author"> | null): readonly Requester[] {
  return pull?.author ? [{ ...pull.author, did: `wrote #${pull.number}` }] : [];
}

async function haveSameTree({ github, context }: ApprovalSource, one: string, other: string): Promise<boolean> {
  if (one === other) return true;
  const [first, second] = await Promise.all([one, other].map((sha) => treeOf(github, context.repository, sha)));
  return first === second;
}

async function writersAmong({ github, context }: ApprovalSource, people: readonly Account[]): Promise<ReadonlySet<string>> {
  const logins = distinct(people);
  const rights = await Promise.all(logins.map((login) => permissionOf(github, context.repository, login)));
  return new Set(logins.filter((_, index) => rights[index] === "admin" || rights[index] === "write"));
}

/** Teams of `from`, as far as somebody approved who does not stand there by name. */
async function membershipsOf(github: Requests, { from }: ApprovalRules, approvers: readonly Account[]): Promise<Memberships> {
  const isNamed = (login: string) => usersIn(from).includes(login);
  const memberships = new Map<string, ReadonlySet<string> | null>();
  if (distinct(approvers).every(isNamed)) return memberships;
  for (const team of teamsIn(from)) memberships.set(team, await membersOf(github, team));
  return memberships;
}

/** null where the token may not look: a job's own never may. */
async function membersOf(github: Requests, team: string): Promise<ReadonlySet<string> | null> {
  const [organisation = "", slug = ""] = team.split("/");
  try {
    return await teamMembers(github, organisation, slug);
  } catch (error) {
    if (error instanceof GitHubFailure && (error.reason === "forbidden" || error.reason === "not-found")) return null;
    throw error;
  }
}

function distinct(people: readonly Account[]): readonly string[] {
  return [...new Set(people.map(({ login }) => login.toLowerCase()))];
}

function unreadable(error: GitHubFailure, environment: string): BelayError {
  const isRight = error.reason === "forbidden" || error.reason === "not-found";
  const rights = "`permissions: { actions: read, contents: read, pull-requests: read }`";
  return refusal("approvals-unreadable", `reading who approved ${environment}: ${error.message}`, {
    hint: isRight ? `give the job ${rights}; and see that the GitHub environment exists` : (error.hint ?? "run the job again"),
    cause: error,
  });
}

function needsBot(): BelayError {
  return refusal("approvals-need-bot", "approvals.by is bot, and this workflow was not started by one", {
    hint: "say `/migrate` in the pull request; without a bot write `by: environment` (GitHub's required reviewers) or `by: review`",
  });
}
