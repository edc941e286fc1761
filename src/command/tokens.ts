/** argv → options and positionals, by the one list of options. */

import { type BelayError, usageError } from "../domain/error.ts";
import { nearest } from "../domain/nearest.ts";
import { type OptionSpec, OPTIONS } from "./options.ts";
import { LATER_OPTIONS } from "./registry.ts";

export interface GivenOption {
  readonly spec: OptionSpec;
  /** Empty for a switch. */
  readonly value: string;
}

export interface Tokens {
  readonly options: readonly GivenOption[];
  readonly positionals: readonly string[];
  /** The first thing that is wrong; what could be read is there all the same, so that `--help` and `--json` count. */
  readonly problem: BelayError | null;
}

export function readTokens(argv: readonly string[]): Tokens {
  const options: GivenOption[] = [];
  const positionals: string[] = [];
  const problems: BelayError[] = [];
  for (let at = 0; at < argv.length; at++) {
    const token = argv[at] ?? "";
    if (token === "--") {
      positionals.push(...argv.slice(at + 1));
      break;
    }
    if (!token.startsWith("-") || token === "-") {
      positionals.push(token);
      continue;
    }
    const { name, attached } = split(token);
    const spec = find(name);
    if (spec === undefined) {
      problems.push(unknownOption(name));
      continue;
    }
    const wants = spec.value !== null && spec.valueOptional !== true && attached === null;
    const following = wants ? follower(argv[at + 1]) : null;
    if (following !== null) at++;
    const problem = problemOf(spec, attached, following, options);
    if (problem === null) options.push({ spec, value: attached ?? following ?? "" });
    else problems.push(problem);
  }
  return { options, positionals, problem: problems[0] ?? null };
}

/** `--name=value` into its two sides; everything else is a name. */
function split(token: string): { readonly name: string; readonly attached: string | null } {
  const equals = token.startsWith("--") ? token.indexOf("=") : -1;
  return equals < 0 ? { name: token, attached: null } : { name: token.slice(0, equals), attached: token.slice(equals + 1) };
}

/** The next argument, where it can be a value: one that looks like an option has to be attached with `=`. */
function follower(next: string | undefined): string | null {
  return next === undefined || (next.startsWith("-") && next !== "-") ? null : next;
}

function find(name: string): OptionSpec | undefined {
  if (name.startsWith("--")) return OPTIONS.get(name.slice(2));
  return [...OPTIONS.values()].find((spec) => spec.short !== undefined && `-${spec.short}` === name);
}

function problemOf(
  spec: OptionSpec,
  attached: string | null,
  following: string | null,
  earlier: readonly GivenOption[],
): BelayError | null {
  if (!spec.repeatable && earlier.some((given) => given.spec === spec)) {
    return usageError("option-repeated", `--${spec.name} is given twice`, { hint: "give it once" });
  }
  if (spec.value === null) {
    return attached === null
      ? null
      : usageError("option-takes-no-value", `--${spec.name} takes no value`, { hint: `write --${spec.name} alone` });
  }
  const value = attached ?? following;
  if (value === null && spec.valueOptional === true) return null;
  if (value === null || value.trim() === "") {
    return usageError("option-needs-value", `--${spec.name} needs a value`, { hint: `for example ${spec.example}` });
  }
  if (spec.shape !== undefined && !spec.shape.pattern.test(value)) {
    return usageError("option-value-invalid", `--${spec.name} cannot be "${value}"`, { hint: `it is ${spec.shape.words}` });
  }
  return null;
}

function unknownOption(given: string): BelayError {
  const name = given.replace(/^-+/, "");
  if (LATER_OPTIONS.has(name)) {
    return usageError("not-in-this-version", `--${name} is not in this version of Belay`, { hint: "`belay --help` lists what is" });
  }
  const meant = nearest(name, [...OPTIONS.keys()]);
  return usageError("unknown-option", `there is no option ${given}`, {
    hint: meant === null ? "`belay --help` lists the options" : `did you mean --${meant}?`,
  });
}
