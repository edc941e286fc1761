/**
 * The workflow that the bot starts, as GitHub carries it out: for each dispatch a fresh machine with a checkout of the commit alone, the
 * real built action with its `post`, and the webhook that tells of the run's end.
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { reportOf } from "../github/deployment.ts";
import { dispatchEvent } from "../github/events.ts";
import type { WorkflowRun } from "../github/state.ts";
import { Job, type RunningStep, type StepEnd } from "../runner.ts";
import type { Stage } from "./stage.ts";

export interface Carried {
  readonly run: WorkflowRun;
  readonly end: StepEnd;
  readonly posts: readonly StepEnd[];
  /** Codes of the result's reasons. */
  readonly reasons: readonly string[];
}

/** A job that is about to begin: what a test may do to it. */
export interface Beginning {
  readonly run: WorkflowRun;
  readonly inputs: Readonly<Record<string, string>>;
  /** GITHUB_WORKSPACE. */
  readonly checkout: string;
  /** RUNNER_TEMP. */
  readonly temp: string;
}

export interface Interference {
  /** After the checkout, before the step. */
  readonly before?: (job: Beginning) => void | Promise<void>;
  /** While the step works. */
  readonly during?: (step: RunningStep, job: Beginning) => void | Promise<void>;
  /** Before the end of the job; false: the machine is gone, and nothing happens there any more. */
  readonly after?: (end: StepEnd, job: Beginning) => boolean | Promise<boolean>;
  /** Further `env:` of the step. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Further `with:` of the step. */
  readonly inputs?: Readonly<Record<string, string>>;
}

export class Runners implements AsyncDisposable {
  readonly carried: Carried[] = [];
  /** By the beginning of a run's title, `belay migrate`. */
  readonly interference = new Map<string, Interference>();
  readonly #stage: Stage;
  readonly #working: Promise<void>[] = [];
  readonly #failures: unknown[] = [];

  constructor(stage: Stage) {
    this.#stage = stage;
    stage.project.git("config", "uploadpack.allowAnySHA1InWant", "true");
    stage.github.state.onDispatch = (run) => {
      this.#working.push(this.carryOut(run).catch((error: unknown) => void this.#failures.push(error)));
    };
  }

  /** Also for a run that nobody dispatched: somebody started it again. */
  async carryOut(run: WorkflowRun): Promise<void> {
    const stage = this.#stage;
    const { github } = stage;
    const inputs = github.state.inputs.get(run.id) ?? {};
    const {
      before,
      during,
      after,
      variables = {},
      inputs: more = {},
    } = [...this.interference].find(([title]) => run.title.startsWith(title))?.[1] ?? {};
    const workspace = mkdtempSync(join(tmpdir(), "belay-checkout-"));
    try {
      checkOut(stage.project.directory, workspace, inputs["sha"] ?? "");
      const event = dispatchEvent(github, { sha: run.sha, actor: run.actor.login, inputs });
      const token = github.tokens.installation({ contents: "read" });
      await using job = new Job({ github, workspace, event, run, token, identity: stage.identityOf(run) });
      const beginning = { run, inputs, checkout: workspace, temp: join(job.directory, "temp") };
      await before?.(beginning);
      const { command = "", environment = "", target = "", request = "" } = inputs;
      const step = job.start({ command, environment, target, request, ...more }, variables);
      const [end] = await Promise.all([step.ended, during?.(step, beginning)]);
      const reasons = reasonsOf(end);
      const posts = (await after?.(end, beginning)) === false ? [] : await job.post();
      await stage.deliver("workflow_run", stage.runPayload(run, "completed"));
      this.carried.push({ run, end, posts, reasons });
    } finally {
      rmSync(workspace, { recursive: true, force: true });
    }
  }

  /** The end of the job whose run's title begins so. */
  async ended(title: string): Promise<Carried> {
    return this.#stage.until(`the end of ${title}`, () => {
      if (this.#failures.length > 0) throw this.#failures[0];
      return this.carried.find(({ run }) => run.title.startsWith(title));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#working);
    if (this.#failures.length > 0) throw new AggregateError(this.#failures, "the workflow of the tests is broken");
  }
}

/** Who was killed has left no report. */
function reasonsOf(end: StepEnd): readonly string[] {
  return end.outputs["report"] === undefined ? [] : reportOf(end).reasons.map(({ code }) => code);
}

/** As actions/checkout does by default: this commit, and no other. */
function checkOut(repository: string, directory: string, sha: string): void {
  const env = { PATH: process.env["PATH"] ?? "", HOME: directory, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
  const git = (...args: readonly string[]) => execFileSync("git", ["-C", directory, ...args], { env, stdio: "pipe" });
  git("init", "--quiet");
  git("fetch", "--quiet", "--depth=1", `file://${repository}`, sha);
  git("checkout", "--quiet", "--detach", sha);
}
