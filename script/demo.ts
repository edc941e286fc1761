/** The demonstration, on the example of `examples/booking` in a temporary folder: what is printed between the headings is Belay's own. */

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { styleText } from "node:util";
import { writeBookingDatabase } from "./booking-database.ts";

const root = join(import.meta.dirname, "..");
const dist = process.env["BELAY_DIST"] ?? join(root, "dist");

function heading(text: string): void {
  console.log(`\n${styleText("bold", text)}\n`);
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("the system gave no port");
  return address.port;
}

/** A shell command in the demonstration's folder, shown as somebody would type it. */
function type(folder: string, command: string, expectedStatus: number): void {
  console.log(styleText("dim", `$ ${command}`));
  const { status } = spawnSync("sh", ["-c", command], {
    cwd: folder,
    stdio: "inherit",
    env: { ...process.env, PATH: `${folder}:${process.env["PATH"] ?? ""}` },
  });
  if (status !== expectedStatus)
    throw new Error(`"${command}" ended with ${status}, expected ${expectedStatus}; everything is in ${folder}`);
}

/** The first lines of what the application answers; it may just be starting. */
async function ask(url: string): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const response = await fetch(url);
      const lines = (await response.text()).split("\n").slice(0, 6);
      return [styleText("dim", `GET ${url} → ${response.status}`), ...lines, "    …"].join("\n");
    } catch (error) {
      if (attempt === 50) throw error;
      await pause(100);
    }
  }
}

const folder = realpathSync(mkdtempSync(join(tmpdir(), "belay-demo-")));
const port = await freePort();
cpSync(join(root, "examples/booking"), folder, { recursive: true });
writeFileSync(join(folder, "belay"), `#!/bin/sh\nPORT=${port} exec "${process.execPath}" "${join(dist, "cli.js")}" "$@"\n`, {
  mode: 0o755,
});
writeBookingDatabase(join(folder, "booking.db"));
process.env["PORT"] = String(port);

heading("A booking application: 240 organisations, 20,000 users, 300,000 bookings. Two migrations are pending.");
type(folder, "node app.mjs start", 0);
try {
  type(folder, "belay migrate prod", 0);

  heading("The next one merges organisations, and forgets that a town may be missing. A check stands in its way.");
  type(folder, "cp later/0003_merge_organizations.sql migrations/", 0);
  type(folder, "belay migrate prod", 4);

  heading("The application runs on the data as they were.");
  console.log(await ask(`http://127.0.0.1:${port}/`));
} finally {
  type(folder, "node app.mjs stop", 0);
}

heading("Look around:");
console.log(`  cd ${folder}
  ./belay status          what is applied and pending, the newest backup
  ./belay runs            what happened
  ./belay plan            the third migration again, with its SQL
  ./belay --help
  rm -r ${folder}`);
