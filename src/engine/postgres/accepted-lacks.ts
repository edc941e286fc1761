/** What this role cannot restore and was accepted by name; anything else is refused before anything is written. */

import { refusal } from "../../domain/error.ts";
import type { ArchiveEntry } from "./archive-list.ts";
import type { BackupSource } from "./backup.ts";
import { cannotRestore, type CannotRestore } from "./cannot-restore.ts";
import { serverAt } from "./server.ts";

export interface Lacks {
  /** Entries of the dump that a restore leaves out. */
  readonly entries: readonly ArchiveEntry[];
  readonly withoutOwners: boolean;
  /** For manifests and people. */
  readonly described: readonly string[];
}

/** For a backup that `willBeRestored` refuses with `cannot-restore`, naming each thing that was not accepted and what would mend it. */
export async function acceptedLacks({ place, connection }: BackupSource, willBeRestored: boolean): Promise<Lacks> {
  const { scratch, mayLack, variables } = place.options;
  await using elsewhere = scratch === null ? null : await serverAt(scratch, variables).connect();
  const found = await cannotRestore(connection, elsewhere ?? connection);
  const refused = found.filter(({ kind }) => !mayLack.includes(kind));
  if (willBeRestored && refused[0] !== undefined) throw cannot(place.database, refused[0], refused);
  const accepted = found.filter(({ kind }) => mayLack.includes(kind));
  return {
    entries: accepted.flatMap(({ entry }) => (entry === null ? [] : [entry])),
    withoutOwners: accepted.some(({ entry }) => entry === null),
    described: found.map(({ what, why }) => `${what} is in the backup, and cannot be restored by this role: ${why}`),
  };
}

function cannot(database: string, { fix }: CannotRestore, all: readonly CannotRestore[]): Error {
  const list = all.map(({ what, why }) => `${what} (${why})`).join(", ");
  return refusal("cannot-restore", `a backup of ${database} could not be restored as it is: ${list}`, { hint: fix });
}
