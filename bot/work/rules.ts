/** Deployment protection rules: what stands behind one that waits, and what its job is told. */

import type { Effect } from "../core/effect.ts";
import type { WaitingRun } from "../core/event.ts";
import type { Person } from "../core/request.ts";
import { type Api, orNone, statusOf } from "../github/api.ts";
import { readFacts } from "../github/facts.ts";
import type { Names } from "../github/policy.ts";
import { done, type Surroundings } from "./surroundings.ts";
import type { Performance } from "./worker.ts";

const NOBODY: Person = { id: 0, login: "nobody" };
/** What GitHub shows of a comment on a rule; the check run has the whole. */
const LONGEST = 1000;

export async function consultRule(
  { about, origin }: Extract<Effect, { kind: "consult-rule" }>,
  around: Surroundings,
): Promise<Performance> {
  const { api, names, policies, state, now } = around;
  const run = await readRun(origin.workflowRun, around);
  const question = {
    pull: run?.pull ?? null,
    asker: run?.actors.at(-1) ?? NOBODY,
    people: [],
    comment: null,
    environments: null,
    forWriters: false,
  };
  const { policyRead: _policyRead, ...facts } = await readFacts(api, names, policies, question, state, now());
  return done([{ kind: "rule-read", about, origin, run, facts }]);
}

async function readRun(id: number, { api, names, policies, botUser }: Surroundings): Promise<WaitingRun | null> {
  const run = await orNone(api("get", "/repos/{owner}/{repo}/actions/runs/{run_id}", { ...names, run_id: id }));
  if (run === null) return null;
  const actors = [run.actor, run.triggering_actor].flatMap((user) => (user ? [{ id: Number(user.id), login: user.login }] : []));
  const [{ workflow, branch }, bot] = await Promise.all([policies.read(api, names), botUser(api)]);
  const isConfigured = run.path.split("@")[0] === `.github/workflows/${workflow}` && run.head_branch === branch;
  return {
    attempt: run.run_attempt ?? 1,
    sha: run.head_sha,
    title: run.display_title,
    isOver: run.status === "completed",
    isOurs: run.event === "workflow_dispatch" && isConfigured && run.actor?.id === bot,
    actors: [...new Map(actors.map((actor) => [actor.id, actor])).values()],
    pull: await pullOf(api, names, run.head_sha),
  };
}

/** Exactly one that was merged by this commit, or whose head it is: people approve where they see what it brings. */
async function pullOf(api: Api, names: Names, sha: string): Promise<number | null> {
  const pulls = await api.list("/repos/{owner}/{repo}/commits/{commit_sha}/pulls", { ...names, commit_sha: sha });
  const merged = pulls.filter(({ merged_at: at, merge_commit_sha: commit }) => (at ?? null) !== null && commit === sha);
  const open = pulls.filter(({ state, head }) => state === "open" && head.sha === sha);
  const [only, another] = merged.length > 0 ? merged : open;
  return only === undefined || another !== undefined ? null : only.number;
}

export async function recheck({ about, request: id }: Extract<Effect, { kind: "recheck" }>, around: Surroundings): Promise<Performance> {
  const { api, names, policies, state, now } = around;
  const request = state.requests.get(id);
  if (request === undefined) return done();
  const { pull, requester, approvals, environment } = request;
  const question = { pull, asker: requester, people: approvals, comment: null, environments: [environment], forWriters: false };
  const { policyRead: _policyRead, ...facts } = await readFacts(api, names, policies, question, state, now());
  return done([{ kind: "rechecked", about, request: id, facts }]);
}

/** Without a state it is a word to whoever looks at the run, of which GitHub takes only a few: the same is not said twice. */
export async function answerRule(
  { workflowRun, attempt, environment, state, say }: Extract<Effect, { kind: "rule" }>,
  { api, names, store, entry }: Surroundings,
): Promise<Performance> {
  const memo = { said: `${state} ${say}` };
  if ((await store.memo(entry.repository.id, entry.key))?.["said"] === memo.said) return done();
  const run = await orNone(api("get", "/repos/{owner}/{repo}/actions/runs/{run_id}", { ...names, run_id: workflowRun }));
  // What waits there now may be another attempt, that nobody has said yes to.
  if (run === null || run.status === "completed" || (run.run_attempt ?? 1) !== attempt) return done([], memo);
  const common = { ...names, run_id: workflowRun, environment_name: environment, comment: say.slice(0, LONGEST) };
  try {
    await api(
      "post",
      "/repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule",
      state === null ? common : { ...common, state },
    );
  } catch (error) {
    // Answered already, or nothing waits there any more.
    if (![404, 409, 422].includes(statusOf(error) ?? 0)) throw error;
  }
  return done([], memo);
}
