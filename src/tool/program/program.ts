/** What a tool that is a program of its own works with, and running one of its command lines. */

import type { CommandLine } from "../../domain/command.ts";
import { failure, type BelayError } from "../../domain/error.ts";
import type { StartedProcess } from "../../domain/started-process.ts";
import { describeCommand } from "../../process/describe-command.ts";
import type { CommandEnd, SpawnRequest } from "../../process/process.ts";
import { stopIfAborted } from "../stop.ts";
import { runVariables } from "../target-variables.ts";
import type { ApplyRequest } from "../tool.ts";
import { meaningOf, type Meaning } from "./meanings.ts";
import { plainText } from "./plain-text.ts";
import { tellingLines } from "./telling-lines.ts";

export interface Program {
  /** What every command line is put behind, for a tool that lives elsewhere: `docker`, `run`, …; null: nothing. */
  readonly run: readonly [string, ...string[]] | null;
  /** Where it starts; absolute. */
  readonly directory: string;
  /** Its whole environment, the target's address in it. */
  readonly variables: Readonly<Record<string, string>>;
  readonly spawn: (request: SpawnRequest) => Promise<CommandEnd>;
  /** Hides secrets in what it said, before that is quoted. */
  readonly redact: (text: string) => string;
}

/** Who follows a command that changes something. */
export interface Followed {
  readonly output: (stream: "stdout" | "stderr", text: string) => void;
  readonly signal: AbortSignal;
  readonly recordProcess: (started: StartedProcess) => Promise<void>;
}

export interface Order {
  /** What it is for, as a message begins: `applying 0003`. */
  readonly act: string;
  /** The migration that it is about; null: none alone. */
  readonly migration: string | null;
  readonly command: CommandLine;
  /** null: as long as the run lets it, whose signal ends it. */
  readonly timeoutMs: number | null;
  /** What this tool's own words mean; looked at before what usually stands behind a failure. */
  readonly meanings?: readonly Meaning[];
}

const NO_LIMIT_MS = Number.MAX_SAFE_INTEGER;

/** Told what every command of the run is told; its sessions are told from strangers' by the run's name. */
export function ofRun<T extends Pick<Program, "variables">>(program: T, { run, told = {} }: Pick<ApplyRequest, "run" | "told">): T {
  return { ...program, variables: { ...program.variables, ...told, ...runVariables(run) } };
}

/** However it ends, but for an abort: throws `interrupted` and `timeout`. */
export async function startProgram(program: Program, { command, timeoutMs }: Order, followed: Followed | null): Promise<CommandEnd> {
  const end = await program.spawn({
    command: behind(program.run, command),
    directory: program.directory,
    variables: program.variables,
    timeoutMs: timeoutMs ?? NO_LIMIT_MS,
    role: "migrate",
    ...(followed === null ? {} : { output: followed.output, signal: followed.signal, record: followed.recordProcess }),
  });
  if (end.aborted && followed !== null) stopIfAborted(followed.signal);
  return end;
}

/**
 * Runs a command to a good end. Throws `interrupted` and `timeout`; `tool-timeout`, `tool-failed`, `database-locked` and what the
 * tool's own meanings name, with what it said.
 */
export async function runProgram(program: Program, order: Order, followed: Followed | null): Promise<CommandEnd> {
  const end = await startProgram(program, order, followed);
  if (end.status === 0) return end;
  throw failedOrder(program, order, end);
}

/** Why an order came to no good end, in the words of what it said. */
export function failedOrder(program: Program, order: Order, end: CommandEnd): BelayError {
  const { act, command, timeoutMs, meanings = [] } = order;
  const meaning = meaningOf(plainText(end.tail), meanings);
  const code = end.timedOut ? "tool-timeout" : (meaning?.code ?? "tool-failed");
  return programFailure(
    code,
    `${act}: ${howItEnded(end, timeoutMs)} of ${shortened(describeCommand(command))}`,
    program,
    order,
    end,
    meaning?.hint,
  );
}

/** An error with what the command said that tells most. */
export function programFailure(
  code: string,
  message: string,
  { redact, directory }: Pick<Program, "redact" | "directory">,
  { migration }: Pick<Order, "migration">,
  end: Pick<CommandEnd, "tail">,
  hint?: string,
): BelayError {
  const said = tellingLines(redact(plainText(end.tail)));
  return failure(code, said === "" ? `${message}; it said nothing` : `${message}\n${said}`, {
    hint: hint ?? `try it by hand in ${directory}`,
    ...(migration === null ? {} : { facts: { migration } }),
  });
}

/** A script that is handed over as an argument tells nobody anything. */
function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 120)} …` : text;
}

function howItEnded(end: CommandEnd, timeoutMs: number | null): string {
  if (end.timedOut) return `no end within ${(timeoutMs ?? 0) / 1000} s`;
  return end.status === null ? `ended by ${end.signal ?? "a signal"}` : `exit status ${end.status}`;
}

function behind(run: Program["run"], command: CommandLine): CommandLine {
  if (run === null) return command;
  return { argv: [...run, ...("shell" in command ? ["sh", "-e", "-c", command.shell] : command.argv)] };
}
