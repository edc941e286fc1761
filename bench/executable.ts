/** The single executable beside the same command of `dist/`, each with the Node that it needs. */

import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";

import { absolute, compared, type Pair, type Row } from "./comparison.ts";
import { sqlite3 } from "./large-database.ts";
import { CLI, Site } from "./site.ts";

export async function executable(folder: string, rounds: number, told: (text: string) => void): Promise<readonly Row[]> {
  const file = join(folder, "belay");
  told("executable: building it");
  execFileSync(process.execPath, [join(import.meta.dirname, "../script/executable.ts"), file], { stdio: "inherit" });
  const site = new Site(join(folder, "site"));
  sqlite3(site.database, "create table users(id integer primary key);");
  const rows: Row[] = [];
  for (const [args, atMost] of [
    [["--version"], 1.2],
    [["gate", "prod"], 1.2],
  ] as const) {
    told(`executable: belay ${args.join(" ")}, ${rounds} times`);
    const pairs: Pair[] = [];
    for (let round = 0; round < rounds; round++) {
      const theirs = await site.run([process.execPath, CLI, ...args]);
      pairs.push({ ours: await site.run([file, ...args]), theirs });
    }
    rows.push(compared(`single executable, ${args.join(" ")} / node dist/cli.js`, pairs, atMost));
  }
  return [...rows, absolute("single executable, size", [statSync(file).size / 1e6], "MB", null)];
}
