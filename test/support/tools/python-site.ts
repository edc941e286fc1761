/** Projects of Python's tools on SQLite, as their makers begin them. */

import Database from "better-sqlite3";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { Project } from "../project.ts";
import type { ToolSite } from "./tool-site.ts";

/** The system's Python has the tools' packages, whatever Python is first on the PATH of whoever runs the tests. */
export class PythonProject extends Project {
  override readonly variables = { PATH: `${join(this.directory, "bin")}:/usr/bin:${process.env["PATH"] ?? ""}` };

  constructor() {
    super();
    this.write("bin/python", `#!/bin/sh\nexec /usr/bin/python3 "$@"\n`);
  }
}

export interface PythonTool {
  readonly migrate: Readonly<Record<string, string>>;
  /** Tables that the tool, or its framework, makes for itself. */
  readonly ownTables: RegExp;
  /** Writes what the project is before its first migration. `address`: a Python expression for the path of the database. */
  layOut(project: PythonProject, address: string): void;
  /** Writes the next migration and gives its id; `body`: statements of Python that it runs beside making a table. */
  write(project: PythonProject, migration: { readonly index: number; readonly name: string; readonly body: readonly string[] }): string;
}

const FROM_VARIABLE = 'os.environ["BELAY_DATABASE_PATH"]';

export function pythonSite(tool: PythonTool): ToolSite {
  const project = new PythonProject();
  project.sql("create table existing (id integer primary key, name text); insert into existing (name) values ('one'), ('two')");
  tool.layOut(project, FROM_VARIABLE);
  let written = 0;
  return {
    project,
    target: "target: sqlite:app.db",
    migrate: tool.migrate,
    withoutTool: { PATH: join(project.directory, "migrations") },
    write: (kind, name) => tool.write(project, { index: ++written, name, body: BODIES[kind](project.directory) }),
    began: () => existsSync(join(project.directory, "began")),
    tables: () => tablesIn(project.database, tool.ownTables),
    leadElsewhere: async () => {
      const other = join(project.directory, "other.db");
      new Database(other).close();
      tool.layOut(project, JSON.stringify(other));
      return () => tablesIn(other, tool.ownTables);
    },
    [Symbol.asyncDispose]: async () => project[Symbol.dispose](),
  };
}

/** Python in a function that has `execute(sql)`. */
const BODIES: Readonly<Record<Parameters<ToolSite["write"]>[0], (directory: string) => readonly string[]>> = {
  "makes-table": () => [],
  fails: () => ['execute("insert into nowhere values (1)")'],
  "goes-on": (directory) => [
    "import pathlib, time",
    `pathlib.Path(${JSON.stringify(directory)}, "began").touch()`,
    "for index in range(600):",
    "    execute(\"insert into existing (name) values ('more')\")",
    "    time.sleep(0.1)",
  ],
};

function tablesIn(database: string, own: RegExp): readonly string[] {
  const db = new Database(database, { readonly: true });
  try {
    const names = db.prepare<[], { name: string }>("select name from sqlite_schema where type = 'table' order by name").all();
    return names.map(({ name }) => name).filter((name) => name !== "existing" && !own.test(name) && !/^(belay|sqlite)_/.test(name));
  } finally {
    db.close();
  }
}
