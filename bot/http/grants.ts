/** `POST /api/grants`: a job proves who it is, everything is looked at anew, and the answer is a grant or reasons. */

import type { IncomingMessage } from "node:http";
import * as z from "zod/mini";
import type { GrantClaim } from "../../src/domain/grant-claim.ts";
import { limitedMs } from "../../src/policy/retry.ts";
import { keyOf } from "../core/event.ts";
import { environmentIn } from "../core/facts.ts";
import { jobEnvironment } from "../core/job-environment.ts";
import type { JobKind, Request } from "../core/request.ts";
import { readFacts } from "../github/facts.ts";
import type { Api, App } from "../github/api.ts";
import type { Policies, Policy } from "../github/policy.ts";
import { failedRequest } from "../github/failed.ts";
import type { JobIdentity, IdentityCheck } from "../grant/oidc.ts";
import type { BotKeys } from "../grant/keys.ts";
import type { Log } from "../log.ts";
import { type BotStore, GRANT_MEMO, type Repository } from "../store/store.ts";
import { type Bodies, jsonOf } from "./body.ts";
import type { Pace } from "./pace.ts";
import { notNow, refused, type Reply, unread } from "./reply.ts";

export interface GrantParts {
  readonly store: BotStore;
  readonly app: App;
  /** Number of the app's own user, who starts its workflows. */
  readonly botUser: (api: Api) => Promise<number>;
  readonly policies: Policies;
  readonly identities: IdentityCheck;
  readonly bodies: Bodies;
  /** How often one repository may claim. */
  readonly pace: Pace;
  readonly keys: BotKeys;
  /** This bot's address: who issues grants. */
  readonly url: string;
  /** Works on everything that was kept. */
  readonly drainInbox: () => Promise<void>;
  readonly wake: () => void;
  readonly now: () => Date;
  readonly log: Log;
}

const LARGEST_BYTES = 256 * 1024;
const GRANT_SECONDS = 600;

const asked = z.strictObject({
  version: z.literal(1),
  request: z.string().check(z.regex(/^r\d{1,9}$/)),
  command: z.string(),
  environment: z.string(),
  sha: z.string().check(z.regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/)),
  digest: z.nullable(z.string()),
  targets: z.array(z.string()),
  run: z.string().check(z.minLength(1), z.maxLength(64)),
});
export async function grant(message: IncomingMessage, parts: GrantParts): Promise<Reply> {
  const { identities, store, bodies, pace, now } = parts;
  const [, token] = /^Bearer (\S+)$/i.exec(message.headers.authorization ?? "") ?? [];
  const body = await bodies.read(message, LARGEST_BYTES);
  if (body.kind !== "read") return unread(body, "256 kB");
  if (token === undefined) return refused(401, "token-missing", "there is no identity token");
  const who = await identities.identify(token, now());
  if (who.kind === "unreachable") return notNow("issuer-unreachable", "the issuer of identity tokens does not answer", 5);
  if (who.kind === "unknown") return refused(401, "token-invalid", `the identity token is not valid: ${who.why}`);
  const { data } = asked.safeParse(jsonOf(body.bytes));
  if (data === undefined) return refused(400, "bad-request", "this is no claim of a grant");
  const repository = (await store.repositories()).find(({ id }) => id === who.job.repositoryId);
  if (repository === undefined) return refused(403, "repository-unknown", "this bot knows nothing of the repository");
  // Every claim asks GitHub a dozen questions, and its patience is this repository's as well as its neighbours'.
  const waitMs = pace.waitMs(repository.id, now().getTime());
  if (waitMs > 0) return notNow("too-many-claims", "this repository claims too many grants", waitMs / 1000, 429);
  try {
    return await judge(data, who.job, repository, parts);
  } catch (error) {
    return unanswered(error, parts);
  }
}

/** GitHub did not answer what had to be asked: nothing was decided, and the token was not used up. */
function unanswered(error: unknown, { log, now }: GrantParts): Reply {
  const failed = failedRequest(error);
  if (failed === null) throw error;
  const limited = limitedMs(failed, now().getTime());
  log("warn", "a claim could not be judged", { why: `GitHub answered ${failed.status ?? "nothing"}` });
  if (limited !== null) return notNow("github-limit", "GitHub wants to be left alone for a while", limited / 1000, 429);
  return notNow("github-unreachable", "GitHub does not answer what has to be asked before a grant", 5);
}

async function judge(claim: GrantClaim, job: JobIdentity, repository: Repository, parts: GrantParts): Promise<Reply> {
  const { store, app, policies, now, drainInbox, wake } = parts;
  const api = await app.installation(repository.installation);
  const names = { owner: repository.owner, repo: repository.name };
  const state = await store.state(repository.id);
  const request = state.requests.get(claim.request);
  if (request === undefined) return refused(403, "request-unknown", `there is no request ${claim.request}`);
  const { requester: asker, approvals: people, pull, environment } = request;
  const question = { pull, asker, people, comment: null, environments: [environment], forWriters: false };
  const { policyRead, ...facts } = await readFacts(api, names, policies, question, state, now());
  const stranger = strangeJob(job, claim, policyRead, repository, await parts.botUser(api));
  if (stranger !== null) return refused(403, "job-unknown", stranger);
  const { version: _version, ...asks } = claim;
  const event = {
    at: now().toISOString(),
    kind: "claim",
    ...asks,
    workflowRun: job.runId,
    attempt: job.runAttempt,
    jti: job.jti,
    facts,
  } as const;
  if (!(await store.receive({ repository, event, delivery: null })))
    return refused(401, "token-used", "the identity token was used before");
  await drainInbox();
  wake();
  const answer = await store.answerTo(repository.id, keyOf(event));
  if (answer === null) return notNow("not-decided", "the claim could not be decided", 5);
  if (answer.kind === "refused") return { status: answer.status, json: { reasons: answer.reasons } };
  return { status: 200, json: await granted(answer.request, claim.command, repository, parts) };
}

/** What the token says beyond who signed it: exactly a run of the configured workflow, started by this bot on the default branch. */
function strangeJob(
  job: JobIdentity,
  claim: GrantClaim,
  { facts, workflow, branch }: Policy,
  { owner, name }: Repository,
  bot: number,
): string | null {
  const block = environmentIn(facts, claim.environment);
  if (block === undefined) return "belay.yml of the default branch has no such environment, or cannot be read";
  const environment = jobEnvironment(block.githubEnvironment, claim.command);
  const ref = `refs/heads/${branch}`;
  const workflowRef = `${owner}/${name}/.github/workflows/${workflow}@${ref}`;
  if (job.eventName !== "workflow_dispatch") return "the job was not started by workflow_dispatch";
  if (job.ref !== ref) return "the job does not run on the default branch";
  if (job.workflowRef.toLowerCase() !== workflowRef.toLowerCase()) return `the job is not of ${workflow}`;
  if (job.actorId !== bot) return "the job was not started by this bot";
  if (job.environment?.toLowerCase() !== environment.toLowerCase()) return `the job has not the GitHub environment ${environment}`;
  return null;
}

/** Made of what was recorded: whoever asks again gets the very same. */
async function granted(request: Request, command: string, repository: Repository, { store, keys, url }: GrantParts) {
  const kind: JobKind = command === "plan" && request.command !== "plan" ? "plan" : "run";
  const record = request.jobs[kind]?.grant;
  if (record === null || record === undefined) throw new RangeError(`request ${request.id} was granted and has no grant`);
  const memoKey = `${GRANT_MEMO}${request.id}:${kind}:${record.jti}`;
  const known = (await store.memo(repository.id, memoKey))?.["audit"];
  const audit = typeof known === "string" ? known : await store.auditHead();
  if (known === undefined) await store.remember(repository.id, memoKey, { audit });
  const iat = Math.floor(Date.parse(record.at) / 1000);
  const jws = keys.jws("belay-grant+jwt", {
    iss: url,
    aud: "belay-action",
    jti: record.jti,
    iat,
    exp: iat + GRANT_SECONDS,
    repository_id: repository.id,
    repository: `${repository.owner}/${repository.name}`,
    environment: request.environment,
    command,
    sha: request.sha,
    digest: kind === "plan" || request.command !== "migrate" ? null : (request.plan?.digest ?? null),
    request: request.id,
    run_id: record.workflowRun,
    run_attempt: record.attempt,
    approvers: request.approvals.map(({ id, login, at, source }) => ({ id, login, at, source })),
    policy: { sha: request.policy.sha, digest: request.policy.digest },
    audit,
    options: optionsOf(request, kind),
  });
  return { grant: jws, events: keys.token(eventsText({ repository: repository.id, request: request.id, job: kind, run: record.run })) };
}

/** What was said with the request: the workflow is not told, as a grant cannot be changed on the way. */
function optionsOf({ command, again, run, to, plan }: Request, kind: JobKind) {
  const isRollback = command === "rollback";
  // Whoever approves a rollback has seen what it gives up, and which run it takes back.
  return {
    again,
    run,
    to,
    accept_loss: isRollback && kind === "run" && plan !== null,
    ...(isRollback && kind === "plan" ? { of: command } : {}),
  };
}

export interface EventsToken {
  readonly repository: number;
  readonly request: string;
  readonly job: JobKind;
  readonly run: string;
}

function eventsText({ repository, request, job, run }: EventsToken): string {
  return JSON.stringify([repository, request, job, run]);
}
