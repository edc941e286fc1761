/**
 * Every check and test of the project, one line a stage; what a stage said is shown only where it fails, and nothing runs after that.
 * The last line, alone, is `N passed, N failed`: the tests, as vitest counted them.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Stage, runStage } from "./suite/stage.ts";
import { readVerdict, type Verdict } from "./suite/verdict.ts";

const CHECKS: readonly Stage[] = [
  { name: "format", command: ["oxfmt", "--check"] },
  { name: "lint", command: ["oxlint"] },
  { name: "types", command: ["tsc", "-p", "."] },
  { name: "dead code", command: ["knip"] },
  { name: "schema", command: ["node", "script/schema.ts", "--check"] },
  { name: "docs", command: ["node", "script/docs.ts", "--check"] },
  { name: "workflows", command: ["node", "script/workflows.ts"] },
  { name: "dist", command: ["node", "script/build.ts", "--check"] },
];

async function checksPass(): Promise<boolean> {
  for (const stage of CHECKS) {
    if (!(await runStage(stage))) return false;
  }
  return true;
}

/** null when vitest ended without a result to read. */
async function test(): Promise<Verdict | null> {
  const folder = await mkdtemp(join(tmpdir(), "belay-suite-"));
  try {
    const result = join(folder, "result.json");
    const passed = await runStage({
      name: "tests",
      // A clock that stood still for a second on a busy machine is no defect; one that is, fails again. Both are told.
      command: ["vitest", "run", "--retry=1", "--reporter=minimal", "--reporter=json", `--outputFile.json=${result}`],
    });
    return await readVerdict(result, passed);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const began = performance.now();
if (!(await checksPass())) {
  process.exitCode = 1;
} else {
  const verdict = await test();
  for (const name of verdict?.skipped ?? []) console.log(`  skipped: ${name}`);
  for (const { name, said } of verdict?.repeated ?? []) console.log(`  repeated: ${name}\n            ${said.split("\n", 1).join("")}`);
  console.log(`  all      ${((performance.now() - began) / 1000).toFixed(1)} s`);
  if (verdict !== null) console.log(`${verdict.passed} passed, ${verdict.failed} failed`);
  if (verdict === null || verdict.failed > 0) process.exitCode = 1;
}
