/** `migrate` as written → MigrateConfig: the tool, what it is told, and what it may not be told. */

import { resolve } from "node:path";
import type { JsonValue } from "../domain/canonical-json.ts";
import type { CommandMigration, MigrationCommand } from "../domain/command-migration.ts";
import type { Target } from "../domain/target.ts";
import { commandOf } from "./checks.ts";
import type { MigrateConfig, UrlPart } from "./config.ts";
import { DEFAULTS } from "./defaults.ts";
import { validDurationMs } from "./duration.ts";
import type { Problem } from "./problem.ts";
import {
  BUILT_IN,
  PROGRAM_OPTIONS,
  TOOL_OPTIONS,
  type ToolName,
  type WrittenCommandMigration,
  type WrittenMigrate,
} from "./schema-migrate.ts";
import type { WrittenCommand } from "./schema-values.ts";
import { at, placeOf, type Path, type Tree } from "./tree.ts";

type WrittenMap = Exclude<WrittenMigrate, string>;

/** `effective` is the environment's block before variables were put in. */
export function migrateOf(given: WrittenMigrate | undefined, effective: Tree, directory: string): MigrateConfig {
  const written = asMap(given);
  const [program, ...rest] = written.run ?? [];
  return {
    tool: toolOf(written),
    options: toolOptions(written),
    migrations: (written.migrations ?? []).map(commandMigrationOf),
    run: program === undefined ? null : [program, ...rest],
    path: written.path ?? null,
    urlVariable: written["url-variable"] ?? variableOfTarget(effective),
    variables: written.variables ?? {},
    env: written.env ?? null,
    envFile: written["env-file"] === undefined ? null : resolve(directory, written["env-file"]),
    timeoutMs: validDurationMs(written.timeout ?? DEFAULTS.migrateTimeout),
    lockTimeoutMs: validDurationMs(written["lock-timeout"] ?? DEFAULTS.lockTimeout),
    retries: written.retries ?? DEFAULTS.retries,
  };
}

function asMap(given: WrittenMigrate | undefined): WrittenMap {
  return typeof given === "string" ? { tool: given } : (given ?? {});
}

/**
 * The tool that is named, else the one that has the keys that are given, sql before others as only Belay itself can be meant where nothing
 * is installed; else null: the files tell.
 */
function toolOf(written: WrittenMap): ToolName | null {
  if (written.tool !== undefined) return written.tool;
  const given = ownKeys(written);
  const owners = given.length === 0 ? [] : ownersOf(given);
  return owners.includes("sql") || owners.length === 1 ? (owners[0] ?? null) : null;
}

/** The keys of single tools that are given. */
function ownKeys(written: WrittenMap): readonly string[] {
  return [...new Set(Object.values(TOOL_OPTIONS).flat())].filter((key) => key in written);
}

/** The tools that have all of these keys. */
function ownersOf(keys: readonly string[]): readonly ToolName[] {
  return (Object.keys(TOOL_OPTIONS) as ToolName[]).filter((tool) => keys.every((key) => TOOL_OPTIONS[tool]?.includes(key)));
}

/** Keys of single tools that are single values. */
function toolOptions(written: WrittenMap): Readonly<Record<string, JsonValue>> {
  const byDefault = toolOf(written) === "sql" ? { directory: DEFAULTS.directory } : {};
  const keys = Object.values(TOOL_OPTIONS)
    .flat()
    .filter((key) => key !== "migrations");
  const given = Object.entries(written).filter(([key, value]) => keys.includes(key) && value !== undefined);
  return { ...byDefault, ...(Object.fromEntries(given) as Record<string, JsonValue>) };
}

function commandMigrationOf(written: WrittenCommandMigration): CommandMigration {
  return {
    id: written.id,
    pending: commandOf(written.pending),
    pendingWhen: written["pending-when"],
    appliedWhen: written["applied-when"],
    apply: migrationCommand(written.apply),
    revert: written.revert === undefined ? null : migrationCommand(written.revert),
    files: written.files ?? null,
  };
}

/** Without a timeout of its own it may take as long as `migrate.timeout` lets all of them take together. */
function migrationCommand(written: WrittenCommand): MigrationCommand {
  const { command, timeoutMs } = commandOf(written);
  const isLimited = typeof written === "object" && "timeout" in written && written.timeout !== undefined;
  return { command, timeoutMs: isLimited ? timeoutMs : null };
}

/** The variable that the URL consists of: tools of the team expect it under this name. */
function variableOfTarget(effective: Tree): string | null {
  const url = at(effective, ["target", "url"]);
  const [, name = null] = /^\$\{(\w+)\}$/.exec(url?.kind === "scalar" ? url.source : "") ?? [];
  return name;
}

/** Keys that mean nothing to the tool that is named, and what it cannot do without. */
export function migrateProblems(given: WrittenMigrate | undefined, targets: readonly Target[], block: Tree): readonly Problem[] {
  const written = asMap(given);
  const tool = toolOf(written);
  return [
    ...(tool === null ? withoutTool(written, block) : foreignKeys(written, tool, block)),
    ...(tool === "command" && written.migrations === undefined ? [withoutMigrations(block)] : []),
    ...partsProblems(written.variables ?? {}, targets, block),
  ];
}

/** Keys that no one tool has. Those of a program that nothing names are well: what is recognised from the files may be one. */
function withoutTool(written: WrittenMap, block: Tree): readonly Problem[] {
  const [first, ...others] = ownKeys(written);
  if (first === undefined) return [];
  const other = others.find((key) => ownersOf([first, key]).length === 0);
  if (other === undefined) return [];
  const message = `"${other}" is a key of ${ofTools(ownersOf([other]))}, and "${first}" of ${ownersOf([first]).join(", ")}`;
  return [problem(block, ["migrate", other], "unknown-key", message, "leave one of the two out")];
}

function foreignKeys(written: WrittenMap, tool: ToolName, block: Tree): readonly Problem[] {
  const own = TOOL_OPTIONS[tool] ?? [];
  const foreign = ownKeys(written)
    .filter((key) => !own.includes(key))
    .map((key) =>
      problem(block, ["migrate", key], "unknown-key", `"${key}" is a key of ${ofTools(ownersOf([key]))}, not of ${tool}`, "leave it out"),
    );
  if (!BUILT_IN.includes(tool)) return foreign;
  const useless = PROGRAM_OPTIONS.filter((key) => key in written).map((key) =>
    problem(
      block,
      ["migrate", key],
      "unknown-key",
      `"${key}" is for tools that are programs of their own; ${tool} is part of Belay`,
      "leave it out",
    ),
  );
  return [...foreign, ...useless];
}

function ofTools(tools: readonly ToolName[]): string {
  return `the tool${tools.length === 1 ? "" : "s"} ${tools.join(", ")}`;
}

function withoutMigrations(block: Tree): Problem {
  return problem(
    block,
    ["migrate", "migrations"],
    "missing-key",
    "the tool command needs migrations",
    "list them: [{ id, pending, pending-when, applied-when, apply }]",
  );
}

/** A SQLite file has no host, port, user and password. */
function partsProblems(variables: Readonly<Record<string, UrlPart>>, targets: readonly Target[], block: Tree): readonly Problem[] {
  if (!targets.some(({ engine }) => engine === "sqlite")) return [];
  return Object.entries(variables).flatMap(([name, part]) =>
    SQLITE_PARTS.includes(part)
      ? []
      : [
          problem(
            block,
            ["migrate", "variables", name],
            "no-such-part",
            `a SQLite file has no ${part}`,
            `it has ${SQLITE_PARTS.join(", ")}`,
          ),
        ],
  );
}

const SQLITE_PARTS: readonly UrlPart[] = ["url", "path", "name"];

function problem(block: Tree, path: Path, code: string, message: string, hint: string): Problem {
  const { line, column, path: name } = placeOf(block, path);
  return { line, column, path: name, code, message, hint };
}
