/**
 * Kills Belay at every point where it makes something durable or changes a name, recovers, and looks whether everything holds.
 * `script/crash-points` tries what the tests try; `--all` every scenario; a word after that only the scenarios whose name has it.
 */

import { describeTally, SCENARIOS, tryEveryPoint } from "../test/support/faults-crash.ts";

const words = process.argv.slice(2);
const wanted = words.filter((word) => word !== "--all");
const scenarios = SCENARIOS.filter(({ name, everyTime }) =>
  wanted.length > 0 ? wanted.some((word) => name.includes(word)) : words.includes("--all") || everyTime,
);

for (const scenario of scenarios) {
  console.log(scenario.name);
  const tally = await tryEveryPoint(scenario, (failure) => console.log(`  ✖ ${failure}`));
  console.log(`  ${describeTally(tally)} in ${tally.seconds.toFixed(0)} s`);
  if (tally.survived !== tally.listed) process.exitCode = 1;
}
