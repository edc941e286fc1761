/** The check `belay`, on every head of a pull request and on every commit that the merge queue tries. */

import type { Effect } from "../core/effect.ts";
import { orNone } from "../github/api.ts";
import { headVerdict } from "../view/head-check.ts";
import { numberOf, put } from "./check-run.ts";
import { done, type Surroundings } from "./surroundings.ts";
import type { Performance } from "./worker.ts";

export async function writeHeadCheck({ pull }: Extract<Effect, { kind: "head-check" }>, around: Surroundings): Promise<Performance> {
  const head = around.state.pulls.get(pull)?.head;
  return head === undefined ? done() : write(head, `head:${pull}`, pull, head, around);
}

/** The queue's commit is new; what was migrated is the pull request's own. */
export async function writeGroupCheck(
  { head, pull }: Extract<Effect, { kind: "group-check" }>,
  around: Surroundings,
): Promise<Performance> {
  const { api, names, state } = around;
  const known = pull === null ? undefined : state.pulls.get(pull)?.head;
  const asked = async (number: number) =>
    (await orNone(api("get", "/repos/{owner}/{repo}/pulls/{pull_number}", { ...names, pull_number: number })))?.head.sha;
  const own = known ?? (pull === null ? undefined : await asked(pull));
  return write(head, `group:${head}`, own === undefined ? null : pull, own ?? head, around);
}

/** `sha`: what it stands on; `own`: the head of the pull request that it is about. */
async function write(sha: string, externalId: string, pull: number | null, own: string, around: Surroundings): Promise<Performance> {
  const { api, names, state, store, entry, policies } = around;
  const { rules } = await policies.read(api, names);
  const beforeMerge = [...rules.values()].filter(({ merge }) => merge === "after-migrated").map(({ name }) => name);
  const verdict = headVerdict(state, pull, own, beforeMerge);
  const known = await store.memo(entry.repository.id, entry.key);
  const word = `${verdict.conclusion} ${verdict.title} ${verdict.summary}`;
  // After a try that came to nothing it may say something else than what is remembered.
  if (entry.attempts === 0 && known?.["sha"] === sha && known["word"] === word) return done();
  const wanted = { ...verdict, name: "belay", sha, externalId, actions: [] };
  const id = await put(wanted, known?.["sha"] === sha ? numberOf(known, "id") : null, around);
  return done([], { sha, id, word });
}
