/** A webhook → the event that it tells of; null for the many that mean nothing here. Pure. */

import type { Happening } from "../core/event.ts";
import { ownOf } from "../core/facts.ts";
import type { Incoming } from "../store/store.ts";
import {
  base,
  checkRun,
  checkRunAgain,
  checkSuiteAgain,
  issueComment,
  mergeGroup,
  protectionRule,
  pullRequest,
  push,
  workflowRun,
} from "./payloads.ts";

export function incomingOf(name: string, payload: unknown, delivery: string | null, now: Date): Incoming | null {
  const from = base.safeParse(payload);
  const at = now.toISOString();
  const happening = ownOf(READERS, name)?.(payload, { at, delivery: delivery ?? at }) ?? null;
  if (!from.success || happening === null) return null;
  const { repository, installation } = from.data;
  return {
    repository: { id: repository.id, owner: repository.owner.login, name: repository.name, installation: installation.id },
    event: { at, ...happening },
    delivery,
  };
}

interface Told {
  readonly at: string;
  /** GitHub's number of the delivery. */
  readonly delivery: string;
}

const READERS: Readonly<Record<string, (payload: unknown, told: Told) => Happening | null>> = {
  issue_comment: commentMade,
  pull_request: pullChanged,
  workflow_run: runChanged,
  check_run: (payload, told) => buttonPressed(payload, told) ?? checkAgain(payload, told),
  check_suite: suiteAgain,
  deployment_protection_rule: ruleAsked,
  merge_group: groupChanged,
  push: policyPushed,
};

/** Only what a person wrote themselves: no other app's word, and nothing that somebody edited. */
function commentMade(payload: unknown): Happening | null {
  const { data } = issueComment.safeParse(payload);
  if (data === undefined) return null;
  const { comment, issue, sender } = data;
  const { user } = comment;
  if (user.id !== sender.id || user.type !== "User" || (comment.performed_via_github_app ?? null) !== null) return null;
  const author = { id: user.id, login: user.login };
  return { kind: "comment", comment: comment.id, pull: issue.number, author, body: comment.body, createdAt: instant(comment.created_at) };
}

const MOST_LISTED = 20;
const PULL_ACTIONS = new Set(["opened", "synchronize", "reopened", "closed", "edited"]);

function pullChanged(payload: unknown, told: Told): Happening | null {
  const { data } = pullRequest.safeParse(payload);
  if (data === undefined || !PULL_ACTIONS.has(data.action)) return null;
  const { head, base: into, state, merged_at: mergedAt, user, updated_at: updatedAt } = data.pull_request;
  return {
    kind: "pull",
    pull: data.number,
    action: data.action,
    head: head.sha,
    base: into.ref,
    baseSha: into.sha,
    author: user ? { id: user.id, login: user.login } : null,
    isFork: isOfFork(head.repo, into.repo),
    state: (mergedAt ?? null) === null ? state : "merged",
    updatedAt: updatedAt === undefined ? told.at : instant(updatedAt),
    by: data.sender.id,
  };
}

type End = { readonly id: number | bigint } | null | undefined;

/** A repository that is gone was a fork: one's own cannot be gone. */
export function isOfFork(head: End, base: End): boolean {
  return head === null || head?.id !== base?.id;
}

function runChanged(payload: unknown): Happening | null {
  const { data } = workflowRun.safeParse(payload);
  if (data === undefined) return null;
  const { id, run_attempt: attempt = 1, status, display_title: title = "", event } = data.workflow_run;
  // Of other runs only the end matters: a job of theirs may wait at an environment. What they are called may be anybody's choice.
  if (event !== "workflow_dispatch")
    return status === "completed" ? { kind: "workflow-run", workflowRun: id, attempt, status, title: "" } : null;
  return { kind: "workflow-run", workflowRun: id, attempt, status, title };
}

/** The queue's branch names the pull request that it tries last: `gh-readonly-queue/main/pr-104-…`. */
function groupChanged(payload: unknown): Happening | null {
  const { data } = mergeGroup.safeParse(payload);
  if (data === undefined) return null;
  const { head_sha: head, head_ref: ref } = data.merge_group;
  const number = /\/pr-(?<number>\d{1,10})-[0-9a-f]{40,64}$/u.exec(ref)?.groups?.["number"];
  return { kind: "merge-group", action: data.action, head, pull: number === undefined ? null : Number(number) };
}

/** A push of more commits than GitHub lists says nothing of the rest: it counts as one that may have changed the file. */
function policyPushed(payload: unknown): Happening | null {
  const { data } = push.safeParse(payload);
  if (data === undefined || data.deleted || data.ref !== `refs/heads/${data.repository.default_branch}`) return null;
  const touched = data.commits.flatMap(({ added, modified, removed }) => [...added, ...modified, ...removed]);
  const mayBe = data.commits.length >= MOST_LISTED || touched.some((path) => path === "belay.yml" || path === ".github/belay.yml");
  return mayBe ? { kind: "policy-pushed", sha: data.after } : null;
}

/** The payload has no number of the run: only this address, which is never called. */
function ruleAsked(payload: unknown): Happening | null {
  const { data } = protectionRule.safeParse(payload);
  const digits = /\/actions\/runs\/(?<run>\d{1,15})\/deployment_protection_rule$/u.exec(data?.deployment_callback_url ?? "")?.groups?.[
    "run"
  ];
  if (data === undefined || digits === undefined) return null;
  return { kind: "rule", workflowRun: Number(digits), environment: data.environment, deployment: data.deployment?.id ?? null };
}

function checkAgain(payload: unknown, { delivery: press }: Told): Happening | null {
  const { data } = checkRunAgain.safeParse(payload);
  if (data === undefined || data.sender.type !== "User") return null;
  const { id: check, external_id: external, head_sha: sha } = data.check_run;
  const request = /^(?<request>r\d+):/u.exec(external)?.groups?.["request"];
  if (request === undefined) return { kind: "again", sha };
  const { id, login } = data.sender;
  return { kind: "button", check, request, button: "plan", by: { id, login }, press };
}

function suiteAgain(payload: unknown): Happening | null {
  const { data } = checkSuiteAgain.safeParse(payload);
  return data === undefined ? null : { kind: "again", sha: data.check_suite.head_sha };
}

function buttonPressed(payload: unknown, { delivery: press }: Told): Happening | null {
  const { data } = checkRun.safeParse(payload);
  if (data === undefined || data.sender.type !== "User") return null;
  const [request = ""] = data.check_run.external_id.split(":");
  if (request === "") return null;
  const { id, login } = data.sender;
  return { kind: "button", check: data.check_run.id, request, button: data.requested_action.identifier, by: { id, login }, press };
}

/** GitHub writes seconds; all times here have milliseconds, so that texts compare as times do. */
export function instant(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? new Date(0).toISOString() : at.toISOString();
}
