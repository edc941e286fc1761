/** Many small migrations, guarded, beside dbmate without any guard: the same files, which both read. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { compared, type Pair, type Row } from "./comparison.ts";
import { sqlite3 } from "./large-database.ts";
import { npmVariables } from "./npm.ts";
import { Site } from "./site.ts";
import { run } from "./timed.ts";

export async function smallMigrations(
  folder: string,
  count: number,
  rounds: number,
  told: (text: string) => void,
): Promise<readonly Row[]> {
  told("installing dbmate (npm)");
  const dbmate = await installDbmate(join(folder, "dbmate"));
  const site = new Site(join(folder, "small-migrations"));
  for (let at = 1; at <= count; at++) site.write(`migrations/${String(at).padStart(4, "0")}_add.sql`, migration(at));
  const rollbackJournal = await measure(site, dbmate, emptyDatabase(folder, "delete"), count, rounds, told);
  const log = await measure(site, dbmate, emptyDatabase(folder, "wal"), count, rounds, told);
  return [
    compared(`${count} small migrations, guarded / dbmate up`, rollbackJournal, 1),
    compared("the same in WAL mode, where dbmate syncs only at the end", log, 1),
  ];
}

function emptyDatabase(folder: string, journalMode: "delete" | "wal"): string {
  const file = join(folder, `${journalMode}.db`);
  sqlite3(file, `pragma journal_mode = ${journalMode}; create table start(id integer primary key); drop table start;`);
  return file;
}

async function measure(
  site: Site,
  dbmate: string,
  empty: string,
  count: number,
  rounds: number,
  told: (text: string) => void,
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 1; round <= rounds; round++) {
    told(`${count} small migrations: round ${round} of ${rounds}`);
    await site.reset(empty);
    const variables = { DATABASE_URL: `sqlite:${site.database}` };
    const theirs = await site.run([dbmate, "--no-dump-schema", "--migrations-dir", "migrations", "up"], { variables });
    await site.reset(empty);
    const ours = await site.belayJson(["migrate", "prod"]);
    if (ours.result.targets[0]?.applied.length !== count) throw new Error("not every migration was applied");
    pairs.push({ ours, theirs });
  }
  return pairs;
}

function migration(at: number): string {
  const table = `notes_${at % 50}`;
  const change =
    at <= 50
      ? `create table notes_${at % 50}(id integer primary key, body text not null);`
      : `alter table ${table} add column c${at} text;`;
  return `-- migrate:up\n${change}\ninsert into ${table}(body) values ('migration ${at}');\n\n-- migrate:down\ndelete from ${table};\n`;
}

async function installDbmate(folder: string): Promise<string> {
  mkdirSync(folder);
  const directory = folder;
  await run(["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error", "dbmate@2"], {
    directory,
    variables: npmVariables(),
  });
  return join(folder, "node_modules/.bin/dbmate");
}
