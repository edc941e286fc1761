/** The end of the job: finishes a run that main was not allowed to end. Without one it does nothing. */

import { carryOut } from "../carry-out.ts";
import { failure } from "../domain/error.ts";
import { exitStatus } from "../domain/outcome.ts";
import { readContext } from "../github/context.ts";
import { gitHubOf } from "../github/github.ts";
import { invocationOf } from "../github/invocation.ts";
import { stepView } from "../report/steps.ts";
import { terminalReport } from "../report/terminal.ts";
import { keptInvocation, keptPolicy } from "./kept.ts";
import { LOG_STYLE } from "./log-style.ts";
import { showResult, showUsageError } from "./show.ts";
import { type StepSurroundings, watchOnce } from "./surroundings.ts";

/** GitHub ends everything five minutes after a cancel; what is not finished by then is journaled, and `belay recover` finishes it. */
const LONGEST_MS = 4 * 60_000;

export async function postStep(around: StepSurroundings): Promise<number> {
  const { runner } = around;
  try {
    const run = runner.saved("run");
    const invocation = keptInvocation(runner);
    if (run === null || invocation === null || runner.saved("ended") !== null) return 0;
    runner.print(`belay: run ${run} did not come to its end; finishing it now\n`);
    return await finish(around, run, invocation);
  } finally {
    runner.end();
  }
}

async function finish(around: StepSurroundings, run: string, invocation: NonNullable<ReturnType<typeof keptInvocation>>): Promise<number> {
  const { runner, variables, cwd, now, random, every, loadPerform } = around;
  const { token } = invocationOf(runner.input);
  runner.mask(token === null ? [] : [token]);
  const context = await readContext(variables);
  using watch = watchOnce(limited(around.onInterrupt));
  const github = gitHubOf({ context, token, path: variables["PATH"], signal: watch.signal });
  const policy = await keptPolicy(runner);
  const carried = await carryOut({
    invocation: { ...invocation, command: "recover", options: { run } },
    world: {
      cwd,
      variables,
      now,
      random,
      onGitHub: true,
      github: policy === null ? github : { ...github, policy: () => Promise.resolve(policy) },
      hide: runner.mask,
    },
    view: stepView(LOG_STYLE, { nowMs: around.elapsedMs, columns: () => undefined }),
    show: runner.print,
    complain: runner.print,
    every,
    onInterrupt: watch.share,
    loadPerform,
  });
  if (carried.kind === "usage-error") {
    await showUsageError(runner, carried.error);
    return 1;
  }
  const { result } = carried;
  runner.print(terminalReport(result, LOG_STYLE, false));
  await showResult({ runner, context, cwd }, result);
  return exitStatus(result.outcome);
}

/** The same watch, which stops by itself when the time is over. */
function limited(onInterrupt: StepSurroundings["onInterrupt"]): StepSurroundings["onInterrupt"] {
  return (told) => {
    const watch = onInterrupt(told);
    const timer = new AbortController();
    const over = failure("interrupted", `the ${LONGEST_MS / 60_000} minutes that the end of a job has are over`);
    const alarm = setTimeout(() => timer.abort(over), LONGEST_MS);
    return {
      signal: AbortSignal.any([watch.signal, timer.signal]),
      [Symbol.dispose]() {
        clearTimeout(alarm);
        watch[Symbol.dispose]();
      },
    };
  };
}
