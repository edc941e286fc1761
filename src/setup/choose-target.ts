/** Which of the databases that were found is meant, and how belay.yml says it. */

import { passwordsIn } from "../config/shown.ts";
import { refusal, usageError } from "../domain/error.ts";
import type { PartResult } from "../domain/result.ts";
import type { FoundDatabase, UrlVariable } from "./find-database.ts";

export interface ChosenTarget {
  readonly written: string;
  /** For belay.yml. */
  readonly note: string;
  readonly part: Omit<PartResult, "name" | "target">;
  /** The variable that must be set, or null. */
  readonly variable: string | null;
  /** The engine has no place of its own for backups, so belay.yml has to name one. */
  readonly needsStore: boolean;
}

/** `asked`: a path, a URL or a variable (`--target`); null: the one that is found. Refuses `target-ambiguous`, naming all. */
export function chooseTarget({ files, variable }: FoundDatabase, asked: string | null): ChosenTarget {
  if (asked !== null) return askedFor(asked, variable);
  if (variable?.kind === "postgres" && files.length > 0) throw ambiguous([...files, `\${${variable.name}}`], "database");
  if (files.length > 1) throw ambiguous(files, "SQLite database");
  const [file] = files;
  if (file !== undefined)
    return {
      written: sqlite(file),
      note: "",
      part: { outcome: "done", detail: `${file}, a SQLite file` },
      variable: null,
      needsStore: false,
    };
  return variable === null ? nothingFound() : named(variable);
}

function askedFor(asked: string, found: UrlVariable | null): ChosenTarget {
  const name = /^\$\{(\w+)\}$/.exec(asked)?.[1];
  if (name !== undefined && name === found?.name) return named(found);
  const part = { outcome: "done", detail: asked } as const;
  // What a variable of another place holds is not known: PostgreSQL's need is the greater one.
  if (name !== undefined) return { written: asked, note: "", part, variable: name, needsStore: true };
  if (!/^[a-z+]+:/.test(asked)) return { written: sqlite(asked), note: "", part, variable: null, needsStore: false };
  if (passwordsIn(asked).length > 0) {
    throw usageError("password-in-config", "this URL has a password, which does not belong in belay.yml", {
      hint: "put the URL into a variable of the environment, and name that: `belay init --target '${DATABASE_URL}'`",
    });
  }
  return { written: asked, note: "", part, variable: null, needsStore: !asked.startsWith("sqlite:") };
}

function nothingFound(): ChosenTarget {
  const hint = "write it into belay.yml: `target: sqlite:PATH`, or a PostgreSQL URL in the variable DATABASE_URL";
  const part = { outcome: "warned", detail: "no SQLite file and no DATABASE_URL was found", hint } as const;
  const note = "no database was found: write sqlite:PATH, or set this variable";
  return { written: "${DATABASE_URL}", note, part, variable: "DATABASE_URL", needsStore: false };
}

function named(variable: UrlVariable): ChosenTarget {
  const { name, file, kind } = variable;
  const note = file === null ? "set in the environment" : `named in ${file}`;
  return { written: `\${${name}}`, note, variable: name, part: variablePart(variable), needsStore: kind === "postgres" };
}

function variablePart({ name, file, kind }: UrlVariable): ChosenTarget["part"] {
  const detail = `the variable ${name}, ${file === null ? "set here" : `named in ${file}`}`;
  if (kind === "postgres") return { outcome: "done", detail: `${detail}: PostgreSQL` };
  if (kind === "other") return { outcome: "done", detail };
  return {
    outcome: "warned",
    detail: `${detail}, and its value begins with sqlite:`,
    hint: "if it is written sqlite:///…, which has two readings, write the path into belay.yml instead: `target: sqlite:PATH`",
  };
}

function ambiguous(found: readonly string[], what: string): Error {
  const choices = [found[0] ?? "", found.at(-1) ?? ""].map(
    (each) => `\`belay init --target ${each.startsWith("$") ? `'${each}'` : each}\``,
  );
  return refusal("target-ambiguous", `more than one ${what} is here: ${found.join(", ")}`, {
    hint: `say which one Belay takes care of: ${choices.join(" or ")}`,
    facts: { found },
  });
}

/** A dollar sign in a path is itself, not the beginning of a variable. */
function sqlite(path: string): string {
  return `sqlite:${path.replaceAll("$", "$$$$")}`;
}
