/** One step of a workflow, from its inputs to its exit status, with everything outside given. */

import { type CarriedOut, resultOfThrown } from "../carry-out.ts";
import { BelayError } from "../domain/error.ts";
import { exitStatus, USAGE_EXIT_STATUS } from "../domain/outcome.ts";
import type { Invocation } from "../domain/invocation.ts";
import type { Result } from "../domain/result.ts";
import { readContext } from "../github/context.ts";
import type { Job } from "../github/github.ts";
import { type ActionInputs, invocationOf } from "../github/invocation.ts";
import type { MarkdownContext } from "../report/markdown/context.ts";
import type { Runner } from "../github/runner.ts";
import type { SshInputs } from "../github/ssh-inputs.ts";
import { terminalReport } from "../report/terminal.ts";
import type { GitHub } from "../world.ts";
import { keepInvocation, keepPolicy } from "./kept.ts";
import { attempt } from "./attempt.ts";
import { carryOutInStep } from "./carry-out-in-step.ts";
import { LOG_STYLE } from "./log-style.ts";
import type { RequestedRun } from "./requested.ts";
import type { Showing } from "./show.ts";
import { type StepSurroundings, watchOnce } from "./surroundings.ts";

/** Does what the step's inputs ask. Does not throw for what the command meets. */
export async function mainStep(around: StepSurroundings): Promise<number> {
  const { runner, variables } = around;
  try {
    const inputs = invocationOf(runner.input, runner.given);
    runner.mask(inputs.token === null ? [] : [inputs.token]);
    const context = await readContext(variables);
    return await performStep(around, inputs, { runner, context, cwd: around.cwd });
  } catch (error) {
    if (!(error instanceof BelayError) || error.kind !== "usage") throw error;
    return await wrongUsage(runner, error);
  } finally {
    runner.end();
  }
}

async function wrongUsage(runner: Runner, error: BelayError): Promise<number> {
  const { showUsageError } = await import("./show.ts");
  await showUsageError(runner, error);
  return USAGE_EXIT_STATUS;
}

async function performStep(around: StepSurroundings, inputs: ActionInputs, given: Showing): Promise<number> {
  const { runner, variables, now, loadPerform } = around;
  const { invocation, token } = inputs;
  using watch = watchOnce(around.onInterrupt);
  const job: Job = { context: given.context, token, path: variables["PATH"], signal: watch.signal };
  keepInvocation(runner, invocation);
  const requested = await requestedBy(around, inputs, job, given);
  const showing = requested?.showing ?? given;
  await using server = inputs.ssh === null ? null : await serverFor(inputs.ssh, showing);
  const perform = server === null ? loadPerform() : server.loadPerform(); // while the policy is read
  void Promise.allSettled([perform]); // what goes wrong is told to who waits for it
  const carried = await carryOutInStep(around, {
    invocation,
    github: await gitHubFor(requested?.github ?? null, job, showing, invocation.config),
    onInterrupt: watch.share,
    loadPerform: () => perform,
    keep: (event) => {
      if (event.type === "run-began") runner.save("run", event.run);
      requested?.telling.progress(event);
    },
  });
  runner.save("ended", "true");
  await tellBot(requested, carried, job, invocation, now());
  if (carried.kind === "usage-error") return await wrongUsage(runner, carried.error);
  const { result } = carried;
  runner.print(terminalReport(result, LOG_STYLE, false));
  const { showResult } = await import("./show.ts");
  const shown = await showResult(showing, result);
  if (requested === null) await tellGitHub(job, inputs, showing, result, shown);
  return exitStatus(result.outcome);
}

/** Loaded only where it is asked for. */
async function serverFor(ssh: SshInputs, { runner, context }: Showing) {
  const { serverOf } = await import("./over-ssh.ts");
  return serverOf(ssh, { runner, context, unfinished: null });
}

/** With a request the bot alone writes comment, check run and deployment. */
async function requestedBy(around: StepSurroundings, { request, invocation }: ActionInputs, job: Job, showing: Showing) {
  if (request === null) return null;
  const { requestedRun } = await import("./requested.ts");
  return requestedRun(around, { request, targets: invocation.targets }, job, showing);
}

async function tellBot(requested: RequestedRun | null, carried: CarriedOut, { signal }: Job, asked: Invocation, at: Date): Promise<void> {
  if (requested === null) return;
  const { tellEnd } = await import("./requested.ts");
  const result = carried.kind === "result" ? carried.result : resultOfThrown(carried.error, asked, at, at, false);
  await tellEnd(requested.telling, result, signal);
}

/** GitHub as the core asks it. The policy is asked for at once, and kept for post as soon as it is known. */
async function gitHubFor(requested: GitHub | null, job: Job, { runner, context }: Showing, path: string | null): Promise<GitHub> {
  const github = requested ?? (await import("../github/github.ts")).gitHubOf(job);
  const policy = github.policy(path);
  void Promise.allSettled([policy]); // what goes wrong is told to who waits for it
  return {
    ...github,
    policy: async () => {
      const found = await policy;
      await attempt(runner, "a copy of the policy for the end of the job", () => keepPolicy(runner, context.tempDirectory, found));
      return found;
    },
  };
}

/** How long what only shows may take once the runner wants to end the job. */
const AFTER_CANCEL_MS = 2_000;

/** The comment, and the note that other environments wait for. GitHub being down changes nothing but that. */
async function tellGitHub(job: Job, inputs: ActionInputs, { runner }: Showing, result: Result, shown: MarkdownContext): Promise<void> {
  const late: Job = { ...job, signal: job.signal.aborted ? AbortSignal.timeout(AFTER_CANCEL_MS) : new AbortController().signal };
  await attempt(runner, "the comment", async () => {
    const { isTold } = await import("./show.ts");
    if (!isTold(inputs.comment, result) || result.environment === null) return;
    const { comment, findPullRequest } = await import("../github/github.ts");
    const { commentMarkdown } = await import("../report/markdown/comment.ts");
    const { number, why } = await findPullRequest(late);
    const outcome = number === null ? null : await comment(late, number, result.environment, commentMarkdown(result, shown));
    const notice = why ?? (outcome?.kind === "not-written" ? outcome.why : null);
    if (notice !== null) runner.annotate({ level: "notice", title: "Belay", message: notice });
  });
  const { pendingDigest, githubEnvironment } = result.deployed ?? {};
  if (pendingDigest === undefined || githubEnvironment === undefined) return;
  await attempt(runner, "the note for environments that need this one", async () => {
    const { noteDeployed } = await import("../github/github.ts");
    const notice = await noteDeployed(late, githubEnvironment, pendingDigest);
    if (notice !== null) runner.annotate({ level: "notice", title: "Belay", message: notice });
  });
}
