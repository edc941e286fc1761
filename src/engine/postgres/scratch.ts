/** A database that a backup is restored into for the proof: beside the target, where it may stay as the clone, or on a server of its own. */

import type { RunId } from "../../domain/run-id.ts";
import type { Connection, Server } from "./connection.ts";
import { administer, copyName, markCopy } from "./copies.ts";
import { createDatabase, dropDatabase } from "./create-database.ts";
import type { DatabaseSettings } from "./database-settings.ts";
import type { Place } from "./place.ts";
import { markElsewhere } from "./scratch-elsewhere.ts";
import { serverAt } from "./server.ts";

export interface Scratch extends AsyncDisposable {
  readonly server: Server;
  readonly name: string;
  /** A session outside of it. */
  readonly admin: Connection;
  /** Disposing leaves it there from now on. */
  keep(): void;
}

/** An empty database; dropped when it is disposed of, unless it is kept. */
export async function makeScratch(place: Place, kind: "clone" | "scratch", run: RunId, settings: DatabaseSettings): Promise<Scratch> {
  const elsewhere = place.options.scratch !== null && kind === "scratch";
  const server = elsewhere ? serverAt(place.options.scratch, place.options.variables) : place.server;
  const application = `belay-${run}`;
  const admin = elsewhere ? await server.connect({ application }) : await administer(place, application);
  const name = copyName(place, kind, run);
  let kept = false;
  const scratch: Scratch = {
    server,
    name,
    admin,
    keep: () => void (kept = true),
    async [Symbol.asyncDispose]() {
      await using session = admin;
      if (!kept) await dropDatabase(session, name);
    },
  };
  try {
    await dropDatabase(admin, name); // of an earlier attempt of this run
    await createDatabase(admin, name, settings);
    if (elsewhere) await markElsewhere(admin, place, name, run);
    else await markCopy(admin, place, name, kind, run);
    return scratch;
  } catch (error) {
    await disposeQuietly(scratch);
    throw error;
  }
}

/** What went wrong before is what matters; a database that could not be dropped is found by its name later. */
export async function disposeQuietly(what: AsyncDisposable): Promise<void> {
  try {
    await what[Symbol.asyncDispose]();
  } catch {
    // said by whoever looks for copies
  }
}
