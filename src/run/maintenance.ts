/**
 * The page that people see while the application is stopped: up before it stops, gone once it runs again, whichever version. Whether it is
 * up is told by the journal, so that a recovery knows it, too.
 */

import { BelayError } from "../domain/error.ts";
import { runAppCommand } from "./application.ts";
import { throwIfInterrupted, type Run } from "./run.ts";

/** The page first, so that nobody meets an application that is going. Throws `maintenance-on-failed` and `stop-failed`. */
export async function stopApplication(run: Run): Promise<void> {
  await beginMaintenance(run, { interruptible: true });
  throwIfInterrupted(run.ports);
  await runAppCommand(run, "stop", { interruptible: true });
}

/** Nothing where it is up already. */
export async function beginMaintenance(run: Run, options: { readonly interruptible: boolean }): Promise<void> {
  if (!pageIsUp(run)) await runAppCommand(run, "maintenance-on", options);
}

/** To be called once the application runs. A page that does not go is no reason to touch data or application again: it is told, for a person. */
export async function endMaintenance(run: Run): Promise<readonly BelayError[]> {
  if (!pageIsUp(run)) return [];
  try {
    await runAppCommand(run, "maintenance-off", { interruptible: false });
    return [];
  } catch (error) {
    if (error instanceof BelayError && error.code === "maintenance-off-failed") return [error];
    throw error;
  }
}

/** Somebody began to show it, and nobody took it away since. */
export function pageIsUp({ journal: { entries }, part }: Run): boolean {
  const isOwn = (target: string | null) => part === null || target === part.target.name;
  const shown = entries.findLastIndex((entry) => entry.type === "step-began" && entry.step === "maintenance-on" && isOwn(entry.target));
  const gone = entries.findLastIndex(
    (entry) => entry.type === "step-ended" && entry.step === "maintenance-off" && entry.outcome !== "failed" && isOwn(entry.target),
  );
  return shown > gone;
}
