/** Comments: one for each environment of a pull request, edited in place; and answers. Both are found again by their marker. */

import { createHash } from "node:crypto";
import { commentMarker } from "../../src/report/markdown/comment.ts";
import type { Effect } from "../core/effect.ts";
import { statusOf } from "../github/api.ts";
import { answerMarkdown, answerMarker } from "../view/answer.ts";
import { environmentComment } from "../view/request.ts";
import { environmentHash } from "../view/told.ts";
import { done, type Surroundings } from "./surroundings.ts";
import type { Performance } from "./worker.ts";

/** GitHub wants no comment edited more often. */
const BETWEEN_EDITS_MS = 5_000;
/** What GitHub takes, in characters. */
const LONGEST = 65_536;

export async function writeComment(
  { pull, environment }: Extract<Effect, { kind: "comment" }>,
  around: Surroundings,
): Promise<Performance> {
  const { api, names, state, store, entry, now, serverUrl } = around;
  const body =
    environmentComment(state, pull, environment, { serverUrl, repository: `${names.owner}/${names.repo}` })?.slice(0, LONGEST) ?? null;
  if (body === null) return done();
  const known = await store.memo(entry.repository.id, entry.key);
  const hash = createHash("sha256").update(body).digest("hex");
  // After a try that came to nothing it may say something else than what is remembered.
  if (entry.attempts === 0 && known?.["hash"] === hash) return done();
  const earliest = Number(known?.["at"] ?? 0) + BETWEEN_EDITS_MS;
  if (earliest > now().getTime()) return { kind: "later", until: new Date(earliest) };
  const id = known === null ? await find(commentMarker(environmentHash(environment)), pull, around) : Number(known["id"]);
  const written = id === null ? null : await edit(id, body, around);
  const comment =
    written ?? (await api("post", "/repos/{owner}/{repo}/issues/{issue_number}/comments", { ...names, issue_number: pull, body })).id;
  return done([], { id: Number(comment), hash, at: now().getTime() });
}

/** null: somebody deleted it. */
async function edit(id: number, body: string, { api, names }: Surroundings): Promise<number | null> {
  try {
    await api("patch", "/repos/{owner}/{repo}/issues/comments/{comment_id}", { ...names, comment_id: id, body });
    return id;
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    return null;
  }
}

export async function writeAnswer(
  { comment, pull, answers }: Extract<Effect, { kind: "answer" }>,
  around: Surroundings,
): Promise<Performance> {
  const { api, names } = around;
  if ((await find(answerMarker(comment), pull, around)) !== null) return done();
  const body = answerMarkdown(comment, answers).slice(0, LONGEST);
  await api("post", "/repos/{owner}/{repo}/issues/{issue_number}/comments", { ...names, issue_number: pull, body });
  return done();
}

/** The oldest of our own: anybody can write a marker. */
async function find(marker: string, pull: number, { api, names, appId }: Surroundings): Promise<number | null> {
  const comments = await api.list("/repos/{owner}/{repo}/issues/{issue_number}/comments", { ...names, issue_number: pull });
  const own = comments.filter(({ body, performed_via_github_app: app }) => app?.id === appId && body?.startsWith(marker) === true);
  return own.length === 0 ? null : Math.min(...own.map(({ id }) => Number(id)));
}
