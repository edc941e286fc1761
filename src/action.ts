/** The entry of the action: gives the process to `mainStep` and sets the exit status. */

import { mainStep } from "./workflow/main.ts";
import { stepOfThisProcess } from "./workflow/process.ts";

process.exitCode = await mainStep(stepOfThisProcess());
