/** GitHub's side of a run, put together for one job: what the core asks, each with its own budget of time. */

import type { ApprovalFacts } from "../domain/approval.ts";
import { type BelayError, refusal } from "../domain/error.ts";
import type { GitHub } from "../world.ts";
import { defaultBranch } from "./api.ts";
import { readApprovals } from "./approvals.ts";
import { type CommentOutcome, writeComment } from "./comment.ts";
import { strayCheckout } from "./checkout.ts";
import type { GitHubContext } from "./context.ts";
import { GitHubFailure } from "./github-failure.ts";
import { recordDeployed, unmetNeed } from "./needs.ts";
import { readPolicy } from "./policy-file.ts";
import { pullRequestOf } from "./pull-request.ts";
import { type Requests, requestsTo } from "./requests.ts";

export interface Job {
  readonly context: GitHubContext;
  /** null: nothing can be asked. A secret. */
  readonly token: string | null;
  /** `PATH`, to find git. */
  readonly path: string | undefined;
  /** Of what is asked before the run's end. */
  readonly signal: AbortSignal;
}

/** What decides may take its time; what only shows may not keep a run waiting. */
const DECIDING_MS = 60_000;
const SHOWING_MS = 20_000;

/**
 * What the core asks. Throws refusals only; an interruption as itself. `elsewhere`: another commit is checked out than the one that the
 * workflow runs for.
 */
export function gitHubOf(job: Job, { elsewhere = false }: { readonly elsewhere?: boolean } = {}): GitHub {
  const { context, signal } = job;
  return {
    repositoryId: context.repository.id,
    sha: context.sha,
    hosted: context.runnerEnvironment === "github-hosted",
    fork: context.pullRequest?.isFork === true,
    policy: (path) => readPolicy({ ...job, github: asking(job, DECIDING_MS), elsewhere }, path),
    approvals: async (environment, asked): Promise<ApprovalFacts> => {
      const github = asking(job, DECIDING_MS);
      if (github === null) throw withoutToken("approvals-unreadable", `reading who approved ${environment.name}`);
      const checkout = { directory: context.workspace, path: job.path, signal };
      const stray = await strayCheckout(checkout, context.sha, context.pullRequest?.headSha ?? null);
      if (stray !== null) return { kind: "not-given", reasons: [stray] };
      const branch = await branchOrRefusal(github, context, environment.name);
      return readApprovals({ context, github, defaultBranch: branch, isApp: isApp(job), signal }, environment, asked);
    },
    needs: async (environment, pendingDigest) => {
      const github = asking(job, DECIDING_MS);
      const what = `reading the deployments of ${environment}`;
      if (github === null) throw withoutToken("needs-unreadable", what);
      try {
        return await unmetNeed(github, context, environment, pendingDigest);
      } catch (error) {
        if (!(error instanceof GitHubFailure)) throw error;
        const isRight = error.reason === "forbidden" || error.reason === "not-found";
        const hint = isRight ? "give the job `permissions: { contents: read, deployments: read }`" : (error.hint ?? "run the job again");
        throw refusal("needs-unreadable", `${what}: ${error.message}`, { hint, cause: error });
      }
    },
  };
}

/**
 * The pull request that this workflow run is about; null where there is none. Never throws for what GitHub does: `why` is then the
 * notice.
 */
export async function findPullRequest(job: Job): Promise<{ readonly number: number | null; readonly why: string | null }> {
  const { context } = job;
  if (context.pullRequest !== null) return { number: context.pullRequest.number, why: null };
  const github = asking(job, SHOWING_MS);
  if (github === null || context.eventName !== "push") return { number: null, why: null };
  try {
    const branch = context.defaultBranch ?? (await defaultBranch(github, context.repository));
    return { number: (await pullRequestOf(github, context, branch))?.number ?? null, why: null };
  } catch (error) {
    if (!(error instanceof GitHubFailure)) throw error;
    return { number: null, why: `the pull request of this commit was not found: ${error.message}` };
  }
}

/** Writes the comment of an environment; `body` begins with its marker. */
export async function comment(job: Job, pullRequest: number, environment: string, body: string): Promise<CommentOutcome> {
  const github = asking(job, SHOWING_MS);
  if (github === null) return { kind: "not-written", why: "the comment was not written: the step has no github-token" };
  return writeComment(github, { repository: job.context.repository, pullRequest, environment, isApp: isApp(job) }, body);
}

/** Notes the pending set with the job's deployment; gives why it could not, as a notice. */
export async function noteDeployed(job: Job, githubEnvironment: string, pendingDigest: string): Promise<string | null> {
  const github = asking(job, SHOWING_MS);
  if (github === null) return "the pending set was not noted with the deployment: the step has no github-token";
  return recordDeployed(github, job.context, githubEnvironment, pendingDigest);
}

function asking({ context, token, signal }: Job, budgetMs: number): Requests | null {
  return token === null ? null : requestsTo({ apiUrl: context.apiUrl, token, budgetMs, signal });
}

/** By its prefix; a person's token has another. */
function isApp({ token }: Job): boolean {
  return token !== null && token.startsWith("ghs_");
}

async function branchOrRefusal(github: Requests, context: GitHubContext, environment: string): Promise<string> {
  try {
    return context.defaultBranch ?? (await defaultBranch(github, context.repository));
  } catch (error) {
    if (!(error instanceof GitHubFailure)) throw error;
    throw refusal("approvals-unreadable", `reading who approved ${environment}: ${error.message}`, {
      hint: error.hint ?? "run the job again",
      cause: error,
    });
  }
}

function withoutToken(code: string, what: string): BelayError {
  return refusal(code, `${what}: the step has no github-token`, { hint: "leave the input github-token out, so that it is the job's own" });
}
