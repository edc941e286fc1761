/** The places where the scenarios happen, for `describe.each`: `(name, start)`, `await using production = await start()`. */

import { PostgresProduction, type PostgresSurroundings } from "./production-postgres.ts";
import { SqliteProduction, type Surroundings } from "./production-sqlite.ts";
import type { Production } from "./production.ts";

/** `bookings`: rows of the largest table. */
export type Start = (bookings?: number) => Promise<Production>;

const SQLITE: readonly Surroundings[] = [
  { journalMode: "wal", held: false },
  { journalMode: "wal", held: true },
  { journalMode: "delete", held: false },
  { journalMode: "delete", held: true },
];

/** Both versions, both roles, alone and not: every pair of them once. */
const POSTGRES: readonly PostgresSurroundings[] = [
  { version: 15, as: "superuser", held: false },
  { version: 15, as: "owner", held: true },
  { version: 18, as: "owner", held: false },
  { version: 18, as: "superuser", held: true },
];

const ROLES = { superuser: "a superuser", owner: "its owner" };

const ON_SQLITE = SQLITE.map(
  (each) =>
    [
      `in ${each.journalMode} mode, ${each.held ? "held open by a process" : "with nobody else"}`,
      (bookings?: number) => SqliteProduction.start(each, bookings),
    ] as const,
);

const ON_POSTGRES = POSTGRES.map((each) => [nameOf(each), (bookings?: number) => PostgresProduction.start(each, bookings)] as const);

export const EACH_SQLITE: readonly (readonly [name: string, start: Start])[] = ON_SQLITE;

export const EACH_PRODUCTION: readonly (readonly [name: string, start: Start])[] = [...ON_SQLITE, ...ON_POSTGRES];

/** One of each engine, for what does not depend on the rest. */
export const EACH_ENGINE: readonly (readonly [name: string, start: Start])[] = [...ON_SQLITE.slice(0, 1), ...ON_POSTGRES.slice(2, 3)];

/** PostgreSQL in its two versions, as who may do the least and who may do the most; with nobody else. */
const ENDS_OF_POSTGRES: readonly PostgresSurroundings[] = [
  { version: 15, as: "owner", held: false },
  { version: 18, as: "superuser", held: false },
];

export const EACH_POSTGRES: readonly (readonly [name: string, start: (bookings?: number) => Promise<PostgresProduction>])[] =
  ENDS_OF_POSTGRES.map((each) => [nameOf(each), (bookings?: number) => PostgresProduction.start(each, bookings)]);

/** Every one of SQLite's, and `EACH_POSTGRES`: for what `EACH_PRODUCTION` has shown of good runs, failing checks and rollbacks already. */
export const EACH_SURROUNDING: readonly (readonly [name: string, start: Start])[] = [...ON_SQLITE, ...EACH_POSTGRES];

/** SQLite once, and `EACH_POSTGRES`. */
export const EACH_VERSION: readonly (readonly [name: string, start: Start])[] = [...ON_SQLITE.slice(0, 1), ...EACH_POSTGRES];

/** SQLite once, and one of `EACH_POSTGRES`: for what takes its time. */
export const ON_15: typeof EACH_VERSION = [...ON_SQLITE.slice(0, 1), ...EACH_POSTGRES.slice(0, 1)];
export const ON_18: typeof EACH_VERSION = [...ON_SQLITE.slice(0, 1), ...EACH_POSTGRES.slice(1)];

function nameOf({ version, as, held }: PostgresSurroundings): string {
  return `on PostgreSQL ${version} as ${ROLES[as]}, ${held ? "with an application connected" : "with nobody else"}`;
}
