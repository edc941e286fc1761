import { setTimeout as pause } from "node:timers/promises";

import { BelayError } from "../../domain/error.ts";

const LIMIT_MS = 30_000;
const PAUSE_MS = 250;

/** A server that was restarted is back in a moment: nothing is decided about it before that. */
const PASSING: ReadonlySet<string> = new Set(["server-starting", "server-unreachable", "too-many-connections", "connection-lost"]);

/** Connects, trying again for half a minute while the server is away. */
export async function patiently<T>(connect: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    try {
      return await connect();
    } catch (error) {
      if (!(error instanceof BelayError) || !PASSING.has(error.code) || performance.now() > deadline) throw error;
    }
    await pause(PAUSE_MS);
  }
}
