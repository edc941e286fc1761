/** The commands of Belay, as data: parsing, help and the Action's inputs read the same list, so that none of them drifts. */

import { COMMANDS, type CommandName } from "../domain/invocation.ts";
import type { OptionName } from "./options.ts";

export type CommandSpec = AvailableCommand | LaterCommand;

export interface AvailableCommand {
  readonly name: CommandName;
  readonly available: true;
  /** At most 32 columns, for the list of commands. */
  readonly summary: string;
  /** What it does, in paragraphs. */
  readonly about: readonly string[];
  /** Beside the options of all commands. */
  readonly options: readonly OptionName[];
  /** Options that a later version gives it. */
  readonly laterOptions: readonly string[];
  /** The exit statuses that it can end with, each with what that means here. */
  readonly exits: readonly (readonly [status: number, meaning: string])[];
  readonly examples: readonly Example[];
}

export interface LaterCommand {
  readonly name: CommandName;
  readonly available: false;
}

export interface Example {
  readonly command: string;
  readonly does: string;
}

const USAGE = [2, "command line or belay.yml wrong; nothing was done"] as const;
const DEFECT = [1, "a defect of Belay, before anything was changed"] as const;
const INTERRUPTED = [130, "interrupted before anything was changed"] as const;

const AVAILABLE: readonly AvailableCommand[] = [
  {
    name: "status",
    available: true,
    summary: "where each target stands",
    about: ["Shows for each target what is applied and pending, the last run, who holds the lock, and the newest backup. Writes nothing."],
    options: [],
    laterOptions: [],
    exits: [[0, "shown"], DEFECT, USAGE, [3, "a target cannot be read"], INTERRUPTED],
    examples: [
      { command: "belay status prod", does: "one look at prod" },
      { command: "belay status prod --json | jq '.targets[].pending[].id'", does: "what is pending, for a script" },
    ],
  },
  {
    name: "plan",
    available: true,
    summary: "what would run, its digest",
    about: [
      "Shows what is pending with its SQL, what a rollback would do and why, what the run will not be able to prove, and the digest that stands for all of it. Writes nothing. Ends with 0 whether or not anything is pending.",
      "`belay migrate --digest` then runs exactly this plan, or refuses.",
    ],
    options: [],
    laterOptions: ["to"],
    exits: [[0, "planned, whether or not anything is pending"], DEFECT, USAGE, [3, "the run would be refused; says why"], INTERRUPTED],
    examples: [
      { command: "belay plan prod", does: "read it before it runs" },
      { command: "belay plan prod --json | jq -r .digest", does: "the digest alone" },
    ],
  },
  {
    name: "migrate",
    available: true,
    summary: "the guarded run",
    about: [
      "Stops the application, backs the database up and proves the backup, migrates, verifies, starts the application and looks at its health. When anything is wrong, the database is put back exactly as it was, and the previous version runs again.",
      "With nothing pending it does nothing: no stop, no backup.",
    ],
    options: ["digest", "again", "without-approval"],
    laterOptions: ["to", "backup", "no-verify"],
    exits: [
      [0, "migrated, or nothing was pending"],
      DEFECT,
      USAGE,
      [3, "refused: nothing was changed, or the application runs again as before"],
      [4, "failed and undone: the database is as it was, proven"],
      [5, "needs attention: says what is known and what to do by hand"],
      INTERRUPTED,
    ],
    examples: [
      { command: "belay migrate", does: "the only environment of belay.yml" },
      { command: "belay migrate prod --digest sha256:91ab…", does: "only the plan that was read" },
      { command: 'belay migrate prod --again "the disk was full"', does: "once more, after the cause is mended" },
    ],
  },
  {
    name: "gate",
    available: true,
    summary: "may this container start?",
    about: [
      "For container entrypoints: ends with 0 when nothing is pending and no run is in the way, and otherwise says what to do. While a run itself starts the application, the gate is open. Takes no lock, writes nothing.",
    ],
    options: [],
    laterOptions: [],
    exits: [
      [0, "the application may start"],
      DEFECT,
      USAGE,
      [3, "a target cannot be read"],
      [6, "it may not; says what to do"],
      INTERRUPTED,
    ],
    examples: [
      { command: "belay gate prod && exec ./serve", does: "the last line of an entrypoint" },
      { command: "belay gate prod --quiet", does: "in a health probe: nothing on success" },
    ],
  },
  {
    name: "runs",
    available: true,
    summary: "what happened",
    about: [
      "Lists the runs of an environment, newest first: when, what, how it ended, what it applied, and where the backup is. Writes nothing.",
    ],
    options: [],
    laterOptions: [],
    exits: [[0, "listed"], DEFECT, USAGE, [3, "the store cannot be read"], INTERRUPTED],
    examples: [
      { command: "belay runs prod", does: "newest first" },
      { command: "belay runs prod --json | jq '.runs[0]'", does: "the last run, for a script" },
    ],
  },
  {
    name: "backups",
    available: true,
    summary: "what can be restored",
    about: [
      "Lists the backups of an environment, newest first: size, rows, how the content was proven, whether the files are still what they were, and how to restore without Belay. Writes nothing.",
    ],
    options: [],
    laterOptions: [],
    exits: [[0, "listed"], DEFECT, USAGE, [3, "the store cannot be read"], INTERRUPTED],
    examples: [
      { command: "belay backups prod", does: "newest first" },
      { command: "belay backups prod --target app --json", does: "of one target, for a script" },
    ],
  },
  {
    name: "rollback",
    available: true,
    summary: "data back to before a run",
    about: [
      "Takes the data back to before the last run that applied something, and keeps the present database aside. It deploys no older code.",
      "Writes since that run are counted per table; where there are any, it refuses without --accept-loss. Afterwards the database is compared with the before-state.",
    ],
    options: ["run", "backup", "accept-loss", "without-approval"],
    laterOptions: ["to", "strategy", "hook"],
    exits: [
      [0, "rolled back"],
      DEFECT,
      USAGE,
      [3, "refused: later writes, locked, no backup; nothing was changed"],
      [4, "failed and undone: the database is as it was before the rollback"],
      [5, "needs attention: says what is known and what to do by hand"],
      INTERRUPTED,
    ],
    examples: [
      { command: "belay rollback prod", does: "to before the last run; refuses when it would lose writes" },
      { command: "belay rollback prod --accept-loss", does: "also when something was written since" },
      { command: "belay rollback prod --backup 20261121T001400Z-7f3a", does: "to this backup; `belay backups` lists them" },
    ],
  },
  {
    name: "recover",
    available: true,
    summary: "finish what a crash left",
    about: [
      "Finishes a run that was killed: before the migration was verified, the database goes back to its old state; after it, the run is brought to its end. What the dead run started is ended first. Where nothing is left to do, it does nothing.",
    ],
    options: [],
    laterOptions: [],
    exits: [
      [0, "the run was brought to its end, or there was nothing to recover"],
      DEFECT,
      USAGE,
      [3, "refused: the run is still alive, or a target cannot be used"],
      [4, "undone: the database is as it was before the run"],
      [5, "needs attention: says what is known and what to do by hand"],
      INTERRUPTED,
    ],
    examples: [
      { command: "belay recover prod", does: "after a crash, a kill, a power loss" },
      { command: "belay recover prod --json", does: "the same, for a script" },
    ],
  },
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
