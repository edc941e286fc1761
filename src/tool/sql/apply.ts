/** Applies migrations, each together with its history row, and hands back the first failure with its place in the file. */

import { refusal, type BelayError } from "../../domain/error.ts";
import type { Migration } from "../../domain/migration.ts";
import type { SqlDialect } from "../../domain/session.ts";
import { stopIfAborted } from "../stop.ts";
import type { ApplyRequest } from "../tool.ts";
import { adopt } from "./baseline.ts";
import { migrationError } from "./failure.ts";
import { createHistory, historyTable, insertHistory, readHistory, historyAround, type HistoryTable } from "./history.ts";
import { stillWrong } from "./in-doubt.ts";
import type { MigrationFiles } from "./layout.ts";
import { isLoaded, listMigrations, load, readUp, type LoadedMigration, type Place } from "./migrations.ts";
import { reasonAt, type Problem } from "./problem.ts";
import { Queue } from "./queue.ts";
import { runStatements, transactStatements } from "./run-statements.ts";
import { checksumOf } from "./source.ts";

export async function applyMigrations(place: Place, request: ApplyRequest): Promise<void> {
  const { session, migrations: planned, signal } = request;
  if (planned.length === 0) return;
  const { migrations } = await listMigrations(place);
  const onDisk = new Map(migrations.map((files) => [files.id, files]));
  const { rows, obstacle } = await adopt(place, migrations, await readHistory(session, place.schema), session);
  if (obstacle !== null) throw refusal(obstacle.code, obstacle.message, obstacle.hint === undefined ? {} : { hint: obstacle.hint });
  const history = await historyTable(session, place.schema);
  const baseline = rows.map((row) => insertHistory({ ...row, durationMs: 0, run: request.run }, history));

  const queue = new Queue();
  try {
    for (const [index, migration] of planned.entries()) {
      const loaded = loadAsPlanned(place, onDisk.get(migration.id), migration, session.dialect);
      await queue.room(isRoundTrip(loaded) ? Math.min(Math.max(index, 1), MOST_UNDER_WAY) : 1);
      stopIfAborted(signal);
      // The first of a run makes sure that there is a table; within its own transaction, so that its failure leaves none.
      const before = index === 0 ? [createHistory(history), ...baseline] : [];
      const inRun = { before, history, durable: index === planned.length - 1, schema: place.schema };
      queue.add(applyOne(migration, loaded, inRun, request).then((durationMs) => request.applied({ id: migration.id, durationMs })));
      if (!isRoundTrip(loaded)) await queue.room(1);
    }
  } finally {
    await queue.room(1);
  }
}

/**
 * So many migrations are on their way to the database, so that it need not wait for the next; it does one after the other. At first
 * fewer: who interrupts a run of a few finds no more applied than were done.
 */
const MOST_UNDER_WAY = 16;

/** What is about to run is what was planned, byte for byte: the application's own stop may have rewritten it since. */
function loadAsPlanned(place: Place, files: MigrationFiles | undefined, migration: Migration, dialect: SqlDialect): LoadedMigration {
  if (files === undefined) throw planChanged(migration, "its file is gone");
  const bytes = readUp(place, files);
  if (!(bytes instanceof Uint8Array)) throw planChanged(migration, `its file ${bytes.what}`);
  if (checksumOf(bytes) !== migration.sha256) throw planChanged(migration, "its file is another one now");
  const loaded = load(place, files, bytes, dialect);
  if (!isLoaded(loaded)) throw unfitError(migration, loaded);
  const [problem] = loaded.up.problems;
  if (problem !== undefined) throw unfitError(migration, problem);
  return loaded;
}

const FEW = 8;

/** A migration of few statements is one round trip to the database. */
function isRoundTrip({ up }: Pick<LoadedMigration, "up">): boolean {
  return up.transaction && up.statements.length <= FEW;
}

interface PlaceInRun {
  /** Of a tenant; null: the target has one history. */
  readonly schema: string | null;
  readonly history: HistoryTable;
  /** Statements that come first, in its transaction. */
  readonly before: readonly string[];
  /** The last one's commit makes those before it durable, too. A run that never gets there is undone. */
  readonly durable: boolean;
}

async function applyOne(
  migration: Migration,
  { sha256, up }: LoadedMigration,
  { before, history, durable, schema }: PlaceInRun,
  { session, run, signal }: ApplyRequest,
): Promise<number> {
  const began = performance.now();
  const appliedAt = new Date().toISOString();
  const record = insertHistory({ id: migration.id, checksum: sha256, appliedAt, durationMs: { since: appliedAt }, run }, history);
  const progress = { done: 0, refused: false };
  try {
    if (!up.transaction) {
      await runStatements(session, up.statements, signal, progress, 1);
      await session.transaction(() => session.execute([...before, record]));
    } else if (isRoundTrip({ up })) {
      const row = historyAround({ id: migration.id, checksum: sha256, run }, history);
      const surrounded = { before: [...before, ...row.before], statements: up.statements, after: row.after };
      return Math.round(await transactStatements(session, surrounded, { foreignKeys: up.foreignKeys, durable }, progress));
    } else {
      const work = async () => {
        if (before.length > 0) await session.execute(before);
        await runStatements(session, up.statements, signal, progress);
        await session.execute([record]);
      };
      await session.transaction(work, { foreignKeys: up.foreignKeys, durable });
    }
  } catch (error) {
    const cause = await stillWrong({ session, schema }, migration.id, "there", error);
    if (cause === null) return Math.round(performance.now() - began);
    throw migrationError({ act: "applying", migration: migration.id, file: migration.file, way: up, progress, cause });
  }
  return Math.round(performance.now() - began);
}

function planChanged(migration: Migration, how: string): BelayError {
  return refusal(
    "plan-changed",
    `${migration.id} is not what was planned: ${how}${migration.file === null ? "" : ` (${migration.file})`}`,
    {
      hint: "look at what changed the file since the plan, then plan again",
      facts: { migration: migration.id, file: migration.file },
    },
  );
}

function unfitError({ id, file }: Migration, problem: Problem): BelayError {
  const { code, message, hint } = reasonAt(file ?? id, problem);
  return refusal(code, message, { ...(hint === undefined ? {} : { hint }), facts: { migration: id, file, line: problem.line } });
}
