/** Running a program and knowing what it took. */

import { spawn } from "node:child_process";

export interface Taken {
  readonly wallMs: number;
  /** Of the program and everything that it started and waited for. */
  readonly cpuMs: number;
}

export interface Ran extends Taken {
  readonly stdout: string;
}

export interface Surroundings {
  readonly directory: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** Standard input, all of it. */
  readonly input?: string;
  /** Called with the process as soon as it runs. */
  readonly started?: (pid: number) => void;
}

/** The shell knows what its children took: `times` prints minutes and seconds, its own and then theirs, user and system. */
const WITH_TIMES = '"$@"; status=$?; times >&3; exit $status';

/** Runs a program to its end. Throws when that is not a good one. */
export async function run(argv: readonly string[], { directory, variables = {}, input, started }: Surroundings): Promise<Ran> {
  const began = performance.now();
  const child = spawn("sh", ["-c", WITH_TIMES, "sh", ...argv], {
    cwd: directory,
    env: { PATH: process.env["PATH"] ?? "", HOME: directory, LANG: "C.UTF-8", ...variables },
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe", "pipe"],
  });
  if (child.pid !== undefined) started?.(child.pid);
  const said = ["", "", ""];
  const [, stdout, stderr, times] = child.stdio;
  for (const [at, stream] of [stdout, stderr, times].entries()) {
    if (stream !== null && stream !== undefined && "read" in stream)
      stream.setEncoding("utf8").on("data", (text: string) => (said[at] += text));
  }
  child.stdin?.end(input);
  const status = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (status !== 0) throw new Error(`${argv.join(" ")} ended with ${status}:\n${said[1]}${said[0]}`);
  return { wallMs: performance.now() - began, cpuMs: cpuMsOf(said[2] ?? ""), stdout: said[0] ?? "" };
}

function cpuMsOf(times: string): number {
  const [, children = ""] = times.trim().split("\n");
  return children
    .split(" ")
    .map((text) => /^(\d+)m([\d.]+)s$/.exec(text))
    .reduce((total, found) => total + (Number(found?.[1]) * 60 + Number(found?.[2])) * 1000, 0);
}

/** Several programs one after the other, as one. */
export function together(parts: readonly Taken[]): Taken {
  return { wallMs: parts.reduce((sum, part) => sum + part.wallMs, 0), cpuMs: parts.reduce((sum, part) => sum + part.cpuMs, 0) };
}
