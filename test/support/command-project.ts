/** A folder with migration scripts of a team's own and a SQLite database, for the tests of the tool `command`. */

import { appendFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CommandMigration } from "../../src/domain/command-migration.ts";
import { spawn } from "../../src/process/spawn.ts";
import { commandTool, type CommandToolContext, type CommandToolOptions } from "../../src/tool/command/command-tool.ts";
import type { MigrationTool } from "../../src/tool/tool.ts";
import { temporaryFolder, withDatabase } from "./sqlite-target.ts";

export interface CommandProject extends Disposable {
  readonly directory: string;
  readonly database: string;
  readonly migrations: CommandMigration[];
  tool(options?: Partial<CommandToolOptions>, context?: Partial<CommandToolContext>): MigrationTool;
  /** Writes a script that makes a table, and lists it as a migration. */
  addTable(id: string, table: string, how?: { readonly fails?: boolean; readonly reversible?: boolean }): void;
  change(id: string): void;
}

const LIBRARY = new URL("./table-migration.ts", import.meta.url).href;

export function commandProject(): CommandProject {
  const folder = temporaryFolder();
  const database = join(folder.path, "app.db");
  withDatabase(database, (db) => db.exec("create table existing (a)"));
  const migrations: CommandMigration[] = [];
  return {
    directory: folder.path,
    database,
    migrations,
    tool: (options = {}, context = {}) =>
      commandTool(
        { migrations, run: null, ...options },
        {
          directory: folder.path,
          databases: [database],
          variables: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, BELAY_DATABASE_PATH: database },
          spawn,
          redact: (text) => text,
          ...context,
        },
      ),
    addTable: (id, table, { fails = false, reversible = true } = {}) => {
      writeFileSync(join(folder.path, `${id}.mjs`), `import { migrateTable } from "${LIBRARY}";\nmigrateTable("${table}", ${fails});\n`);
      migrations.push(scriptMigration(id, reversible));
    },
    change: (id) => appendFileSync(join(folder.path, `${id}.mjs`), "// changed\n"),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

function scriptMigration(id: string, reversible: boolean): CommandMigration {
  const script = (...words: string[]) => ({ argv: ["node", `${id}.mjs`, ...words] as const });
  return {
    id,
    pending: { command: script(), timeoutMs: 10_000 },
    pendingWhen: "^Would ",
    appliedWhen: "already exists$",
    apply: { command: script("--apply"), timeoutMs: null },
    revert: reversible ? { command: script("--revert"), timeoutMs: null } : null,
    files: null,
  };
}
