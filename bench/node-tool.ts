/** A migration tool of Node's, guarded by Belay and bare: what the guard costs where the tool does the work, and what the gate costs over asking it. */

import { symlinkSync } from "node:fs";
import { join } from "node:path";

import { compared, over, type Pair, type Row } from "./comparison.ts";
import { sqlite3 } from "./large-database.ts";
import { CLI, Site } from "./site.ts";

const KNEXFILE = `module.exports = {
  client: "better-sqlite3",
  useNullAsDefault: true,
  connection: { filename: process.env.BELAY_DATABASE_PATH ?? "app.db" },
};
`;
const MIGRATIONS = 3;
const GATE_BAR_MS = 200;

export async function nodeTool(folder: string, rounds: number, told: (text: string) => void): Promise<readonly Row[]> {
  const site = new Site(join(folder, "knex"));
  symlinkSync(join(import.meta.dirname, "../node_modules"), join(site.directory, "node_modules"));
  site.write("belay.yml", "environments:\n  prod:\n    target: sqlite:app.db\n    migrate: knex\n");
  site.write("package.json", '{ "private": true }\n');
  site.write("knexfile.js", KNEXFILE);
  for (let at = 1; at <= MIGRATIONS; at++) site.write(`migrations/${at}_add.js`, migration(at));
  const empty = join(folder, "empty.db");
  sqlite3(empty, "pragma journal_mode = wal; create table existing(id integer primary key);");
  const [runs, gates]: [Pair[], Pair[]] = [[], []];
  for (let round = 1; round <= rounds; round++) {
    told(`Knex: round ${round} of ${rounds}`);
    await site.reset(empty);
    const theirs = await site.run([join(site.directory, "node_modules/.bin/knex"), "migrate:latest"]);
    const asked = await site.run([join(site.directory, "node_modules/.bin/knex"), "migrate:list"]);
    await site.reset(empty);
    const ours = await site.belayJson(["migrate", "prod"]);
    if (ours.result.targets[0]?.applied.length !== MIGRATIONS) throw new Error("not every migration was applied");
    runs.push({ ours, theirs });
    gates.push({ ours: await site.run([process.execPath, CLI, "gate", "prod"]), theirs: asked });
  }
  return [
    compared(`${MIGRATIONS} Knex migrations, guarded / knex migrate:latest`, runs, null),
    over("belay gate, tool knex, over knex migrate:list", gates, GATE_BAR_MS),
  ];
}

function migration(at: number): string {
  return `exports.up = (knex) => knex.schema.createTable("made_${at}", (table) => table.increments("id"));
exports.down = (knex) => knex.schema.dropTable("made_${at}");
`;
}
