/** Where the lock of a target lives: session locks belong to one database, and whoever chooses another one locks nobody out. */

import { BelayError, refusal, usageError } from "../../domain/error.ts";
import type { Target } from "../../domain/target.ts";
import type { Connection, ConnectRequest } from "./connection.ts";
import type { PostgresOptions } from "./options.ts";
import type { Place } from "./place.ts";
import { serverAt } from "./server.ts";

/** Where every server has one, and people's sessions are no harm. */
const USUAL = "postgres";

export interface Located extends AsyncDisposable {
  readonly place: Place;
  /** A session in the database that the lock lives in. */
  readonly connection: Connection;
}

/**
 * `lock.database` where it is set, else `postgres` where this role may connect to it and it is not the target itself, else the target.
 * Refuses as connecting does.
 */
export async function locate(target: Target, options: PostgresOptions, request: ConnectRequest = {}): Promise<Located> {
  const server = serverAt(target.address, options.variables);
  const database = server.settings.database;
  const chosen = options.lockDatabase ?? (database === USUAL ? database : USUAL);
  if (/^template[01]$/.test(chosen)) throw noTemplate(chosen);
  const open = (name: string) => server.connect({ ...request, database: name });
  const connection = await open(chosen).catch((error: unknown) => {
    if (options.lockDatabase !== null || chosen === database || !isShut(error)) throw error;
    return open(database);
  });
  const lockDatabase = connection.database;
  return {
    place: { target, server, database, lockDatabase, canRename: lockDatabase !== database, options },
    connection,
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

/** Does work on a target's place, through a session beside it. */
export async function atPlace<T>(
  target: Target,
  options: PostgresOptions,
  work: (place: Place, connection: Connection) => Promise<T>,
): Promise<T> {
  await using located = await locate(target, options);
  return await work(located.place, located.connection);
}

/** There is no such database, or this role may not enter it. */
function isShut(error: unknown): boolean {
  return error instanceof BelayError && ["target-missing", "login-refused", "target-closed"].includes(error.code);
}

function noTemplate(name: string): BelayError {
  const message = `lock.database is ${name}, and a session in there keeps everybody from creating databases`;
  return usageError("bad-lock-database", message, { hint: "name another one, or leave lock out" });
}

/** A session in the target itself. */
export async function connectTo(place: Place, request: ConnectRequest = {}): Promise<Connection> {
  const connection = await place.server.connect({ ...request, database: place.database });
  return connection;
}

export async function refuseStandby(connection: Connection): Promise<void> {
  const [row] = await connection.rows("select pg_catalog.pg_is_in_recovery()");
  if (row?.[0] !== "t") return;
  throw refusal("target-read-only", `the server of ${connection.database} is a standby: it only repeats what another one writes`, {
    hint: "name the primary in the target's address",
  });
}
