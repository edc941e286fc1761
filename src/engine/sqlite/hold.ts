import type { RunId } from "../../domain/run-id.ts";
import { assertFence } from "../../domain/state.ts";
import type { Target } from "../../domain/target.ts";
import type { Copy, Hold } from "../hold.ts";
import type { WorkOptions } from "../workspace.ts";
import { noTenants } from "../no-tenants.ts";
import { OneWorkspace } from "../one-workspace.ts";
import { copyAttributes } from "./attributes.ts";
import { inSnapshot } from "./backup.ts";
import { describeCopy, discardCopy, listCopies } from "./copies.ts";
import { syncFile } from "./durable.ts";
import { fetchBackup } from "./fetch-backup.ts";
import { LaterWritesCount } from "./later-writes.ts";
import { locked, takeLock } from "./lock.ts";
import { asidePath, locate, type Place } from "./place.ts";
import { compareReference } from "./reference.ts";
import { Remote } from "./remote.ts";
import { replaceTarget } from "./replace.ts";
import { planReplacement } from "./replacement.ts";
import { acting, isBusy } from "./sqlite-error.ts";
import { sameBytes } from "./same-bytes.ts";
import { nextFence, readState, writeState } from "./state.ts";
import { openWorkspace } from "./workspace.ts";

export async function holdTarget(target: Target, waitMs: number): Promise<Hold> {
  const place = await locate(target);
  const lock = await takeLock(place, waitMs);
  try {
    // an orphan of the last owner that still writes the target keeps this row from being changed
    const { fence, state } = await nextFence(place.state, waitMs);
    return holdOn(target, place, lock, fence, state);
  } catch (error) {
    lock[Symbol.dispose]();
    throw isBusy(error) ? locked(place.configured, place.state) : error;
  }
}

function holdOn(target: Target, place: Place, lock: Disposable, fence: number, state: Hold["state"]): Hold {
  const owner = { state: place.state, fence };
  const laterWrites = new LaterWritesCount(place);
  const workspace = new OneWorkspace(place.configured);
  /** Nothing of this run has the target open then. */
  const letGo = async () => {
    workspace.assertNone();
    await laterWrites[Symbol.asyncDispose]();
  };
  const hold: Hold = {
    target,
    tenant: noTenants,
    get database() {
      return hold;
    },
    fence,
    state,
    writeState: (row) => acting(`recording the run in ${place.state}`, () => writeState(place.state, { ...row, fence })),
    assertOwner: async () => assertFence(await readState(place.state), fence),
    work: (options: WorkOptions) =>
      workspace.open(async () => {
        await laterWrites[Symbol.asyncDispose]();
        return openWorkspace(target, place, options);
      }),
    copies: () => listCopies(place),
    discard: (copy) => discardCopy(place, copy),
    async restoreAside(store, folder, manifest, run, { progress } = {}) {
      const path = asidePath(place, "scratch", run);
      return acting(`restoring the backup ${folder} beside ${place.configured}`, async () => {
        await fetchBackup(store, folder, manifest, path, progress);
        return describeRestored(place, path);
      });
    },
    async planReplacement(copy: Copy, run: RunId) {
      await letGo();
      return planReplacement(place, copy, run);
    },
    async replace(intent) {
      await letGo();
      await acting(`replacing ${place.configured}`, () => replaceTarget(place, intent, owner));
    },
    async compareWith(reference) {
      await letGo();
      return compareReference(place, reference, async (path) => {
        await using remote = await Remote.start(place.file);
        if (await sameBytes(remote, place.file, path)) return { data: { tables: [] }, sameSchema: true, missing: [] };
        return { ...(await inSnapshot(remote, () => remote.call("compare", path, "all"))), missing: [] };
      });
    },
    laterWrites: (mark) => laterWrites.since(mark),
    async [Symbol.asyncDispose]() {
      try {
        await laterWrites[Symbol.asyncDispose]();
      } finally {
        lock[Symbol.dispose]();
      }
    },
  };
  return hold;
}

async function describeRestored(place: Place, path: string): Promise<Copy> {
  const attributesKept = await copyAttributes(place.file, path);
  await syncFile(path);
  return describeCopy(place, path, { attributesKept });
}
