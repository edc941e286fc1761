/** Every crash point of a scenario: run, kill there, recover, and look whether everything holds. */

import { availableParallelism } from "node:os";

import { expect } from "vitest";

import { describePoint, killAt, listPoints, type CrashPoint } from "./faults-points.ts";
import { assertInvariants, Site, type SiteOptions } from "./faults-site.ts";

export interface Scenario {
  readonly name: string;
  readonly site: SiteOptions;
  /** Up to the command that is killed. */
  readonly prepare: (site: Site) => Promise<void>;
  readonly command: readonly string[];
  /** How the command ends when nobody kills it. */
  readonly status: number;
  /** Tried by the tests; the others by `script/crash-points --all`. */
  readonly everyTime: boolean;
}

export interface Tally {
  readonly listed: number;
  readonly tried: number;
  readonly survived: number;
  readonly failures: readonly string[];
  readonly seconds: number;
}

const nothing = async () => {};

async function expectEnd(site: Site, status: number, ...args: readonly string[]): Promise<void> {
  const ended = await site.run(...args);
  expect(ended.status, `belay ${args.join(" ")}: ${ended.stderr}${ended.stdout}`).toBe(status);
}

/** The command of a check or of the application ends Belay, its parent, the first time that it runs. */
const KILL_ONCE = "test -e killed || { touch killed; kill -9 $PPID; }";

const CRASHING = (after: string, health: string): SiteOptions => ({
  checks: `checks:\n  after:\n    - { command: '${after}' }\n  health:\n    - { command: '${health}' }\n`,
});

async function crash(site: Site): Promise<void> {
  const ended = await site.run("migrate", "prod");
  expect(ended.signal, ended.stderr + ended.stdout).toBe("SIGKILL");
}

export const SCENARIOS: readonly Scenario[] = [
  { name: "a migration that ends well", site: {}, prepare: nothing, command: ["migrate", "prod"], status: 0, everyTime: true },
  {
    name: "a migration that fails verification, rolled back by a swap",
    site: {},
    prepare: async (site) => void site.write("broken", ""),
    command: ["migrate", "prod"],
    status: 4,
    everyTime: true,
  },
  {
    name: "a migration that fails verification, its backup taken before the downtime",
    site: { backup: "  when: before\n" },
    prepare: async (site) => void site.write("broken", ""),
    command: ["migrate", "prod"],
    status: 4,
    everyTime: false,
  },
  {
    name: "a migration that fails verification, rolled back in place",
    site: { linked: true },
    prepare: async (site) => void site.write("broken", ""),
    command: ["migrate", "prod"],
    status: 4,
    everyTime: false,
  },
  {
    name: "a rollback by a swap",
    site: {},
    prepare: (site) => expectEnd(site, 0, "migrate", "prod"),
    command: ["rollback", "prod"],
    status: 0,
    everyTime: true,
  },
  {
    name: "a rollback in place",
    site: { linked: true },
    prepare: (site) => expectEnd(site, 0, "migrate", "prod"),
    command: ["rollback", "prod"],
    status: 0,
    everyTime: false,
  },
  {
    name: "a recovery that goes back",
    site: CRASHING(KILL_ONCE, "true"),
    prepare: crash,
    command: ["recover", "prod"],
    status: 4,
    everyTime: false,
  },
  {
    name: "a recovery that goes on",
    site: CRASHING("true", KILL_ONCE),
    prepare: crash,
    command: ["recover", "prod"],
    status: 0,
    everyTime: false,
  },
  {
    name: "a migration whose health check fails, rolled back by a swap",
    site: {},
    prepare: async (site) => void site.write("ill", ""),
    command: ["migrate", "prod"],
    status: 4,
    everyTime: false,
  },
  {
    name: "a recovery that goes back in place",
    site: { ...CRASHING(KILL_ONCE, "true"), linked: true },
    prepare: crash,
    command: ["recover", "prod"],
    status: 4,
    everyTime: false,
  },
];

/** Two at a time for each core: a run mostly waits for its own processes. `told`: every failure at once, for a person who waits. */
export async function tryEveryPoint(scenario: Scenario, told: (line: string) => void = () => {}): Promise<Tally> {
  const began = performance.now();
  using first = new Site(scenario.site);
  const points = await listed(scenario, first);
  const waiting = [...points];
  const failures: string[] = [];
  let tried = 0;
  const worker = async () => {
    for (let point = waiting.shift(); point !== undefined; point = waiting.shift()) {
      tried++;
      const failure = await failureAt(scenario, first, point);
      if (failure === null) continue;
      failures.push(failure);
      told(failure);
    }
  };
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, worker));
  return { listed: points.length, tried, survived: tried - failures.length, failures, seconds: (performance.now() - began) / 1000 };
}

export function describeTally({ listed: count, tried, survived }: Tally): string {
  return `crash points: listed ${count}, tried ${tried}, survived ${survived}`;
}

async function listed(scenario: Scenario, like: Site): Promise<readonly CrashPoint[]> {
  using site = new Site({ ...scenario.site, like });
  await scenario.prepare(site);
  const { ended, points } = await listPoints(site, scenario.command);
  expect(ended.status, ended.stderr + ended.stdout).toBe(scenario.status);
  return points;
}

async function failureAt(scenario: Scenario, like: Site, point: CrashPoint): Promise<string | null> {
  using site = new Site({ ...scenario.site, like });
  const told: string[] = [];
  try {
    await scenario.prepare(site);
    const killed = await killAt(site, scenario.command, point);
    told.push(`killed: ${killed.status ?? killed.signal} ${killed.stderr.trim()}`);
    await survive(site, scenario, told);
    return null;
  } catch (error) {
    return [describePoint(point), error instanceof Error ? error.message : String(error), ...told].join("\n  ");
  }
}

/** Recovers, looks at everything, and does what somebody would do next. */
async function survive(site: Site, { command }: Scenario, told: string[]): Promise<void> {
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
