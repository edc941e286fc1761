import { messageOf } from "../domain/error.ts";
import type { Runner } from "../github/runner.ts";

/** null, and a notice, where it does not work. */
export async function attempt<T>(runner: Runner, what: string, work: () => T | Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    runner.annotate({ level: "notice", title: "Belay", message: `${what} could not be written: ${messageOf(error)}` });
    return null;
  }
}
