/**
 * A small web application on a SQLite file, as a program of its own: `node http-app.ts DATABASE PORT [MODE]`. Port 0 takes any; it
 * prints `listening on <port>` when it can be asked. It opens the database per request, as many small applications do.
 *
 * `/login` counts the tables of the database. Modes: `broken` answers 500, `hangs` never answers, `writes` adds a row to the table
 * `visit` on each request, `holds` keeps the database open from start to end. SIGTERM ends it in good order.
 */

import { createServer, type ServerResponse } from "node:http";
import { pathToFileURL } from "node:url";
import Database from "better-sqlite3";

export type AppMode = "works" | "broken" | "hangs" | "writes" | "holds";

export interface AppAnswer {
  readonly status: number;
  readonly body: string;
}

function answer(path: string, mode: AppMode): AppAnswer {
  if (mode === "broken") return { status: 500, body: "internal error: no such column: user.role" };
  const database = new Database(path, { fileMustExist: true });
  try {
    if (mode === "writes") database.exec("create table if not exists visit (at text); insert into visit values (datetime('now'))");
    const tables = database.prepare("select count(*) from sqlite_schema where type = 'table'").pluck().get();
    return { status: 200, body: JSON.stringify({ page: "login", tables }) };
  } catch (error) {
    return { status: 500, body: `internal error: ${String(error)}` };
  } finally {
    database.close();
  }
}

export function serve(path: string, port: number, mode: AppMode): void {
  const held = mode === "holds" ? new Database(path, { fileMustExist: true }) : null;
  held?.pragma("user_version");
  const server = createServer((request, response: ServerResponse) => {
    if (mode === "hangs") return;
    const { status, body } = request.url === "/login" ? answer(path, mode) : { status: 404, body: "no such page" };
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  });
  server.listen(port, "127.0.0.1", () => {
    const address = server.address();
    process.stdout.write(`listening on ${address !== null && typeof address === "object" ? address.port : port}\n`);
  });
  process.once("SIGTERM", () => {
    server.closeAllConnections();
    server.close(() => held?.close());
  });
}

const [, script = "", database, port, mode = "works"] = process.argv;
if (pathToFileURL(script).href === import.meta.url && database !== undefined) serve(database, Number(port ?? 0), mode as AppMode);
