/** The end of the job: finishes a run that main was not allowed to end. Without one it does nothing. */

import { setTimeout as pause } from "node:timers/promises";
import { type CarriedOut, resultOfThrown } from "../carry-out.ts";
import { failure, type Reason } from "../domain/error.ts";
import { exitStatus } from "../domain/outcome.ts";
import type { Result } from "../domain/result.ts";
import { readContext, tempDirectoryOf } from "../github/context.ts";
import { gitHubOf } from "../github/github.ts";
import { invocationOf } from "../github/invocation.ts";
import { commandLine } from "../report/page.ts";
import { terminalReport } from "../report/terminal.ts";
import { carryOutInStep } from "./carry-out-in-step.ts";
import { keptInvocation, keptPolicy } from "./kept.ts";
import { LOG_STYLE } from "./log-style.ts";
import { removeCredentials } from "../ssh/credentials.ts";
import { type Showing, showResult, showUsageError } from "./show.ts";
import { type StepSurroundings, watchOnce } from "./surroundings.ts";

/** GitHub ends everything five minutes after a cancel; what is not finished by then is journaled, and `belay recover` finishes it. */
const LONGEST_MS = 4 * 60_000;
/** After this long whatever can be interrupted is, so that there is time to journal and to start the old application. */
const UNTIL_INTERRUPTED_MS = 3.5 * 60_000;

export async function postStep(around: StepSurroundings): Promise<number> {
  const { runner } = around;
  try {
    await removeKey(around);
    const run = runner.saved("run");
    const invocation = keptInvocation(runner);
    const isUnfinished = run !== null && invocation !== null && runner.saved("ended") === null;
    if (isUnfinished) runner.print(`belay: run ${run} did not come to its end; finishing it now\n`);
    const finished = isUnfinished ? await finish(around, run, invocation) : null;
    if (isRequested(runner)) await (await import("./requested.ts")).tellInPost(around, finished);
    return finished?.status ?? 0;
  } finally {
    runner.end();
  }
}

/** A bot waits to be told, and was not. */
function isRequested(runner: StepSurroundings["runner"]): boolean {
  return runner.saved("request") !== null && runner.saved("told") === null;
}

export interface Finished {
  readonly status: number;
  /** Of main's run, for a bot; null: it had ended by itself, and how is not known here. */
  readonly result: Result | null;
}

async function finish(
  around: StepSurroundings,
  run: string,
  invocation: NonNullable<ReturnType<typeof keptInvocation>>,
): Promise<Finished> {
  const { runner, variables, cwd, now, loadPerform } = around;
  const { token, ssh } = invocationOf(runner.input);
  runner.mask(token === null ? [] : [token]);
  const context = await readContext(variables);
  using watch = watchOnce(limited(around.onInterrupt));
  const github = gitHubOf({ context, token, path: variables["PATH"], signal: watch.signal });
  const policy = await keptPolicy(runner);
  const unfinished = runner.saved("session");
  await using server = ssh === null ? null : (await import("./over-ssh.ts")).serverOf(ssh, { runner, context, unfinished });
  const carrying = carryOutInStep(around, {
    invocation: { ...invocation, command: "recover", options: { run } },
    github: policy === null ? github : { ...github, policy: () => Promise.resolve(policy) },
    onInterrupt: watch.share,
    loadPerform: server === null ? loadPerform : server.loadPerform,
  });
  const carried = await Promise.race([carrying, pause(LONGEST_MS, null, { ref: false })]);
  return await tellEnd({ runner, context, cwd }, { run, environment: invocation.environment }, carried, now());
}

/** A main that was killed has left it. */
async function removeKey({ runner, variables }: StepSurroundings): Promise<void> {
  const folder = runner.saved("ssh");
  if (folder !== null) await removeCredentials(folder, tempDirectoryOf(variables));
}

interface Unfinished {
  readonly run: string;
  readonly environment: string | null;
}

/** `carried`: null where the time is over. */
async function tellEnd(showing: Showing, of: Unfinished, carried: CarriedOut | null, at: Date): Promise<Finished> {
  const { runner } = showing;
  if (carried === null || carried.kind === "usage-error") {
    if (carried !== null) await showUsageError(runner, carried.error);
    const reason = unfinished(of, carried === null ? "the time that the end of a job has is over" : IN_ITS_WAY);
    runner.annotate({ level: "error", title: "Belay", message: `${reason.message}\n${reason.hint}` });
    const thrown = failure(reason.code, reason.message, { hint: reason.hint });
    const asked = { command: "recover", environment: of.environment };
    return { status: exitStatus("needs-attention"), result: resultOfThrown(thrown, asked, at, at, true) };
  }
  const { result } = carried;
  if (result.reasons.some(({ code }) => code === "run-not-unfinished")) {
    runner.print("belay: it is finished already, and the run that is unfinished now is not this job's\n");
    return { status: 0, result: null };
  }
  const isFinished = result.outcome !== "needs-attention" && result.outcome !== "refused";
  const environment = result.environment ?? of.environment;
  const told = isFinished ? result : { ...result, reasons: [...result.reasons, unfinished({ ...of, environment }, IN_ITS_WAY)] };
  runner.print(terminalReport(told, LOG_STYLE, false));
  await showResult(showing, told);
  // Of this recovery it is true that it changed nothing; of the run it is about it is not.
  return { status: exitStatus(told.outcome), result: isFinished ? told : { ...told, outcome: "needs-attention" } };
}

const IN_ITS_WAY = "what is said above stood in its way";

/** Nobody comes after the end of a job, so a person is told. */
function unfinished({ run, environment }: Unfinished, why: string): Reason & { readonly hint: string } {
  const hint = `finish it: \`${commandLine("recover", environment)}\``;
  return { code: "run-unfinished", message: `run ${run} could not be finished here: ${why}`, hint };
}

/** The same watch, which stops by itself before the time is over. */
function limited(onInterrupt: StepSurroundings["onInterrupt"]): StepSurroundings["onInterrupt"] {
  return (told) => {
    const watch = onInterrupt(told);
    const timer = new AbortController();
    const over = failure("interrupted", "the time that the end of a job has is nearly over");
    const alarm = setTimeout(() => timer.abort(over), UNTIL_INTERRUPTED_MS);
    return {
      signal: AbortSignal.any([watch.signal, timer.signal]),
      [Symbol.dispose]() {
        clearTimeout(alarm);
        watch[Symbol.dispose]();
      },
    };
  };
}
