/** This process as a step's surroundings. */

import { openRunner } from "../github/runner.ts";
import { THIS_MACHINE } from "../process/this-machine.ts";
import type { StepSurroundings } from "./surroundings.ts";

export function stepOfThisProcess(): StepSurroundings {
  return {
    runner: openRunner(process.env, (text) => process.stdout.write(text)),
    variables: process.env,
    cwd: process.cwd(),
    ...THIS_MACHINE,
    loadPerform: async () => (await import("../wire.ts")).perform,
  };
}
