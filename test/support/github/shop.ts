/** acme/shop: a project in production outside of its checkout, the GitHub that hosts it, and steps of workflows on it. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Result } from "../../../src/domain/result.ts";
import type { JournalEntry } from "../../../src/run/journal-entry.ts";
import { tree } from "../production.ts";
import { APPLICATION, bookingDatabase } from "../project.ts";
import { type Inputs, Job, type JobSettings, type StepEnd } from "../runner.ts";
import { pullRequestEvent, pushEvent } from "./events.ts";
import { CheckedOutProject } from "./repository.ts";
import { FakeGitHub } from "./server.ts";
import type { PullRequest } from "./state.ts";

/** A step that has ended; `report`: what its output of this name leads to, null where there is none. */
export interface Step extends StepEnd {
  readonly report: Result | null;
}

type StepSettings = Partial<Omit<JobSettings, "github" | "workspace">> & {
  /** `env:` of the step. */
  readonly env?: Readonly<Record<string, string>>;
};

export class Shop implements AsyncDisposable {
  readonly project: CheckedOutProject;
  readonly github: FakeGitHub;
  /** What the database held at first. */
  readonly before: string;

  private constructor(project: CheckedOutProject, github: FakeGitHub) {
    this.project = project;
    this.github = github;
    this.before = project.dump();
  }

  /** `prod`: lines of the environment beside its target, its migrations and its application. `own`: all of them instead. */
  static async open({ prod = "", own = null }: { readonly prod?: string; readonly own?: string | null } = {}): Promise<Shop> {
    const project = new CheckedOutProject();
    bookingDatabase(project, 100);
    project.configure(own ?? `target: sqlite:${project.database}\nmigrate: sql\n${APPLICATION}${prod}`);
    project.migration("0001_role.sql", "alter table users add column role text;\n");
    project.commit("First");
    return new Shop(project, await FakeGitHub.start(project.directory));
  }

  /** The path of something outside of the checkout. */
  outside(name: string): string {
    return join(this.project.outside, name);
  }

  /** Every file of production: kind, permissions, time of its last change, bytes. */
  production(): Record<string, string> {
    return tree(this.project.outside);
  }

  /** A step of the workflow that runs for what is checked out, as pushed to the default branch. */
  push(inputs: Inputs = {}, settings: StepSettings = {}): Promise<Step> {
    return this.step({ event: pushEvent(this.github, { sha: this.project.head(), actor: "alice" }), ...settings }, inputs);
  }

  /** A pull request with what `change` writes, checked out as its workflow has it. */
  pull(
    branch: string,
    change: () => void,
    { author = "bob", owner = "acme" }: { readonly author?: string; readonly owner?: string } = {},
  ): PullRequest {
    const { project, github } = this;
    project.git("checkout", "--quiet", "main");
    const base = project.head();
    const sha = project.branch(branch, change);
    const pull = github.state.openPull({ author, owner, branch, sha, base });
    project.checkOutPull(branch, pull.number);
    return pull;
  }

  /** A step of the workflow of a pull request, whose merge is checked out. */
  onPull(pull: PullRequest, inputs: Inputs = {}, settings: StepSettings = {}): Promise<Step> {
    return this.step({ event: pullRequestEvent(this.github, pull, this.project.head()), ...settings }, inputs);
  }

  /** Merges a pull request, as GitHub's button does; `main` is checked out then. Returns the SHA. */
  merge(pull: PullRequest, by = "carol"): string {
    const sha = this.project.merge(pull.head.branch);
    this.github.state.merge(pull, sha, by);
    return sha;
  }

  async step({ env = {}, ...settings }: StepSettings & Pick<JobSettings, "event">, inputs: Inputs): Promise<Step> {
    await using job = new Job({ github: this.github, workspace: this.project.directory, ...settings });
    const end = await job.run(inputs, env);
    const path = end.outputs["report"] ?? "";
    return { ...end, report: path === "" ? null : (JSON.parse(readFileSync(path, "utf8")) as Result) };
  }

  /** First entries of all journals below a store. */
  began(store = this.outside("belay-backups")): readonly Extract<JournalEntry, { readonly type: "began" }>[] {
    const files = readdirSync(store, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".jsonl"));
    const entries = files.flatMap((name) => readFileSync(join(store, name), "utf8").trim().split("\n"));
    return entries.map((line) => JSON.parse(line) as JournalEntry).filter((entry) => entry.type === "began");
  }

  /** What the environment's comments say, oldest first. */
  comments(): readonly string[] {
    return this.github.state.comments.map(({ body }) => body);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.project[Symbol.dispose]();
    await this.github[Symbol.asyncDispose]();
  }
}

/** Codes of the reasons. */
export function reasonsOf({ report }: Step): readonly string[] {
  return (report?.reasons ?? []).map(({ code }) => code);
}
