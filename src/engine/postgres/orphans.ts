/** Sessions of a run that died: its tools go on writing without it until somebody ends them. */

import { setTimeout as pause } from "node:timers/promises";

import { failure, messageOf } from "../../domain/error.ts";
import type { RunId } from "../../domain/run-id.ts";
import type { Connection } from "./connection.ts";

const LIMIT_MS = 10_000;
const POLL_MS = 50;

/** What all sessions that work for a run are called. */
export function applicationOf(run: RunId): string {
  return `belay-${run}`;
}

/** Ends every session that works for a run, in whatever database, and waits until they are gone. Whoever calls it holds the run's lock. */
export async function endOrphans(connection: Connection, run: RunId): Promise<void> {
  await endSessionsOf(connection, "a.application_name = $1", applicationOf(run), `of run ${run}, which died`);
}

/** Ends one session of a run and waits until it is gone: only then it is known what it did. */
export async function endSession(connection: Connection, pid: number, run: RunId): Promise<void> {
  const name = applicationOf(run).replaceAll("'", "''");
  await endSessionsOf(connection, `a.application_name = '${name}' and a.pid = $1::int4`, String(pid), "of this run");
}

async function endSessionsOf(connection: Connection, which: string, value: string, whose: string): Promise<void> {
  const sessions = `from pg_catalog.pg_stat_activity a where ${which} and a.pid <> pg_catalog.pg_backend_pid()`;
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const alive = await connection.rows(`select a.pid::text ${sessions}`, [value]);
    if (alive.length === 0) return;
    const pids = alive.map(([pid]) => pid).join(", ");
    if (performance.now() > deadline) throw stillThere(pids, whose, "it outlives pg_terminate_backend");
    try {
      await connection.rows(`select pg_catalog.pg_terminate_backend(a.pid) ${sessions}`, [value]);
    } catch (error) {
      throw stillThere(pids, whose, messageOf(error), error);
    }
    await pause(POLL_MS);
  }
}

function stillThere(pids: string, whose: string, why: string, cause?: unknown): Error {
  return failure("orphans-alive", `ending the sessions ${whose} (pid ${pids} of the server): ${why}`, {
    hint: "end them as a role that may: `select pg_terminate_backend(…)`; they may still write",
    cause,
  });
}
