/**
 * A run that a bot started: what the core asks of GitHub, with the bot's grant in place of what a job without a bot looks up itself.
 * Policy is the default branch's as the API gives it, since another commit is checked out than the workflow runs for.
 */

import type { JSONWebKeySet } from "jose";
import type { ApprovalFacts } from "../../domain/approval.ts";
import { type BelayError, type Reason, refusal } from "../../domain/error.ts";
import type { GrantClaim } from "../../domain/grant-claim.ts";
import type { GitHub, GrantedOptions, GrantRequest } from "../../world.ts";
import { headOf } from "../checkout.ts";
import { gitHubOf, type Job } from "../github.ts";
import { askAgain } from "./ask.ts";
import { botAddress } from "./address.ts";
import { claimGrant } from "./claim.ts";
import { type Grant, verifyGrant } from "./grant.ts";

/** What is known of the claim, as soon as it is: whoever ends the job needs it to tell the bot how it ended. */
export interface ClaimWatch {
  /** Before the bot is asked, since its answer may be lost. */
  readonly claiming: (bot: string, claim: GrantClaim) => Promise<void>;
  /** `token`: for what the run tells; null: the bot said no, and knows how it ended. */
  readonly answered: (token: string | null) => Promise<void>;
}

export interface RequestedJob {
  readonly job: Job;
  /** The request's short name. */
  readonly request: string;
  /** As the step names them. */
  readonly targets: readonly string[];
  /** This run's name for the bot. */
  readonly run: string;
  readonly watch: ClaimWatch;
  readonly now: () => Date;
  readonly hide: (secrets: readonly string[]) => void;
}

const KEYS_MS = 10_000;
const KEYS_BUDGET_MS = 60_000;

/** `sha`: the commit that is checked out. Throws the refusal `rerun` for a workflow run that somebody started again. */
export function gitHubOfRequest(requested: RequestedJob, sha: string): GitHub {
  const { job, request } = requested;
  const { runAttempt } = job.context;
  if (runAttempt > 1) throw rerun(request, runAttempt);
  const github = gitHubOf({ ...job, context: { ...job.context, sha } }, { elsewhere: true });
  let asked: GrantRequest | null = null;
  let granted: Grant | null = null;
  const claim = async (about: GrantRequest, digest: string | null): Promise<Claimed> => {
    const answer = await claimFor(requested, about, sha, digest);
    if (answer.kind === "granted") granted = answer.grant;
    return answer;
  };
  return {
    ...github,
    needs: async (environment, pendingDigest) => (granted === null ? github.needs(environment, pendingDigest) : null),
    approvals: async (environment, about): Promise<ApprovalFacts> => {
      if (environment.approvals.by !== "bot") return github.approvals(environment, about);
      if (granted !== null) return approvalBy(granted, request);
      if (asked === null) throw new RangeError("an approval was asked for before the run began");
      const answer = await claim(asked, about.digest);
      return answer.kind === "granted" ? approvalBy(answer.grant, request) : { kind: "not-given", reasons: answer.reasons };
    },
    grant: {
      async begin(about): Promise<GrantedOptions> {
        asked = about;
        if (bindsPlan(about)) return {};
        const answer = await claim(about, null);
        if (answer.kind === "refused") throw refusedBy(answer.reasons);
        return answer.grant.options;
      },
      confirm: async () => {
        const head = await checkedOut(job);
        if (head !== sha) throw moved(head, sha);
      },
    },
  };
}

/** The commit that is checked out. Throws the refusal `policy-unreadable` where there is no checkout. */
export function checkedOut({ context, path, signal }: Job): Promise<string> {
  return headOf({ directory: context.workspace, path, signal });
}

/** An approval is of one plan, and that is known only once the targets were looked at. */
function bindsPlan({ command, environment: { approvals } }: GrantRequest): boolean {
  return command === "migrate" && approvals?.by === "bot";
}

type Claimed = { readonly kind: "granted"; readonly grant: Grant } | { readonly kind: "refused"; readonly reasons: readonly Reason[] };

async function claimFor(
  { job, request, targets, run, watch, now, hide }: RequestedJob,
  { command, environment, bot: configured }: GrantRequest,
  sha: string,
  digest: string | null,
): Promise<Claimed> {
  const { context, signal } = job;
  const bot = botAddress(configured, context.apiUrl);
  const claim: GrantClaim = { version: 1, request, command, environment: environment.name, sha, digest, targets, run };
  await watch.claiming(bot, claim);
  const answer = await claimGrant(claim, { bot, identity: context.identity, signal, hide });
  if (answer.kind === "refused") {
    await watch.answered(null);
    return answer;
  }
  hide([answer.events]);
  await watch.answered(answer.events);
  const expected = { issuer: bot, repositoryId: context.repository.id, runId: context.runId, runAttempt: context.runAttempt };
  const keys = await keysOf(bot, signal);
  return { kind: "granted", grant: await verifyGrant(answer.grant, keys, { ...claim, ...expected }, now()) };
}

async function keysOf(bot: string, signal: AbortSignal): Promise<JSONWebKeySet> {
  const question = { url: `${bot}/.well-known/jwks.json` };
  const { answer } = await askAgain(async () => question, { budgetMs: KEYS_BUDGET_MS, askMs: KEYS_MS, signal });
  const { keys } = { ...Object(answer.json) };
  if (answer.status === 200 && Array.isArray(keys)) return { keys };
  throw refusal("bot-unavailable", `asking ${bot} for the key of its grants: ${answer.why}; nothing was changed`, {
    hint: "see that the bot runs, and what its log says; then ask anew",
  });
}

function approvalBy({ jti, approvers, audit, options }: Grant, request: string): ApprovalFacts {
  const record = audit === "" ? "" : `, when its record stood at ${audit}`;
  return {
    kind: "given",
    approvers,
    notes: [`the bot granted it for request ${request} (grant ${jti})${record}`],
    ...(options.again === undefined ? {} : { again: options.again }),
  };
}

function refusedBy(reasons: readonly Reason[]): BelayError {
  const [first] = reasons;
  const hint = reasons.find((reason) => reason.hint !== undefined)?.hint;
  return refusal(first?.code ?? "grant-refused", reasons.map(({ message }) => message).join("; "), hint === undefined ? {} : { hint });
}

function rerun(request: string, attempt: number): BelayError {
  return refusal("rerun", `this is attempt ${attempt} of the workflow run, and a re-run carries out no request; nothing was changed`, {
    hint: `ask anew in the pull request, in place of starting ${request} again`,
  });
}

function moved(head: string, sha: string): BelayError {
  return refusal("checkout-moved", `${head.slice(0, 7)} is checked out now, and ${sha.slice(0, 7)} was granted`, {
    hint: "let no step and no command of belay.yml check out anything else; then ask anew",
  });
}
