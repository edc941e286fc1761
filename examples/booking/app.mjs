// A small booking application: `node app.mjs start` and `stop`, as a service manager would, and `serve`, which is the application.

import { spawn } from "node:child_process";
import { existsSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

const PID_FILE = "app.pid";

function start() {
  const log = openSync("app.log", "a");
  const program = ["--disable-warning=ExperimentalWarning", import.meta.filename, "serve"];
  const child = spawn(process.execPath, program, { detached: true, stdio: ["ignore", log, log] });
  writeFileSync(PID_FILE, String(child.pid));
  child.unref();
}

async function stop() {
  process.kill(Number(readFileSync(PID_FILE, "utf8")), "SIGTERM");
  while (existsSync(PID_FILE)) await pause(20);
}

async function serve() {
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync("booking.db");
  const upcoming = database.prepare(`
    select o.name as organisation, count(*) as bookings
    from bookings b join users u on u.id = b.user_id join organizations o on o.id = u.organization_id
    where b.starts_at >= '2026-11-01' group by o.id order by bookings desc limit 10`);
  const server = createServer((request, response) => {
    const body = request.url === "/health" ? { healthy: upcoming.all().length > 0 } : { upcoming: upcoming.all() };
    response.setHeader("content-type", "application/json").end(JSON.stringify(body, null, 2));
  });
  server.listen(Number(process.env.PORT), "127.0.0.1");
  process.on("SIGTERM", () => {
    server.closeAllConnections();
    server.close(() => {
      database.close();
      rmSync(PID_FILE);
    });
  });
}

const commands = { start, stop, serve };
await commands[process.argv[2]]();
