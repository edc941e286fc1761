/**
 * How many sessions this process has opened, by database. The server counts all sessions of a database; what is left when these are taken
 * away were strangers', however short they lived. One count for the process, as any part of it may connect.
 */

import type { ConnectionSettings } from "./settings.ts";

/** The version since which a session can have itself counted at once. */
export const COUNTING = 150_000;

const made = new Map<string, number>();

function keyOf({ host, hostAddress, port }: ConnectionSettings, database: string): string {
  return JSON.stringify([hostAddress ?? host, port, database]);
}

export function countConnection(settings: ConnectionSettings, database: string): void {
  const key = keyOf(settings, database);
  made.set(key, (made.get(key) ?? 0) + 1);
}

export function connectionsMade(settings: ConnectionSettings, database: string): number {
  return made.get(keyOf(settings, database)) ?? 0;
}
