/** Every crash point of a scenario: run, kill there, recover, and look whether everything holds. */

import { availableParallelism } from "node:os";

import { expect } from "vitest";

import { describePoint, killAt, listPoints } from "./faults-points.ts";
import { assertInvariants, type FaultSite, type SiteOptions } from "./faults-site.ts";
import type { Ended } from "./workplace.ts";

export interface Scenario<S extends FaultSite> {
  readonly name: string;
  /** `like`: one that it gave before, whose database is copied. */
  readonly start: (like?: S) => Promise<S>;
  /** Up to the command that is killed. */
  readonly prepare: (site: S) => Promise<void>;
  readonly command: readonly string[];
  /** How the command ends when nobody kills it. */
  readonly status: number;
  /** Runs the command to its end, and tells where it can be killed. */
  readonly list: (site: S, command: readonly string[]) => Promise<{ readonly ended: Ended; readonly points: readonly KillPoint<S>[] }>;
  /** Trials at once. Default: two for each core, as a run mostly waits for its own processes. */
  readonly atOnce?: number;
  /** Tried by the tests; the others by `script/crash-points --all`. */
  readonly everyTime: boolean;
}

export interface KillPoint<S extends FaultSite> {
  readonly told: string;
  /** Throws `NeverThere` where this run did not come to the point. */
  readonly kill: (site: S, command: readonly string[]) => Promise<Ended>;
  /** Not every run comes there, as where it ends sessions that were just about to leave. */
  readonly sometimes?: boolean;
}

export class NeverThere extends Error {}

export interface Tally {
  readonly listed: number;
  readonly tried: number;
  readonly survived: number;
  /** Points to which only some runs come, and none of the trials came. */
  readonly missed: number;
  readonly failures: readonly string[];
  readonly seconds: number;
}

/** Every call that makes something durable or changes a name. */
export async function durablePoints(site: FaultSite, command: readonly string[]): ReturnType<Scenario<FaultSite>["list"]> {
  const { ended, points } = await listPoints(site, command);
  return { ended, points: points.map((point) => ({ told: describePoint(point), kill: (at, args) => killAt(at, args, point) })) };
}

export const nothing = async () => {};

export async function expectEnd(site: FaultSite, status: number, ...args: readonly string[]): Promise<void> {
  const ended = await site.run(...args);
  expect(ended.status, `belay ${args.join(" ")}: ${ended.stderr}${ended.stdout}`).toBe(status);
}

/** The command of a check or of the application ends Belay, its parent, the first time that it runs. */
export const KILL_ONCE = "test -e killed || { touch killed; kill -9 $PPID; }";

export const CRASHING = (after: string, health: string): SiteOptions => ({
  checks: `checks:\n  after:\n    - { command: '${after}' }\n  health:\n    - { command: '${health}' }\n`,
});

export async function crash(site: FaultSite): Promise<void> {
  const ended = await site.run("migrate", "prod");
  expect(ended.signal, ended.stderr + ended.stdout).toBe("SIGKILL");
}

/** `told`: every failure at once, for a person who waits. */
export async function tryEveryPoint<S extends FaultSite>(scenario: Scenario<S>, told: (line: string) => void = () => {}): Promise<Tally> {
  const began = performance.now();
  await using first = await scenario.start();
  const points = await listed(scenario, first);
  const waiting = [...points];
  const failures: string[] = [];
  let tried = 0;
  let missed = 0;
  const worker = async () => {
    for (let point = waiting.shift(); point !== undefined; point = waiting.shift()) {
      tried++;
      const failure = await failureAt(scenario, first, point);
      if (failure === MISSED) missed++;
      if (failure === null || failure === MISSED) continue;
      failures.push(failure);
      told(failure);
    }
  };
  await Promise.all(Array.from({ length: scenario.atOnce ?? 2 * availableParallelism() }, worker));
  const survived = tried - failures.length - missed;
  return { listed: points.length, tried, survived, missed, failures, seconds: (performance.now() - began) / 1000 };
}

export function describeTally({ listed: count, tried, survived, missed, failures }: Tally): string {
  const notCome = missed === 0 ? "" : `, no trial came to ${missed}`;
  return [`crash points: listed ${count}, tried ${tried}, survived ${survived}${notCome}`, ...failures].join("\n");
}

async function listed<S extends FaultSite>(scenario: Scenario<S>, like: S): Promise<readonly KillPoint<S>[]> {
  await using site = await scenario.start(like);
  await scenario.prepare(site);
  const { ended, points } = await scenario.list(site, scenario.command);
  expect(ended.status, ended.stderr + ended.stdout).toBe(scenario.status);
  return points;
}

/** In words; null: it survived. */
type Failure = string | null;
/** The run came there in no trial. */
const MISSED = "missed";
const TRIALS_TO_COME_THERE = 3;

async function failureAt<S extends FaultSite>(scenario: Scenario<S>, like: S, point: KillPoint<S>): Promise<Failure> {
  for (let trial = 1; ; trial++) {
    const failure = await failureOnce(scenario, like, point);
    if (failure !== MISSED || trial === TRIALS_TO_COME_THERE) return failure;
  }
}

async function failureOnce<S extends FaultSite>(scenario: Scenario<S>, like: S, point: KillPoint<S>): Promise<Failure> {
  await using site = await scenario.start(like);
  const told: string[] = [];
  try {
    await scenario.prepare(site);
    const killed = await point.kill(site, scenario.command);
    told.push(`killed: ${killed.status ?? killed.signal} ${killed.stderr.trim()}`);
    await survive(site, scenario, told);
    return null;
  } catch (error) {
    if (error instanceof NeverThere && point.sometimes === true) return MISSED;
    return [point.told, error instanceof Error ? error.message : String(error), ...told].join("\n  ");
  }
}

/** Recovers, looks at everything, and does what somebody would do next. */
async function survive<S extends FaultSite>(site: S, { command }: Scenario<S>, told: string[]): Promise<void> {
  const recovered = await site.recover();
  told.push(`recover: ${recovered.status} ${recovered.stderr.trim()}\n${recovered.stdout.trim()}`);
  expect([0, 3, 4]).toContain(recovered.status);
  const state = assertInvariants(site);
  const words = site.applicationLog();
  if (words.length > 0) expect(words.at(-1), "the application's last word").toBe(state === "new" ? "start" : "previous");
  for (const file of ["broken", "ill"]) if (site.exists(file)) site.remove(file);
  if (command[0] === "rollback" && state === "new") {
    await expectEnd(site, 0, "rollback", "prod");
    expect(assertInvariants(site)).toBe("old");
  } else {
    if (command[0] === "rollback") await expectEnd(site, 3, "rollback", "prod"); // it is taken back, and only once
    await expectEnd(site, 0, "migrate", "prod", ...(state === "old" ? ["--again", "the cause is gone"] : []));
    expect(assertInvariants(site)).toBe("new");
  }
}
