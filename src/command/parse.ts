/** argv → what is asked for. Pure; nothing is read and nothing is printed. */

import { BelayError, usageError } from "../domain/error.ts";
import type { CommandName, Invocation, InvocationOptions } from "../domain/invocation.ts";
import { nearest } from "../domain/nearest.ts";
import { COMMON_OPTIONS, type OptionName } from "./options.ts";
import { AUDIT, auditAsked } from "./audit.ts";
import { COMPLETION, completionAsked, type Shell } from "./completion.ts";
import { availableCommands, COMMAND_SPECS, commandSpec } from "./registry.ts";
import type { AvailableCommand, Described } from "./spec.ts";
import { type GivenOption, readTokens, type Tokens } from "./tokens.ts";

/** How the answer is shown; no part of what is done. */
export interface Presentation {
  readonly json: boolean;
  readonly quiet: boolean;
  /** False for `--no-color`; otherwise the environment and the terminal decide. */
  readonly color: boolean;
}

/** Commands without an environment, a result or a run. */
type OwnKind = typeof COMPLETION.name | typeof AUDIT.name;

export type Parsed =
  | { readonly kind: "run"; readonly invocation: Invocation; readonly presentation: Presentation }
  /** null: the help of Belay as a whole. */
  | { readonly kind: "help"; readonly command: CommandName | OwnKind | null }
  | { readonly kind: "version" }
  | { readonly kind: "audit"; readonly heads: readonly string[]; readonly presentation: Presentation }
  | { readonly kind: "completion"; readonly shell: Shell }
  /** What completion asks for: the names in belay.yml, or in the file of `--config`. */
  | { readonly kind: "environment-names"; readonly config: string | null }
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
    if (has("help")) return { kind: "help", command: command === null ? null : helpTopic(command) };
    if (has("version")) return { kind: "version" };
    if (command === COMPLETION.name) return completion(tokens);
    if (command === AUDIT.name) return { kind: "audit", heads: auditAsked(onlyTaken(AUDIT, tokens)), presentation };
    return { kind: "run", invocation: invocationOf(tokens), presentation };
  } catch (thrown) {
    if (!(thrown instanceof BelayError)) throw thrown;
    return { kind: "usage-error", error: thrown, command, presentation };
  }
}

function invocationOf({ options, positionals, problem }: Tokens): Invocation {
  if (problem !== null) throw problem;
  const [name] = positionals;
  if (name === undefined) {
    throw usageError("command-missing", "no command is given", { hint: "for example `belay status`; `belay --help` lists the commands" });
  }
  const command = commandOf(name);
  for (const { spec } of options) assertTaken(command, spec.name);
  assertOne(command, options);
  const { argument, environment } = positions(command, positionals.slice(1));
  return {
    command: command.name,
    environment,
    config: valueOf(options, "config") ?? null,
    targets: options.filter(({ spec }) => spec.name === "target").map(({ value }) => value),
    options: { ...commandOptions(options), ...(argument === null ? {} : { argument }) },
  };
}

function completion(tokens: Tokens): Parsed {
  const asked = completionAsked(onlyTaken(COMPLETION, tokens));
  return asked === "environments"
    ? { kind: "environment-names", config: valueOf(tokens.options, "config") ?? null }
    : { kind: "completion", shell: asked };
}

/** What stands after a command that takes its own options alone. */
function onlyTaken(command: Described, { positionals, options, problem }: Tokens): readonly string[] {
  if (problem !== null) throw problem;
  const foreign = options.find(({ spec }) => !command.options.includes(spec.name));
  if (foreign !== undefined) {
    throw usageError("option-not-taken", `belay ${command.name} does not take --${foreign.spec.name}`, {
      hint: `\`belay ${command.name} --help\` says what it takes`,
    });
  }
  return positionals.slice(1);
}

function helpTopic(name: string): CommandName | OwnKind {
  const own = [COMPLETION, AUDIT].find((each) => each.name === name);
  return own?.name ?? commandOf(name).name;
}

interface Positions {
  readonly argument: string | null;
  readonly environment: string | null;
}

/** An argument is known by its shape, so that it may stand before the environment or behind it. */
function positions({ name, argument }: AvailableCommand, given: readonly string[]): Positions {
  const isArgument = (word: string) => argument?.pattern.test(word) === true;
  const found = given.find(isArgument) ?? (argument === undefined ? null : (given[0] ?? null));
  const others = given.filter((word) => word !== found);
  const [environment = null, ...rest] = others;
  if (environment === "")
    throw usageError("environment-empty", "the environment is empty", { hint: `leave it out, or name one: \`belay ${name} prod\`` });
  if (rest.length > 0) {
    const takes = argument === undefined ? "one environment" : `${argument.value} and one environment`;
    throw usageError("too-many-arguments", `belay ${name} takes ${takes}, and got ${given.join(", ")}`, {
      hint: `one at a time: \`belay ${[name, ...(found === null ? [] : [found]), environment].join(" ")}\`; a text with spaces goes in quotes`,
    });
  }
  return { argument: found, environment };
}

function assertOne({ name, exclusive = [] }: AvailableCommand, options: readonly GivenOption[]): void {
  const [first, second] = options.filter(({ spec }) => exclusive.includes(spec.name));
  if (first === undefined || second === undefined) return;
  throw usageError("options-exclude", `--${first.spec.name} and --${second.spec.name} name two places to go back to`, {
    hint: `give one of them; \`belay ${name} --help\` says what each does`,
  });
}

function commandOf(name: string): AvailableCommand {
  const spec = commandSpec(name);
  if (spec?.available === true) return spec;
  if (spec !== undefined) {
    throw usageError("not-in-this-version", `belay ${name} is not in this version of Belay`, {
      hint: "`belay --help` lists the commands that are",
    });
  }
  const meant = nearest(name, [...COMMAND_SPECS.map((known) => known.name), COMPLETION.name, AUDIT.name]);
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
    hint: `it belongs to ${listed(owners)}; \`belay ${command.name} --help\` lists what it takes`,
  });
}

/** `a`, `a and b`, `a, b and c`. */
function listed(names: readonly string[]): string {
  return [names.slice(0, -1).join(", "), ...names.slice(-1)].filter((part) => part !== "").join(" and ");
}

function commandOptions(options: readonly GivenOption[]): InvocationOptions {
  const texts = {
    to: valueOf(options, "to"),
    newTenant: valueOf(options, "new"),
    run: valueOf(options, "run"),
    backup: valueOf(options, "backup"),
    digest: valueOf(options, "digest"),
    again: valueOf(options, "again"),
    withoutApproval: valueOf(options, "without-approval"),
    tool: valueOf(options, "tool"),
    strategy: valueOf(options, "strategy"),
    hook: valueOf(options, "hook"),
    into: valueOf(options, "into"),
    wait: valueOf(options, "wait"),
  };
  const has = (name: OptionName) => options.some(({ spec }) => spec.name === name);
  return {
    ...Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined)),
    ...(has("no-verify") ? { verify: false } : {}),
    ...(has("watch") ? { watch: true } : {}),
    ...(has("accept-loss") ? { acceptLoss: true } : {}),
    ...(has("replace") ? { replace: true } : {}),
    ...(has("fix") ? { fix: true } : {}),
  };
}

function valueOf(options: readonly GivenOption[], name: OptionName): string | undefined {
  return options.find(({ spec }) => spec.name === name)?.value;
}
