/** The commands of Belay, as data, in the order in which help lists them. */

import { COMMANDS } from "../domain/invocation.ts";
import { backup, init, migrate, prune, recover, restore, rollback } from "./changing.ts";
import { backups, doctor, gate, plan, runs, status, verify } from "./looking.ts";
import type { AvailableCommand, CommandSpec, LaterCommand } from "./spec.ts";

const AVAILABLE: readonly AvailableCommand[] = [
  init,
  doctor,
  status,
  plan,
  migrate,
  gate,
  backup,
  verify,
  runs,
  backups,
  rollback,
  recover,
  restore,
  prune,
];

/** Every command that Belay's design knows: those of this version with all about them, the others by name. */
export const COMMAND_SPECS: readonly CommandSpec[] = [
  ...AVAILABLE,
  ...COMMANDS.filter((name) => !AVAILABLE.some((spec) => spec.name === name)).map((name): LaterCommand => ({ name, available: false })),
];

export function commandSpec(name: string): CommandSpec | undefined {
  return COMMAND_SPECS.find((spec) => spec.name === name);
}

export function availableCommands(): readonly AvailableCommand[] {
  return AVAILABLE;
}

/** Options that no command takes yet. */
export const LATER_OPTIONS: ReadonlySet<string> = new Set(AVAILABLE.flatMap(({ laterOptions }) => laterOptions));
