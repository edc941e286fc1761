/** One moment of a database, seen by several sessions and by pg_dump. */

import type { Connection, ConnectRequest, Server } from "./connection.ts";

export interface Snapshot extends AsyncDisposable {
  /** What pg_dump is told. It holds until this is disposed. */
  readonly id: string;
  /** A session of its own inside the snapshot, which cannot write; closed with it. */
  connect(request?: Pick<ConnectRequest, "searchPath" | "signal">): Promise<Connection>;
}

const BEGIN = "begin isolation level repeatable read, read only";

export async function openSnapshot(server: Server, request: ConnectRequest): Promise<Snapshot> {
  await using opening = new AsyncDisposableStack();
  const exporter = opening.use(await server.connect(request));
  await exporter.run(BEGIN);
  const [row] = await exporter.rows("select pg_catalog.pg_export_snapshot()");
  const id = String(row?.[0]);
  const sessions = opening.move();
  return {
    id,
    async connect(more = {}) {
      const connection = sessions.use(await server.connect({ ...request, ...more }));
      await connection.run(BEGIN);
      await connection.run(`set transaction snapshot '${id}'`);
      return connection;
    },
    [Symbol.asyncDispose]: () => sessions.disposeAsync(),
  };
}
