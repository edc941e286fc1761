/**
 * The lock of a target: a session's advisory lock, beside the target where that is possible, so that the target can be renamed while it
 * is held. The server frees it when the session ends, however it does.
 */

import { setTimeout as pause } from "node:timers/promises";

import { failure, refusal, type BelayError } from "../../domain/error.ts";
import type { LockProbe } from "../engine.ts";
import type { Connection } from "./connection.ts";
import { lockKey } from "./identity.ts";
import type { Located } from "./locate.ts";
import type { Place } from "./place.ts";
import { patiently } from "./patiently.ts";
import { isConnectionLost } from "./postgres-error.ts";
import { lockLost } from "../../domain/state.ts";

export const LOCK_APPLICATION = "belay-lock";
const POLL_MS = 50;

/** A line that is dead without a word is noticed by the server within a minute, so that the lock of a vanished machine is free then. */
const KEEP_ALIVE = "set tcp_keepalives_idle = 15; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 4";

export class TargetLock implements AsyncDisposable {
  readonly #place: Place;
  readonly #key: bigint;
  #connection: Connection;
  #broken = new AbortController();
  #released = false;

  private constructor(place: Place, key: bigint, connection: Connection) {
    this.#place = place;
    this.#key = key;
    this.#connection = connection;
    this.#listen();
  }

  /** Takes the connection over. Refuses with `locked` after `waitMs`. */
  static async take({ place, connection }: Located, waitMs: number): Promise<TargetLock> {
    const key = await lockKey(connection, place.database);
    const deadline = performance.now() + waitMs;
    while (!(await tryLock(connection, key))) {
      if (performance.now() >= deadline) throw locked(place, await holderOf(connection, key));
      await pause(POLL_MS);
    }
    await connection.run(KEEP_ALIVE).catch(() => undefined); // not every system can
    return new TargetLock(place, key, connection);
  }

  /** Aborted when the session that holds the lock ends: what works outside of Belay's own transactions has to be ended at once. */
  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  /** Beside the target, for what concerns whole databases. */
  get connection(): Connection {
    return this.#connection;
  }

  /** Fails, in one message with an effect, unless the lock's own session still holds it. */
  get guard(): string {
    const { high, low } = halves(this.#key);
    return `select 1 / pg_catalog.count(*) from pg_catalog.pg_locks where locktype = 'advisory' and classid = ${high} and objid = ${low} and pid = ${this.#connection.pid} and granted`;
  }

  /**
   * A lock whose session ended is taken again where nobody else took it; whether somebody did in between, the state row tells. Throws
   * `lock-lost` where somebody has it now.
   */
  async assertHeld(): Promise<void> {
    if (this.#released) return; // by its holder; the state row knows who has it since
    try {
      await this.#connection.rows("select 1");
      return;
    } catch (error) {
      if (!isConnectionLost(error)) throw error;
    }
    const { server, lockDatabase } = this.#place;
    const connection = await patiently(server, () => server.connect({ database: lockDatabase, application: LOCK_APPLICATION }));
    try {
      if (!(await tryLock(connection, this.#key))) throw lockLost();
    } catch (error) {
      await connection[Symbol.asyncDispose]();
      throw error;
    }
    this.#connection = connection;
    this.#broken = new AbortController();
    this.#listen();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#released = true;
    await this.#connection[Symbol.asyncDispose]();
  }

  #listen(): void {
    const broken = this.#broken;
    const { lost } = this.#connection;
    const tell = () => broken.abort(lockBroken(this.#place));
    if (lost.aborted) tell();
    else lost.addEventListener("abort", tell, { once: true });
  }
}

/** Takes no lock that could refuse anybody. */
export async function probeLock({ place, connection }: Located): Promise<LockProbe> {
  const holder = await holderOf(connection, await lockKey(connection, place.database));
  return { held: holder !== undefined, holder: holder ?? null };
}

async function tryLock(connection: Connection, key: bigint): Promise<boolean> {
  const [row] = await connection.rows("select pg_catalog.pg_try_advisory_lock($1::int8)", [key]);
  return row?.[0] === "t";
}

/** `pid 4711 of app, from 10.0.0.7`; undefined: nobody. */
async function holderOf(connection: Connection, key: bigint): Promise<string | undefined> {
  const { high, low } = halves(key);
  const [row] = await connection.rows(
    `select l.pid::text, a.usename, pg_catalog.host(a.client_addr)
     from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and l.classid = $1::oid and l.objid = $2::oid
       and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())`,
    [high, low],
  );
  if (row === undefined) return undefined;
  const [pid, user, address] = row;
  return `pid ${pid} of the server${user === null ? "" : `, role ${user}`}${address === null ? "" : `, from ${address}`}`;
}

/** As pg_locks shows a key of 64 bits. */
function halves(key: bigint): { readonly high: string; readonly low: string } {
  const bits = BigInt.asUintN(64, key);
  return { high: String(bits >> 32n), low: String(bits & 0xffff_ffffn) };
}

function lockBroken({ lockDatabase }: Place): BelayError {
  return failure("lock-broken", `the session in ${lockDatabase} that held the lock ended, and with it at once what worked under it`, {
    hint: "look at the server's log for who ended it; then run again",
  });
}

function locked(place: Place, holder: string | undefined): BelayError {
  return refusal("locked", `another run of Belay has ${place.database}${holder === undefined ? "" : `: ${holder}`}`, {
    hint: "wait until it has ended; `belay status` shows who has the lock",
    facts: { holder: holder ?? null },
  });
}
