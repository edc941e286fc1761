/** Addresses on GitHub, made only from parts that are what they should be. */

import type { MarkdownContext } from "./context.ts";

const REPOSITORY = /^[\w.-]+\/[\w.-]+$/u;
const FULL_SHA = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/u;
const SERVER = /^https?:\/\/[\w.:-]+$/u;
const RUN = /^https?:\/\/[\w.:-]+\/[\w./-]+$/u;

/** Longer ones are nobody's file, and fill the page. */
const LONGEST_URL = 2_000;

/** A file at the commit; null where a part is missing, or the path leads out of the repository. */
export function fileUrl(context: Context, file: string | null): string | null {
  const path = file === null ? null : repositoryPath(context, file);
  const repository = repositoryUrl(context);
  if (repository === null || path === null || context.sha === null || !FULL_SHA.test(context.sha)) return null;
  return short(`${repository}/blob/${context.sha}/${path.split("/").map(encoded).join("/")}`);
}

export function commitUrl(context: Context, sha: string): string | null {
  const repository = repositoryUrl(context);
  return repository === null || !FULL_SHA.test(sha) ? null : `${repository}/commit/${sha}`;
}

/** Where a person starts the workflow by hand. */
export function workflowUrl(context: Context): string | null {
  const repository = repositoryUrl(context);
  return repository === null || context.workflow === null ? null : short(`${repository}/actions/workflows/${encoded(context.workflow)}`);
}

export function runUrl({ runUrl: url }: Context): string | null {
  return url !== null && RUN.test(url) ? url : null;
}

/** A path as messages say it, from the root of the repository; null where it is not inside. */
export function repositoryPath({ directory }: Pick<MarkdownContext, "directory">, file: string): string | null {
  if (file.startsWith("/") || file === "") return null;
  const parts: string[] = [];
  for (const part of `${directory}/${file}`.split("/")) {
    if (part === ".." && parts.pop() === undefined) return null;
    if (part !== ".." && part !== "." && part !== "") parts.push(part);
  }
  return parts.length === 0 ? null : parts.join("/");
}

type Context = Pick<MarkdownContext, "serverUrl" | "repository" | "sha" | "runUrl" | "workflow" | "directory">;

function repositoryUrl({ serverUrl, repository }: Context): string | null {
  if (serverUrl === null || repository === null) return null;
  return SERVER.test(serverUrl) && REPOSITORY.test(repository) ? `${serverUrl}/${repository}` : null;
}

function short(url: string): string | null {
  return url.length > LONGEST_URL ? null : url;
}

/** `encodeURIComponent` leaves a few characters that markdown reads, and throws on half a surrogate pair. */
function encoded(part: string): string {
  return encodeURIComponent(part.toWellFormed()).replace(
    /[!'()*~]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
