/** A folder with belay.yml, migrations and an application that writes down what it is told; and Belay, as it is started there. */

import { spawn as startProcess } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import type { Result } from "../../src/domain/result.ts";

/** What is committed; BELAY_DIST names another build while somebody works on it. */
export const CLI = join(process.env["BELAY_DIST"] ?? join(import.meta.dirname, "../../dist"), "cli.js");

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
}

export class Workplace {
  readonly directory = mkdtempSync(join(tmpdir(), "belay-project-"));
  /** What Belay and the application's commands find in their environment, besides what everybody has. */
  readonly variables: Readonly<Record<string, string>> = {};

  /** Writes a file below the project; a `#!` at its start makes it a program. */
  write(name: string, content: string): string {
    const path = join(this.directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    if (content.startsWith("#!")) chmodSync(path, 0o755);
    return path;
  }

  read(name: string): string {
    return readFileSync(join(this.directory, name), "utf8");
  }

  exists(name: string): boolean {
    return existsSync(join(this.directory, name));
  }

  files(name = "."): string[] {
    return readdirSync(join(this.directory, name)).sort();
  }

  /** belay.yml from the inside of `prod`, indented by four. */
  configure(prod: string): void {
    this.write("belay.yml", `environments:\n  prod:\n${prod.trimEnd().replace(/^/gm, "    ")}\n`);
  }

  migration(name: string, sql: string): void {
    this.write(join("migrations", name), sql);
  }

  /** What the application's commands wrote down, one word each: `stop`, `start`, `previous`. */
  applicationLog(): string[] {
    return this.exists("app.log") ? this.read("app.log").trim().split("\n").filter(Boolean) : [];
  }

  /** Starts Belay. `program`: Node by another name, or with something before it; `detached`: as the head of a process group of its own. */
  start(
    args: readonly string[],
    options: { readonly env?: Readonly<Record<string, string>>; readonly program?: readonly string[]; readonly detached?: boolean } = {},
  ): Running {
    const [program = process.execPath, ...before] = options.program ?? [process.execPath];
    const child = startProcess(program, [...before, CLI, ...args], {
      cwd: this.directory,
      env: { PATH: process.env["PATH"] ?? "", HOME: this.directory, LANG: "C.UTF-8", ...this.variables, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: options.detached === true,
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (status, signal) => resolve({ status, signal, stdout, stderr }));
    });
    return { pid: child.pid ?? -1, ended, kill: (signal) => child.kill(signal) };
  }

  run(...args: string[]): Promise<Ended> {
    return this.start(args).ended;
  }

  /** The same with `--json`: the result, and the exit status beside it. */
  async json(...args: string[]): Promise<{ readonly status: number | null; readonly result: Result; readonly stderr: string }> {
    const { status, stdout, stderr } = await this.run(...args, "--json");
    return { status, result: JSON.parse(stdout) as Result, stderr };
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** `app:` block whose commands write their name (and the commit) into app.log. */
export const APPLICATION = `app:
  stop: echo stop >> app.log
  start: echo start >> app.log
  previous: echo previous >> app.log
`;
