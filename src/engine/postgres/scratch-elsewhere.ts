/**
 * Scratch databases on the server of `backup.scratch` that outlived their run. Several targets may be proven there, also ones of one name;
 * so the note on such a database says of which server's target it is.
 */

import { BelayError } from "../../domain/error.ts";
import type { Copy } from "../hold.ts";
import type { Connection } from "./connection.ts";
import { administer } from "./copies.ts";
import { copyRecord, databasesAside, noteOn } from "./database-record.ts";
import { dropDatabase } from "./create-database.ts";
import { readIdentity } from "./identity.ts";
import type { Place } from "./place.ts";
import { serverAt } from "./server.ts";
import type { RunId } from "../../domain/run-id.ts";

const PREFIX = "backup.scratch: ";

/** Notes on a fresh database of that server whose it is; `elsewhere` is a session there. */
export async function markElsewhere(elsewhere: Connection, place: Place, database: string, run: RunId): Promise<void> {
  await elsewhere.run(noteOn(database, copyRecord(await sourceOf(place), "scratch", run, null)));
}

/** None where there is no such server, or nobody answers there: another time will do. */
export async function listElsewhere(place: Place): Promise<readonly Copy[]> {
  if (place.options.scratch === null) return [];
  try {
    const source = await sourceOf(place);
    await using elsewhere = await scratchServer(place);
    const own = (await databasesAside(elsewhere)).flatMap(({ name, record }) =>
      record?.belay === "copy" && record.target === source ? [{ name, record }] : [],
    );
    return own.map(({ name, record: { kind, runSuffix, madeAt } }) => ({
      kind,
      place: `${PREFIX}${name}`,
      runSuffix,
      sizeBytes: 0,
      madeAt,
      evidence: null,
    }));
  } catch (error) {
    if (error instanceof BelayError) return [];
    throw error;
  }
}

/** False: the copy does not lie there. */
export async function discardElsewhere(place: Place, copy: Copy): Promise<boolean> {
  if (!copy.place.startsWith(PREFIX)) return false;
  if ((await listElsewhere(place)).some((listed) => listed.place === copy.place)) {
    await using elsewhere = await scratchServer(place);
    await dropDatabase(elsewhere, copy.place.slice(PREFIX.length));
  }
  return true;
}

function scratchServer({ options: { scratch, variables } }: Place): Promise<Connection> {
  return serverAt(scratch ?? "", variables).connect();
}

/** The target with its server, so that no other one of its name is meant. */
async function sourceOf(place: Place): Promise<string> {
  await using connection = await administer(place);
  const { lasting } = await readIdentity(connection);
  return `${lasting} ${place.database}`;
}
