/** An example as somebody gets it: its folder copied, its own scripts run, Belay started there. */

import { execFileSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";

import { Workplace } from "./workplace.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples");

export class Example extends Workplace {
  constructor(name: string) {
    super();
    cpSync(join(EXAMPLES, name), this.directory, { recursive: true });
  }

  /** Runs a program of the example's and gives what it printed; throws where it fails. */
  do(program: string, ...args: readonly string[]): string {
    return execFileSync(program, args, {
      cwd: this.directory,
      env: { PATH: process.env["PATH"] ?? "", HOME: this.directory, LANG: "C.UTF-8", ...this.variables },
      encoding: "utf8",
    });
  }

  /** What differs from the example as it is committed. */
  change(file: string, from: string | RegExp, to: string): void {
    const text = this.read(file);
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`${file} has no ${String(from)}`);
    this.write(file, changed);
  }
}
