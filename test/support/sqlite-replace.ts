/**
 * Belay at the moment of a replacement, in a process of its own that dies there: just before or just after its Nth change of the file
 * system (`at`), or whenever the test kills it (`at` is absent). Prints `changes <n>` when it got through.
 */

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import fsPromises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

import { BelayError } from "../../src/domain/error.ts";
import type { Target } from "../../src/domain/target.ts";
import type { ReplacementIntent } from "../../src/engine/hold.ts";

interface Orders {
  readonly target: Target;
  readonly intent: ReplacementIntent;
  readonly at?: number;
  /** Lets another process open the target once it was looked at, keep it, and write its pid here. */
  readonly intruder?: string;
}

const { target, intent, at, intruder } = JSON.parse(process.argv[2] ?? "{}") as Orders;
let moments = 0;

function die(): void {
  if (++moments === at) process.kill(process.pid, "SIGKILL");
}

function dieAround<Given extends unknown[], Result>(act: (...given: Given) => Result): (...given: Given) => Result {
  return (...given) => {
    die();
    const result = act(...given);
    if (result instanceof Promise) return result.finally(die) as Result;
    die();
    return result;
  };
}

/** The second name of the replaced database is made after the first look for holders, and only once before the rename. */
function letIntruderIn(pidFile: string): void {
  const link = fs.linkSync;
  let came = false;
  fs.linkSync = (from, to) => {
    if (!came) execFileSync("sh", ["-c", 'exec 3<"$0"; sleep 60 >/dev/null 2>&1 </dev/null & echo $! > "$1"', target.address, pidFile]);
    came = true;
    link(from, to);
  };
}

const { sqliteEngine } = await import("../../src/engine/sqlite/engine.ts");
for (const name of ["linkSync", "renameSync", "fsyncSync"] as const)
  Object.assign(fs, { [name]: dieAround(fs[name] as (...given: unknown[]) => unknown) });
for (const name of ["rename", "rm", "chmod"] as const)
  Object.assign(fsPromises, { [name]: dieAround(fsPromises[name] as (...given: unknown[]) => unknown) });
Object.assign(fs, { rmSync: dieAround(fs.rmSync) });
if (intruder !== undefined) letIntruderIn(intruder);
syncBuiltinESMExports();

await using hold = await sqliteEngine.hold(target, 5_000);
process.stdout.write("ready\n");
try {
  await hold.replace(intent);
} catch (error) {
  if (intruder === undefined || !(error instanceof BelayError) || error.code !== "target-busy") throw error;
}
process.stdout.write(`changes ${moments}\n`);
