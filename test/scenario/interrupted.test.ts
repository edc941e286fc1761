/** Ctrl-C in every step of a run: what was started is ended, what was done is undone, and the application runs as before. */

import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { describe, expect, test } from "vitest";

import type { Production } from "../support/production.ts";
import { EACH_ENGINE, type Start } from "../support/productions.ts";

interface Moment {
  readonly step: string;
  readonly app?: Readonly<Record<string, string>>;
  readonly checks?: string;
  readonly migration?: string;
  /** What the application was told. */
  readonly log: readonly string[];
}

const SLEEP = "touch here; sleep 30; echo too late >> app.log";
const ENDLESS = "with recursive n (i) as (select 1 union all select i + 1 from n) select max(i) from n";

const MOMENTS: readonly Moment[] = [
  { step: "prepare", app: { prepare: SLEEP }, log: [] },
  { step: "stop", app: { stop: SLEEP }, log: ["previous"] },
  { step: "migrate", migration: `create table endless as ${ENDLESS};\n`, log: ["stop", "previous"] },
  { step: "verify, in a command", checks: `after: [{ name: slow, command: "${SLEEP}" }]`, log: ["stop", "previous"] },
  { step: "verify, in a query", checks: `after: [{ name: slow, sql: "${ENDLESS}", expect: 0 }]`, log: ["stop", "previous"] },
  { step: "start", app: { start: SLEEP }, log: ["stop", "stop", "previous"] },
  { step: "health", checks: `health: [{ name: slow, command: "${SLEEP}" }]`, log: ["stop", "start", "stop", "previous"] },
  {
    step: "health, of a page that does not answer",
    checks: 'health: [{ http: "http://127.0.0.1:9/", within: 30s }]',
    log: ["stop", "start", "stop", "previous"],
  },
];

async function project(
  start: Start,
  { app = {}, checks, migration = "create table new_one (id integer primary key);\n" }: Moment,
): Promise<Production> {
  const made = await start(100);
  const commands = { stop: "echo stop >> app.log", start: "echo start >> app.log", previous: "echo previous >> app.log", ...app };
  const lines = Object.entries(commands).map(([name, command]) => `  ${name}: ${command}\n`);
  made.configure(`${made.target}migrate: sql\napp:\n${lines.join("")}${checks === undefined ? "" : `checks: { ${checks} }\n`}`);
  made.migration("0001_role.sql", "alter table users add column role text;\n");
  made.migration("0002_more.sql", migration);
  return made;
}

/** When the run is in the middle of the step: its command is at work, or its phase says so. */
async function reached(of: Production, { step }: Moment): Promise<void> {
  const phase =
    step === "migrate" ? "migrating" : step === "verify, in a query" ? "verifying" : step.startsWith("health, of") ? "health" : null;
  const there = () => (phase === null ? of.exists("here") : phaseOfRun(of) === phase);
  while (!there()) await pause(20);
}

/** As its journal says. */
function phaseOfRun(of: Production): string | undefined {
  if (!of.exists("belay-backups/prod/.runs")) return undefined;
  const [journal] = of.files("belay-backups/prod/.runs");
  if (journal === undefined) return undefined; // its folder comes first
  return [...of.read(join("belay-backups/prod/.runs", journal)).matchAll(/"type":"phase","phase":"([^"]*)"/g)].at(-1)?.[1];
}

/** A CI system that cancels sends both; every moment is tried with what Ctrl-C sends. */
const TRIED = MOMENTS.flatMap((moment) => {
  const signals = moment.step === "stop" || moment.step === "migrate" ? (["SIGINT", "SIGTERM"] as const) : (["SIGINT"] as const);
  return signals.map((signal) => ({ signal, moment, step: moment.step }));
});

describe.each(EACH_ENGINE)("an interrupted run of a database %s:", { timeout: 60_000 }, (_name, start) => {
  test.each(TRIED)("$signal during $step: everything is as it was", async ({ signal, moment }) => {
    await using interrupted = await project(start, moment);
    const before = interrupted.dump();
    const running = interrupted.start(["migrate", "--json"]);
    await reached(interrupted, moment);
    running.kill(signal);
    const { status, stdout } = await running.ended;
    const result = JSON.parse(stdout) as {
      readonly outcome: string;
      readonly reasons: readonly { readonly code: string; readonly message: string }[];
    };
    expect({ status, outcome: result.outcome, reasons: result.reasons }).toEqual({
      status: 4,
      outcome: "undone",
      reasons: [{ code: "interrupted", message: `interrupted by ${signal}` }],
    });
    expect(interrupted.dump() === before).toBe(true);
    expect(interrupted.applicationLog()).toEqual(moment.log);
    // It was nobody's fault: the same plan may simply run again.
    expect((await interrupted.json("plan")).result.reasons).toEqual([]);
    expect((await interrupted.json("status")).result.targets[0]?.state).toMatchObject({
      lock: "free",
      lastRun: { phase: "ended", outcome: "undone" },
    });
  });
});
