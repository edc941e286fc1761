/**
 * Which statements of `src/` the tests run: in vitest's own processes as it counts them, and in every Belay that a test starts, which for
 * this once runs from its sources instead of `dist/`. Prints the share by folder, and the files with the most that never ran.
 * A process that a test kills with SIGKILL tells nothing of what it ran.
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";

import { readRan } from "./recording/ran.ts";

const root = join(import.meta.dirname, "..");

/** Of `dist/`, and what each is built from. */
const ENTRIES = [
  ["cli.js", "src/cli.ts"],
  ["index.js", "src/action.ts"],
  ["post.js", "src/post.ts"],
] as const;

interface Place {
  readonly line: number;
  readonly column: number;
}

interface FileCoverage {
  readonly statementMap: Readonly<Record<string, { readonly start: Place }>>;
  readonly s: Readonly<Record<string, number>>;
}

interface Count {
  total: number;
  ran: number;
}

const folder = mkdtempSync(join(tmpdir(), "belay-coverage-"));
try {
  runTests();
  report(counts());
} finally {
  rmSync(folder, { recursive: true });
}

/** Tests of the built folder itself have nothing to look at here, and the random sequences take their time. */
function runTests(): void {
  const [recorded, belay] = [join(folder, "recorded"), join(folder, "belay")];
  mkdirSync(recorded);
  mkdirSync(belay);
  const record = JSON.stringify(join(root, "script/recording/record.ts"));
  writeFileSync(join(belay, "package.json"), '{ "type": "module" }\n');
  for (const [entry, source] of ENTRIES) {
    writeFileSync(
      join(belay, entry),
      `import { recordCoverage } from ${record};\nrecordCoverage(${JSON.stringify(recorded)});\nawait import(${JSON.stringify(join(root, source))});\n`,
    );
  }
  const options = [
    "--coverage",
    "--coverage.reporter=json",
    "--coverage.reportOnFailure",
    `--coverage.reportsDirectory=${join(folder, "vitest")}`,
  ];
  const without = ["test/scenario/dist.test.ts", "test/property/**", "test/fault/crash-points.test.ts"].flatMap((name) => [
    "--exclude",
    name,
  ]);
  spawnSync("vitest", ["run", "--reporter=minimal", "--testTimeout=60000", ...options, ...without, ...process.argv.slice(2)], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, BELAY_DIST: belay },
  });
}

function counts(): ReadonlyMap<string, Count> {
  const files = JSON.parse(readFileSync(join(folder, "vitest/coverage-final.json"), "utf8")) as Readonly<Record<string, FileCoverage>>;
  const ran = readRan(join(folder, "recorded"), root);
  return new Map(
    Object.entries(files).map(([path, { statementMap, s }]) => {
      const offsetOf = offsets(readFileSync(path, "utf8"));
      const elsewhere = ran.get(path);
      const statements = Object.entries(statementMap);
      const run = statements.filter(([id, { start }]) => (s[id] ?? 0) > 0 || elsewhere?.[offsetOf(start)] === 1);
      return [relative(root, path), { total: statements.length, ran: run.length }];
    }),
  );
}

function offsets(text: string): (place: Place) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return ({ line, column }) => (starts[line - 1] ?? 0) + column;
}

function report(files: ReadonlyMap<string, Count>): void {
  const folders = new Map<string, Count>();
  for (const [file, { total, ran }] of files) {
    for (const name of [dirname(file), "src, all of it"]) {
      const count = folders.get(name) ?? { total: 0, ran: 0 };
      folders.set(name, { total: count.total + total, ran: count.ran + ran });
    }
  }
  const line = (name: string, { total, ran }: Count) =>
    `${share(ran, total).padStart(7)}  ${String(total - ran).padStart(5)} of ${String(total).padStart(5)} never ran  ${name}`;
  for (const [name, count] of [...folders].toSorted(([a], [b]) => a.localeCompare(b))) console.log(line(name, count));
  console.log("\nMost that never ran:");
  const worst = [...files].toSorted(([, a], [, b]) => b.total - b.ran - (a.total - a.ran)).slice(0, 15);
  for (const [name, count] of worst) console.log(line(name, count));
}

function share(ran: number, total: number): string {
  return total === 0 ? "-" : `${((100 * ran) / total).toFixed(1)} %`;
}
