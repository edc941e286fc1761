/** examples/tracehub on a database of its own. */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { Example } from "./example.ts";
import { cluster, type Cluster, type TestDatabase } from "./postgres/cluster.ts";
import { dumpOf } from "./postgres/dump.ts";
import { freePort } from "./postgres/server.ts";

/** Nothing that is written or printed may have it. */
export const TOKEN = "tracehub-token-9f2c71d4";

export class Tracehub extends Example implements AsyncDisposable {
  override readonly variables: Readonly<Record<string, string>>;
  readonly #cluster: Cluster;
  readonly #database: TestDatabase;

  private constructor(server: Cluster, database: TestDatabase, port: number) {
    super("tracehub");
    this.#cluster = server;
    this.#database = database;
    this.variables = {
      PATH: `/usr/bin:${server.bin}:${process.env["PATH"] ?? ""}`, // the system's Python has Alembic's packages
      DATABASE_URL: database.address("owner").replace(/^postgres:/, "postgresql:"),
      PORT: String(port),
      API_TOKEN: TOKEN,
    };
  }

  /** `shipments`: the size that its README tells; fewer where the rows do not matter. */
  static async start(shipments = 600): Promise<Tracehub> {
    const server = await cluster(15);
    const tracehub = new Tracehub(server, await server.createDatabase({ owner: "owner" }), await freePort());
    tracehub.do("python3", "make_database.py", String(shipments));
    tracehub.do("python3", "app.py", "start");
    return tracehub;
  }

  sql(script: string): string {
    return this.#database.sql(script);
  }

  dump(): string {
    return dumpOf(this.#cluster, this.#database.name);
  }

  async api(path: string): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${this.variables["PORT"]}${path}`, { headers: { Authorization: `Bearer ${TOKEN}` } });
    return response.ok ? await response.json() : response.status;
  }

  async pending(): Promise<readonly string[]> {
    return ((await this.json("plan")).result.targets[0]?.pending ?? []).map(({ id }) => id);
  }

  /** Every file of the project that has these words. */
  filesWith(words: string): readonly string[] {
    const names = readdirSync(this.directory, { recursive: true, encoding: "utf8" });
    return names.filter(
      (name) => statSync(join(this.directory, name)).isFile() && readFileSync(join(this.directory, name)).includes(words),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.do("python3", "app.py", "stop");
    await this.#database[Symbol.asyncDispose]();
    this[Symbol.dispose]();
  }
}
