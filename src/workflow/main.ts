/** One step of a workflow, from its inputs to its exit status, with everything outside given. */

import { carryOut } from "../carry-out.ts";
import { BelayError } from "../domain/error.ts";
import { exitStatus, USAGE_EXIT_STATUS } from "../domain/outcome.ts";
import type { Progress } from "../domain/progress.ts";
import type { Result } from "../domain/result.ts";
import { readContext } from "../github/context.ts";
import type { Job } from "../github/github.ts";
import { type ActionInputs, invocationOf } from "../github/invocation.ts";
import type { MarkdownContext } from "../report/markdown/context.ts";
import type { Runner } from "../github/runner.ts";
import type { SshInputs } from "../github/ssh-inputs.ts";
import { stepView } from "../report/steps.ts";
import { terminalReport } from "../report/terminal.ts";
import type { GitHub } from "../world.ts";
import { keepInvocation, keepPolicy } from "./kept.ts";
import { attempt } from "./attempt.ts";
import { LOG_STYLE } from "./log-style.ts";
import type { Showing } from "./show.ts";
import { type StepSurroundings, watchOnce } from "./surroundings.ts";

/** Does what the step's inputs ask. Does not throw for what the command meets. */
export async function mainStep(around: StepSurroundings): Promise<number> {
  const { runner, variables } = around;
  try {
    const inputs = invocationOf(runner.input, runner.given);
    runner.mask(inputs.token === null ? [] : [inputs.token]);
    if (inputs.request !== null) throw noBotYet();
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

function noBotYet(): BelayError {
  return new BelayError("usage", "not-in-this-version", "the input request belongs to the bot, which this version does not have", {
    hint: "leave it out",
  });
}

async function performStep(around: StepSurroundings, inputs: ActionInputs, showing: Showing): Promise<number> {
  const { runner, variables, cwd, now, random, every, loadPerform } = around;
  const { invocation, token } = inputs;
  using watch = watchOnce(around.onInterrupt);
  const job: Job = { context: showing.context, token, path: variables["PATH"], signal: watch.signal };
  keepInvocation(runner, invocation);
  await using server = inputs.ssh === null ? null : await serverFor(inputs.ssh, showing);
  const perform = server === null ? loadPerform() : server.loadPerform(); // while the policy is read
  void Promise.allSettled([perform]); // what goes wrong is told to who waits for it
  const carried = await carryOut({
    invocation,
    world: { cwd, variables, now, random, onGitHub: true, github: await gitHubFor(job, showing, invocation.config), hide: runner.mask },
    view: stepViewThatKeepsTheRun(around),
    show: runner.print,
    complain: runner.print,
    every,
    onInterrupt: watch.share,
    loadPerform: () => perform,
  });
  runner.save("ended", "true");
  if (carried.kind === "usage-error") return await wrongUsage(runner, carried.error);
  const { result } = carried;
  runner.print(terminalReport(result, LOG_STYLE, false));
  const { showResult } = await import("./show.ts");
  const shown = await showResult(showing, result);
  await tellGitHub(job, inputs, showing, result, shown);
  return exitStatus(result.outcome);
}

/** Loaded only where it is asked for. */
async function serverFor(ssh: SshInputs, { runner, context }: Showing) {
  const { serverOf } = await import("./over-ssh.ts");
  return serverOf(ssh, { runner, context, unfinished: null });
}

/** GitHub as the core asks it. The policy is asked for at once, and kept for post as soon as it is known. */
async function gitHubFor(job: Job, { runner, context }: Showing, path: string | null): Promise<GitHub> {
  const { gitHubOf } = await import("../github/github.ts");
  const github = gitHubOf(job);
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

/** The view of a log, which also tells post which run it would have to finish. */
function stepViewThatKeepsTheRun({ runner, elapsedMs }: StepSurroundings) {
  const view = stepView(LOG_STYLE, { nowMs: elapsedMs, columns: () => undefined });
  const keep: Progress = (event) => {
    if (event.type === "run-began") runner.save("run", event.run);
  };
  return {
    ...view,
    show(event: Parameters<Progress>[0]) {
      keep(event);
      return view.show(event);
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
