/** The application runs again on the data as they were before the run. */

import type { BelayError } from "../domain/error.ts";
import { runAppCommand } from "./application.ts";
import { endMaintenance, pageIsUp } from "./maintenance.ts";
import { migratedForward } from "./migrated-forward.ts";
import { note, type Run } from "./run.ts";

/** Throws where it does not start. What is wrong although it runs is given back: only a person can mend that. */
export async function restart(run: Run, name: "start" | "previous"): Promise<readonly BelayError[]> {
  try {
    await runAppCommand(run, name, { interruptible: false });
  } catch (error) {
    if (pageIsUp(run)) for (const target of run.targets) note(target, ["the maintenance page stays, because the application does not run"]);
    throw error;
  }
  return [...(await endMaintenance(run)), ...(name === "previous" ? await migratedForward(run) : [])];
}
