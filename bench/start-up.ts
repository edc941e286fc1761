/** What Belay takes before it does anything, beside a Node that does nothing. */

import { join } from "node:path";

import { compared, over, type Pair, type Row } from "./comparison.ts";
import { sqlite3 } from "./large-database.ts";
import { CLI, Site } from "./site.ts";

export async function startUp(folder: string, rounds: number, told: (text: string) => void): Promise<readonly Row[]> {
  const site = new Site(join(folder, "start-up"));
  sqlite3(
    site.database,
    "pragma journal_mode = wal; create table users(id integer primary key, email text); insert into users values (1, 'a@example.org');",
  );
  site.write("migrations/001_names.sql", "alter table users add column name text;\n");
  const plan = await measure(site, ["plan", "prod"], rounds, told);
  const version = await measure(site, ["--version"], rounds, told);
  await site.belay("migrate", "prod");
  const gate = await measure(site, ["gate", "prod"], rounds, told);
  return [
    compared("belay --version / node -e 0", version, 1.5),
    over("belay plan, small database, over node -e 0", plan, 60),
    over("belay gate, small database, over node -e 0", gate, 60),
  ];
}

async function measure(site: Site, args: readonly string[], rounds: number, told: (text: string) => void): Promise<Pair[]> {
  told(`start-up: belay ${args.join(" ")}, ${rounds} times`);
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round++) {
    const theirs = await site.run([process.execPath, "-e", "0"]);
    const ours = await site.run([process.execPath, CLI, ...args]);
    pairs.push({ ours: { ...ours, cpuMs: 0 }, theirs: { ...theirs, cpuMs: 0 } }); // hundredths of a second are too coarse here
  }
  return pairs;
}
