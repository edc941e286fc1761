/** A clone for a backup that was not restored beside the target: by the server itself where it can, else through a dump of its own. */

import { BelayError, failure } from "../../domain/error.ts";
import type { RunId } from "../../domain/run-id.ts";
import { runProgram } from "../../process/program.ts";
import type { Copy } from "../hold.ts";
import type { BackupWork, BeforeState } from "./backup.ts";
import { templateClone } from "./clone.ts";
import { firstDifference, readContent } from "./content.ts";
import { listArchive, listWithout } from "./archive-list.ts";
import { discardCopy, openCopy } from "./copies.ts";
import { dumpCall } from "./dump.ts";
import { assertSameContent, keepAsClone, leftOut, type Cloned } from "./prove-restored.ts";
import { restoreArchive } from "./restore-archive.ts";
import { disposeQuietly, makeScratch } from "./scratch.ts";
import { openSnapshot } from "./snapshot.ts";
import { isUnwritten } from "./unwritten.ts";

/**
 * Made after the snapshot that `before` was read of, as nobody may be connected while the server clones; so it is compared with that.
 * Throws `clone-differs` where somebody wrote in between. Nothing is left where it throws.
 */
export async function cloneOf(work: BackupWork, run: RunId, before: BeforeState): Promise<Cloned> {
  const { place, connection } = work.source;
  let clone: Copy;
  try {
    clone = await templateClone(place, connection, run);
  } catch (error) {
    if (!(error instanceof BelayError) || error.code !== "clone-impossible") throw error;
    return await cloneThroughDump(work, run, before);
  }
  try {
    await using copy = await openCopy(place, clone, work.call.application);
    const nothing = { lacking: [], withoutOwners: false, sequencesAfter: before.sequencesAfter };
    const { content, boundary } = before;
    // a copy of the files has the very rows; only where it cannot be told by their transactions all of them are read
    const same = boundary !== null && (await isUnwritten(copy, content, boundary));
    const difference = firstDifference(content, await readContent(copy, same ? content.fingerprints : undefined), nothing);
    if (difference !== undefined) throw differs(difference);
  } catch (error) {
    await disposeQuietly({ [Symbol.asyncDispose]: () => discardCopy(place, clone) });
    throw error;
  }
  return { clone, lacks: clone.lacks ?? [] };
}

/** Where sessions are connected that cannot be held off: a snapshot needs nobody's leave. */
async function cloneThroughDump(work: BackupWork, run: RunId, before: BeforeState): Promise<Cloned> {
  const { call, programs, source } = work;
  const scratch = await makeScratch(source.place, "clone", run, before.settings);
  try {
    await using snapshot = await openSnapshot(call.server, { database: call.database, application: call.application });
    const into = { ...call, server: scratch.server, database: scratch.name };
    const serverMajor = Math.floor(scratch.admin.serverVersion / 10_000);
    const { withoutOwners } = work.lacks;
    const dump = () => runProgram(dumpCall(programs, call, snapshot.id));
    const left = await leftOut(work, scratch);
    const list = left.length === 0 ? undefined : listWithout(await listArchive(dump(), into, programs), left);
    await restoreArchive(dump(), into, { programs, serverMajor, list, withoutOwners });
    await assertSameContent(work, before, scratch, { analyse: true, differs });
    return await keepAsClone(source.place, before, scratch, work.lacks);
  } finally {
    await disposeQuietly(scratch);
  }
}

function differs(why: string): Error {
  return failure("clone-differs", `the copy for the way back is not what was backed up: ${why}; somebody writes to the database`, {
    hint: "stop what writes to it (app.stop), or let the backup be proven by a restore beside it, which then is the copy: `backup.proof: restore`",
  });
}
