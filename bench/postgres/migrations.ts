/** Many small migrations on PostgreSQL, guarded, beside tools without any guard: the same changes, each tool in its own layout. */

import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { compared, type Pair, type Row } from "../comparison.ts";
import { npmVariables } from "../npm.ts";
import { Site } from "../site.ts";
import { type Ran, run } from "../timed.ts";
import type { BenchServer } from "./server.ts";

interface Tool {
  readonly name: string;
  /** Its file for one migration, and what is in it. */
  readonly file: (id: string) => string;
  readonly text: (sql: string) => string;
  /** What else its project is, of the names of all migrations. */
  readonly project?: (ids: readonly string[]) => Readonly<Record<string, string>>;
  /** Where it takes the address from, beside DATABASE_URL. */
  readonly variables?: (url: string) => Readonly<Record<string, string>>;
  readonly up: (bin: string, directory: string) => readonly string[];
}

const TOOLS: readonly Tool[] = [
  {
    name: "dbmate",
    file: (id) => `${id}_add.sql`,
    text: (sql) => `-- migrate:up\n${sql}\n-- migrate:down\n`,
    up: (bin, directory) => [join(bin, "dbmate"), "--no-dump-schema", "--migrations-dir", directory, "up"],
  },
  {
    name: "node-pg-migrate",
    file: (id) => `${id}_add.sql`,
    text: (sql) => `-- Up Migration\n${sql}\n-- Down Migration\n`,
    up: (bin, directory) => [
      join(bin, "node-pg-migrate"),
      "up",
      "--migrations-dir",
      directory,
      "--no-single-transaction",
      "--no-check-order",
    ],
  },
  {
    // Debian's package, or whatever the machine has: it starts a psql for each change.
    name: "sqitch",
    file: (id) => `deploy/c${id}.sql`,
    text: (sql) => `BEGIN;\n${sql}COMMIT;\n`,
    project: (ids) => ({
      "sqitch.conf": "[core]\n\tengine = pg\n[user]\n\tname = Bench\n\temail = bench@example.com\n",
      "sqitch.plan": `%syntax-version=1.0.0\n%project=bench\n\n${ids.map((id) => `c${id} 2026-01-01T00:00:00Z Bench <bench@example.com>\n`).join("")}`,
    }),
    variables: (url) => ({ SQITCH_TARGET: `db:${url}` }),
    up: (_bin, directory) => ["sqitch", "--chdir", directory, "deploy"],
  },
];

export async function migrations(
  server: BenchServer,
  folder: string,
  count: number,
  rounds: number,
  told: (text: string) => void,
): Promise<readonly Row[]> {
  told("installing dbmate and node-pg-migrate (npm)");
  const bin = await install(join(folder, "tools"), ["dbmate@2", "node-pg-migrate@8"]);
  const site = new Site(join(folder, "small-migrations"));
  site.write(
    "belay.yml",
    'environments:\n  prod:\n    target: { url: "${DATABASE_URL}" }\n    migrate: { tool: sql, directory: migrations }\n    backup: { store: ./backups }\n',
  );
  for (let at = 1; at <= count; at++) {
    const id = String(20_260_101_000_000 + at);
    site.write(`migrations/${id}_add.sql`, migration(at));
    for (const tool of TOOLS) site.write(`${tool.name}/${tool.file(id)}`, tool.text(migration(at)));
  }
  const ids = Array.from({ length: count }, (_, index) => String(20_260_101_000_001 + index));
  for (const { name, project } of TOOLS) {
    for (const [file, content] of Object.entries(project?.(ids) ?? {})) site.write(`${name}/${file}`, content);
  }
  const pairs = new Map<string, Pair[]>(TOOLS.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    told(`PostgreSQL, ${count} small migrations: round ${round} of ${rounds}`);
    const ours = await guarded(server, site, count);
    for (const tool of TOOLS) pairs.get(tool.name)?.push({ ours, theirs: await byTool(server, site, tool, bin) });
  }
  return TOOLS.map(({ name }) => compared(`${count} small migrations, guarded / ${name} up`, pairs.get(name) ?? [], 1));
}

async function guarded(server: BenchServer, site: Site, count: number): Promise<Ran> {
  await server.reset("small");
  rmSync(join(site.directory, "backups"), { recursive: true, force: true });
  const ran = await site.belayJson(["migrate", "prod"], { variables: server.variables("small") });
  if (ran.result.targets[0]?.applied.length !== count) throw new Error("not every migration was applied");
  return ran;
}

async function byTool(server: BenchServer, site: Site, { name, up, variables = () => ({}) }: Tool, bin: string): Promise<Ran> {
  await server.reset("small");
  const found = server.variables("small");
  const url = `${found["DATABASE_URL"]}?sslmode=disable`;
  return site.run(up(bin, name), { variables: { ...found, DATABASE_URL: url, ...variables(url) } });
}

function migration(at: number): string {
  const table = `notes_${at % 50}`;
  const change =
    at <= 50
      ? `create table ${table}(id bigint generated always as identity primary key, body text not null);`
      : `alter table ${table} add column c${at} text;`;
  return `${change}\ninsert into ${table}(body) values ('migration ${at}');\n`;
}

async function install(folder: string, packages: readonly string[]): Promise<string> {
  mkdirSync(folder);
  const argv = ["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error", ...packages];
  await run(argv, { directory: folder, variables: npmVariables() });
  return join(folder, "node_modules/.bin");
}
