/** Many tenants of one database, guarded, beside a loop of a bare tool over the same schemas; and what a tenant takes as their number grows. */

import { rmSync } from "node:fs";
import { join } from "node:path";

import { absolute, compared, type Pair, type Row } from "../comparison.ts";
import { MemoryWatch, type Peak } from "../memory-watch.ts";
import { Site } from "../site.ts";
import type { Taken } from "../timed.ts";
import { BenchServer } from "./server.ts";

const TABLES = 10;
const MIGRATIONS = 3;

/** `few` and `many` tenants, each with ten tables of a hundred rows. */
export async function tenants(
  folder: string,
  few: number,
  many: number,
  rounds: number,
  told: (text: string) => void,
): Promise<readonly Row[]> {
  await using server = await BenchServer.start(15, folder);
  const site = writeSite(join(folder, "site"));
  for (const count of [few, many]) {
    told(`${count} tenants: generating`);
    await server.reset(`original_${count}`);
    for (let from = 0; from < count; from += 20) await server.sql(`original_${count}`, schemas(from, Math.min(count, from + 20)));
  }
  const loops: Pair[] = [];
  const growth: Pair[] = [];
  const peaks: Peak[] = [];
  for (let round = 1; round <= rounds; round++) {
    told(`tenants: round ${round} of ${rounds}`);
    const small = await guarded(server, site, few);
    const large = await guarded(server, site, many);
    peaks.push(large.peak);
    growth.push({ ours: perTenant(large.taken, many), theirs: perTenant(small.taken, few) });
    loops.push({ ours: large.taken, theirs: await loop(server, site, many) });
  }
  return [
    compared(`${many} tenants, guarded / a loop of dbmate up`, loops, null),
    compared(`time per tenant, ${many} tenants / ${few}`, growth, 1.25),
    absolute(
      `${many} tenants, memory of all processes`,
      peaks.map(({ together }) => together),
      "MB",
      null,
    ),
  ];
}

function perTenant({ wallMs, cpuMs }: Taken, count: number): Taken {
  return { wallMs: wallMs / count, cpuMs: cpuMs / count };
}

function writeSite(directory: string): Site {
  const site = new Site(directory);
  site.write(
    "belay.yml",
    `environments:
  prod:
    target: { url: "\${DATABASE_URL}", name: app }
    tenants: { sql: "select nspname from pg_namespace where nspname ~ '^tenant_'" }
    migrate: { tool: sql, directory: migrations }
    backup: { store: ./backups }
`,
  );
  for (let at = 1; at <= MIGRATIONS; at++) {
    const sql = `alter table t${at} add column extra text;\n`;
    site.write(`migrations/000${at}_extra.sql`, sql);
    site.write(`dbmate/2026010100000${at}_extra.sql`, `-- migrate:up\n${sql}-- migrate:down\n`);
  }
  site.write(
    "loop",
    `for i in $(seq 1 "$1"); do dbmate --no-dump-schema --migrations-dir dbmate --url "$DATABASE_URL?sslmode=disable&search_path=tenant_$i" up; done\n`,
  );
  return site;
}

function schemas(from: number, to: number): string {
  const tables = Array.from({ length: TABLES }, (_, at) => at + 1);
  return Array.from({ length: to - from }, (_, at) => {
    const schema = `tenant_${from + at + 1}`;
    const made = tables.map(
      (table) =>
        `create table ${schema}.t${table} (id int primary key, body text); insert into ${schema}.t${table} select i, md5(i::text) from generate_series(1, 100) i;`,
    );
    return `create schema ${schema}; ${made.join(" ")}`;
  }).join("\n");
}

async function guarded(server: BenchServer, site: Site, count: number): Promise<{ readonly taken: Taken; readonly peak: Peak }> {
  await server.reset("app", `original_${count}`);
  rmSync(join(site.directory, "backups"), { recursive: true, force: true });
  const watch = new MemoryWatch();
  const ran = await site.belayJson(["migrate", "prod"], { variables: server.variables("app"), started: (pid) => watch.start(pid) });
  const peak = watch.stop();
  const migrated = ran.result.targets.filter(({ outcome, applied }) => outcome === "migrated" && applied.length === MIGRATIONS);
  if (migrated.length !== count) throw new Error(`${migrated.length} of ${count} tenants were migrated`);
  return { taken: ran, peak };
}

async function loop(server: BenchServer, site: Site, count: number): Promise<Taken> {
  await server.reset("app", `original_${count}`);
  return site.run(["sh", "-e", "loop", String(count)], { variables: server.variables("app") });
}
