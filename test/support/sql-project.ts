/** A folder with SQL migrations and a SQLite database, for the tests of the tool `sql`. */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { Session } from "../../src/domain/session.ts";
import { sqlTool, type SqlToolOptions } from "../../src/tool/sql/sql-tool.ts";
import type { MigrationTool } from "../../src/tool/tool.ts";
import { openSqliteSession } from "./sqlite-session.ts";
import { temporaryFolder, withDatabase } from "./sqlite-target.ts";

export interface SqlProject extends Disposable {
  /** Absolute path of the database. */
  readonly database: string;
  readonly session: Session;
  tool(options?: Pick<SqlToolOptions, "layout" | "baseline">): MigrationTool;
  /** Writes a file below `migrations/`. */
  write(path: string, content: string | Uint8Array): void;
  remove(path: string): void;
  content(): string;
  tables(): readonly string[];
}

export function sqlProject(schema = "create table existing (a)"): SqlProject {
  const folder = temporaryFolder();
  const database = join(folder.path, "app.db");
  withDatabase(database, (db) => db.exec(schema));
  mkdirSync(join(folder.path, "migrations"));
  const opened = openSqliteSession(database);
  const pathOf = (path: string) => join(folder.path, "migrations", path);
  return {
    database,
    session: opened.session,
    tool: (options = {}) => sqlTool({ directory: join(folder.path, "migrations"), root: folder.path, ...options }),
    write: (path, content) => {
      mkdirSync(dirname(pathOf(path)), { recursive: true });
      writeFileSync(pathOf(path), content);
    },
    remove: (path) => rmSync(pathOf(path), { recursive: true }),
    content: () => contentOf(database),
    tables: () => tablesOf(database),
    [Symbol.dispose]: () => {
      opened[Symbol.dispose]();
      folder[Symbol.dispose]();
    },
  };
}

/** Structure, settings and rows, in the order in which they lie there. */
export function contentOf(database: string): string {
  return withDatabase(database, (db) => {
    const objects = db.prepare<[], { name: string; type: string; sql: string | null }>("select type, name, sql from sqlite_schema").all();
    const tables = objects
      .filter(({ type }) => type === "table")
      .map(({ name }) => ({ name, rows: db.prepare(`select * from "${name}"`).raw().all() }));
    return JSON.stringify({
      objects,
      tables,
      version: db.pragma("user_version", { simple: true }),
      mode: db.pragma("journal_mode", { simple: true }),
    });
  });
}

/** Tables that the migrations made. */
export function tablesOf(database: string): readonly string[] {
  return withDatabase(database, (db) =>
    db
      .prepare<[], string>(
        "select name from sqlite_schema where type = 'table' and name not in ('existing', 'belay_migrations') and name not like 'sqlite\\_%' escape '\\' order by name",
      )
      .pluck()
      .all(),
  );
}
