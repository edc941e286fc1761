/** argv → what is asked for. Pure; nothing is read and nothing is printed. */

import { BelayError, usageError } from "../domain/error.ts";
import type { CommandName, Invocation, InvocationOptions } from "../domain/invocation.ts";
import { nearest } from "../domain/nearest.ts";
import { COMMON_OPTIONS, type OptionName } from "./options.ts";
import { type AvailableCommand, availableCommands, COMMAND_SPECS, commandSpec } from "./registry.ts";
import { type GivenOption, readTokens, type Tokens } from "./tokens.ts";

/** How the answer is shown; no part of what is done. */
export interface Presentation {
  readonly json: boolean;
  readonly quiet: boolean;
  /** False for `--no-color`; otherwise the environment and the terminal decide. */
  readonly color: boolean;
}

export type Parsed =
  | { readonly kind: "run"; readonly invocation: Invocation; readonly presentation: Presentation }
  /** null: the help of Belay as a whole. */
  | { readonly kind: "help"; readonly command: CommandName | null }
  | { readonly kind: "version" }
  | { readonly kind: "usage-error"; readonly error: BelayError; readonly command: string | null; readonly presentation: Presentation };

/**
 * Reads the arguments after the program's name. Options may stand anywhere; `--` ends them. `--help` and `--version` win over
 * what is wrong elsewhere. Does not throw: the first thing that is wrong is a `usage-error`.
 */
export function parse(argv: readonly string[]): Parsed {
  const tokens = readTokens(argv);
  const has = (name: OptionName) => tokens.options.some(({ spec }) => spec.name === name);
  const presentation = { json: has("json"), quiet: has("quiet"), color: !has("no-color") };
  const command = tokens.positionals[0] ?? null;
  try {
    if (has("help")) return { kind: "help", command: command === null ? null : commandOf(command).name };
    if (has("version")) return { kind: "version" };
    return { kind: "run", invocation: invocationOf(tokens), presentation };
  } catch (thrown) {
    if (!(thrown instanceof BelayError)) throw thrown;
    return { kind: "usage-error", error: thrown, command, presentation };
  }
}

function invocationOf({ options, positionals, problem }: Tokens): Invocation {
  if (problem !== null) throw problem;
  const [name, environment, ...rest] = positionals;
  if (name === undefined) {
    throw usageError("command-missing", "no command is given", { hint: "for example `belay status`; `belay --help` lists the commands" });
  }
  const command = commandOf(name);
  for (const { spec } of options) assertTaken(command, spec.name);
  if (environment === "")
    throw usageError("environment-empty", "the environment is empty", { hint: `leave it out, or name one: \`belay ${name} prod\`` });
  if (rest.length > 0) {
    throw usageError("too-many-arguments", `belay ${name} takes one environment, and got ${positionals.slice(1).join(", ")}`, {
      hint: `one at a time: \`belay ${name} ${environment}\`; a text with spaces goes in quotes`,
    });
  }
  return {
    command: command.name,
    environment: environment ?? null,
    config: valueOf(options, "config") ?? null,
    targets: options.filter(({ spec }) => spec.name === "target").map(({ value }) => value),
    options: commandOptions(options),
  };
}

function commandOf(name: string): AvailableCommand {
  const spec = commandSpec(name);
  if (spec?.available === true) return spec;
  if (spec !== undefined) {
    throw usageError("not-in-this-version", `belay ${name} is not in this version of Belay`, {
      hint: "`belay --help` lists the commands that are",
    });
  }
  const meant = nearest(
    name,
    COMMAND_SPECS.map((known) => known.name),
  );
  throw usageError("unknown-command", `there is no command "${name}"`, {
    hint: meant === null ? "`belay --help` lists the commands" : `did you mean \`belay ${meant}\`?`,
  });
}

function assertTaken(command: AvailableCommand, option: OptionName): void {
  if (COMMON_OPTIONS.includes(option) || command.options.includes(option)) return;
  if (command.laterOptions.includes(option)) {
    throw usageError("not-in-this-version", `belay ${command.name} --${option} is not in this version of Belay`, {
      hint: `\`belay ${command.name} --help\` lists what is`,
    });
  }
  const owners = availableCommands()
    .filter(({ options }) => options.includes(option))
    .map(({ name }) => name);
  throw usageError("option-not-taken", `belay ${command.name} does not take --${option}`, {
    hint: `it belongs to ${owners.join(" and ")}; \`belay ${command.name} --help\` lists what it takes`,
  });
}

function commandOptions(options: readonly GivenOption[]): InvocationOptions {
  const texts = {
    run: valueOf(options, "run"),
    backup: valueOf(options, "backup"),
    digest: valueOf(options, "digest"),
    again: valueOf(options, "again"),
    withoutApproval: valueOf(options, "without-approval"),
  };
  const given = Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined));
  return options.some(({ spec }) => spec.name === "accept-loss") ? { ...given, acceptLoss: true } : given;
}

function valueOf(options: readonly GivenOption[], name: OptionName): string | undefined {
  return options.find(({ spec }) => spec.name === name)?.value;
}
