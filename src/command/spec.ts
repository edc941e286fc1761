/** What is known of a command: parsing, help, completion, documentation and the Action's inputs read the same lists. */

import type { CommandName } from "../domain/invocation.ts";
import type { OptionName } from "./options.ts";

export type CommandSpec = AvailableCommand | LaterCommand;

/** What help says of a command. */
export interface Described {
  readonly name: string;
  /** At most 32 columns, for the list of commands. */
  readonly summary: string;
  /** What stands between the name and the options. */
  readonly usage?: string;
  /** What it does, in paragraphs. */
  readonly about: readonly string[];
  /** Beside the options of all commands. */
  readonly options: readonly OptionName[];
  /** Default true: takes the options of all commands. */
  readonly commonOptions?: boolean;
  /** Where an option means something narrower here than in general. */
  readonly meanings?: Partial<Record<OptionName, string>>;
  /** The exit statuses that it can end with, each with what that means here. */
  readonly exits: readonly (readonly [status: number, meaning: string])[];
  readonly examples: readonly Example[];
}

export interface AvailableCommand extends Described {
  readonly name: CommandName;
  readonly available: true;
  /** Takes one argument beside the environment, in front of it. */
  readonly argument?: Argument;
  /** Options of which only one may be given. */
  readonly exclusive?: readonly OptionName[];
  /** Options that a later version gives it. */
  readonly laterOptions: readonly string[];
}

export interface LaterCommand {
  readonly name: CommandName;
  readonly available: false;
}

export interface Argument {
  /** What stands for it in help. */
  readonly value: string;
  /** Tells it from the name of an environment, so that the order does not matter. */
  readonly pattern: RegExp;
}

export interface Example {
  readonly command: string;
  readonly does: string;
}

export const USAGE = [2, "command line or belay.yml wrong; nothing was done"] as const;
export const DEFECT = [1, "a defect of Belay, before anything was changed"] as const;
export const INTERRUPTED = [130, "interrupted before anything was changed"] as const;
export const ATTENTION = [5, "needs attention: says what is known and what to do by hand"] as const;
