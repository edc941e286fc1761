/**
 * A program whose standard input and output are streams of bytes: behind the same gate and in a group of its own as every other. A pipe
 * loses exit codes, so none is trusted here: the end of a program's output is passed on only once the program has ended well, and the end
 * of its input only once whoever made that input did. A reader that commits at the end of its input never commits half of it.
 */

import type { Writable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import type { StartedProcess } from "../domain/started-process.ts";
import { CapturedOutput } from "./captured-output.ts";
import { launchGated, passGate, type Waiting } from "./gated-child.ts";
import { endOwnGroup } from "./process-group.ts";

export type Bytes = AsyncIterable<Uint8Array>;

export interface ProgramRequest {
  /** The program's absolute path, and its arguments. */
  readonly argv: readonly string[];
  readonly directory: string;
  /** Its whole environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** What it is for, in records. */
  readonly role: string;
  /** Its standard input; absent: empty. */
  readonly input?: Bytes;
  /** Ends the whole process group. */
  readonly signal?: AbortSignal;
  /** Told the process group before the program does anything. */
  readonly record?: ((started: StartedProcess) => Promise<void>) | undefined;
  /** What is thrown where it ends otherwise than with status 0. */
  readonly failed: (end: ProgramEnd) => Error;
}

export interface ProgramEnd {
  readonly status: number | null;
  readonly signal: string | null;
  readonly aborted: boolean;
  /** The last 64 kB of its standard error. */
  readonly stderr: string;
}

/** How long standard error may stay open after the end: somebody else's then. */
const LAST_WORDS_MS = 1_000;

/**
 * Starts a program; its output, which has to be read, and read to the end, for the program to be known to have ended well. Nobody of its
 * group is left when the reading ends, however it does. Throws what `failed` makes of a bad end, and what `input` throws.
 */
export async function* runProgram(request: ProgramRequest): Bytes {
  const child = await launchGated(request.argv, { ...request, withInput: request.input !== undefined });
  const lastWords = new CapturedOutput(() => undefined);
  const [output, errors] = child.pipes;
  errors.reader.on("data", (bytes: Buffer) => lastWords.add("stderr", bytes)).on("error", () => undefined);
  const lastWord = new Promise<void>((resolve) => errors.reader.once("close", () => resolve())); // it may come before the end of the output
  const endOf = async (aborted: boolean): Promise<ProgramEnd> => ({ ...(await child.exited), aborted, stderr: lastWords.tail });
  if (!(await passGate(child, request))) throw request.failed(await endOf(true));

  const running = new RunningProgram(child, request);
  const feeding = request.input === undefined || child.input === null ? null : running.feed(request.input, child.input);
  feeding?.catch(() => undefined); // it is heard below, once the output has ended
  try {
    yield* output.reader as Bytes;
    const { status } = await child.exited;
    await Promise.race([lastWord, pause(LAST_WORDS_MS, undefined, { ref: false })]);
    await feeding; // a source that failed ended the program: what the source says is the reason
    if (status !== 0 || running.aborted) throw request.failed(await endOf(running.aborted));
  } finally {
    await running[Symbol.asyncDispose]();
    await feeding?.catch(() => undefined);
  }
}

/** Runs a program whose output is of no interest. */
export async function finishProgram(request: ProgramRequest): Promise<void> {
  for await (const _ of runProgram(request));
}

class RunningProgram implements AsyncDisposable {
  aborted = false;
  readonly #child: Waiting;
  readonly #request: ProgramRequest;
  #exited = false;
  #ending: Promise<void> | null = null;
  #wake: () => void = () => undefined;
  readonly #abort = () => {
    this.aborted = true;
    void this.#end();
  };

  constructor(child: Waiting, request: ProgramRequest) {
    this.#child = child;
    this.#request = request;
    void child.exited.then(() => {
      this.#exited = true;
      this.#wake();
    });
    request.signal?.addEventListener("abort", this.#abort);
    if (request.signal?.aborted === true) this.#abort();
  }

  /**
   * Hands the source on, as fast as it is taken. A program that ends well before it has read everything needs no more, and the rest is
   * read all the same: whoever checks the source sees all of it.
   */
  async feed(source: Bytes, input: Writable): Promise<void> {
    let deaf = false;
    const goDeaf = () => {
      deaf = true;
      this.#wake();
    };
    input
      .on("error", goDeaf)
      .on("close", goDeaf)
      .on("drain", () => this.#wake());
    try {
      for await (const chunk of source) {
        if (!deaf && !this.#exited) {
          if (!input.write(chunk)) await new Promise<void>((resolve) => (this.#wake = resolve));
        } else if ((await this.#child.exited).status !== 0) {
          return; // its own end says why
        }
      }
    } catch (error) {
      await this.#end(); // before its input ends, or it would take that for the end of everything
      throw error;
    }
    input.end();
  }

  #end(): Promise<void> {
    this.#ending ??= this.#exited ? Promise.resolve() : endOwnGroup(this.#child.pid, this.#request.role);
    return this.#ending;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#request.signal?.removeEventListener("abort", this.#abort);
    await this.#end();
    for (const { reader } of this.#child.pipes) reader.destroy();
    this.#child.input?.destroy();
  }
}
