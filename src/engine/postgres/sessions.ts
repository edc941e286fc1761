/** Who is connected to a database; holding sessions off for a moment, and letting them in again. */

import { setTimeout as pause } from "node:timers/promises";

import { failure, type BelayError } from "../../domain/error.ts";
import type { RunId } from "../../domain/run-id.ts";
import type { Connection } from "./connection.ts";
import { databaseNamed, noteOn, type DatabaseRow, type HeldOffRecord } from "./database-record.ts";
import { quoteIdentifier } from "./identifiers.ts";

export interface OtherSession {
  readonly pid: number;
  /** null: a process of the server's own (autovacuum), which makes way by itself. */
  readonly user: string | null;
  readonly application: string;
  /** This role may end it. */
  readonly endable: boolean;
}

/**
 * The rule of `pg_terminate_backend`: superusers' sessions are for superusers, others' for those with the privileges of their role or of
 * pg_signal_backend. A session whose role was dropped meanwhile is for superusers, too.
 */
const SESSIONS = `select a.pid, a.usename, coalesce(a.application_name, ''),
    (select rolsuper from pg_catalog.pg_roles where rolname = current_user)
    or (r.oid is not null and not r.rolsuper and (pg_catalog.pg_has_role(r.oid, 'USAGE') or pg_catalog.pg_has_role('pg_signal_backend', 'USAGE')))
  from pg_catalog.pg_stat_activity a left join pg_catalog.pg_roles r on r.oid = a.usesysid
  where a.datid = $1::oid and a.pid <> pg_catalog.pg_backend_pid() order by a.pid`;

/** All but this connection's own, and those in `but`. */
export async function otherSessions(connection: Connection, oid: string, but: readonly number[] = []): Promise<readonly OtherSession[]> {
  const rows = await connection.rows(SESSIONS, [oid]);
  return rows
    .map(([pid, user, application, endable]) => ({
      pid: Number(pid),
      user: user ?? null,
      application: String(application),
      endable: endable === "t",
    }))
    .filter(({ pid }) => !but.includes(pid));
}

/** `pid 4711 (app, psql)`. */
export function describeSessions(sessions: readonly OtherSession[]): string {
  return sessions
    .map(({ pid, user, application }) => {
      const what = [user ?? "a process of the server", application].filter((part) => part !== "").join(", ");
      return `pid ${pid} (${what})`;
    })
    .join(", ");
}

/** Those that neither this role can end nor make way by themselves. */
export function sessionsThatStay(sessions: readonly OtherSession[]): readonly OtherSession[] {
  return sessions.filter(({ user, endable }) => user !== null && !endable);
}

export function targetBusy(database: string, who: string, cause?: unknown): BelayError {
  return failure("target-busy", `${database} is in use, and cannot be replaced: ${who}`, {
    hint: "stop what uses the database (app.stop), then run `belay recover`; the database is what it was, and takes sessions",
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The names of prepared transactions of the database: they outlive their sessions, and only people can tell what they are for. */
export async function preparedTransactions(connection: Connection, database: string): Promise<readonly string[]> {
  const rows = await connection.rows("select gid from pg_catalog.pg_prepared_xacts where database = $1 order by prepared", [database]);
  return rows.map(([gid]) => String(gid));
}

/** From here on nobody new gets in, unless `guard`, which goes first in the same message, fails; the comment says who holds the door, so that whoever finds it shut can open it (`letInAgain`). */
export async function holdOff(connection: Connection, database: DatabaseRow, run: RunId, guard?: string): Promise<void> {
  const record: HeldOffRecord = { belay: "held-off", runSuffix: run.slice(-10), comment: database.comment };
  const statements = [allowConnections(database.name, false), noteOn(database.name, record)];
  await connection.run([...(guard === undefined ? [] : [guard]), ...statements].join("; "));
}

/**
 * Opens the door that a run of Belay shut and did not open; true where it did. Whoever calls it holds the target's lock: then that run
 * does not live. May be repeated. Never opens what people shut.
 */
export async function letInAgain(connection: Connection, database: string): Promise<boolean> {
  const row = await databaseNamed(connection, database);
  if (row?.record?.belay !== "held-off") return false;
  await connection.run(`${allowConnections(database, true)}; ${noteOn(database, row.comment)}`);
  return true;
}

export function allowConnections(database: string, allow: boolean): string {
  return `alter database ${quoteIdentifier(database)} allow_connections ${allow}`;
}

const END_MS = 3_000;
const AGAIN_MS = 2;
/** A session that was just closed is known to the server for a moment longer. */
const LEAVING_MS = 50;

/** Ends every session of a database that lets nobody in; those that stay after all. */
export async function endSessions(
  connection: Connection,
  database: DatabaseRow,
  but: readonly number[] = [],
): Promise<readonly OtherSession[]> {
  const began = performance.now();
  let ended: readonly number[] = [];
  for (;;) {
    const sessions = (await otherSessions(connection, database.oid, but)).filter(({ user }) => user !== null);
    const staying = sessionsThatStay(sessions);
    const waited = performance.now() - began;
    if (staying.length > 0 && waited > LEAVING_MS) return staying;
    if (waited > END_MS) return sessions;
    // A session leaves this list shortly before the server forgets it; while it has not, a rename would wait for a tenth of a second.
    const going = sessions.filter(({ endable }) => endable).map(({ pid }) => pid);
    ended = await stillKnown(connection, [...new Set([...ended, ...going])]);
    if (sessions.length === 0 && ended.length === 0) return [];
    await pause(AGAIN_MS);
  }
}

/** Asks each to end; those that the server still knows. */
async function stillKnown(connection: Connection, pids: readonly number[]): Promise<readonly number[]> {
  if (pids.length === 0) return [];
  const rows = await connection.rows("select pid from pg_catalog.unnest($1::integer[]) pid where pg_catalog.pg_terminate_backend(pid)", [
    `{${pids.join(",")}}`,
  ]);
  return rows.map(([pid]) => Number(pid));
}

const JUST_STOPPED_MS = 1_000;

/** Whether everybody has left within the time that an application which was just stopped needs to be forgotten by the server. */
export async function awaitLeaving(connection: Connection, database: DatabaseRow): Promise<boolean> {
  for (const deadline = performance.now() + JUST_STOPPED_MS; ; await pause(20)) {
    if (!(await otherSessions(connection, database.oid)).some(({ user }) => user !== null)) return true;
    if (performance.now() > deadline) return false;
  }
}

const SERVER_PROCESS_MS = 5_000;
const OURS_MS = 200;

/**
 * Waits, while everybody may still enter, for those who make way by themselves: the server's own work on a database (autovacuum; a rename
 * would end it, but takes a tenth of a second for that), and Belay's sessions that were just closed. Gives up quietly.
 */
export async function awaitMakingWay(connection: Connection, database: DatabaseRow): Promise<void> {
  const began = performance.now();
  const goes = ({ user, application }: OtherSession, waited: number) =>
    user === null ? waited < SERVER_PROCESS_MS : waited < OURS_MS && /^belay\b/.test(application);
  for (let waited = 0; ; waited = performance.now() - began) {
    const sessions = await otherSessions(connection, database.oid);
    if (!sessions.some((session) => goes(session, waited))) return;
    await pause(waited < OURS_MS ? AGAIN_MS : 50);
  }
}
