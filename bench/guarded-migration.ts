/** A whole guarded migration, and its rollbacks, beside what a runbook does by hand. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import type { Result } from "../src/domain/result.ts";
import { absolute, compared, median, type Pair, type Row } from "./comparison.ts";
import { Site } from "./site.ts";
import { type Taken, together } from "./timed.ts";

/** Additive: a column with a default, a table, an index on the largest table. */
const WITH_INDEX = `alter table bookings add column channel text not null default 'web';
create table reviews(id integer primary key, booking_id integer not null references bookings(id), stars integer);
create index bookings_by_start on bookings(starts_at);
`;
/** Nearly nothing: the SQL by itself takes a millisecond, so that everything else is what is measured. */
const COLUMN_ONLY = `alter table bookings add column channel text not null default 'web';
`;

export interface Sizes {
  readonly large: string;
  /** As many rows without an index: `integrity_check` then has the least to do. */
  readonly plain: string;
  readonly small: string;
  readonly rounds: number;
}

export async function guardedMigration(
  folder: string,
  { large, plain, small, rounds }: Sizes,
  told: (text: string) => void,
): Promise<readonly Row[]> {
  const withIndex = await measure(new Site(join(folder, "with-index")), large, WITH_INDEX, rounds, told);
  const columnOnly = await measure(new Site(join(folder, "column-only")), large, COLUMN_ONLY, rounds, told);
  const unindexed = await measure(new Site(join(folder, "unindexed")), plain, COLUMN_ONLY, rounds, told);
  const smaller = await measure(new Site(join(folder, "smaller")), small, WITH_INDEX, rounds, told);
  return [
    compared("guarded migration with an index / cp, sqlite3, integrity_check", pairs(withIndex, "byHand"), 3),
    compared("the same / the same with the copy synced", pairs(withIndex, "byHandSynced"), null),
    compared("guarded migration, a column only / cp, sqlite3, integrity_check", pairs(columnOnly, "byHand"), 3),
    compared("the same / the same with the copy synced", pairs(columnOnly, "byHandSynced"), null),
    compared("guarded migration, a column only, no indexes / the same by hand", pairs(unindexed, "byHand"), 3),
    absolute(
      "rollback by rename, large",
      withIndex.map((round) => rollbackMs(round.renamed)),
      "ms",
      500,
    ),
    absolute(
      "rollback by rename, small",
      smaller.map((round) => rollbackMs(round.renamed)),
      "ms",
      500,
    ),
    compared(
      "rollback in place / cp and fsync",
      withIndex.map(({ inPlace, copied }) => ({ ours: { wallMs: rollbackMs(inPlace), cpuMs: 0 }, theirs: copied })),
      3,
    ),
    ...steps("with an index", withIndex),
    ...steps("a column only", columnOnly),
  ];
}

interface Round {
  readonly byHand: Taken;
  readonly byHandSynced: Taken;
  readonly guarded: Taken;
  readonly migrated: Result;
  readonly renamed: Result;
  readonly inPlace: Result;
  readonly copied: Taken;
}

async function measure(site: Site, database: string, sql: string, rounds: number, told: (text: string) => void): Promise<Round[]> {
  site.write("migrations/001_bench.sql", sql);
  const measured: Round[] = [];
  for (let round = 1; round <= rounds; round++) {
    told(`guarded migration: round ${round} of ${rounds}`);
    measured.push(await measureRound(site, database, sql));
  }
  return measured;
}

async function measureRound(site: Site, database: string, sql: string): Promise<Round> {
  await site.reset(database);
  const { copy, synced, migrate, check } = await byHand(site, sql);
  await site.reset(database);
  const { result: migrated, ...guarded } = await site.belayJson(["migrate", "prod"]);
  const { result: renamed } = await site.belayJson(["rollback", "prod"]);
  await site.belayJson(["migrate", "prod", "--again", "the next measurement"]);
  const { result: inPlace } = await whileHeld(site.database, () => site.belayJson(["rollback", "prod"]));
  const copied = await site.run(["sh", "-c", "cp app.db by-hand.db && sync by-hand.db"]);
  return {
    byHand: together([copy, migrate, check]),
    byHandSynced: together([copy, synced, migrate, check]),
    guarded,
    migrated,
    renamed: expectWay(renamed, "swap"),
    inPlace: expectWay(inPlace, "restore"),
    copied,
  };
}

async function byHand(site: Site, sql: string) {
  const copy = await site.run(["cp", "app.db", "by-hand.db"]);
  const synced = await site.run(["sync", "by-hand.db"]);
  const migrate = await site.run(["sqlite3", "-bail", "app.db"], { input: sql });
  const check = await site.run(["sqlite3", "app.db", "pragma integrity_check"]);
  if (check.stdout.trim() !== "ok") throw new Error(`integrity_check: ${check.stdout}`);
  return { copy, synced, migrate, check };
}

/** A process has the database open meanwhile, idle: then it cannot be renamed away. */
async function whileHeld<T>(database: string, work: () => Promise<T>): Promise<T> {
  const holder = spawn("sqlite3", [database], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(holder, "exit");
  holder.stdin.write("select count(*) from sqlite_schema;\n");
  await once(holder.stdout, "data");
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}

function expectWay(result: Result, strategy: string): Result {
  const rollback = result.targets[0]?.rollback;
  if (rollback?.strategy !== strategy) throw new Error(`went back by ${rollback?.strategy} and not by ${strategy}: ${rollback?.why}`);
  return result;
}

function rollbackMs(result: Result): number {
  return result.targets[0]?.rollback?.durationMs ?? Number.NaN;
}

function pairs(rounds: readonly Round[], by: "byHand" | "byHandSynced"): Pair[] {
  return rounds.map((round) => ({ ours: round.guarded, theirs: round[by] }));
}

/** Where the time of the guarded run went. */
function steps(name: string, rounds: readonly Round[]): Row[] {
  const all = rounds.map(({ migrated }) => migrated.targets[0]?.steps ?? []);
  const names = all[0]?.map((step) => step.name) ?? [];
  const slow = names.filter((step) => median(msOf(all, step)) >= 50);
  return slow.map((step) => absolute(`… ${name}: step ${step}`, msOf(all, step), "ms", null));
}

function msOf(rounds: readonly (readonly { readonly name: string; readonly durationMs: number }[])[], step: string): number[] {
  return rounds.map((steps) => steps.find(({ name }) => name === step)?.durationMs ?? 0);
}
