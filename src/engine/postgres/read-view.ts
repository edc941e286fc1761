/** A look at the target: sessions that cannot write. */

import type { Session } from "../../domain/session.ts";
import type { Target } from "../../domain/target.ts";
import type { ReadView } from "../engine.ts";
import type { Connection } from "./connection.ts";
import { readIdentity } from "./identity.ts";
import type { PostgresOptions } from "./options.ts";
import { obstacleToCopies } from "./rights.ts";
import { readSchema } from "./schema.ts";
import { scopeOf } from "./scope-of.ts";
import { userSchemas } from "./scope.ts";
import { pathOf, turnTo } from "./search-path.ts";
import { serverAt } from "./server.ts";
import { readOnlySession } from "./session.ts";
import { readState } from "./state.ts";

export async function openView(target: Target, options: PostgresOptions): Promise<ReadView> {
  const server = serverAt(target.address, options.variables);
  await using opening = new AsyncDisposableStack();
  const own = opening.use(await server.connect());
  const [size] = await own.rows("select pg_catalog.pg_database_size(pg_catalog.current_database())::text");
  // what people ask is answered as they would be, and Belay's own questions as it needs
  const asked = new Asked(() => server.connect({ searchPath: pathOf(target) }));
  const lookAt = (seen: Target, session: Session) => ({
    session,
    engineVersion: versionOf(own),
    sizeBytes: Number(size?.[0]),
    identity: () => readIdentity(own),
    schema: () => readSchema(own, scopeOf(seen)),
    copyObstacle: () => obstacleToCopies(own),
    state: async () => (await readState(own))?.row,
    tenant: (tenant: Target): ReturnType<ReadView["tenant"]> => lookAt(tenant, asked.tenantSession(tenant)),
  });
  opening.use(asked);
  const closing = opening.move();
  return { ...lookAt(target, readOnlySession(asked.get)), [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

/** The session for people's questions, made with the first of them; all tenants of the database ask through one, each on its own path. */
class Asked implements AsyncDisposable {
  readonly #connect: () => Promise<Connection>;
  #last: Promise<unknown> = Promise.resolve();
  readonly #made: { own?: Promise<Connection>; tenants?: Promise<Connection> } = {};

  constructor(connect: () => Promise<Connection>) {
    this.#connect = connect;
  }

  readonly get = (): Promise<Connection> => (this.#made.own ??= this.#connect());

  /** One question at a time: the path is set for each. */
  tenantSession({ tenant }: Target): Session {
    const path = tenant?.searchPath ?? "none";
    const session = readOnlySession(async () => turnTo(await (this.#made.tenants ??= this.#connect()), path));
    return { ...session, query: (...question) => this.#inTurn(() => session.query(...question)) };
  }

  #inTurn<T>(ask: () => Promise<T>): Promise<T> {
    const answer = this.#last.then(ask);
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const made of Object.values(this.#made)) await (await made.catch(() => undefined))?.[Symbol.asyncDispose]();
  }
}

/** Those that people made, without what Belay moved aside. */
export async function schemasIn(target: Target, options: PostgresOptions): Promise<readonly string[]> {
  await using connection = await serverAt(target.address, options.variables).connect();
  const rows = await connection.rows(
    `select n.nspname from pg_catalog.pg_namespace n where ${userSchemas({ schemas: null })} order by n.nspname`,
  );
  return rows.map(([name]) => String(name));
}

/** `PostgreSQL 15.18`. */
export function versionOf({ serverVersion }: Pick<Connection, "serverVersion">): string {
  return `PostgreSQL ${Math.floor(serverVersion / 10_000)}.${serverVersion % 10_000}`;
}
