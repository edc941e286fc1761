/** The state row goes with the target's name: whoever looks after a swap, or after a crash right behind it, finds the run that works. */

import type { RunId } from "../../domain/run-id.ts";
import type { Copy } from "../engine.ts";
import type { Connection } from "./connection.ts";
import { openCopy } from "./copies.ts";
import type { Place } from "./place.ts";
import { readState, writeState, type StoredState } from "./state.ts";

/** Gives the copy the row that the target has now. */
export async function carryState(place: Place, copy: Copy, run: RunId): Promise<void> {
  const application = `belay-${run}`;
  await using source = await place.server.connect({ database: place.database, application });
  const now = await readState(source);
  await using into = await openCopy(place, copy, application);
  await replaceState(into, now);
}

/** What the copy has is older, and its fence is nobody's any more. */
async function replaceState(copy: Connection, now: StoredState | undefined): Promise<void> {
  if ((await readState(copy)) !== undefined) await copy.run("delete from belay.state");
  if (now !== undefined) await writeState(copy, now.row, { lockDatabase: now.lockDatabase, first: true });
}
