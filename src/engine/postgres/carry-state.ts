/** The state row goes with the target's name: whoever looks after a swap, or after a crash right behind it, finds the run that works. */

import type { RunId } from "../../domain/run-id.ts";
import type { Copy } from "../hold.ts";
import type { Connection } from "./connection.ts";
import { openCopyBy } from "./copies.ts";
import type { Place } from "./place.ts";
import { overwriteState, readState, type StoredState } from "./state.ts";

/** Gives the copy the row that the target has now. `admin` is a session outside of both. None of its own is left when it has ended. */
export async function carryState(admin: Connection, place: Place, copy: Copy, run: RunId): Promise<void> {
  const application = `belay-${run}`;
  const reading = stateOf(place, application);
  const read = Promise.allSettled([reading]);
  try {
    await using into = await openCopyBy(admin, place, copy, application);
    await overwriteState(into, await reading);
  } finally {
    await read;
  }
}

async function stateOf(place: Place, application: string): Promise<StoredState | undefined> {
  await using source = await place.server.connect({ database: place.database, application });
  return await readState(source);
}
