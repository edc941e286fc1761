/** Effects → requests to GitHub. Every one looks first for what an earlier try may have left, so that it can be done again. */

import { readComment } from "../chat/grammar.ts";
import type { Effect } from "../core/effect.ts";
import type { Happening } from "../core/event.ts";
import { type App, statusOf } from "../github/api.ts";
import { readFacts } from "../github/facts.ts";
import type { OutboxEntry } from "../store/store.ts";
import { writeAnswer, writeComment } from "./comments.ts";
import { writeCheck } from "./checks.ts";
import { writeDeployment } from "./deployments.ts";
import { dispatch } from "./dispatch.ts";
import { writeGroupCheck, writeHeadCheck } from "./head-checks.ts";
import { answerRule, consultRule, recheck } from "./rules.ts";
import { done, type Surroundings } from "./surroundings.ts";
import type { Performance } from "./worker.ts";

export type PerformerParts = Pick<Surroundings, "store" | "policies" | "appId" | "botUser" | "installedAt" | "serverUrl" | "now"> & {
  readonly app: App;
};

export function performer({ app, store, ...rest }: PerformerParts): (entry: OutboxEntry) => Promise<Performance> {
  return async (entry) => {
    const { repository } = entry;
    const [api, state] = await Promise.all([app.installation(repository.installation), store.state(repository.id)]);
    const names = { owner: repository.owner, repo: repository.name };
    return perform(entry.effect, { ...rest, api, names, state, store, entry });
  };
}

function perform(effect: Effect, around: Surroundings): Promise<Performance> {
  switch (effect.kind) {
    case "consult":
      return consult(effect, around);
    case "react":
      return react(effect, around);
    case "answer":
      return writeAnswer(effect, around);
    case "dispatch":
      return dispatch(effect, around);
    case "cancel":
      return cancel(effect, around);
    case "comment":
      return writeComment(effect, around);
    case "check":
      return writeCheck(effect, around);
    case "head-check":
      return writeHeadCheck(effect, around);
    case "group-check":
      return writeGroupCheck(effect, around);
    case "deployment":
      return writeDeployment(effect, around);
    case "consult-rule":
      return consultRule(effect, around);
    case "recheck":
      return recheck(effect, around);
    case "rule":
      return answerRule(effect, around);
  }
}

/** What GitHub refuses for good must not leave a request waiting for it. */
export function refusedFor({ effect }: OutboxEntry, why: string): readonly Happening[] {
  if (effect.kind === "consult") return [{ kind: "not-consulted", about: effect.about, origin: effect.origin, why }];
  if (effect.kind !== "dispatch") return [];
  const { request, job, askedAt } = effect;
  return [{ kind: "not-dispatched", request, job, askedAt, why }];
}

async function consult({ about, origin }: Extract<Effect, { kind: "consult" }>, around: Surroundings): Promise<Performance> {
  const { api, names, policies, state, now, entry, installedAt } = around;
  const concerned = [...state.requests.values()].filter(({ pull }) => pull === origin.pull);
  const question = {
    pull: origin.pull,
    asker: origin.kind === "comment" ? origin.author : origin.by,
    comment: origin.kind === "comment" ? { id: origin.comment, body: origin.body } : null,
    people: concerned.flatMap(({ requester, approvals }) => [requester, ...approvals]),
    environments: null,
    forWriters: origin.kind === "button" || !asksForStatus(origin.body),
  };
  const [{ policyRead: _policyRead, ...facts }, since] = await Promise.all([
    readFacts(api, names, policies, question, state, now()),
    installedAt(entry.repository.installation),
  ]);
  return done([{ kind: "consulted", about, origin, facts, installedAt: since }]);
}

function asksForStatus(body: string): boolean {
  return readComment(body).some((line) => line.kind === "asked" && line.command === "status");
}

async function react({ comment, reaction }: Extract<Effect, { kind: "react" }>, { api, names }: Surroundings): Promise<Performance> {
  if (comment === 0) return done();
  await api("post", "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions", { ...names, comment_id: comment, content: reaction });
  return done();
}

async function cancel({ workflowRun }: Extract<Effect, { kind: "cancel" }>, { api, names }: Surroundings): Promise<Performance> {
  try {
    await api("post", "/repos/{owner}/{repo}/actions/runs/{run_id}/cancel", { ...names, run_id: workflowRun });
  } catch (error) {
    // It has ended already.
    if (statusOf(error) !== 409) throw error;
  }
  return done();
}
