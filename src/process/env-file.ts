/** Files of `NAME=value` lines, as docker, systemd and many applications read them. */

import { readFile } from "node:fs/promises";
import { messageOf, usageError } from "../domain/error.ts";

/** Reads a file of variables. Throws `env-file-unreadable`, `env-file-invalid` naming the line; a value is never quoted in a message. */
export async function readEnvFile(path: string): Promise<Readonly<Record<string, string>>> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw usageError("env-file-unreadable", `reading the variables in ${path}: ${messageOf(error)}`, {
      hint: "mend migrate.env-file in belay.yml, or the file's owner and mode",
      cause: error,
    });
  }
  return parseEnvFile(decode(bytes, path), path);
}

/**
 * `NAME=value`, with `export` before it or not. Nothing is expanded and nothing is run. In double quotes `\n`, `\r`, `\t`, `\"`, `\\` and
 * `\$` are escapes and a value may span lines; in single quotes everything stands for itself; without quotes a value ends at the end of
 * its line or at a `#` after white space. Of a name that comes twice the last counts.
 */
export function parseEnvFile(text: string, path: string): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  let rest = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  let line = 1;
  while (rest !== "") {
    const match = BLANK.exec(rest) ?? ASSIGNMENT.exec(rest);
    if (match === null) throw invalidLine(path, line, rest);
    const { name, double, single, bare } = match.groups ?? {};
    if (name !== undefined) variables[name] = double === undefined ? (single ?? bare ?? "") : unescaped(double);
    line += match[0].split("\n").length - 1;
    rest = rest.slice(match[0].length);
  }
  return variables;
}

const BLANK = /^[ \t]*(?:#[^\n]*)?(?:\n|$)/;
const ASSIGNMENT =
  /^[ \t]*(?:export[ \t]+)?(?<name>[A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(?:"(?<double>(?:[^"\\]|\\[^])*)"|'(?<single>[^']*)'|(?<bare>(?:(?:(?<==)#|[^\s#"'])[^\n]*?)?))(?:[ \t]+#[^\n]*|[ \t]*)(?:\n|$)/;

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

function unescaped(quoted: string): string {
  return quoted.replace(/\\([nrt"\\$])/g, (_, character: string) => ESCAPES[character] ?? character);
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw usageError("env-file-invalid", `${path} is not UTF-8`, { hint: "save it as UTF-8", cause: error });
  }
}

function invalidLine(path: string, line: number, rest: string): Error {
  const [, name] = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=/.exec(rest) ?? [];
  const what = name === undefined ? "is no NAME=value" : `gives ${name} a value whose quotes do not end, or are followed by more`;
  return usageError("env-file-invalid", `line ${line} of ${path} ${what}`, {
    hint: "write NAME=value, or NAME='value' where it holds spaces, quotes or #",
    facts: { file: path, line },
  });
}
