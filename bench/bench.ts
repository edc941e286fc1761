/**
 * Measures Belay, as it is built in `dist/`, beside what people do without it, and prints one table of ratios. `--quick`: on small
 * databases, to see that it works; the ratios of large ones are what counts. `--only=start-up` and the like: one part. A bar that is
 * not met is shown, it fails nothing: how long something takes is the machine's affair, too.
 */

import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { action } from "./action.ts";
import { bot } from "./bot.ts";
import type { Row } from "./comparison.ts";
import { executable } from "./executable.ts";
import { gate } from "./gate.ts";
import { guardedMigration } from "./guarded-migration.ts";
import { LARGE, QUICK, writeLargeDatabase } from "./large-database.ts";
import { memory } from "./memory.ts";
import { nodeTool } from "./node-tool.ts";
import { postgres } from "./postgres/postgres.ts";
import { tenants } from "./postgres/tenants.ts";
import { smallMigrations } from "./small-migrations.ts";
import { startUp } from "./start-up.ts";
import { table } from "./table.ts";
import { targets } from "./targets.ts";

const { values: options } = parseArgs({
  options: { quick: { type: "boolean", default: false }, rounds: { type: "string" }, only: { type: "string" } },
});
const rounds = Number(options.rounds ?? (options.quick ? 2 : 5));
const told = (text: string) => console.error(`bench: ${text}`);

const folder = mkdtempSync(join(tmpdir(), "belay-bench-"));
try {
  const rows: Row[] = [];
  for (const [name, measure] of Object.entries(parts())) {
    if (options.only !== undefined && options.only !== name) continue;
    mkdirSync(join(folder, name));
    rows.push(...(await measure(join(folder, name))));
    rmSync(join(folder, name), { recursive: true });
  }
  console.log(
    `${options.quick ? "Quick: " : ""}${rounds} rounds on ${availableParallelism()} processors, Node ${process.versions.node}; load at the end ${loadavg()[0]?.toFixed(1)}\n`,
  );
  console.log(table(rows));
} finally {
  rmSync(folder, { recursive: true });
}

function parts(): Readonly<Record<string, (folder: string) => Promise<readonly Row[]>>> {
  return {
    "start-up": (place) => startUp(place, rounds * 4, told),
    gate: (place) => gate(place, rounds * 4, told),
    "node-tool": (place) => nodeTool(place, rounds * 2, told),
    executable: (place) => executable(place, rounds * 4, told),
    action: (place) => action(place, rounds * 4, told),
    bot: (place) => bot(place, { rounds: options.quick ? 1 : 3, events: options.quick ? 5_000 : 100_000 }, told),
    "small-migrations": (place) => smallMigrations(place, options.quick ? 100 : 1000, rounds, told),
    "guarded-migration": (place) => guardedMigration(place, { ...databases(), rounds }, told),
    memory: (place) => memory(place, { ...databases(), rounds: Math.min(rounds, 2) }, told),
    tenants: (place) => tenants(place, options.quick ? 5 : 25, options.quick ? 20 : 200, Math.min(rounds, 2), told),
    targets: (place) =>
      targets(place, { few: options.quick ? 3 : 20, many: options.quick ? 12 : 1000, rounds: options.quick ? rounds : 1 }, told),
    postgres: (place) => postgres(place, { quick: options.quick, rounds: Math.min(rounds, 3) }, told),
  };
}

/** Made when the first part needs them. */
function databases(): { readonly large: string; readonly plain: string; readonly small: string } {
  const [large, plain, small] = [join(folder, "large.db"), join(folder, "plain.db"), join(folder, "small.db")];
  if (statSync(large, { throwIfNoEntry: false }) === undefined) {
    told("generating the databases");
    writeLargeDatabase(large, options.quick ? QUICK : LARGE);
    writeLargeDatabase(plain, options.quick ? QUICK : LARGE, { indexed: false });
    writeLargeDatabase(small, QUICK / 10);
    told(`${(statSync(large).size / 1e6).toFixed(0)} MB and ${(statSync(small).size / 1e6).toFixed(1)} MB`);
  }
  return { large, plain, small };
}
