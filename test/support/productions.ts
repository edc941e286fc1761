/** The places where the scenarios happen, for `describe.each`: `(name, start)`, `await using production = await start()`. */

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

const ON_SQLITE = SQLITE.map(
  (each) =>
    [
      `in ${each.journalMode} mode, ${each.held ? "held open by a process" : "with nobody else"}`,
      (bookings?: number) => SqliteProduction.start(each, bookings),
    ] as const,
);

export const EACH_SQLITE: readonly (readonly [name: string, start: Start])[] = ON_SQLITE;

export const EACH_PRODUCTION: readonly (readonly [name: string, start: Start])[] = ON_SQLITE;

/** One of each engine, for what does not depend on the rest. */
export const EACH_ENGINE: readonly (readonly [name: string, start: Start])[] = ON_SQLITE.slice(0, 1);
