/** The one comment of an environment in a pull request: found by its marker, edited in place. */

import { createHash } from "node:crypto";
import type { Repository } from "./api.ts";
import { commentsOf, createComment, deleteComment, editComment, type IssueComment, ownId } from "./comments-api.ts";
import { GitHubFailure } from "./github-failure.ts";
import type { Requests } from "./requests.ts";

export type CommentOutcome =
  | { readonly kind: "created" | "edited" | "unchanged"; readonly url: string }
  /** Never a failure: a comment is a view. */
  | { readonly kind: "not-written"; readonly why: string };

export interface CommentPlace {
  readonly repository: Repository;
  readonly pullRequest: number;
  /** Of belay.yml. */
  readonly environment: string;
  /** Whether the token is an app's, as a job's own is. */
  readonly isApp: boolean;
}

/** 16 hexadecimal digits by which an environment's comment is known, whatever characters its name has. */
export function environmentHash(environment: string): string {
  return createHash("sha256").update(environment).digest("hex").slice(0, 16);
}

function markerOf(environment: string): string {
  return `<!-- belay:1:env:${environmentHash(environment)} -->`;
}

/** As often as an answer may be lost between GitHub and here. */
const TRIES = 4;

/**
 * Writes the comment. `body` begins with the marker. One edit at most; of doubled comments the oldest stays. A comment whose creation
 * was not answered is looked for before it is written again.
 */
export async function writeComment(github: Requests, place: CommentPlace, body: string): Promise<CommentOutcome> {
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        return await writeOnce(github, place, body);
      } catch (error) {
        const isLost = error instanceof GitHubFailure && error.mayBeDone;
        if (!isLost || attempt === TRIES) throw error;
      }
    }
  } catch (error) {
    if (!(error instanceof GitHubFailure)) throw error;
    const right = error.reason === "forbidden" || error.reason === "not-found" ? "; the job needs `pull-requests: write`" : "";
    return { kind: "not-written", why: `the comment on #${place.pullRequest} was not written: ${error.message}${right}` };
  }
}

async function writeOnce(github: Requests, place: CommentPlace, body: string): Promise<CommentOutcome> {
  const { repository, pullRequest } = place;
  const [oldest, ...doubles] = await ownComments(github, place);
  if (oldest === undefined) {
    const { url } = await createComment(github, repository, pullRequest, body);
    return { kind: "created", url };
  }
  for (const { id } of doubles) await withoutMissing(deleteComment(github, repository, id));
  if (oldest.body === body) return { kind: "unchanged", url: oldest.url };
  const { url } = await editComment(github, repository, oldest.id, body);
  return { kind: "edited", url };
}

/** The comment of an environment, as it is; null where there is none. */
export async function findComment(github: Requests, place: CommentPlace): Promise<IssueComment | null> {
  return (await ownComments(github, place))[0] ?? null;
}

/** Oldest first. A marker that somebody else wrote makes no comment ours: its author could change it afterwards. */
async function ownComments(github: Requests, place: CommentPlace): Promise<readonly IssueComment[]> {
  const marker = markerOf(place.environment);
  const marked = (await commentsOf(github, place.repository, place.pullRequest)).filter(({ body }) => body.startsWith(marker));
  if (marked.length === 0) return [];
  const self = place.isApp ? null : await ownIdOrNone(github);
  return marked.filter(({ author }) => (self === null ? author?.isBot === true : author?.id === self));
}

/** null for a token that is no person's. */
async function ownIdOrNone(github: Requests): Promise<number | null> {
  try {
    return await ownId(github);
  } catch (error) {
    if (error instanceof GitHubFailure && (error.reason === "forbidden" || error.reason === "not-found")) return null;
    throw error;
  }
}

/** Somebody else was quicker. */
async function withoutMissing(deletion: Promise<void>): Promise<void> {
  try {
    await deletion;
  } catch (error) {
    if (!(error instanceof GitHubFailure && error.reason === "not-found")) throw error;
  }
}
