import { randomBytes } from "node:crypto";

import { makeRunId } from "../../domain/run-id.ts";
import type { ComparisonReference } from "../hold.ts";
import type { Connection } from "./connection.ts";
import { discardCopy, openCopy } from "./copies.ts";
import type { RecordProcess } from "./options.ts";
import type { Place } from "./place.ts";
import { restoreAside } from "./restore-aside.ts";

export interface Comparing {
  readonly application: string;
  readonly recordProcess?: RecordProcess | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Hands `work` a session in the reference: in the copy itself, if it is still what was proven, or in a backup restored for the while. */
export async function inCopy<T>(
  place: Place,
  reference: ComparisonReference,
  comparing: Comparing,
  work: (before: Connection) => Promise<T>,
): Promise<T> {
  if ("copy" in reference) {
    await using before = await openCopy(place, reference.copy, comparing.application);
    return await work(before);
  }
  const { store, folder, manifest } = reference.backup;
  // a name that no copy of a run has: this one goes again
  const own = makeRunId(new Date(), randomBytes(10));
  const copy = await restoreAside(place, store, folder, manifest, own, undefined, comparing);
  try {
    await using before = await openCopy(place, copy, comparing.application);
    return await work(before);
  } finally {
    await discardCopy(place, copy);
  }
}
