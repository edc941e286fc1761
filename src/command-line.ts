/** One command from argv to exit status, with everything outside given: reads what is asked, performs it, shows the result. */

import { carryOut, type Perform } from "./carry-out.ts";
import { AUDIT } from "./command/audit.ts";
import { COMPLETION, completionScript } from "./command/completion.ts";
import { commandHelp, generalHelp } from "./command/help.ts";
import { type Parsed, parse, type Presentation } from "./command/parse.ts";
import { commandSpec } from "./command/registry.ts";
import type { AuditVerdict } from "./domain/audit-verdict.ts";
import { BelayError } from "./domain/error.ts";
import { exitStatus, USAGE_EXIT_STATUS } from "./domain/outcome.ts";
import type { Result } from "./domain/result.ts";
import type { Interrupt, InterruptWatch } from "./process/signals.ts";
import { auditJson, auditText } from "./report/audit.ts";
import { resultJson, usageJson } from "./report/json.ts";
import { safeLine } from "./report/safe-text.ts";
import { stepView } from "./report/steps.ts";
import { type Style, styleFor } from "./report/style.ts";
import { terminalReport } from "./report/terminal.ts";
import { usageReport } from "./report/usage.ts";
import { VERSION } from "./version.ts";

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
  /** Goes through the record of the bot's store; each of these hashes must be in it. */
  readonly verifyAudit: (heads: readonly string[]) => Promise<AuditVerdict>;
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
    case "audit":
      return await audit(around, parsed);
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
  const own = [COMPLETION, AUDIT].find(({ name }) => name === command);
  if (own !== undefined) return commandHelp(own);
  const spec = command === null ? undefined : commandSpec(command);
  return spec?.available === true ? commandHelp(spec) : generalHelp(VERSION);
}

async function run(around: Surroundings, { invocation, presentation }: Extract<Parsed, { kind: "run" }>): Promise<number> {
  const { stderr, cwd, variables, now, random, every, onInterrupt, loadPerform } = around;
  const out = presentation.json ? stderr : around.stdout;
  const watching = { nowMs: around.elapsedMs, columns: out.columns };
  const carried = await carryOut({
    invocation,
    world: {
      cwd: cwd(),
      variables,
      now,
      random,
      onGitHub: variables["GITHUB_ACTIONS"] === "true",
      github: null,
      hide: () => undefined,
    },
    view: presentation.quiet ? null : stepView(styleOf(around, out, presentation), watching),
    show: (text) => out.write(text),
    complain: (text) => stderr.write(text),
    every,
    onInterrupt,
    loadPerform,
  });
  return carried.kind === "result"
    ? showResult(around, carried.result, presentation)
    : showUsageError(around, carried.error, invocation.command, presentation);
}

async function audit(around: Surroundings, { heads, presentation }: Extract<Parsed, { kind: "audit" }>): Promise<number> {
  const { stdout, verifyAudit } = around;
  try {
    const verdict = await verifyAudit(heads);
    stdout.write(presentation.json ? auditJson(VERSION, verdict) : auditText(verdict));
    return exitStatus(verdict.kind === "whole" ? "verified" : "checks-failed");
  } catch (error) {
    if (!(error instanceof BelayError)) throw error;
    const status = showUsageError(around, error, AUDIT.name, presentation);
    return error.kind === "usage" ? status : exitStatus("failed");
  }
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

function styleOf(around: Surroundings, stream: TextStream, presentation: Presentation): Style {
  return styleFor(presentation.color, around.variables, { isTerminal: stream.isTerminal(), columns: stream.columns() });
}
