/**
 * Kills Belay at every point where it makes something durable or changes a name, recovers, and looks whether everything holds.
 * `script/crash-points` tries what the tests try; `--all` every scenario; a word after that only the scenarios whose name has it.
 */

import { describeTally, tryEveryPoint, type Scenario } from "../test/support/faults-crash.ts";
import { SQLITE_SCENARIOS } from "../test/support/faults-scenarios-sqlite.ts";
import type { FaultSite } from "../test/support/faults-site.ts";
import { POSTGRES_SCENARIOS } from "../test/support/postgres/faults-scenarios.ts";

const words = process.argv.slice(2);
const wanted = words.filter((word) => word !== "--all");
const isWanted = ({ name, everyTime }: { readonly name: string; readonly everyTime: boolean }) =>
  wanted.length > 0 ? wanted.some((word) => name.includes(word)) : words.includes("--all") || everyTime;

async function tried<S extends FaultSite>(scenario: Scenario<S>): Promise<void> {
  if (!isWanted(scenario)) return;
  console.log(scenario.name);
  const tally = await tryEveryPoint(scenario, (failure) => console.log(`  ✖ ${failure}`));
  console.log(`  ${describeTally(tally).split("\n", 1).join("")} in ${tally.seconds.toFixed(0)} s`);
  if (tally.survived + tally.missed !== tally.listed) process.exitCode = 1;
}

for (const scenario of SQLITE_SCENARIOS) await tried(scenario);
for (const scenario of POSTGRES_SCENARIOS) await tried(scenario);
