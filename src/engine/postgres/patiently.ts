import { setTimeout as pause } from "node:timers/promises";

import { BelayError } from "../../domain/error.ts";
import type { Server } from "./connection.ts";
import { shownServer } from "./postgres-error.ts";

const PAUSE_MS = 250;

/** A server that was restarted is back in a moment: nothing is decided about it before that. */
const PASSING: ReadonlySet<string> = new Set(["server-starting", "server-unreachable", "too-many-connections", "connection-lost"]);

interface Absence {
  readonly since: number;
  readonly triedAt: number;
  readonly error: BelayError;
}

/** Servers that are away, as this process knows them. */
const away = new Map<string, Absence>();

/**
 * Connects, trying again while the server is away: twice as long as `connect_timeout` says, for the whole process together. Whoever asks
 * after that is told at once, and only now and then tries for himself.
 */
export async function patiently<T>({ settings }: Pick<Server, "settings">, connect: () => Promise<T>): Promise<T> {
  const server = shownServer(settings);
  const timeout = settings.connectTimeoutMs;
  const isGone = ({ since }: Absence) => performance.now() - since > 2 * timeout;
  for (;;) {
    const known = away.get(server);
    if (known !== undefined && isGone(known) && performance.now() - known.triedAt < timeout) throw known.error;
    try {
      const connected = await connect();
      away.delete(server);
      return connected;
    } catch (error) {
      if (!(error instanceof BelayError) || !PASSING.has(error.code)) {
        away.delete(server);
        throw error;
      }
      const absence = { since: away.get(server)?.since ?? performance.now(), triedAt: performance.now(), error };
      away.set(server, absence);
      if (isGone(absence)) throw error;
    }
    await pause(PAUSE_MS);
  }
}
