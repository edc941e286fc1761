/** What this role cannot restore and was accepted by name; anything else is refused before anything is written. */

import { refusal } from "../../domain/error.ts";
import type { ArchiveEntry } from "./archive-list.ts";
import type { BackupSource } from "./backup.ts";
import { cannotRestore, describeLack, type CannotRestore } from "./cannot-restore.ts";
import type { Connection } from "./connection.ts";
import type { Place } from "./place.ts";
import type { LeftOut } from "./left-out.ts";
import { serverAt } from "./server.ts";

export interface Lacks {
  /** Entries of the dump that a restore leaves out. */
  readonly entries: readonly ArchiveEntry[];
  /** What a schema snapshot of the restored copy lacks for that. */
  readonly labels: readonly string[];
  readonly withoutOwners: boolean;
  /** The same, each with what is said of it: what no restore of this backup brings. */
  readonly leftOut: readonly LeftOut[];
  /** For manifests and people. */
  readonly described: readonly string[];
}

/** For a backup that `willBeRestored` refuses with `cannot-restore`, naming each thing that was not accepted and what would mend it. */
export async function acceptedLacks({ place, connection }: BackupSource, willBeRestored: boolean): Promise<Lacks> {
  const { mayLack } = place.options;
  const found = await cannotRestoreAt(place, connection);
  const refused = found.filter(({ kind }) => !mayLack.includes(kind));
  if (willBeRestored && refused[0] !== undefined) throw cannot(place.database, refused[0], refused);
  const accepted = found.filter(({ kind }) => mayLack.includes(kind));
  return {
    entries: accepted.flatMap(({ entries }) => entries ?? []),
    labels: accepted.flatMap(({ labels }) => labels),
    withoutOwners: accepted.some(({ entries }) => entries === null),
    leftOut: accepted.map((lack) => ({ said: describeLack(lack), labels: lack.labels })),
    described: found.map(describeLack),
  };
}

/** What whoever proves backups cannot restore: on the server of `backup.scratch` where there is one, as the role that goes there. */
export async function cannotRestoreAt({ options: { scratch, variables } }: Place, source: Connection): Promise<readonly CannotRestore[]> {
  await using elsewhere = scratch === null ? null : await serverAt(scratch, variables).connect();
  return await cannotRestore(source, elsewhere ?? source);
}

function cannot(database: string, { fix }: CannotRestore, all: readonly CannotRestore[]): Error {
  const list = all.map(({ what, why }) => `${what} (${why})`).join(", ");
  return refusal("cannot-restore", `a backup of ${database} could not be restored as it is: ${list}`, { hint: fix });
}
