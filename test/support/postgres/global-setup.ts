/** Once a run of the tests, in its main process: the place of the shared clusters, and their end. */

import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { SHARED, sharedDirectory } from "./cluster.ts";
import { stopServer, type ServerFacts } from "./server.ts";

export function setup(): () => Promise<void> {
  const directory = sharedDirectory();
  process.env[SHARED.directory] = directory;
  process.env[SHARED.watched] = String(process.pid);
  return async () => {
    for (const name of readdirSync(directory).filter((each) => each.endsWith(".json"))) {
      const { facts } = JSON.parse(readFileSync(join(directory, name), "utf8")) as { readonly facts?: ServerFacts };
      if (facts !== undefined) await stopServer(facts, "immediate");
    }
    rmSync(directory, { recursive: true, force: true });
  };
}
