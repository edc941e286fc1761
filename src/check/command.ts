/** Checks by a program: its exit status, and where asked for its output. */

import type { CommandCheck } from "../domain/check.ts";
import { BelayError } from "../domain/error.ts";
import type { CommandEnd } from "../process/process.ts";
import { spawn } from "../process/spawn.ts";
import type { CheckContext, CheckReport } from "./check.ts";
import { meets, meetsPrinted, type Judgement } from "./expect.ts";
import { recordText, shortened } from "./recorded.ts";

/** Runs the program; one that cannot be started, or takes too long, is a failed check that says so. */
export async function runCommandCheck(check: CommandCheck, context: CheckContext): Promise<CheckReport> {
  return { result: { name: check.name, phase: context.phase, ...(await judge(check, context)) }, recorded: null };
}

async function judge(check: CommandCheck, { directory, variables, signal, record }: CheckContext): Promise<Judgement> {
  const expected = expectedOf(check);
  let end: CommandEnd;
  try {
    end = await spawn({
      command: check.command,
      directory,
      variables,
      timeoutMs: check.timeoutMs,
      role: "check",
      signal,
      ...(record === undefined ? {} : { record }),
    });
  } catch (error) {
    if (error instanceof BelayError && START_FAILURES.has(error.code)) return { passed: false, expected, actual: error.message };
    throw error;
  }
  if (end.aborted) signal.throwIfAborted();
  if (end.timedOut) return { passed: false, expected, actual: `no end within ${check.timeoutMs / 1000} s${lastWords(end)}` };
  if (end.status === null) return { passed: false, expected, actual: `ended by ${end.signal ?? "a signal"}${lastWords(end)}` };
  if (end.status !== check.expect.status) return { passed: false, expected, actual: `exit status ${end.status}${lastWords(end)}` };
  const { output } = check.expect;
  if (output === null) return { passed: true, expected, actual: `exit status ${end.status}` };
  if (end.truncated) return { passed: false, expected, actual: "more than 1 MiB of output, which cannot be judged as a whole" };
  return { ...judgeOutput(end, output), expected };
}

/** Failures to start that a check itself can report; recording the process is not among them. */
const START_FAILURES = new Set(["command-not-found", "command-not-executable", "command-not-started", "directory-missing"]);

/** Its standard output, without the line end that every program adds. */
function judgeOutput({ stdout }: CommandEnd, output: NonNullable<CommandCheck["expect"]["output"]>): Judgement {
  return meetsPrinted(output, stdout, stdout.replace(/\r?\n$/, ""));
}

function expectedOf({ expect: { status, output } }: CommandCheck): string {
  const ending = `exit status ${status}`;
  return output === null ? ending : `${ending} and output ${meets(output, recordText(""), null).expected}`;
}

function lastWords({ tail }: CommandEnd): string {
  const line = tail.trimEnd().split("\n").at(-1)?.trim() ?? "";
  return line === "" ? "" : `: ${shortened(line, 200)}`;
}
