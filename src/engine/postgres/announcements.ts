/**
 * Where a run works, the sessions of other processes of Belay (`status`, `gate`, `plan`) announce themselves, so that the run can tell them
 * from strangers in the server's count of sessions, however short they are. One announcement a session, at its beginning.
 */

import { randomUUID } from "node:crypto";

import type { Connection } from "./connection.ts";
import { quoteLiteral } from "./identifiers.ts";

const CHANNEL = "belay_session";

/** This process knows its own sessions by itself. */
const PROCESS = randomUUID();

/** So that the server's count of sessions has this one from now on, and not at some later time. */
const COUNT_NOW = "select pg_catalog.pg_stat_force_next_flush()";

/** Who hears it is the session of a run: where there is none, nothing is written, not even to the server's log of changes. */
const ANNOUNCED = `${COUNT_NOW}, (select pg_catalog.pg_notify(${quoteLiteral(CHANNEL)}, ${quoteLiteral(PROCESS)})
    where not pg_catalog.pg_is_in_recovery() and exists (select from pg_catalog.pg_stat_activity
      where datname = pg_catalog.current_database() and application_name ~ '^belay-[0-9A-Z]{26}$'
        and application_name <> pg_catalog.current_setting('application_name')))`;

/** To be called once in a session's life. Whoever may not speak is counted as a stranger is. */
export async function announce(run: (sql: string) => Promise<unknown>): Promise<void> {
  await run(ANNOUNCED).catch(() => run(COUNT_NOW));
}

/** Counts the sessions that other processes of Belay announced in one database. */
export class Announcements {
  readonly #connection: () => Promise<Connection>;
  readonly #heardOn = new WeakSet<Connection>();
  #heard = 0;

  /** A session in that database. What is said while it is lost is not heard: those are strangers then. */
  constructor(connection: () => Promise<Connection>) {
    this.#connection = connection;
  }

  /** Up to now, since it was asked for the first time. */
  async heard(): Promise<number> {
    const connection = await this.#connection();
    if (!this.#heardOn.has(connection)) {
      this.#heardOn.add(connection);
      await connection.listen(CHANNEL, (process) => {
        if (process !== PROCESS) this.#heard++;
      });
    }
    return this.#heard;
  }
}
