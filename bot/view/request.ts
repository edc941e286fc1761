/** A request as people look at it: in the comment of its environment and in its check runs. */

import type { Result } from "../../src/domain/result.ts";
import { commentMarkdown, commentMarker } from "../../src/report/markdown/comment.ts";
import { code, link, prose } from "../../src/report/markdown/escape.ts";
import { REQUIREMENTS } from "../core/facts.ts";
import { anew, isOpen, type Request, workflowRunOf } from "../core/request.ts";
import type { RepositoryState } from "../core/state.ts";
import { lockText } from "../core/gates.ts";
import { environmentHash, isLoss, isPlanned, isResult, readable } from "./told.ts";
import { lossMarkdown } from "./loss.ts";
import { planMarkdown } from "./plan.ts";
import { reasonLines, stateWords } from "./words.ts";

/** Bytes; GitHub counts characters. */
const LONGEST_COMMENT = 65_536;

export interface Place {
  /** `https://github.com`. */
  readonly serverUrl: string;
  /** `owner/name`. */
  readonly repository: string;
}

/** The comment of one environment on one pull request: its newest request, and what holds the environment. null: there is nothing to say. */
export function environmentComment(state: RepositoryState, pull: number, environment: string, place: Place): string | null {
  const requests = [...state.requests.values()].filter((each) => each.pull === pull && each.environment === environment);
  // A deployment that was let through hides nothing that a run has to say.
  const request = requests.findLast(isOpen) ?? requests.findLast(({ rule }) => rule === null) ?? requests.at(-1);
  if (request === undefined) return null;
  const held = heldLines(state, pull, environment);
  const { result } = request;
  const told = isResult(result) ? readable(() => resultComment(request, result, place, held)) : null;
  if (told !== null) return told;
  return [
    `${commentMarker(environmentHash(environment))}\n### 🧗 Belay · ${code(environment)} · ${stateWords(request)}`,
    requestText(request, place),
    ...(isResult(result) ? [UNREADABLE] : []),
    ...requirementLines(request),
    ...(held === "" ? [] : [held]),
    signature(request, place),
    nextText(request),
  ].join("\n\n");
}

const UNREADABLE =
  "What its run told cannot be shown here: the bot is older than that, or the job made it up. The summary of the workflow run has it.";

/** What keeps the environment from others, and what to do; empty: nothing does. */
function heldLines(state: RepositoryState, pull: number, environment: string): string {
  const locks = state.environments.get(environment)?.locks ?? [];
  const isClosed = state.pulls.get(pull)?.state === "closed";
  return locks
    .map((lock) => {
      if (lock.kind === "unmerged" && lock.pull === pull && isClosed) return leftBehind(state.requests.get(lock.request), environment);
      const { text, hint } = lockText(lock, environment);
      return `- 🔒 ${prose(text)} — ${prose(hint)}`;
    })
    .join("\n");
}

const MOST_NAMED = 20;

/** Closed without being merged: the environment is ahead of the default branch, and whoever deploys that next runs into it. */
function leftBehind(request: Request | undefined, environment: string): string {
  const result = request?.result;
  const applied = isResult(result) ? (readable(() => result.targets.flatMap((target) => target.applied.map(({ id }) => id))) ?? []) : [];
  const names = [...new Set(applied)].slice(0, MOST_NAMED).map((id) => code(id));
  const what = names.length === 0 ? "what this pull request brought" : names.join(", ");
  const ways = `take the data back with ${code(`/rollback ${environment}`)}, open it again and merge it, or ${code(`/unlock ${environment} "why"`)}`;
  return `- ⚠️ Closed without being merged: ${code(environment)} has ${what}, and the default branch lacks it. Until then nobody else migrates there: ${ways}.`;
}

/** What the run has to say, and above its last line what holds the environment. */
function resultComment(request: Request, result: Result, { serverUrl, repository }: Place, held: string): string {
  const run = request.jobs.run?.grant?.workflowRun ?? null;
  const context = {
    serverUrl,
    repository,
    sha: request.sha,
    runUrl: run === null ? null : `${serverUrl}/${repository}/actions/runs/${run}`,
    workflow: null,
    inChat: true,
    actor: request.requester.login,
    environmentHash: environmentHash(request.environment),
    directory: "",
    reportPath: null,
    requirements: [],
    held,
  };
  return commentMarkdown(result, context, LONGEST_COMMENT);
}

/** What it is and why it is there: the plan, what is missing, the live step. */
export function requestText(request: Request, { serverUrl, repository }: Place): string {
  const { plan, step, reasons } = request;
  const commit = `${serverUrl}/${repository}/tree/${request.sha}`;
  return [
    `${whatFor(request, { serverUrl, repository })} for ${code(request.sha.slice(0, 12))}`,
    ...(reasons.length === 0 ? [] : [reasonLines(reasons).join("\n")]),
    ...(plan !== null && plan.digest !== null && isPlanned(plan.result) ? [planMarkdown(plan.result, plan.digest, commit)] : []),
    ...(plan !== null && plan.digest !== null && isLoss(plan.result) ? [lossMarkdown(plan.result, plan.digest)] : []),
    ...(request.state === "running" && step !== null ? [`Now: **${prose(step.name)}**`] : []),
  ].join("\n\n");
}

function whatFor({ rule, command, environment }: Request, { serverUrl, repository }: Place): string {
  if (rule === null) return code(`/${command} ${environment}`);
  const { workflowRun, attempt } = rule;
  const run = link(`workflow run ${workflowRun}`, `${serverUrl}/${repository}/actions/runs/${workflowRun}`);
  return `A deployment to ${code(rule.environment)} by ${run}, attempt ${attempt},`;
}

/** While somebody has to say yes: what was asked for besides, and who said so already. */
function requirementLines({ state, policy, approvals, met = [] }: Request): readonly string[] {
  if (state !== "awaiting-approval") return [];
  const there = met.map((name) => `- ✅ ${REQUIREMENTS[name] ?? code(name)}`);
  const enough = approvals.length >= policy.required;
  return [[...there, `- ${enough ? "✅" : "⬜"} ${approvals.length} of ${policy.required} approved`].join("\n")];
}

function signature({ requester, approvals, policy, id, jobs }: Request, { serverUrl, repository }: Place): string {
  const run = workflowRunOf(jobs.run) ?? workflowRunOf(jobs.plan);
  const at = run === null ? "" : ` · ${link("workflow run", `${serverUrl}/${repository}/actions/runs/${run}`)}`;
  const yes = approvals.map(({ login }) => code(login)).join(", ");
  const needed = policy.required === 0 ? "" : ` · ${approvals.length} of ${policy.required} approved${yes === "" ? "" : `: ${yes}`}`;
  return `Request ${code(id)} by ${code(requester.login)}${needed}${at}`;
}

/** Always the exact line to type. */
function nextText(request: Request): string {
  const { state, id, environment } = request;
  switch (state) {
    case "awaiting-approval":
      return `**Next:** somebody who may types \`/approve ${id}\`, or \`/reject ${id} "why"\`.`;
    case "requested":
    case "planning":
    case "approved":
    case "running":
      return `**Next:** wait; \`/cancel ${id}\` ends it, \`/belay status\` says what it waits for.`;
    case "needs-attention":
      return `**Next:** \`/recover ${environment}\``;
    case "released":
      return "**Next:** nothing; its workflow goes on.";
    default:
      return `**Next:** ${anew(request)}.`;
  }
}
