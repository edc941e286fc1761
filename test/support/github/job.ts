import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type GitHubContext, readContext } from "../../../src/github/context.ts";
import type { Job } from "../../../src/github/github.ts";
import type { CheckedOutProject } from "./repository.ts";
import type { FakeGitHub } from "./server.ts";
import type { PullRequest, WorkflowRun } from "./state.ts";
import type { Token } from "./tokens.ts";

export interface JobSettings {
  readonly event: string;
  readonly ref?: string;
  readonly sha: string;
  readonly actor?: string;
  readonly pull?: PullRequest;
  /** null: the step has none. */
  readonly token?: Token | null;
  readonly run?: WorkflowRun;
  readonly variables?: Readonly<Record<string, string>>;
  /** False: the event does not tell the default branch. */
  readonly tellsBranch?: boolean;
}

/** A job of the fake GitHub, as Belay's own code sees it. */
export async function jobOf(github: FakeGitHub, project: CheckedOutProject, settings: JobSettings): Promise<Job> {
  const { token = github.tokens.installation() } = settings;
  return {
    context: await contextOf(github, project, settings),
    token: token?.value ?? null,
    path: process.env["PATH"],
    signal: new AbortController().signal,
  };
}

async function contextOf(github: FakeGitHub, project: CheckedOutProject, settings: JobSettings): Promise<GitHubContext> {
  const { event, sha, actor = "alice", pull, run, tellsBranch = true } = settings;
  const folder = mkdtempSync(join(tmpdir(), "belay-job-"));
  try {
    const file = join(folder, "event.json");
    const base = { repo: { id: github.state.repository.id }, ref: "main" };
    const pullRequest = pull && {
      number: pull.number,
      user: { id: pull.author.id, login: pull.author.login },
      head: { sha: pull.head.sha, repo: { id: github.state.repository.id } },
      base,
    };
    writeFileSync(
      file,
      JSON.stringify({
        ...(tellsBranch ? { repository: { default_branch: "main" } } : {}),
        ...(pullRequest === undefined ? {} : { pull_request: pullRequest }),
      }),
    );
    return await readContext({
      GITHUB_API_URL: github.url,
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_REPOSITORY: "acme/shop",
      GITHUB_REPOSITORY_ID: String(github.state.repository.id),
      GITHUB_EVENT_NAME: event,
      GITHUB_EVENT_PATH: file,
      GITHUB_REF: settings.ref ?? "refs/heads/main",
      GITHUB_SHA: sha,
      GITHUB_RUN_ID: String(run?.id ?? 1),
      GITHUB_RUN_ATTEMPT: String(run?.attempt ?? 1),
      GITHUB_ACTOR: run?.actor.login ?? actor,
      GITHUB_ACTOR_ID: String(github.state.user(run?.actor.login ?? actor).id),
      GITHUB_TRIGGERING_ACTOR: run?.triggeringActor.login ?? actor,
      GITHUB_JOB: "migrate",
      GITHUB_WORKSPACE: project.directory,
      RUNNER_TEMP: tmpdir(),
      RUNNER_ENVIRONMENT: "self-hosted",
      ...settings.variables,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
