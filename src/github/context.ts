/** Where this job runs and what started it: the runner's variables and the event file as one value. */

import { readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute } from "node:path";
import { messageOf, usageError, type BelayError } from "../domain/error.ts";
import { eventOf, type EventPullRequest } from "./event.ts";

export interface GitHubContext {
  /** Without a slash at the end. */
  readonly apiUrl: string;
  readonly serverUrl: string;
  readonly repository: { readonly owner: string; readonly name: string; readonly id: number };
  /** null where the event does not tell it; GitHub knows. */
  readonly defaultBranch: string | null;
  readonly eventName: string;
  /** `refs/heads/main`, `refs/pull/7/merge`. */
  readonly ref: string;
  /** The commit that the workflow runs for; of a pull request the merge that GitHub tries. */
  readonly sha: string;
  readonly pullRequest: EventPullRequest | null;
  readonly runId: number;
  /** Counted from 1. */
  readonly runAttempt: number;
  readonly actor: { readonly login: string; readonly id: number | null };
  /** Login of whoever started this attempt. */
  readonly triggeringActor: string;
  /** Empty where the runner does not tell. */
  readonly job: string;
  readonly workflowRef: string;
  /** GitHub's own runners always say so; one that says nothing is somebody else's program, on a machine of theirs. */
  readonly runnerEnvironment: "github-hosted" | "self-hosted";
  /** Absolute paths. */
  readonly workspace: string;
  readonly tempDirectory: string;
  /** Where the job may prove what it is; null without `id-token: write`. */
  readonly identity: { readonly url: string; readonly token: string } | null;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** More than any event has; GitHub ends a payload at 25 MB. */
const LARGEST_EVENT_BYTES = 32 * 1024 * 1024;

/** Throws the usage error `github-context` with everything that is missing or odd. */
export async function readContext(variables: Variables): Promise<GitHubContext> {
  const reader = new VariableReader(variables);
  const event = eventOf(await readEvent(variables["GITHUB_EVENT_PATH"], reader.problems));
  const [owner = "", name = ""] = reader.shaped("GITHUB_REPOSITORY", /^[^/\s]+\/[^/\s]+$/, "OWNER/NAME").split("/");
  const ref = reader.text("GITHUB_REF");
  const eventName = reader.text("GITHUB_EVENT_NAME");
  const actorId = variables["GITHUB_ACTOR_ID"] ?? "";
  const [url, token] = [variables["ACTIONS_ID_TOKEN_REQUEST_URL"] ?? "", variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] ?? ""];
  const actor = reader.text("GITHUB_ACTOR");
  const context: GitHubContext = {
    apiUrl: reader.url("GITHUB_API_URL", "https://api.github.com"),
    serverUrl: reader.url("GITHUB_SERVER_URL", "https://github.com"),
    repository: { owner, name, id: reader.number("GITHUB_REPOSITORY_ID", event.repositoryId) },
    defaultBranch: event.defaultBranch ?? (eventName === "schedule" ? branchOf(ref) : null),
    eventName,
    ref,
    sha: reader.shaped("GITHUB_SHA", /^[0-9a-f]{40}([0-9a-f]{24})?$/, "a full SHA"),
    pullRequest: event.pullRequest,
    runId: reader.number("GITHUB_RUN_ID"),
    runAttempt: reader.number("GITHUB_RUN_ATTEMPT", 1),
    actor: { login: actor, id: /^\d+$/.test(actorId) ? Number(actorId) : null },
    triggeringActor: variables["GITHUB_TRIGGERING_ACTOR"] || actor,
    job: variables["GITHUB_JOB"] ?? "",
    workflowRef: variables["GITHUB_WORKFLOW_REF"] ?? "",
    runnerEnvironment: variables["RUNNER_ENVIRONMENT"] === "github-hosted" ? "github-hosted" : "self-hosted",
    workspace: reader.path("GITHUB_WORKSPACE"),
    tempDirectory: reader.path("RUNNER_TEMP", tempDirectoryOf(variables)),
    identity: url === "" || token === "" ? null : { url, token },
  };
  if (reader.problems.length > 0) throw contextError(reader.problems);
  return context;
}

/** Where a job lays what it needs for itself. */
export function tempDirectoryOf(variables: Variables): string {
  return variables["RUNNER_TEMP"] || tmpdir();
}

/** `main` of `refs/heads/main`; null of a tag or a pull request. */
export function branchOf(ref: string): string | null {
  return /^refs\/heads\/(.+)$/s.exec(ref)?.[1] ?? null;
}

class VariableReader {
  readonly problems: string[] = [];
  readonly #variables: Variables;

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  text(name: string): string {
    const value = this.#variables[name] ?? "";
    if (value === "") this.problems.push(`${name} is not set`);
    return value;
  }

  shaped(name: string, pattern: RegExp, words: string): string {
    const value = this.text(name);
    if (value !== "" && !pattern.test(value)) this.problems.push(`${name} is ${shown(value)} and not ${words}`);
    return value;
  }

  /** `otherwise`: what it is where a runner of another make, or an older server, does not say; null: it has to. */
  number(name: string, otherwise: number | null = null): number {
    if (otherwise !== null && (this.#variables[name] ?? "") === "") return otherwise;
    return Number(this.shaped(name, /^\d{1,15}$/, "a number"));
  }

  url(name: string, standard: string): string {
    const value = this.#variables[name] || standard;
    if (!/^https?:$/.test(URL.parse(value)?.protocol ?? "")) this.problems.push(`${name} is ${shown(value)} and not a URL`);
    return value.replace(/\/+$/, "");
  }

  path(name: string, otherwise = ""): string {
    const value = otherwise === "" ? this.text(name) : otherwise;
    if (value !== "" && !isAbsolute(value)) this.problems.push(`${name} is ${shown(value)} and not an absolute path`);
    return value;
  }
}

/** The parsed event; null where there is none, with the reason among the problems. */
async function readEvent(path: string | undefined, problems: string[]): Promise<unknown> {
  if (path === undefined || path === "") return null;
  try {
    const { size } = await stat(path);
    if (size > LARGEST_EVENT_BYTES) throw new RangeError(`it has ${size} bytes`);
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    const why = error instanceof SyntaxError ? "it is not JSON" : messageOf(error);
    problems.push(`the event file of GITHUB_EVENT_PATH cannot be read: ${why}`);
    return null;
  }
}

function shown(value: string): string {
  return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value);
}

function contextError(problems: readonly string[]): BelayError {
  return usageError("github-context", `this does not look like a job of GitHub Actions: ${problems.join("; ")}`, {
    hint: "use Belay as a step of a workflow; elsewhere run the command line: `belay migrate`",
    facts: { problems },
  });
}
