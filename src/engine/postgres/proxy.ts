/** Something between Belay and the server that gives each transaction another session: no lock, no setting and no snapshot holds there. */

import type { Client } from "pg";

import { refusal } from "../../domain/error.ts";
import type { ConnectRequest, Server } from "./connection.ts";
import { announcedProcess } from "./pg-undeclared.ts";
import { shownServer } from "./postgres-error.ts";

/** Rounds in which two connections take turns: enough for a pool to mix up their sessions. */
const ROUNDS = 20;
const SETTING = "belay.proxy";

/** Servers behind a proxy that keeps sessions apart. */
const known = new WeakSet<Server>();
const probing = new WeakSet<Server>();

/**
 * A proxy tells another process number than the server does. One that gives a client the same session for all its life is harmless;
 * one that does not is refused with `pooled-connection`.
 */
export async function refusePooled(server: Server, client: Client, pid: number, request: ConnectRequest): Promise<void> {
  if (announcedProcess(client) === pid || known.has(server) || probing.has(server)) return;
  probing.add(server);
  try {
    await using second = await server.connect(request);
    const set = (value: number) => `select pg_catalog.set_config('${SETTING}', '${value}', false)`;
    const ask = `select pg_catalog.current_setting('${SETTING}', true), pg_catalog.pg_backend_pid()`;
    for (let round = 0; round < ROUNDS; round++) {
      await client.query(set(round));
      await second.rows(set(-1 - round));
      const { rows } = await client.query<[string | null, number]>({ text: ask, rowMode: "array" });
      const [other] = await second.rows(ask);
      const [mine] = rows;
      if (mine?.[0] !== String(round) || mine[1] !== pid || other?.[0] !== String(-1 - round)) throw pooled(server);
    }
    known.add(server);
  } finally {
    probing.delete(server);
  }
}

function pooled(server: Server): Error {
  return refusal(
    "pooled-connection",
    `${shownServer(server.settings)} is a pool that gives each transaction another session of the server`,
    { hint: "give Belay the URL that leads straight to the server" },
  );
}
