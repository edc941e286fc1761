/**
 * Who has been in the target, seen from beside it: `pg_stat_activity` shows who is there, and since PostgreSQL 15 the server's count of
 * sessions shows that somebody came and went between two looks. Other processes of Belay are no strangers: they announce themselves.
 */

import { setTimeout as pause } from "node:timers/promises";

import { Announcements } from "./announcements.ts";
import type { Connection } from "./connection.ts";
import { COUNTING, connectionsMade } from "./connections-made.ts";
import type { Place } from "./place.ts";

/** Of our own, closed and not yet gone. */
const LEAVING_MS = 2_000;
const AGAIN_MS = 200;
const LOOKS = 5;

/** What a look compares with. */
export interface Visits {
  /** The server's clock. */
  readonly since: string;
  /** Strangers that were there already, as `pid/start`; one that only sat there wrote nothing. */
  readonly present: readonly string[];
  readonly count: Count | null;
}

interface Count {
  /** Since when the server counts: after a crash it begins anew, and what it counted before is lost. */
  readonly era: string;
  /** Sessions of the database that the server has counted, and those that this process and others of Belay opened. */
  readonly all: number;
  readonly ours: number;
}

/** Belay's own names; `$2` is the run's. Parallel workers carry their leader's. */
const STRANGERS = `select a.pid::text, a.usename, coalesce(a.application_name, ''), coalesce(a.backend_start::text, ''),
    case when a.state is null then 'hidden' when a.state not in ('idle', 'disabled') or a.state_change >= $3::timestamptz then 'busy' end
  from pg_catalog.pg_stat_activity a
  where a.datname = $1 and a.usesysid is not null and coalesce(a.backend_type, '') <> 'walsender'
    and coalesce(a.application_name, '') not in ('belay', 'belay-lock', $2) and a.pid <> pg_catalog.pg_backend_pid()
  order by a.pid`;

/** A crash forgets a database's own statistics altogether, and says since when the server's begin anew. */
const COUNT = `select pg_catalog.concat_ws(' ', d.stats_reset, w.stats_reset), d.sessions::text
  from pg_catalog.pg_stat_database d, pg_catalog.pg_stat_bgwriter w where d.datname = $1`;

export class Onlooker {
  readonly #place: Place;
  readonly #application: string;
  readonly #look: () => Promise<Connection>;
  readonly #announced: Announcements;

  /** `look` gives a session beside the target, `inside` one in it. */
  constructor(place: Place, application: string, look: () => Promise<Connection>, inside: () => Promise<Connection>) {
    this.#place = place;
    this.#application = application;
    this.#look = look;
    this.#announced = new Announcements(inside);
  }

  async arrive(): Promise<Visits> {
    const count = await this.#countSettled();
    const [row] = await this.#rows("select pg_catalog.clock_timestamp()::text", []);
    const since = String(row?.[0]);
    const strangers = await this.#strangers(since);
    return { since, present: strangers.map(({ key }) => key), count };
  }

  /** After work whose sessions nobody counted. */
  async countAgain(visits: Visits): Promise<Visits> {
    return { ...visits, count: await this.#countSettled() };
  }

  /** Who is there now and did something since, or was there and is not any more; null: nobody. */
  async present({ since, present }: Visits): Promise<string | null> {
    const strangers = await this.#strangers(since);
    const { database, server } = this.#place;
    const told = (which: Stranger["does"]) => strangers.filter(({ does }) => does === which).map(({ shown }) => shown);
    const [busy, hidden] = [told("busy").join(", "), told("hidden").join(", ")];
    if (busy !== "") return `${busy} worked in ${database} after the backup`;
    if (hidden !== "")
      return `${hidden} is connected to ${database}, and the role ${server.settings.user} may not see whether it works (grant pg_read_all_stats)`;
    const gone = present.filter((key) => !strangers.some((stranger) => stranger.key === key));
    if (gone.length === 0) return null;
    return `pid ${gone.map((key) => key.split("/")[0]).join(", ")} was connected to ${database} at the backup and has left since`;
  }

  /** The same, and whether the server has counted more sessions than this process opened. */
  async since(visits: Visits): Promise<string | null> {
    const there = await this.present(visits);
    if (there !== null || visits.count === null) return there;
    const more = await this.#moreAtLast(visits.count);
    if (more === 0) return null;
    const { database } = this.#place;
    if (more === null) return `the server lost its count of sessions, as in a crash: who came and went in ${database} cannot be told`;
    const sessions = more === 1 ? "1 other session" : more > 0 ? `${more} other sessions` : "other sessions";
    return `${sessions} came and went in ${database} after the backup`;
  }

  /** One of our own may be on its way, in or out: it is looked again before a stranger is told. */
  async #moreAtLast(before: Count): Promise<number | null> {
    for (let looks = 1; ; looks++) {
      const more = await this.#more(before);
      if (more === 0 || more === null || looks === LOOKS) return more;
      await pause(AGAIN_MS);
    }
  }

  /** Null: nobody knows. */
  async #more(before: Count): Promise<number | null> {
    const now = await this.#count();
    if (now === null) return 0;
    return now.era === before.era ? now.all - before.all - (now.ours - before.ours) : null;
  }

  /** When none of our own is on its way out: a session is counted at its end at the latest. */
  async #countSettled(): Promise<Count | null> {
    const deadline = performance.now() + LEAVING_MS;
    for (let last = await this.#count(); ;) {
      await pause(20);
      const now = await this.#count();
      const settled = now?.all === last?.all && now?.ours === last?.ours;
      if (last === null || now === null || settled || performance.now() > deadline) return now;
      last = now;
    }
  }

  async #count(): Promise<Count | null> {
    const connection = await this.#look();
    if (connection.serverVersion < COUNTING) return null;
    const { settings } = this.#place.server;
    // asked first: who has announced himself is counted a moment later, and must not hide a stranger
    const announced = await this.#announced.heard();
    const [row] = await connection.rows(COUNT, [this.#place.database]);
    return { era: String(row?.[0]), all: Number(row?.[1]), ours: connectionsMade(settings, this.#place.database) + announced };
  }

  async #strangers(since: string): Promise<readonly Stranger[]> {
    const rows = await this.#rows(STRANGERS, [this.#place.database, this.#application, since]);
    return rows.map(([pid, user, application, started, does]) => ({
      key: `${pid}/${started}`,
      shown: `pid ${pid} (${[user, application].filter((part) => part !== null && part !== "").join(", ")})`,
      does: does === "busy" || does === "hidden" ? does : null,
    }));
  }

  async #rows(sql: string, parameters: readonly string[]) {
    return (await this.#look()).rows(sql, parameters);
  }
}

interface Stranger {
  readonly key: string;
  readonly shown: string;
  /** null: nothing since. Of other people's sessions an ordinary role sees not even that. */
  readonly does: "busy" | "hidden" | null;
}
