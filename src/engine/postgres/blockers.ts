/** Who stands in the way of a session, asked while it waits: afterwards nobody can tell any more. */

import { BelayError } from "../../domain/error.ts";
import type { Connection } from "./connection.ts";

/** Between two looks, so that at least two fall into the shortest wait. */
const LOOK_EVERY_MS = 250;

const BLOCKING = `select a.pid, a.usename, coalesce(a.application_name, ''), a.state
  from pg_catalog.unnest(pg_catalog.pg_blocking_pids($1::int4)) as b (pid) join pg_catalog.pg_stat_activity a on a.pid = b.pid`;

/** Does a session's work, and says of a lock that it did not get who had it. `look` is another connection of ours. */
export async function namingBlockers<T>(pid: number, look: () => Promise<Connection>, work: () => Promise<T>): Promise<T> {
  let holder: string | null = null;
  let looking: Promise<void> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    looking = askWho(pid, look)
      .then((found) => void (holder = found ?? holder))
      .catch(() => undefined)
      .finally(() => void (busy = false));
  }, LOOK_EVERY_MS);
  try {
    return await work();
  } catch (error) {
    await looking;
    throw error instanceof BelayError && error.code === "target-locked" ? named(error, holder) : error;
  } finally {
    clearInterval(timer);
  }
}

async function askWho(pid: number, look: () => Promise<Connection>): Promise<string | null> {
  const rows = await (await look()).rows(BLOCKING, [pid]);
  return rows.length === 0 ? null : rows.map(describe).join(", ");
}

/** `pid 4711 (app, psql, idle in transaction)`. */
function describe([pid, user, application, state]: readonly (string | null)[]): string {
  const what = [user, application, state].filter((part) => part !== null && part !== undefined && part !== "");
  return what.length === 0 ? `pid ${pid}` : `pid ${pid} (${what.join(", ")})`;
}

function named(error: BelayError, holder: string | null): BelayError {
  if (holder === null) return error;
  return new BelayError(error.kind, error.code, `${error.message}: held by ${holder}`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error,
    facts: { ...error.facts, holder },
  });
}
