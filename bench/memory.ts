/** The most memory that a whole guarded run takes, at two sizes: it must not grow with the database. */

import { join } from "node:path";

import { absolute, type Row } from "./comparison.ts";
import type { Sizes } from "./guarded-migration.ts";
import { MemoryWatch, type Peak } from "./memory-watch.ts";
import { Site } from "./site.ts";

const MIGRATION = "alter table bookings add column channel text;\nupdate users set display_name = upper(display_name);\n";

export async function memory(folder: string, { large, small, rounds }: Sizes, told: (text: string) => void): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [name, database] of [
    ["large", large],
    ["small", small],
  ] as const) {
    const site = new Site(join(folder, `memory-${name}`));
    site.write("migrations/001_bench.sql", MIGRATION);
    const peaks: Peak[] = [];
    for (let round = 1; round <= rounds; round++) {
      told(`memory, ${name} database: round ${round} of ${rounds}`);
      await site.reset(database);
      const watch = new MemoryWatch();
      await site.belayJson(["migrate", "prod"], { started: (pid) => watch.start(pid) });
      peaks.push(watch.stop());
    }
    rows.push(
      absolute(
        `peak memory, ${name}: the largest process (resident)`,
        peaks.map(({ largest }) => largest),
        "MB",
        200,
      ),
    );
    rows.push(
      absolute(
        `peak memory, ${name}: all processes (shared pages once)`,
        peaks.map(({ together }) => together),
        "MB",
        200,
      ),
    );
  }
  return rows;
}
