/** One round of a watch: every check asked once, beside an application that runs. */

import type { RecordedRows } from "../check/check.ts";
import type { CheckConfig } from "../domain/check.ts";
import { BelayError, messageOf } from "../domain/error.ts";
import type { CheckResult } from "../domain/result.ts";
import type { Target } from "../domain/target.ts";
import type { WatchConfig, WatchedCheck } from "../domain/watch.ts";
import type { Reader } from "../engine/engine.ts";
import { runChecks, watchedName, type CheckSurroundings } from "./checks.ts";

/** A target that SQL is asked of, and what its checks read in the before-state. */
export interface WatchedTarget {
  readonly target: Target;
  readonly baseline: ReadonlyMap<string, RecordedRows>;
  readonly open: () => Promise<Reader>;
}

export interface Asked {
  /** The same in every round. */
  readonly key: string;
  readonly watched: WatchedCheck;
  readonly result: CheckResult;
}

/** A check as it is asked in every round: SQL of each target, all else once. */
export interface Subject {
  readonly key: string;
  readonly name: string;
  readonly watched: WatchedCheck;
}

export function subjectsOf({ checks }: WatchConfig, targets: readonly Target[]): readonly Subject[] {
  const several = targets.length > 1;
  return checks.flatMap((watched) => {
    const { name, kind } = watched.check;
    if (kind !== "sql" || !several) return [{ key: name, name, watched }];
    return targets.map((target) => ({ key: keyOf(name, target), name: nameOf(name, target), watched }));
  });
}

function keyOf(check: string, { name }: Target): string {
  return `${name}/${check}`;
}

function nameOf(check: string, { name }: Target): string {
  return `${check} (${name})`;
}

/** SQL is asked of every target, all else once. A target that cannot be read is a check that fails. Throws when interrupted. */
export async function askRound(
  surroundings: CheckSurroundings,
  { checks }: WatchConfig,
  targets: readonly WatchedTarget[],
): Promise<readonly Asked[]> {
  const ofAll = checks.filter(({ check }) => check.kind !== "sql");
  const ofEach = checks.filter(({ check }) => check.kind === "sql");
  const asked = await ask(surroundings, ofAll, null);
  if (ofEach.length === 0) return asked;
  for (const target of targets) {
    const named = targets.length > 1 ? target.target : null;
    asked.push(...(await ask(surroundings, ofEach, target)).map((each) => ofTarget(each, named)));
  }
  return asked;
}

async function ask(surroundings: CheckSurroundings, watched: readonly WatchedCheck[], target: WatchedTarget | null): Promise<Asked[]> {
  const checks = watched.map(({ check }) => check);
  const results = target === null ? await run(surroundings, checks) : await askTarget(surroundings, checks, target);
  return watched.flatMap((each, index) => {
    const result = results[index];
    return result === undefined ? [] : [{ key: each.check.name, watched: each, result }];
  });
}

async function askTarget(
  surroundings: CheckSurroundings,
  checks: readonly CheckConfig[],
  { baseline, open }: WatchedTarget,
): Promise<readonly CheckResult[]> {
  let reader: Reader;
  try {
    reader = await open();
  } catch (error) {
    if (!(error instanceof BelayError) || error.code === "interrupted") throw error;
    const actual = surroundings.ports.redact(messageOf(error));
    return checks.map(({ name }) => ({ name, phase: "watch", passed: false, expected: "a database that can be read", actual }));
  }
  await using opened = reader;
  return await run(surroundings, checks, opened, baseline);
}

async function run(
  surroundings: CheckSurroundings,
  checks: readonly CheckConfig[],
  reader: Reader | null = null,
  baseline: ReadonlyMap<string, RecordedRows> = new Map(),
): Promise<readonly CheckResult[]> {
  const own = checks.flatMap(({ name }) => {
    const recorded = baseline.get(watchedName(name));
    return recorded === undefined ? [] : [[name, recorded] as const];
  });
  return (await runChecks(surroundings, checks, "watch", reader?.session ?? null, new Map(own))).results;
}

function ofTarget({ key, watched, result }: Asked, target: Target | null): Asked {
  if (target === null) return { key, watched, result };
  return { key: keyOf(key, target), watched, result: { ...result, name: nameOf(result.name, target) } };
}

/** A check that merely warns breaks nothing. */
export function hasFailed({ result }: Asked): boolean {
  return !result.passed && result.warned !== true;
}
