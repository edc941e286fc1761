/** Migrations that programs of the team's own apply: each can be asked whether it is pending, told to apply, and asked again. */

import { createHash } from "node:crypto";
import { canonicalJson, type JsonValue } from "../../domain/canonical-json.ts";
import type { CommandMigration } from "../../domain/command-migration.ts";
import type { CommandLine } from "../../domain/command.ts";
import { usageError } from "../../domain/error.ts";
import type { CommandEnd, SpawnRequest } from "../../process/process.ts";
import { ASKING } from "../target-variables.ts";
import type { MigrationTool, ToolState } from "../tool.ts";
import { applyMigrations } from "./apply.ts";
import { ask, patternsOf } from "./ask.ts";
import type { Commands } from "./commands.ts";
import { digestFiles } from "./files.ts";
import { revertMigrations } from "./revert.ts";

export interface CommandToolOptions {
  /** In the order of application. */
  readonly migrations: readonly CommandMigration[];
  /** What every command line is put behind, for a tool that lives elsewhere: `docker`, `run`, …; null: nothing. */
  readonly run: readonly [string, ...string[]] | null;
}

export interface CommandToolContext {
  /** Where the commands start, and what `files` are relative to; absolute. */
  readonly directory: string;
  /** The SQLite files that the migrations work on; absolute. */
  readonly databases: readonly string[];
  /** The whole environment of the commands, the target's address in it. */
  readonly variables: Readonly<Record<string, string>>;
  readonly spawn: (request: SpawnRequest) => Promise<CommandEnd>;
  /** Hides secrets in what a command said, before it is quoted. */
  readonly redact: (text: string) => string;
}

/** Throws a usage error for migrations that share an id, and for a pattern that cannot tell anything. */
export function commandTool(options: CommandToolOptions, context: CommandToolContext): MigrationTool {
  const commands: Commands = { ...options, ...context };
  refuseUnusable(options.migrations);
  return {
    name: "command",
    records: [],
    abilities: {
      writesThroughSession: false,
      atomicMigrations: false,
      revert: options.migrations.some(({ revert }) => revert !== null),
      toVersion: true,
    },
    configDigest: async () =>
      createHash("sha256")
        .update(canonicalJson(configuration(options)))
        .digest("hex"),
    state: () => readState({ ...commands, variables: { ...commands.variables, ...ASKING } }),
    apply: (request) => applyMigrations(commands, request),
    revert: (request) => revertMigrations(commands, request),
  };
}

async function readState(commands: Commands): Promise<ToolState> {
  const applied: string[] = [];
  const pending: ToolState["pending"][number][] = [];
  for (const migration of commands.migrations) {
    const verdict = await ask(commands, migration);
    if (verdict === "applied") {
      applied.push(migration.id);
      continue;
    }
    const { sha256, first } = await digestFiles(migration, commands);
    pending.push({ id: migration.id, sha256, sql: null, file: first, reversible: migration.revert !== null, findings: [] });
  }
  return { applied, pending, withoutFile: [], obstacles: [], findings: [] };
}

function configuration({ migrations, run }: CommandToolOptions): JsonValue {
  const line = (command: CommandLine): JsonValue => ("shell" in command ? { shell: command.shell } : { argv: command.argv });
  return {
    tool: "command",
    run,
    migrations: migrations.map(({ id, pending, pendingWhen, appliedWhen, apply, revert, files }) => ({
      id,
      pending: line(pending.command),
      pendingWhen,
      appliedWhen,
      apply: line(apply.command),
      revert: revert === null ? null : line(revert.command),
      files,
    })),
  };
}

function refuseUnusable(migrations: readonly CommandMigration[]): void {
  const seen = new Set<string>();
  for (const migration of migrations) {
    const { id } = migration;
    if (seen.has(id)) throw usageError("duplicate-migration", `two migrations have the id ${id}`, { hint: "give each an id of its own" });
    seen.add(id);
    patternsOf(migration);
  }
}
