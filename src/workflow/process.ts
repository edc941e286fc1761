/** This process as a step's surroundings. */

import { openRunner } from "../github/runner.ts";
import { onInterrupt } from "../process/signals.ts";
import type { StepSurroundings } from "./surroundings.ts";

export function stepOfThisProcess(): StepSurroundings {
  return {
    runner: openRunner(process.env, (text) => process.stdout.write(text)),
    variables: process.env,
    cwd: process.cwd(),
    now: () => new Date(),
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    elapsedMs: () => performance.now(),
    every(ms, work) {
      const timer = setInterval(work, ms).unref();
      return { [Symbol.dispose]: () => clearInterval(timer) };
    },
    onInterrupt,
    loadPerform: async () => (await import("../wire.ts")).perform,
  };
}
