/**
 * A copy takes the target's name: both are renamed in one transaction, in which the copy's door opens, too. A database can be renamed
 * only while nobody is connected. Where somebody is, sessions are held off first: new ones are turned away, the others ended. That is
 * done only after it is known that all of them can be ended; it is noted on the database itself in the same transaction, and taken back on
 * every path, at the latest by whoever takes the lock next (`letInAgain`).
 *
 * The oids, which a rename keeps, tell how far it came (L is the database that is replaced, C the copy that replaces it):
 *
 *     target  copy  keepAs
 *     L       C     -        nothing is done; L may hold sessions off
 *     C       -     L        done, and everybody may enter
 */

import { setTimeout as pause } from "node:timers/promises";

import { BelayError, failure, messageOf } from "../../domain/error.ts";
import { lockLost } from "../../domain/state.ts";
import { together } from "../../process/together.ts";
import type { ReplacementIntent } from "../hold.ts";
import { carryState } from "./carry-state.ts";
import type { Connection } from "./connection.ts";
import { administer, assertUnchanged } from "./copies.ts";
import { assertDatabase, copyRecord, databaseNamed, databaseOf, noteOn, type DatabaseRow } from "./database-record.ts";
import { quoteIdentifier, quoteLiteral } from "./identifiers.ts";
import type { Place } from "./place.ts";
import type { Owner } from "./replace.ts";
import { passingObstacle, type ReplacementNames } from "./replacement.ts";
import {
  allowConnections,
  awaitMakingWay,
  describeSessions,
  endSessions,
  holdOff,
  letInAgain,
  otherSessions,
  targetBusy,
  type OtherSession,
} from "./sessions.ts";

interface Swap {
  readonly place: Place;
  readonly intent: ReplacementIntent;
  readonly names: ReplacementNames;
  readonly owner: Owner;
}

export async function replaceByRename(place: Place, intent: ReplacementIntent, names: ReplacementNames, owner: Owner): Promise<void> {
  const swap: Swap = { place, intent, names, owner };
  try {
    await using connection = await administer(place, `belay-${names.run}`);
    if (await isDone(connection, names)) return;
    await letInAgain(connection, place.database);
    await exchange(connection, swap);
  } catch (error) {
    if (!(await settle(swap, error))) throw guardFailed(error) ? lockLost() : error;
  }
}

/** Nobody waits outside while this looks and prepares; the door is shut for the last two steps only. */
async function exchange(connection: Connection, swap: Swap): Promise<void> {
  const { place, names, owner } = swap;
  const target = await assertStartingPoint(connection, swap);
  const obstacle = await patientObstacle(connection, target);
  if (obstacle !== null) throw targetBusy(place.database, obstacle);
  await together(undefined, () => [owner.assertOwner(), carryState(connection, place, swap.intent.from, names.run)]);
  const copy = await assertUnchanged(connection, swap.intent.from);
  assertEnded(copy.name, await endSessions(connection, copy));
  await awaitMakingWay(connection, target);
  if (await renamedQuietly(connection, swap, target, copy)) return;
  await holdOff(connection, target, names.run, owner.guard);
  assertEnded(place.database, await endSessions(connection, target));
  await renamedInTime(connection, swap, copy);
}

function assertEnded(database: string, staying: readonly OtherSession[]): void {
  if (staying.length > 0) throw targetBusy(database, `${describeSessions(staying)} will not go`);
}

const PATIENCE_MS = 1_000;

/** What speaks against it for longer than somebody who is just leaving needs. */
async function patientObstacle(connection: Connection, target: DatabaseRow): Promise<string | null> {
  for (const deadline = performance.now() + PATIENCE_MS; ; await pause(20)) {
    const obstacle = await passingObstacle(connection, target);
    if (obstacle === null || performance.now() > deadline) return obstacle;
  }
}

/**
 * A rename that meets somebody looks again after a tenth of a second only. Whoever was just about to enter when the door was shut is gone
 * sooner, so the first try is cut off early; later ones leave the server's own work on the database the time to end.
 */
const FIRST_TRY_MS = 20;
const LAST_TRY_MS = 1_280;

async function renamedInTime(connection: Connection, swap: Swap, copy: DatabaseRow): Promise<void> {
  for (let tryMs = FIRST_TRY_MS; ; tryMs *= 2) {
    try {
      return await rename(connection, swap, copy, tryMs);
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (tryMs >= LAST_TRY_MS) throw targetBusy(swap.place.database, messageOf(error), error);
    }
  }
}

async function rename(connection: Connection, swap: Swap, copy: DatabaseRow, limitMs: number): Promise<void> {
  await connection.run(`set statement_timeout = ${limitMs}`);
  await connection.run(renames(swap, copy));
}

/** Where nobody is connected, nobody need be held off. False: somebody came just then. */
async function renamedQuietly(connection: Connection, swap: Swap, target: DatabaseRow, copy: DatabaseRow): Promise<boolean> {
  if ((await otherSessions(connection, target.oid)).length > 0) return false;
  try {
    await rename(connection, swap, copy, FIRST_TRY_MS);
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}

/** One transaction in one message: checks that the names lead where the intent says, renames, opens, notes. */
function renames({ place, intent, names, owner }: Swap, copy: DatabaseRow): string {
  const { database } = place;
  const kept = copyRecord(database, "failed", names.run, null);
  return [
    ...(owner.guard === undefined ? [] : [owner.guard]),
    nameCheck(database, names.target),
    nameCheck(copy.name, names.copy),
    `alter database ${quoteIdentifier(database)} rename to ${quoteIdentifier(intent.keepAs)}`,
    `alter database ${quoteIdentifier(copy.name)} rename to ${quoteIdentifier(database)}`,
    allowConnections(intent.keepAs, true),
    allowConnections(database, names.open),
    noteOn(intent.keepAs, kept),
    noteOn(database, copy.comment),
  ].join(";\n");
}

/** Fails where a name has come to lead elsewhere since it was looked at. */
function nameCheck(name: string, oid: string): string {
  const check = `if (select d.oid from pg_catalog.pg_database d where d.datname = ${quoteLiteral(name)}) is distinct from ${quoteLiteral(oid)}::pg_catalog.oid
    then raise exception using message = 'the name leads to another database than before'; end if;`;
  return `do ${quoteLiteral(`begin ${check} end`)}`;
}

/** Somebody was connected (55006), or the server still looked for it when the time was over (57014). */
function isBusy(error: unknown): boolean {
  return error instanceof BelayError && (error.facts["sqlstate"] === "55006" || error.facts["sqlstate"] === "57014");
}

/** The guard divides by zero where the lock is another's. */
function guardFailed(error: unknown): boolean {
  return error instanceof BelayError && error.facts["sqlstate"] === "22012";
}

async function isDone(connection: Connection, names: ReplacementNames): Promise<boolean> {
  return (await databaseOf(connection, names.copy))?.name === names.database;
}

/** Throws when a name leads to something that this intent does not know: nothing that is not ours is ever renamed. */
async function assertStartingPoint(connection: Connection, { place, intent, names }: Swap): Promise<DatabaseRow> {
  await assertUnchanged(connection, intent.from);
  const target = await assertDatabase(connection, place.database);
  if (target.oid !== names.target)
    throw failure("target-changed", `${place.database} is no longer the database that was to be replaced`, {
      hint: "somebody put another database in its place; look at both before anything else",
      facts: { expected: names.target, found: target.oid },
    });
  if ((await databaseNamed(connection, intent.keepAs)) !== undefined)
    throw failure("aside-name-taken", `there is a database ${intent.keepAs} already, and it is not the one that is to be kept`, {
      hint: "rename it, then run `belay recover`",
    });
  return target;
}

/**
 * After a failure, on a session of its own: whether the swap was committed all the same; where not, everybody may enter again. Throws
 * where the server cannot be asked.
 */
async function settle({ place, names }: Swap, error: unknown): Promise<boolean> {
  try {
    await using connection = await administer(place, `belay-${names.run}`);
    if (await isDone(connection, names)) return true;
    await letInAgain(connection, place.database);
    return false;
  } catch (unasked) {
    throw failure(
      "replacement-in-doubt",
      `${messageOf(error)}; whether ${place.database} was replaced cannot be asked: ${messageOf(unasked)}`,
      {
        hint: "when the server is back, run `belay recover`: it looks, lets sessions in where they are held off, and finishes",
        cause: error,
      },
    );
  }
}
