import { BelayError } from "../../domain/error.ts";
import { assertFence, lockLost, unfinished, type StateRow } from "../../domain/state.ts";
import type { Target } from "../../domain/target.ts";
import type { Hold, Supervision } from "../hold.ts";
import type { WorkOptions } from "../workspace.ts";
import { OneWorkspace } from "../one-workspace.ts";
import { compareDatabases } from "./compare.ts";
import { compareWithStored } from "./compare-stored.ts";
import type { Connection } from "./connection.ts";
import { WHOLE } from "./content.ts";
import { discardCopy, listCopies } from "./copies.ts";
import { leftOutOfReference, missingIn, sameButForLeftOut } from "./left-out.ts";
import { writesSince } from "./later-writes.ts";
import { connectTo, locate, refuseStandby } from "./locate.ts";
import { LOCK_APPLICATION, TargetLock } from "./lock.ts";
import type { PostgresOptions } from "./options.ts";
import { endOrphans } from "./orphans.ts";
import { patiently } from "./patiently.ts";
import type { Place } from "./place.ts";
import { isConnectionLost, isInDoubt } from "./postgres-error.ts";
import { inCopy } from "./reference.ts";
import { planReplacement } from "./replacement.ts";
import { replaceTarget } from "./replace.ts";
import { restoreAside } from "./restore-aside.ts";
import { readSchema } from "./schema.ts";
import { readRights } from "./rights.ts";
import { discardElsewhere, listElsewhere } from "./scratch-elsewhere.ts";
import { scopeOf } from "./scope-of.ts";
import { letInAgain } from "./sessions.ts";
import { storedCopy } from "./stored-copy.ts";
import { fenceStatement, holdFence, nextFence, readState, writeState } from "./state.ts";
import { openWorkspace } from "./workspace.ts";

export async function holdTarget(target: Target, waitMs: number, options: PostgresOptions): Promise<Hold> {
  const located = await locate(target, options, { application: LOCK_APPLICATION });
  try {
    await refuseStandby(located.connection);
    const lock = await TargetLock.take(located, waitMs);
    // whoever has the lock has it alone: a door that a dead run shut is opened, and what it left running is ended
    await letInAgain(lock.connection, located.place.database);
    return holdOn(located.place, lock, await takeOver(located.place, lock));
  } catch (error) {
    await located[Symbol.asyncDispose]();
    throw error;
  }
}

interface Taken {
  readonly fence: number;
  readonly state: StateRow | undefined;
}

/** A target that is not there has no state. */
async function takeOver(place: Place, lock: TargetLock): Promise<Taken> {
  try {
    await using connection = await connectTo(place);
    const last = (await readState(connection))?.row;
    if (unfinished(last)) await endOrphans(lock.connection, last.run);
    return await nextFence(connection, place.lockDatabase);
  } catch (error) {
    if (error instanceof BelayError && error.code === "target-missing") return { fence: 1, state: undefined };
    throw error;
  }
}

/** There is a row with this holder's fence. Without one a row that appears is another holder's. */
interface Recorded {
  recorded: boolean;
}

function holdOn(place: Place, lock: TargetLock, taken: Taken, row: Recorded = { recorded: taken.state !== undefined }): Hold {
  const { target } = place;
  const { fence, state } = taken;
  const scope = scopeOf(target);
  const workspace = new OneWorkspace(place.database);
  /** What works for this holder outside of its own sessions ends with its lock. */
  const whileHeld = async <T>({ recordProcess, signal }: Supervision, work: (watch: Supervision) => Promise<T>): Promise<T> => {
    await lock.assertHeld();
    const { broken } = lock;
    const either = signal === undefined ? broken : AbortSignal.any([signal, broken]);
    try {
      return await work({ ...(recordProcess === undefined ? {} : { recordProcess }), signal: either });
    } catch (error) {
      throw broken.aborted ? broken.reason : error;
    }
  };
  const makesCopies = async () => (await readRights(lock.connection, place.database))?.createsDatabases !== false;
  const assertOwner = async () => {
    await lock.assertHeld();
    await using connection = await connectTo(place);
    assertFence((await readState(connection))?.row, row.recorded ? fence : null);
  };
  const owner = {
    fence: {
      begin: async (connection: Connection) => {
        if (row.recorded) await holdFence(connection, fence);
      },
      statement: () => (row.recorded ? fenceStatement(fence) : null),
      lost: () => lockLost(),
    },
    lockBroken: () => lock.broken,
  };
  const hold: Hold = {
    target,
    get database() {
      return hold;
    },
    fence,
    state,
    tenant: (tenant) => ({
      ...holdOn({ ...place, target: tenant }, lock, taken, row),
      database: hold,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
    async writeState(written) {
      const write = async () => {
        await lock.assertHeld();
        await using connection = await connectTo(place);
        await writeState(connection, { ...written, fence }, { lockDatabase: place.lockDatabase, first: !row.recorded });
      };
      try {
        await write();
      } catch (error) {
        if (!isInDoubt(error) && !isConnectionLost(error)) throw error;
        await patiently(place.server, write); // once more comes to the same, whether or not the first came through
      }
      row.recorded = true;
    },
    assertOwner,
    work: (options: WorkOptions) => workspace.open(() => openWorkspace(place, owner, options)),
    copies: async () => [...(await listCopies(place)), ...(await listElsewhere(place))],
    async discard(copy) {
      if (!(await discardElsewhere(place, copy))) await discardCopy(place, copy);
    },
    restoreAside: async (store, folder, manifest, run, watch = {}) =>
      (await makesCopies())
        ? await whileHeld(watch, (held) => restoreAside(place, store, folder, manifest, run, watch.progress, held))
        : await storedCopy(store, folder, manifest, run),
    async planReplacement(copy, run) {
      workspace.assertNone();
      return planReplacement(lock.connection, place, copy, run);
    },
    async replace(intent, store) {
      workspace.assertNone();
      await lock.assertHeld();
      await replaceTarget(place, intent, { assertOwner, guard: lock.guard, store });
    },
    async compareWith(reference, watch = {}) {
      workspace.assertNone();
      const whole = { ...scope, include: "all" as const };
      if ("backup" in reference && !(await makesCopies())) {
        await using after = await connectTo(place);
        return await compareWithStored(after, reference.backup.manifest, whole);
      }
      const leftOut = leftOutOfReference(reference);
      const compare = async (before: Connection) => {
        await using after = await connectTo(place);
        const data = await compareDatabases(before, after, whole);
        const sameSchema = sameButForLeftOut(await readSchema(before, whole), await readSchema(after, whole), leftOut);
        return { data, sameSchema, missing: leftOut.length === 0 ? [] : missingIn(await readSchema(after, WHOLE), leftOut) };
      };
      return await whileHeld(watch, (held) => inCopy(place, reference, { application: "belay", ...held }, compare));
    },
    async laterWrites(mark) {
      await using connection = await connectTo(place);
      return await writesSince(connection, mark);
    },
    [Symbol.asyncDispose]: () => lock[Symbol.asyncDispose](),
  };
  return hold;
}
