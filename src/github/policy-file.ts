/**
 * belay.yml as the default branch has it, at one commit. Where the workflow runs for a commit of that branch, it is taken out of the
 * checkout; for everything else GitHub is asked. What cannot be read refuses.
 */

import { isAbsolute, posix, relative } from "node:path";
import { type BelayError, refusal, usageError } from "../domain/error.ts";
import type { PolicyFile } from "../world.ts";
import { branchHead, defaultBranch, fileAt, type RepositoryFile } from "./api.ts";
import { type Checkout, filesAt, headOf, textOf } from "./checkout.ts";
import { branchOf, type GitHubContext } from "./context.ts";
import { GitHubFailure } from "./github-failure.ts";
import type { Requests } from "./requests.ts";

export interface PolicySource {
  readonly context: GitHubContext;
  /** null: there is no token. */
  readonly github: Requests | null;
  /** `PATH`, to find git. */
  readonly path: string | undefined;
  readonly signal: AbortSignal;
  /** A bot had another commit checked out than the one that the workflow runs for. Default false. */
  readonly elsewhere?: boolean;
}

/** Where belay.yml is looked for, in this order. */
const PLACES: readonly string[] = ["belay.yml", ".github/belay.yml"];

const LARGEST_BYTES = 1_000_000;

/** These run for the commit of the branch itself, and nobody can start them for another one under its name. */
const OF_THE_BRANCH = new Set(["push", "schedule", "workflow_dispatch"]);

/** Throws the refusal `policy-unreadable`; a usage error where `path` leads out of the repository. */
export async function readPolicy(source: PolicySource, path: string | null): Promise<PolicyFile> {
  const { context } = source;
  const paths = path === null ? PLACES : [inRepository(path, context.workspace)];
  const branch =
    context.defaultBranch ?? (await asked(source, "the default branch", (github) => defaultBranch(github, context.repository)));
  const isOfTheBranch = source.elsewhere !== true && OF_THE_BRANCH.has(context.eventName) && branchOf(context.ref) === branch;
  return isOfTheBranch ? fromCheckout(source, branch, paths) : fromGitHub(source, branch, paths);
}

function inRepository(path: string, workspace: string): string {
  const inside = posix.normalize(isAbsolute(path) ? relative(workspace, path) : path);
  if (inside !== "." && inside !== ".." && !inside.startsWith("../") && !inside.endsWith("/")) return inside;
  throw usageError("config-outside", `the input config names ${JSON.stringify(path)}, which is no file of the repository`, {
    hint: "name it from the top of the repository: `config: deploy/belay.yml`",
  });
}

async function fromCheckout(source: PolicySource, branch: string, paths: readonly string[]): Promise<PolicyFile> {
  const { context, path, signal } = source;
  const checkout: Checkout = { directory: context.workspace, path, signal };
  const both = [headOf(checkout), filesAt(checkout, context.sha, paths)] as const;
  await Promise.allSettled(both); // that there is no checkout is told first, whichever of the two was quicker to say so
  const [head, found] = await Promise.all(both);
  const file = paths.flatMap((each) => found.filter((one) => one.path === each))[0];
  const at = { sha: context.sha, branch, isCheckout: head === context.sha };
  if (file === undefined) return { ...at, path: paths[0] ?? "", text: null };
  if (file.type !== "blob" || file.mode === "120000") throw noFile(file.path, branch);
  if (file.sizeBytes > LARGEST_BYTES) throw tooLarge(file.path, branch, file.sizeBytes);
  return { ...at, path: file.path, text: await textOf(checkout, file) };
}

/** The commit first, then the file at that commit: a push in between cannot mix two. */
async function fromGitHub(source: PolicySource, branch: string, paths: readonly string[]): Promise<PolicyFile> {
  const { repository } = source.context;
  const what = `${paths[0]} of ${branch}`;
  const sha = await asked(source, what, (github) => branchHead(github, repository, branch));
  const at = { sha, branch, isCheckout: false };
  for (const path of paths) {
    const file = await asked(source, `${path} of ${branch}`, (github) => fileOrNone(github, source, path, sha));
    if (file === null) continue;
    if (file.type !== "file") throw noFile(path, branch);
    if (file.text === null || file.sizeBytes > LARGEST_BYTES) throw tooLarge(path, branch, file.sizeBytes);
    return { ...at, path, text: file.text };
  }
  return { ...at, path: paths[0] ?? "", text: null };
}

/** The commit could be read, so what is not found is not there. */
async function fileOrNone(github: Requests, { context }: PolicySource, path: string, sha: string): Promise<RepositoryFile | null> {
  try {
    return await fileAt(github, context.repository, path, sha);
  } catch (error) {
    if (error instanceof GitHubFailure && error.reason === "not-found") return null;
    throw error;
  }
}

async function asked<T>({ github }: PolicySource, what: string, ask: (github: Requests) => Promise<T>): Promise<T> {
  if (github === null) {
    throw refusal("policy-unreadable", `reading ${what}: the step has no github-token`, {
      hint: "leave the input github-token out, so that it is the job's own",
    });
  }
  try {
    return await ask(github);
  } catch (error) {
    if (!(error instanceof GitHubFailure)) throw error;
    throw refusal("policy-unreadable", `reading ${what}: ${error.message}`, { hint: hintFor(error), cause: error });
  }
}

function hintFor({ reason, hint = "" }: GitHubFailure): string {
  const isRight = reason === "forbidden" || reason === "not-found";
  return isRight ? "give the job the right to read the repository: `permissions: { contents: read }`" : hint;
}

function noFile(path: string, branch: string): BelayError {
  return refusal("policy-unreadable", `reading ${path} of ${branch}: it is not a plain file`, {
    hint: "commit the file itself, not a link",
  });
}

function tooLarge(path: string, branch: string, sizeBytes: number): BelayError {
  return refusal("policy-unreadable", `reading ${path} of ${branch}: it has ${sizeBytes} bytes, which is no configuration`, {
    hint: `keep it below ${LARGEST_BYTES} bytes`,
  });
}
