/** Comments of a pull request, as GitHub's API has them. */

import { type Account, account, names, type Repository, type WrittenAccount } from "./api.ts";
import type { Requests } from "./requests.ts";

export interface IssueComment {
  readonly id: number;
  readonly url: string;
  readonly body: string;
  /** null: the account is gone. */
  readonly author: (Account & { readonly isBot: boolean }) | null;
  /** ISO 8601. */
  readonly updatedAt: string;
}

/** All of them, oldest first. */
export async function commentsOf(github: Requests, repository: Repository, number: number): Promise<readonly IssueComment[]> {
  const data = await github.pages(`the comments of #${number}`, (request, page, options) =>
    request("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
      ...names(repository),
      issue_number: number,
      ...page,
      ...options,
    }),
  );
  return data.map((comment) => commentOf(comment)).toSorted((a, b) => a.id - b.id);
}

export async function createComment(github: Requests, repository: Repository, number: number, body: string): Promise<IssueComment> {
  const data = await github.write(`comment on #${number}`, (request, options) =>
    request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", { ...names(repository), issue_number: number, body, ...options }),
  );
  return commentOf(data);
}

/** Saying the same twice changes nothing, so it is asked again like a question. */
export async function editComment(github: Requests, repository: Repository, id: number, body: string): Promise<IssueComment> {
  const data = await github.read("a change of the comment", (request, options) =>
    request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", { ...names(repository), comment_id: id, body, ...options }),
  );
  return commentOf(data);
}

export async function deleteComment(github: Requests, repository: Repository, id: number): Promise<void> {
  await github.read("the end of a doubled comment", (request, options) =>
    request("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", { ...names(repository), comment_id: id, ...options }),
  );
}

/** Id of the account that the token belongs to; throws `forbidden` or `not-found` for an app's. */
export async function ownId(github: Requests): Promise<number> {
  return Number((await github.read("the token's account", (request, options) => request("GET /user", { ...options }))).id);
}

interface WrittenComment {
  readonly id: number | bigint;
  readonly html_url: string;
  readonly body?: string | undefined;
  readonly user: (WrittenAccount & { readonly type: string }) | null;
  readonly updated_at: string;
}

function commentOf({ id, html_url, body = "", user, updated_at }: WrittenComment): IssueComment {
  return {
    id: Number(id),
    url: html_url,
    body,
    author: user === null ? null : { ...account(user), isBot: user.type === "Bot" },
    updatedAt: updated_at,
  };
}
