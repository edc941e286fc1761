/** `${NAME}` in the strings of belay.yml. Commands and SQL are left alone: the one has a shell, the other must not be pasted into. */

import type { Problem } from "./problem.ts";
import { mapScalars, scalarsOf, type Path, type Place, type ScalarTree, type Tree } from "./tree.ts";

export type Variables = Readonly<Record<string, string | undefined>>;

/** Paths inside an environment's block, joined by dots. */
const SQL =
  /^((checks\.(before|after|health)|watch\.checks)(\.\d+)?\.(sql|explain)|rollback\.hooks\.[^.]+\.sql|tenants\.(sql|(create|remove)\.sql))$/;
const COMMAND =
  /^(app\.(prepare|stop|start|previous|maintenance\.(on|off))|(checks\.(before|after|health)|watch\.checks)(\.\d+)?\.command|rollback\.hooks\.[^.]+|tenants\.(create|remove)|migrate(\.migrations\.\d+)?\.(pending|apply|revert|run))(\.run)?(\.\d+)?$/;

/** Where `$NAME`, as a shell writes it, can only be meant as a variable. */
const PLACES =
  /^(target(\.url)?|targets\.(\d+(\.url)?|files)|backup\.store(\.(url|endpoint))?|backup\.encrypt\.(identity|identity-file)|migrate\.(directory|path|env-file)|checks\.health(\.\d+)?(\.http)?|checks\.\w+\.\d+\.http|watch\.checks\.\d+\.http|notify\.\d+\.(slack|webhook|secret|smtp|file))$/;
/** Messages are written out, and a value of a variable is never shown. */
const MESSAGE = /^notify\.\d+\.(template|subject)$/;
const BARE = /(?<=^|[/:@])\$[A-Za-z_]\w*/;

const REFERENCE = /\$\$|\$\{([^{}]*)\}|\$\{/g;
export const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export interface Expanded {
  readonly tree: Tree;
  readonly problems: readonly Problem[];
  /** The values that were put in. */
  readonly secrets: readonly string[];
}

/**
 * Puts the values of variables into an environment's block. With `variables` null (an environment that is not the chosen one)
 * nothing is put in and nothing must be set: such scalars are `unknown` afterwards.
 */
export function expand(block: Tree, variables: Variables | null): Expanded {
  const problems: Problem[] = [];
  const secrets = new Set<string>();
  const visit = (scalar: ScalarTree, path: Path): ScalarTree => {
    if (typeof scalar.value !== "string" || !scalar.value.includes("$")) return scalar;
    const misplaced = whereNothingIsPasted(path);
    if (misplaced === "shell") return scalar;
    if (misplaced !== null) {
      if (scalar.value.includes("${")) problems.push(problem(scalar.place, ...misplaced));
      return scalar;
    }
    const [bare] = PLACES.test(path.join(".")) ? (BARE.exec(scalar.value) ?? []) : [];
    if (bare !== undefined)
      problems.push(
        problem(
          scalar.place,
          "bad-variable",
          `${bare} is not expanded`,
          `write \${${bare.slice(1)}}, or $${bare} for a name with a dollar sign`,
        ),
      );
    return expandScalar(scalar, scalar.value, variables, problems, secrets);
  };
  const tree = mapScalars(block, visit);
  return { tree, problems, secrets: [...secrets] };
}

/** `shell`: the shell expands it. A pair: why `${}` is a mistake here, and what to do. */
function whereNothingIsPasted(path: Path): "shell" | readonly [code: string, message: string, hint: string] | null {
  const where = path.join(".");
  if (SQL.test(where))
    return [
      "variable-in-sql",
      "${} is not expanded in SQL, where it could change the statement",
      "write the value out, or use a command check",
    ];
  if (MESSAGE.test(where))
    return ["variable-in-message", "${} is not expanded in a message, which would show the value", "write the value out, or a {{field}}"];
  if (!COMMAND.test(where)) return null;
  if (typeof path.at(-1) !== "number") return "shell";
  return [
    "variable-in-list",
    "${} is not expanded in a list, which is run without a shell",
    'write the command as one string, or as ["sh", "-c", "…"]',
  ];
}

function expandScalar(
  scalar: ScalarTree,
  text: string,
  variables: Variables | null,
  problems: Problem[],
  secrets: Set<string>,
): ScalarTree {
  let origin: ScalarTree["origin"] = "written";
  const value = text.replace(REFERENCE, (match, name: string | undefined) => {
    if (match === "$$") return "$";
    if (name === undefined || !VARIABLE_NAME.test(name)) {
      problems.push(
        problem(
          scalar.place,
          "bad-variable",
          `${match} names no variable`,
          /^\$\{\w+:?[-=?+]/.test(match)
            ? `there are no defaults here: write \${${/\w+/.exec(match)?.[0] ?? "NAME"}} and set it, or write the value itself`
            : "write ${NAME} with letters, digits and _, or $$ for a dollar sign",
        ),
      );
      origin = "unknown";
      return match;
    }
    const found = variables?.[name] ?? "";
    if (found === "") {
      if (variables !== null)
        problems.push(scalar.origin === "default" ? noTarget(scalar.place, name) : unset(scalar.place, name, variables));
      origin = "unknown";
      return match;
    }
    secrets.add(found);
    if (origin === "written") origin = "secret";
    return found;
  });
  return { ...scalar, value, source: value, origin };
}

/** A workflow turns a secret that is not there into an empty variable, so empty is not set either. */
function unset(place: Place, name: string, variables: Variables): Problem {
  const what = variables[name] === undefined ? "is not set" : "is set, but empty";
  return problem(
    place,
    "variable-unset",
    `the environment variable ${name} ${what}`,
    `set it where Belay runs, or write the value into the file`,
  );
}

/** Where nothing is given, a variable stands for it; nobody wrote its name, so that it is not the first thing to say. */
function noTarget(place: Place, name: string): Problem {
  const message = `no target is given, and the environment variable ${name}, which stands for it then, is not set`;
  return problem(place, "variable-unset", message, "write target: sqlite:PATH, or set the variable");
}

function problem(place: Place, code: string, message: string, hint: string): Problem {
  return { ...place, code, message, hint };
}

/** The variables that a block names where Belay would expand them, and where. */
export function variablesNamed(block: Tree): readonly { readonly name: string; readonly path: Path }[] {
  return scalarsOf(block).flatMap(({ scalar, path }) => {
    if (typeof scalar.value !== "string" || whereNothingIsPasted(path) !== null) return [];
    const names = [...scalar.value.matchAll(REFERENCE)].flatMap(([, name]) =>
      name !== undefined && VARIABLE_NAME.test(name) ? [name] : [],
    );
    return names.map((name) => ({ name, path }));
  });
}
