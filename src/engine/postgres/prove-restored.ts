/** The proof by restore: what lies in the store becomes a database, and that is held against the snapshot, row by row. */

import type { Readable } from "node:stream";

import type { Proof } from "../../domain/backup.ts";
import { failure } from "../../domain/error.ts";
import type { RunId } from "../../domain/run-id.ts";
import type { Bytes } from "../../process/program.ts";
import type { Copy } from "../hold.ts";
import { applyDatabaseSettings, settingsRefused } from "./apply-database-settings.ts";
import type { Lacks } from "./accepted-lacks.ts";
import { listArchive, listWithout, type ArchiveEntry } from "./archive-list.ts";
import type { BackupWork, BeforeState, Told } from "./backup.ts";
import { firstDifference, readContent } from "./content.ts";
import { describeCopy } from "./copies.ts";
import { decompressed, metered } from "./dump.ts";
import { withLacks } from "./left-out.ts";
import type { Place } from "./place.ts";
import type { ProgramCall } from "./program-call.ts";
import { pinExtensions, readExtensions } from "./extension-versions.ts";
import { findPrograms } from "./programs.ts";
import { restoreArchive } from "./restore-archive.ts";
import { disposeQuietly, makeScratch, type Scratch } from "./scratch.ts";

export interface Cloned {
  readonly clone: Copy;
  /** What could not be set on it; what was left out of it is known of the backup. */
  readonly lacks: readonly string[];
}

export interface Proven {
  readonly proof: Proof;
  readonly lacks: readonly string[];
  readonly clone: Copy | null;
}

/** `stored` reads the dump anew each time. As a `clone` the restored database stays beside the target. */
export async function proveByRestoring(
  work: BackupWork,
  run: RunId,
  stored: () => Promise<Readable>,
  before: BeforeState,
  kind: "clone" | "scratch",
  told: Told,
): Promise<Proven> {
  const { place } = work.source;
  const scratch = await makeScratch(place, kind, run, before.settings);
  try {
    await restoreStored(work, stored, scratch, told);
    await assertSameContent(work, before, scratch, { analyse: kind === "clone", differs: unproven });
    if (kind === "scratch") return { proof: "restored", lacks: await settingsLackingIn(place, before, scratch), clone: null };
    const kept = await keepAsClone(place, before, scratch, work.lacks);
    return { proof: "restored", ...kept };
  } finally {
    await disposeQuietly(scratch);
  }
}

/** Tried on the server that a restore would go to; a server for proofs alone has roles and rights of its own. */
async function settingsLackingIn({ options }: Place, before: BeforeState, { admin, name }: Scratch): Promise<readonly string[]> {
  return options.scratch === null ? settingsRefused(await applyDatabaseSettings(admin, name, before.settings)) : [];
}

async function restoreStored(work: BackupWork, stored: () => Promise<Readable>, scratch: Scratch, told: Told): Promise<void> {
  const { call, source, lacks } = work;
  const serverMajor = Math.floor(scratch.admin.serverVersion / 10_000);
  const programs = serverMajor > work.programs.major ? await findPrograms(serverMajor, source.place.options.variables) : work.programs;
  const into: ProgramCall = { ...call, server: scratch.server, database: scratch.name };
  const dump = async function* (): Bytes {
    yield* decompressed(await stored(), unproven);
  };
  const left = await leftOut(work, scratch);
  const list = left.length === 0 ? undefined : listWithout(await listArchive(dump(), into, programs), left);
  await restoreArchive(metered(dump(), told), into, { programs, serverMajor, list, withoutOwners: lacks.withoutOwners });
}

/** What a restore into the fresh database leaves out: what may be lacking, and what was put there just now. */
export async function leftOut({ call, source, lacks }: BackupWork, { server, name }: Scratch): Promise<readonly ArchiveEntry[]> {
  const extensions = await readExtensions(source.connection);
  if (extensions.length === 0) return lacks.entries;
  await using connection = await server.connect({ database: name, application: call.application });
  const { entries, withoutOwners } = lacks;
  return [...entries, ...(await pinExtensions(connection, extensions, { lacking: entries, withoutOwners }))];
}

interface Comparing {
  /** Gather planner statistics, which no dump holds. */
  readonly analyse: boolean;
  /** What is thrown for the first difference. */
  readonly differs: (why: string) => Error;
}

export async function assertSameContent(
  { call, source, lacks }: BackupWork,
  before: BeforeState,
  { server, name }: Pick<Scratch, "server" | "name">,
  { analyse, differs }: Comparing,
): Promise<void> {
  const signal = source.signal === undefined ? {} : { signal: source.signal };
  await using connection = await server.connect({ database: name, application: call.application, ...signal });
  if (analyse) await connection.run("analyze"); // and its commit, which is waited for, makes the restore before it durable
  const difference = firstDifference(before.content, await readContent(connection), {
    lacking: lacks.labels,
    withoutOwners: lacks.withoutOwners,
    sequencesAfter: before.sequencesAfter,
  });
  if (difference !== undefined) throw differs(difference);
}

export async function keepAsClone(place: Place, before: BeforeState, scratch: Scratch, { leftOut }: Lacks): Promise<Cloned> {
  const lacks = settingsRefused(await applyDatabaseSettings(scratch.admin, scratch.name, before.settings));
  const clone = withLacks(await describeCopy(place, scratch.name), leftOut, lacks);
  scratch.keep();
  return { clone, lacks };
}

export function unproven(why: string): Error {
  return failure("backup-unproven", `the backup does not hold what the database holds: ${why}`, {
    hint: "nothing was migrated; look at the store and at what else writes to the database, then run again",
  });
}
