/**
 * A small web application on a SQLite file or a PostgreSQL URL, as a program of its own: `node http-app.ts DATABASE PORT [MODE]`. Port 0
 * takes any; it prints `listening on <port>` when it can be asked. It opens the database per request, as many small applications do.
 *
 * `/login` counts the application's tables. Modes: `broken` answers 500, `hangs` never answers, `writes` adds a row to the table
 * `visit` on each request, `holds` keeps the database open from start to end. SIGTERM ends it in good order.
 */

import { createServer, type ServerResponse } from "node:http";
import Database from "better-sqlite3";
import pg from "pg";

export type AppMode = "works" | "broken" | "hangs" | "writes" | "holds";

interface AppDatabase {
  /** Runs statements, and gives the first value of the last one's result. */
  ask(sql: string): Promise<unknown>;
  close(): Promise<void>;
}

const WRITE = "create table if not exists visit (at text); insert into visit values (cast(current_timestamp as text));";

function openSqlite(path: string): AppDatabase & { readonly tables: string } {
  const database = new Database(path, { fileMustExist: true });
  return {
    tables:
      "select count(*) from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\' and name not like 'belay\\_%' escape '\\'",
    ask: async (sql) => {
      if (!sql.startsWith("select")) return void database.exec(sql);
      return database.prepare(sql).pluck().get();
    },
    close: async () => void database.close(),
  };
}

async function openPostgres(connectionString: string): Promise<AppDatabase & { readonly tables: string }> {
  const client = new pg.Client({ connectionString, application_name: "the application" });
  client.on("error", () => undefined);
  await client.connect();
  return {
    tables: "select count(*)::int from pg_tables where schemaname = 'public' and tablename !~ '^belay_'",
    ask: async (sql) => (await client.query({ text: sql, rowMode: "array" })).rows?.[0]?.[0],
    close: () => client.end(),
  };
}

const open = async (database: string) => (database.includes("://") ? openPostgres(database) : openSqlite(database));

async function answer(database: string, mode: AppMode): Promise<{ readonly status: number; readonly body: string }> {
  if (mode === "broken") return { status: 500, body: "internal error: no such column: user.role" };
  const opened = await open(database);
  try {
    if (mode === "writes") await opened.ask(WRITE);
    return { status: 200, body: JSON.stringify({ page: "login", tables: await opened.ask(opened.tables) }) };
  } catch (error) {
    return { status: 500, body: `internal error: ${String(error)}` };
  } finally {
    await opened.close();
  }
}

async function serve(database: string, port: number, mode: AppMode): Promise<void> {
  const held = mode === "holds" ? await open(database) : null;
  await held?.ask("select 1");
  const server = createServer((request, response: ServerResponse) => {
    if (mode === "hangs") return;
    const answered = request.url === "/login" ? answer(database, mode) : Promise.resolve({ status: 404, body: "no such page" });
    void answered
      .catch((error: unknown) => ({ status: 500, body: `internal error: ${String(error)}` }))
      .then(({ status, body }) => response.writeHead(status, { "content-type": "application/json" }).end(body));
  });
  server.listen(port, "127.0.0.1", () => {
    const address = server.address();
    process.stdout.write(`listening on ${address !== null && typeof address === "object" ? address.port : port}\n`);
  });
  process.once("SIGTERM", () => {
    server.closeAllConnections();
    server.close(() => void held?.close());
  });
}

const [, , database, port, mode = "works"] = process.argv;
if (database !== undefined) await serve(database, Number(port ?? 0), mode as AppMode);
