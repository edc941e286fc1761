/** Comments that no webhook told of, also beyond what GitHub remembers of its deliveries. One that is known already is known by its key. */

import type { CommentMade } from "../core/event.ts";
import { type AnswerOf, type Api } from "../github/api.ts";
import type { BotStore, Repository } from "../store/store.ts";
import { instant } from "../webhook/incoming.ts";

const MEMO = "sweep-comments";
/** Looked at again each time: a webhook may be on its way, and clocks differ. */
const OVERLAP_MS = 10 * 60_000;

type Comment = AnswerOf<"get", "/repos/{owner}/{repo}/issues/comments">[number];

export async function sweepComments(api: Api, repository: Repository, store: BotStore, now: Date): Promise<void> {
  const known = (await store.memo(repository.id, MEMO))?.["upTo"];
  // From before the first look there is nothing that this bot was asked.
  if (typeof known === "string") {
    const names = { owner: repository.owner, repo: repository.name };
    const since = new Date(Date.parse(known) - OVERLAP_MS).toISOString();
    const found = await api.list("/repos/{owner}/{repo}/issues/comments", { ...names, since, sort: "updated" });
    for (const comment of found) {
      const made = madeOf(comment, since);
      if (made !== null) await store.receive({ repository, event: { at: now.toISOString(), ...made }, delivery: null });
    }
  }
  await store.remember(repository.id, MEMO, { upTo: now.toISOString() });
}

/** As the webhook would have told it: of a person, in a pull request, and never edited. */
function madeOf(comment: Comment, since: string): CommentMade | null {
  const { id, user, body = "", created_at: made, updated_at: changed, html_url: url, performed_via_github_app: app = null } = comment;
  const [, pull] = /\/pull\/(\d+)#/.exec(url) ?? [];
  if (pull === undefined || user?.type !== "User" || app !== null || made !== changed || instant(made) < since) return null;
  return {
    kind: "comment",
    comment: Number(id),
    pull: Number(pull),
    author: { id: Number(user.id), login: user.login },
    body,
    createdAt: instant(made),
  };
}
