/** What somebody who presses Ctrl-C is told: what stops, what is undone, and how to see afterwards where things stand. */

import { commandLine } from "./page.ts";

export interface InterruptFacts {
  /** `SIGINT`, `SIGTERM`, `SIGHUP`. */
  readonly signal: string;
  /** Not the first one. */
  readonly repeated: boolean;
  readonly environment: string | null;
  /** Something outside Belay may have been touched. */
  readonly effectBegan: boolean;
}

export function interruptNotice({ signal, repeated, environment, effectBegan }: InterruptFacts): string {
  const command = (name: string) => `\`${commandLine(name, environment)}\``;
  if (!effectBegan) return `${signal}: stopping. Nothing was changed.`;
  return repeated
    ? `${signal} again: already undoing, which is not cut short. If Belay is killed now, ${command("recover")} finishes it.`
    : `${signal}: stopping what runs, then undoing what was begun. Please wait. ${command("status")} shows afterwards where it stands.`;
}
