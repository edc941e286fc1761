/** One command from argv to exit status, with everything outside given: reads what is asked, performs it, shows the result. */

import { COMPLETION, completionScript } from "./command/completion.ts";
import { commandHelp, generalHelp } from "./command/help.ts";
import { type Parsed, parse, type Presentation } from "./command/parse.ts";
import { commandSpec } from "./command/registry.ts";
import { BelayError, reasonOf } from "./domain/error.ts";
import type { Invocation } from "./domain/invocation.ts";
import { exitStatus, type Outcome, USAGE_EXIT_STATUS } from "./domain/outcome.ts";
import type { StepName } from "./domain/phase.ts";
import type { Progress } from "./domain/progress.ts";
import type { Result } from "./domain/result.ts";
import type { Interrupt, InterruptWatch } from "./process/signals.ts";
import { resultJson, usageJson } from "./report/json.ts";
import { interruptNotice } from "./report/interrupt.ts";
import { commandLine as typed } from "./report/page.ts";
import { safeLine } from "./report/safe-text.ts";
import { type StepView, stepView, TICK_MS } from "./report/steps.ts";
import { type Style, styleFor } from "./report/style.ts";
import { terminalReport } from "./report/terminal.ts";
import { usageReport } from "./report/usage.ts";
import { VERSION } from "./version.ts";
import type { World } from "./world.ts";

export type Perform = (invocation: Invocation, world: World) => Promise<Result>;

export interface TextStream {
  readonly isTerminal: () => boolean;
  /** Undefined where the stream does not tell. */
  readonly columns: () => number | undefined;
  /** Never throws. */
  write(text: string): void;
}

export interface Surroundings {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly cwd: () => string;
  readonly now: () => Date;
  readonly random: (bytes: number) => Uint8Array;
  /** Milliseconds of a clock that only goes forward. */
  readonly elapsedMs: () => number;
  /** Calls again and again until disposed of; keeps nothing alive. */
  readonly every: (ms: number, work: () => void) => Disposable;
  readonly onInterrupt: (told: (interrupt: Interrupt) => void) => InterruptWatch;
  /** Called only when there is something to do: help and usage errors load neither configuration nor database. */
  readonly loadPerform: () => Promise<Perform>;
  /** The names of the environments in a configuration file (null: where it usually lies), for completion. */
  readonly environmentNames: (file: string | null) => Promise<readonly string[]>;
}

/** Does what argv (without the program's name) asks, and gives the exit status. Does not throw for what the command meets. */
export async function commandLine(argv: readonly string[], around: Surroundings): Promise<number> {
  const parsed = parse(argv);
  switch (parsed.kind) {
    case "help":
      around.stdout.write(helpOf(parsed.command));
      return 0;
    case "version":
      around.stdout.write(`belay ${VERSION}\n`);
      return 0;
    case "completion":
      around.stdout.write(completionScript(parsed.shell));
      return 0;
    case "environment-names":
      around.stdout.write(
        (await around.environmentNames(parsed.config))
          .filter(isOneLine)
          .map((name) => `${name}\n`)
          .join(""),
      );
      return 0;
    case "usage-error":
      return showUsageError(around, parsed.error, parsed.command, parsed.presentation);
    case "run":
      return await run(around, parsed);
  }
}

/** What a terminal would show as it is. */
function isOneLine(name: string): boolean {
  return name !== "" && safeLine(name) === name;
}

function helpOf(command: Extract<Parsed, { kind: "help" }>["command"]): string {
  if (command === COMPLETION.name) return commandHelp(COMPLETION);
  const spec = command === null ? undefined : commandSpec(command);
  return spec?.available === true ? commandHelp(spec) : generalHelp(VERSION);
}

async function run(around: Surroundings, { invocation, presentation }: Extract<Parsed, { kind: "run" }>): Promise<number> {
  const progress = watchProgress(around, presentation);
  const startedAt = around.now();
  try {
    const result = await perform(around, invocation, progress);
    progress.finish();
    return showResult(around, result, presentation);
  } catch (thrown) {
    progress.finish();
    tellStack(around, thrown);
    if (thrown instanceof BelayError && thrown.kind === "usage") return showUsageError(around, thrown, invocation.command, presentation);
    return showResult(around, resultOfThrown(thrown, invocation, startedAt, around.now(), progress.effectBegan()), presentation);
  }
}

async function perform(around: Surroundings, invocation: Invocation, progress: WatchedProgress): Promise<Result> {
  const { cwd, variables, now, random } = around;
  const { environment } = invocation;
  const watch = around.onInterrupt(({ signal, repeated }) => {
    const message = interruptNotice({ signal, repeated, environment, effectBegan: progress.effectBegan() });
    progress.tell({ type: "notice", message });
  });
  try {
    const performIt = await around.loadPerform();
    const onGitHub = variables["GITHUB_ACTIONS"] === "true";
    return await performIt(invocation, {
      cwd: cwd(),
      variables,
      now,
      random,
      progress: progress.tell,
      signal: watch.signal,
      belayVersion: VERSION,
      onGitHub,
      github: null,
      hide: () => undefined,
    });
  } finally {
    watch[Symbol.dispose](); // not `using`: a Node too old for it must still get as far as saying so
  }
}

interface WatchedProgress {
  readonly tell: Progress;
  readonly finish: () => void;
  /** Something outside Belay may have been touched. */
  readonly effectBegan: () => boolean;
}

const WITHOUT_EFFECT: readonly StepName[] = ["preflight", "checks-before"];

/** Shows progress as it comes. What goes wrong in showing ends the showing, never the run. */
function watchProgress(around: Surroundings, presentation: Presentation): WatchedProgress {
  const out = presentation.json ? around.stderr : around.stdout;
  const watching = { nowMs: around.elapsedMs, columns: out.columns };
  let view: StepView | null = presentation.quiet ? null : stepView(styleOf(around, out, presentation), watching);
  let ticking: Disposable | null = null;
  let effect = false;
  const write = (text: (shown: StepView) => string) => {
    try {
      if (view !== null) out.write(text(view));
    } catch (thrown) {
      view = null;
      around.stderr.write(`belay: showing the progress went wrong, the run goes on: ${reasonOf(thrown).message}\n`);
    }
  };
  return {
    tell(event) {
      if (event.type === "step-began") {
        effect ||= !WITHOUT_EFFECT.includes(event.step);
        if (view !== null) ticking ??= around.every(TICK_MS, () => write((shown) => shown.tick()));
      }
      write((shown) => shown.show(event));
    },
    finish() {
      ticking?.[Symbol.dispose]();
      write((shown) => shown.finish());
    },
    effectBegan: () => effect,
  };
}

function showResult(around: Surroundings, result: Result, presentation: Presentation): number {
  const { stdout } = around;
  stdout.write(presentation.json ? resultJson(result) : terminalReport(result, styleOf(around, stdout, presentation), presentation.quiet));
  return exitStatus(result.outcome);
}

function showUsageError(around: Surroundings, error: BelayError, command: string | null, presentation: Presentation): number {
  if (presentation.json) around.stdout.write(usageJson(VERSION, command, error));
  else around.stderr.write(usageReport(error, styleOf(around, around.stderr, presentation)));
  return USAGE_EXIT_STATUS;
}

/** What `perform` should have made a result of and did not: told as what it is, with the exit status of how far the run had come. */
function resultOfThrown(thrown: unknown, invocation: Invocation, startedAt: Date, endedAt: Date, effectBegan: boolean): Result {
  const reason = reasonOf(thrown);
  const recover = `look where it stands: ${typed("status", invocation.environment)}, then ${typed("recover", invocation.environment)}`;
  return {
    belay: VERSION,
    run: null,
    command: invocation.command,
    environment: invocation.environment,
    outcome: outcomeOfThrown(thrown, effectBegan),
    digest: null,
    startedAt: startedAt.toISOString(),
    durationMs: endedAt.getTime() - startedAt.getTime(),
    reasons: effectBegan
      ? [reason, { code: "state-unknown", message: "the run broke off after its first effect", hint: recover }]
      : [reason],
    targets: [],
  };
}

function outcomeOfThrown(thrown: unknown, effectBegan: boolean): Outcome {
  if (effectBegan) return "needs-attention";
  if (!(thrown instanceof BelayError)) return "failed";
  return thrown.code === "interrupted" ? "interrupted" : "refused";
}

/** A stack is for those who look for a defect, and for nobody else. */
function tellStack({ stderr, variables }: Surroundings, thrown: unknown): void {
  if (variables["BELAY_DEBUG"] !== "1") return;
  for (let error = thrown; error instanceof Error; error = error.cause) stderr.write(`${error.stack ?? error.message}\n`);
}

function styleOf(around: Surroundings, stream: TextStream, presentation: Presentation): Style {
  return styleFor(presentation.color, around.variables, { isTerminal: stream.isTerminal(), columns: stream.columns() });
}
