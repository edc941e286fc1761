/** The entry at the end of the job: gives the process to `postStep` and sets the exit status. */

import { postStep } from "./workflow/post.ts";
import { stepOfThisProcess } from "./workflow/process.ts";

const status = await postStep(stepOfThisProcess());
if (status !== 0) process.exitCode = status;
