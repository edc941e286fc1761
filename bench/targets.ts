/** Many databases in one run: what each of them takes, as their number grows, and beside a shell loop of SQLite's own program without any guard. */

import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { absolute, compared, type Pair, type Row } from "./comparison.ts";
import { sqlite3 } from "./large-database.ts";
import { MemoryWatch } from "./memory-watch.ts";
import { Site } from "./site.ts";
import type { Taken } from "./timed.ts";

const CONFIG =
  'environments:\n  prod:\n    targets: { files: "customers/*/app.db" }\n    backup: { store: store }\n    migrate: sql\n    app: { per: target }\n';
const MIGRATION = "alter table people add column role text;\nupdate people set role = 'member';\n";
const LOOP = 'for file in customers/*/app.db; do sqlite3 -bail "$file" < migrations/0001_role.sql || exit 1; done';

/** `few` and `many` databases of one megabyte each. */
export async function targets(
  folder: string,
  { few, many, rounds }: { readonly few: number; readonly many: number; readonly rounds: number },
  told: (text: string) => void,
): Promise<readonly Row[]> {
  const seed = join(folder, "seed.db");
  sqlite3(
    seed,
    "create table people(id integer primary key, name text); insert into people select value, hex(randomblob(40)) from generate_series(1, 11000);",
  );
  const site = new Site(join(folder, "site"));
  site.write("belay.yml", CONFIG);
  site.write("migrations/0001_role.sql", MIGRATION);
  const growth: Pair[] = [];
  const guarded: Pair[] = [];
  const peaks: { readonly few: number[]; readonly many: number[] } = { few: [], many: [] };
  for (let round = 1; round <= rounds; round++) {
    told(`${few} and ${many} databases: round ${round} of ${rounds}`);
    const small = await migrate(site, seed, few);
    const large = await migrate(site, seed, many);
    lay(site, seed, many);
    const loop = await site.run(["sh", "-c", LOOP]);
    growth.push({ ours: each(large.taken, many), theirs: each(small.taken, few) });
    guarded.push({ ours: each(large.taken, many), theirs: each(loop, many) });
    peaks.few.push(small.peak);
    peaks.many.push(large.peak);
  }
  return [
    compared(`each of ${many} databases of 1 MB in one run / each of ${few}`, growth, 1.2),
    compared(`each of ${many} databases of 1 MB, guarded / a shell loop of sqlite3`, guarded, null),
    absolute(`${many} databases, memory of all processes`, peaks.many, "MB", 200),
    absolute(`${few} databases, memory of all processes`, peaks.few, "MB", null),
  ];
}

async function migrate(site: Site, seed: string, count: number): Promise<{ readonly taken: Taken; readonly peak: number }> {
  lay(site, seed, count);
  const watch = new MemoryWatch();
  const ran = await site.belayJson(["migrate", "prod"], { started: (pid) => watch.start(pid) });
  const { together: peak } = watch.stop();
  if (ran.result.targets.filter(({ outcome }) => outcome === "migrated").length !== count)
    throw new Error("not every database was migrated");
  return { taken: ran, peak };
}

function lay(site: Site, seed: string, count: number): void {
  for (const name of ["customers", "store"]) rmSync(join(site.directory, name), { recursive: true, force: true });
  for (let at = 1; at <= count; at++) {
    const place = join(site.directory, "customers", `c${at}`);
    mkdirSync(place, { recursive: true });
    copyFileSync(seed, join(place, "app.db"));
  }
}

function each({ wallMs, cpuMs }: Taken, count: number): Taken {
  return { wallMs: wallMs / count, cpuMs: cpuMs / count };
}
