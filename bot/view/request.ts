/** A request as people look at it: in the comment of its environment and in its check runs. */

import type { Result } from "../../src/domain/result.ts";
import { commentMarkdown, commentMarker } from "../../src/report/markdown/comment.ts";
import { code, link, prose } from "../../src/report/markdown/escape.ts";
import { anew, isOpen, type Request } from "../core/request.ts";
import type { RepositoryState } from "../core/state.ts";
import { lockText } from "../core/gates.ts";
import { environmentHash, isPlanned, isResult } from "./told.ts";
import { planMarkdown } from "./plan.ts";
import { reasonLines, stateWords } from "./words.ts";

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
  if (isResult(request.result)) return resultComment(request, request.result, place);
  const held = (state.environments.get(environment)?.locks ?? []).map((lock) => lockText(lock, environment));
  return [
    `${commentMarker(environmentHash(environment))}\n### 🧗 Belay · ${code(environment)} · ${stateWords(request)}`,
    requestText(request, place),
    ...(held.length === 0 ? [] : [held.map(({ text, hint }) => `- 🔒 ${prose(text)} — ${prose(hint)}`).join("\n")]),
    signature(request),
    nextText(request),
  ].join("\n\n");
}

function resultComment(request: Request, result: Result, { serverUrl, repository }: Place): string {
  const run = request.jobs.run?.grant?.workflowRun ?? null;
  return commentMarkdown(result, {
    serverUrl,
    repository,
    sha: request.sha,
    runUrl: run === null ? null : `${serverUrl}/${repository}/actions/runs/${run}`,
    workflow: null,
    actor: request.requester.login,
    environmentHash: environmentHash(request.environment),
    directory: "",
    reportPath: null,
    requirements: [],
  });
}

/** What it is and why it is there: the plan, what is missing, the live step. */
export function requestText(request: Request, { serverUrl, repository }: Place): string {
  const { plan, step, reasons } = request;
  const commit = `${serverUrl}/${repository}/tree/${request.sha}`;
  return [
    `${whatFor(request, { serverUrl, repository })} for ${code(request.sha.slice(0, 12))}`,
    ...(reasons.length === 0 ? [] : [reasonLines(reasons).join("\n")]),
    ...(plan !== null && plan.digest !== null && isPlanned(plan.result) ? [planMarkdown(plan.result, plan.digest, commit)] : []),
    ...(request.state === "running" && step !== null ? [`Now: **${prose(step.name)}**`] : []),
  ].join("\n\n");
}

function whatFor({ rule, command, environment }: Request, { serverUrl, repository }: Place): string {
  if (rule === null) return code(`/${command} ${environment}`);
  const { workflowRun, attempt } = rule;
  const run = link(`workflow run ${workflowRun}`, `${serverUrl}/${repository}/actions/runs/${workflowRun}`);
  return `A deployment to ${code(rule.environment)} by ${run}, attempt ${attempt},`;
}

function signature({ requester, approvals, policy, id }: Request): string {
  const yes = approvals.map(({ login }) => code(login)).join(", ");
  const needed = policy.required === 0 ? "" : ` · ${approvals.length} of ${policy.required} approved${yes === "" ? "" : `: ${yes}`}`;
  return `Request ${code(id)} by ${code(requester.login)}${needed}`;
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
