/** Checks as written → checks as they are run: names, defaults and shorthands filled in. */

import type { CheckConfig, CommandCheck, HttpCheck, SqlCheck } from "../domain/check.ts";
import type { CommandConfig, CommandLine } from "../domain/command.ts";
import { DEFAULTS } from "./defaults.ts";
import { validDurationMs } from "./duration.ts";
import { expectationAt } from "./expectation.ts";
import type { Problem } from "./problem.ts";
import type { WrittenCheck, WrittenCommandCheck, WrittenHealth, WrittenHttpCheck, WrittenSqlCheck } from "./schema-checks.ts";
import type { WrittenCommand } from "./schema-values.ts";
import { at, placeOf, toPlain, type Path, type Tree } from "./tree.ts";

/** Longer names would break the lines of a report. */
const LONGEST_NAME = 72;

export function commandOf(written: WrittenCommand): CommandConfig {
  if (typeof written === "string" || Array.isArray(written))
    return { command: commandLine(written), timeoutMs: validDurationMs(DEFAULTS.commandTimeout) };
  return { command: commandLine(written.run), timeoutMs: validDurationMs(written.timeout ?? DEFAULTS.commandTimeout) };
}

function commandLine(written: string | readonly string[]): CommandLine {
  if (typeof written === "string") return { shell: written };
  const [program, ...rest] = written;
  if (program === undefined) throw new RangeError("an empty list passed the schema as a command");
  return { argv: [program, ...rest] };
}

/** One phase's checks. `path` leads to their list in the environment's block. */
export function checksOf(written: readonly WrittenCheck[], block: Tree, path: Path): readonly CheckConfig[] {
  return distinctNames(written.map((each, index) => checkOf(each, block, [...path, index], 0)));
}

/** Health checks: a URL alone, one check, or a list of both. */
export function healthChecksOf(written: WrittenHealth, block: Tree, path: Path): readonly CheckConfig[] {
  const withinMs = validDurationMs(DEFAULTS.healthWithin);
  const one = (each: string | WrittenCheck, where: Path) =>
    checkOf(typeof each === "string" ? { http: each } : each, block, where, withinMs);
  return distinctNames(Array.isArray(written) ? written.map((each, index) => one(each, [...path, index])) : [one(written, path)]);
}

function checkOf(written: WrittenCheck, block: Tree, path: Path, withinMs: number): CheckConfig {
  if ("sql" in written) return sqlCheck(written, block, path);
  return "http" in written ? httpCheck(written, block, path, withinMs) : commandCheck(written, block, path);
}

function sqlCheck(written: WrittenSqlCheck, block: Tree, path: Path): SqlCheck {
  return {
    kind: "sql",
    name: written.name ?? shortened(written.sql),
    sql: written.sql,
    expect: expectationAt(block, [...path, "expect"]),
    explain: written.explain ?? null,
    warn: written.warn ?? false,
    timeoutMs: validDurationMs(written.timeout ?? DEFAULTS.checkTimeout),
  };
}

function httpCheck(written: WrittenHttpCheck, block: Tree, path: Path, withinMs: number): HttpCheck {
  const expect = typeof written.expect === "object" ? written.expect : { status: written.expect };
  const json = at(block, [...path, "expect", "json"]);
  return {
    kind: "http",
    name: written.name ?? shortened(nameOfUrl(block, path, written.http)),
    url: written.http,
    method: written.method ?? (written.send === undefined ? "GET" : "POST"),
    headers: headersOf(written),
    send: written.send === undefined || typeof written.send === "string" ? (written.send ?? null) : JSON.stringify(written.send),
    expect: {
      status: expect.status ?? null,
      body: expectationAt(block, [...path, "expect", "body"]),
      json: json === undefined ? null : toPlain(json),
      underMs: expect.under === undefined ? null : validDurationMs(expect.under),
    },
    withinMs: written.within === undefined ? withinMs : validDurationMs(written.within),
    timeoutMs: validDurationMs(written.timeout ?? DEFAULTS.httpTimeout),
    warn: written.warn ?? false,
  };
}

function headersOf({ headers = {}, send }: WrittenHttpCheck): Readonly<Record<string, string>> {
  const named = Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
  return send === undefined || typeof send === "string" || named ? headers : { ...headers, "content-type": "application/json" };
}

function commandCheck(written: WrittenCommandCheck, block: Tree, path: Path): CommandCheck {
  const { command, timeoutMs } = commandOf(written.command);
  const status =
    typeof written.expect === "number" ? written.expect : typeof written.expect === "object" ? written.expect.status : undefined;
  return {
    kind: "command",
    name: written.name ?? shortened("shell" in command ? command.shell : command.argv.join(" ")),
    command,
    expect: {
      status: status ?? 0,
      output: expectationAt(block, typeof written.expect === "string" ? [...path, "expect"] : [...path, "expect", "output"]),
    },
    warn: written.warn ?? false,
    timeoutMs: written.timeout === undefined ? timeoutMs : validDurationMs(written.timeout),
  };
}

/** An address that came from a variable is a secret, so the check is called by its place. */
function nameOfUrl(block: Tree, path: Path, url: string): string {
  const found = at(block, path);
  const written = found?.kind === "map" ? at(found, ["http"]) : found;
  return written?.kind === "scalar" && written.origin === "written" ? url.replace(/\/\/[^/]*@/, "//") : (written?.place.path ?? "http");
}

function shortened(text: string): string {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length > LONGEST_NAME ? `${line.slice(0, LONGEST_NAME - 1)}…` : line;
}

/** Results are kept by name, so that two checks must not share one. */
function distinctNames(checks: readonly CheckConfig[]): readonly CheckConfig[] {
  const taken = new Set<string>();
  return checks.map((check) => {
    let name = check.name;
    for (let count = 2; taken.has(name); count++) name = `${check.name} (${count})`;
    taken.add(name);
    return { ...check, name };
  });
}

/** Two checks of one phase that somebody gave the same name. */
export function sameNames(written: readonly { readonly name?: string | undefined }[], block: Tree, path: Path): readonly Problem[] {
  return written.flatMap(({ name }, index) => {
    const first = written.findIndex((other) => other.name === name);
    if (name === undefined || first === index) return [];
    const { line, column, path: place } = placeOf(block, [...path, index, "name"]);
    const message = "another check of this phase has this name";
    return [
      {
        line,
        column,
        path: place,
        code: "duplicate-check",
        message,
        hint: `it is on line ${placeOf(block, [...path, first, "name"]).line}; give each its own`,
      },
    ];
  });
}
