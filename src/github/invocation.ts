/** A step's inputs → what is asked for. Pure; every problem is told at once. */

import { optionSpec, type OptionName } from "../command/options.ts";
import { availableCommands, commandSpec } from "../command/registry.ts";
import type { AvailableCommand } from "../command/spec.ts";
import { usageError, type BelayError, type Reason } from "../domain/error.ts";
import type { Invocation, InvocationOptions } from "../domain/invocation.ts";
import { nearest } from "../domain/nearest.ts";
import { type SshInputs, sshInputs } from "./ssh-inputs.ts";
import { COMMENT_MODES, type CommentMode, type InputName, INPUTS, type InputSpec } from "./inputs.ts";

export interface ActionInputs {
  readonly invocation: Invocation;
  readonly comment: CommentMode;
  /** null: there is none, and nothing can be asked of GitHub. A secret. */
  readonly token: string | null;
  /** null: Belay runs here, on the runner. */
  readonly ssh: SshInputs | null;
  /** null: no bot is involved. */
  readonly request: string | null;
}

/** The text of an input, trimmed; empty where it is not given. */
export type ReadInput = (name: InputName) => string;

/**
 * Reads the inputs of a step. `given`: the names that the step uses, as the runner passes them (`INPUT_…` variables in lower case); the
 * runner only warns of a name that it does not know, and a `digest` that is misspelt must not run without one.
 *
 * Throws a usage error with all problems; `facts.problems` has them as reasons.
 */
export function invocationOf(read: ReadInput, given: readonly string[] = []): ActionInputs {
  const problems: Reason[] = unknownInputs(given);
  const command = commandOf(read("command") || "migrate", problems);
  const values = valuesOf(read, problems);
  if (command !== null) problems.push(...notTaken(command, values), ...exclusive(command, values));
  const ssh = sshInputs(read);
  problems.push(...ssh.problems);
  const comment = COMMENT_MODES.find((mode) => mode === read("comment").toLowerCase()) ?? "auto";
  const [first, ...rest] = problems;
  if (first !== undefined) throw inputsError([first, ...rest]);
  if (command === null) throw new RangeError("a command that is unknown has no problem");
  return {
    invocation: {
      command: command.name,
      environment: read("environment") || null,
      config: read("config") || null,
      targets: listOf(read("target")),
      options: optionsOf(command, values),
    },
    comment,
    token: read("github-token") || null,
    ssh: ssh.inputs,
    request: read("request") || null,
  };
}

/** Commands that write files for people to commit; a runner's checkout is gone after the job. */
const FOR_PEOPLE: readonly string[] = ["init"];

function commandsHere(): readonly AvailableCommand[] {
  return availableCommands().filter(({ name }) => !FOR_PEOPLE.includes(name));
}

function commandOf(name: string, problems: Reason[]): AvailableCommand | null {
  const known = commandSpec(name);
  const here = commandsHere();
  const found = here.find((each) => each.name === name);
  if (found !== undefined) return found;
  if (FOR_PEOPLE.includes(name)) {
    problems.push({
      code: "command-not-here",
      message: `the command ${name} writes files that are to be committed, and a runner forgets them`,
      hint: `run \`belay ${name}\` on your own machine`,
    });
  } else if (known !== undefined) {
    const names = here.map((each) => each.name).join(", ");
    problems.push({
      code: "not-in-this-version",
      message: `the command ${name} is not in this version of Belay`,
      hint: `this version has ${names}`,
    });
  } else {
    const names = here.map((each) => each.name);
    const meant = nearest(name, names);
    problems.push({
      code: "unknown-command",
      message: `there is no command ${JSON.stringify(name)}`,
      hint: meant === null ? `it is one of ${names.join(", ")}` : `did you mean command: ${meant}?`,
    });
  }
  return null;
}

/** Inputs that say something other than their default, checked for their shape. */
type Values = ReadonlyMap<InputName, string>;

function valuesOf(read: ReadInput, problems: Reason[]): Values {
  const values = new Map<InputName, string>();
  for (const spec of INPUTS) {
    const value = read(spec.name);
    const normal = typeof spec.kind === "string" && spec.kind === "text" ? value : value.toLowerCase();
    if (value === "" || normal === spec.default) continue;
    const problem = problemOf(spec, normal, value);
    if (problem === null) values.set(spec.name, normal);
    else problems.push(problem);
  }
  return values;
}

function problemOf({ name, kind, to }: InputSpec, normal: string, given: string): Reason | null {
  const allowed = kind === "boolean" ? ["true", "false"] : kind;
  if (allowed !== "text") {
    if (allowed.includes(normal)) return null;
    return invalid(name, given, `write ${allowed.map((each) => `${name}: ${each}`).join(" or ")}`);
  }
  const shape = typeof to === "object" ? optionSpec(to.option).shape : undefined;
  return shape === undefined || shape.pattern.test(given) ? null : invalid(name, given, `it is ${shape.words}`);
}

function invalid(name: string, given: string, hint: string): Reason {
  return { code: "input-invalid", message: `the input ${name} cannot be ${JSON.stringify(given.slice(0, 200))}`, hint };
}

/** The option that an input is for a command: `restore` names its backup as an argument. */
function belongs(command: AvailableCommand, input: InputName, option: OptionName): boolean {
  return command.options.includes(option) || (input === "backup" && command.argument !== undefined);
}

function optionInputs(values: Values): readonly { readonly name: InputName; readonly option: OptionName }[] {
  return INPUTS.flatMap(({ name, to }) => (typeof to === "object" && values.has(name) ? [{ name, option: to.option }] : []));
}

function notTaken(command: AvailableCommand, values: Values): Reason[] {
  return optionInputs(values)
    .filter(({ name, option }) => !belongs(command, name, option))
    .map(({ name, option }) => {
      const owners = commandsHere().filter((each) => belongs(each, name, option));
      return {
        code: "input-not-taken",
        message: `the command ${command.name} does not take the input ${name}`,
        hint: `leave it out; it belongs to ${owners.map((each) => each.name).join(", ")}`,
      };
    });
}

function exclusive(command: AvailableCommand, values: Values): Reason[] {
  const names = optionInputs(values)
    .filter(({ option }) => command.exclusive?.includes(option))
    .map(({ name }) => name);
  if (names.length < 2) return [];
  return [
    {
      code: "inputs-exclude",
      message: `the inputs ${names.join(" and ")} name several places to go back to`,
      hint: "give one of them",
    },
  ];
}

function optionsOf(command: AvailableCommand, values: Values): InvocationOptions {
  const texts = {
    to: values.get("to"),
    run: values.get("run"),
    [command.argument === undefined ? "backup" : "argument"]: values.get("backup"),
    digest: values.get("digest"),
    again: values.get("again"),
    strategy: values.get("strategy"),
    hook: values.get("hook"),
    into: values.get("into"),
    newTenant: values.get("new"),
    wait: values.get("wait"),
  };
  return {
    ...Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined)),
    ...(values.has("verify") ? { verify: false } : {}),
    ...(values.has("watch") ? { watch: true } : {}),
    ...(values.has("accept-loss") ? { acceptLoss: true } : {}),
    ...(values.has("replace") ? { replace: true } : {}),
    ...(values.has("fix") ? { fix: true } : {}),
  };
}

function listOf(text: string): readonly string[] {
  return text
    .split(/[\n,]/u)
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

function unknownInputs(given: readonly string[]): Reason[] {
  const names = INPUTS.map(({ name }) => name);
  return given
    .filter((name) => !names.some((known) => known === name))
    .map((name) => {
      if (name === "without-approval") {
        return {
          code: "unknown-input",
          message: "there is no input without-approval: on GitHub approvals are given, not argued away",
          hint: "approve the run, or run `belay migrate --without-approval` on the machine of the database",
        };
      }
      const meant = nearest(name, names);
      return {
        code: "unknown-input",
        message: `there is no input ${JSON.stringify(name.slice(0, 200))}`,
        hint: meant === null ? `the inputs are ${names.join(", ")}` : `did you mean ${meant}?`,
      };
    });
}

function inputsError(problems: readonly [Reason, ...Reason[]]): BelayError {
  const [first, ...rest] = problems;
  const facts = { problems: problems.map((problem) => ({ ...problem })) };
  if (rest.length === 0) return usageError(first.code, first.message, { ...(first.hint === undefined ? {} : { hint: first.hint }), facts });
  const lines = problems.map(({ message, hint }) => `- ${message}${hint === undefined ? "" : `; ${hint}`}`);
  return usageError("inputs-invalid", `the step has ${problems.length} problems:\n${lines.join("\n")}`, {
    hint: "mend the step's inputs; nothing was touched",
    facts,
  });
}
