/** Takes migrations back by their own scripts, the last one first, each together with the removal of its history row. */

import { refusal, type BelayError } from "../../domain/error.ts";
import type { SqlDialect } from "../../domain/session.ts";
import { stopIfAborted } from "../stop.ts";
import type { RevertRequest } from "../tool.ts";
import { migrationError } from "./failure.ts";
import { stillWrong } from "./in-doubt.ts";
import { deleteHistory, historyTable, readHistory, type HistoryRow } from "./history.ts";
import type { MigrationFiles } from "./layout.ts";
import { isLoaded, listMigrations, load, readAll, readUp, shown, type Place } from "./migrations.ts";
import { reasonAt, type Problem } from "./problem.ts";
import { runStatements } from "./run-statements.ts";
import type { Way } from "./script.ts";
import { checksumOf } from "./source.ts";

/** A migration and how it is taken back. */
interface WayBack {
  readonly id: string;
  /** The file with the way back, as people see it. */
  readonly file: string;
  readonly way: Way;
}

export async function revertMigrations(place: Place, request: RevertRequest): Promise<void> {
  const { session, signal } = request;
  const rows = lastApplied((await readHistory(session, place.schema)) ?? [], new Set(request.ids));
  const onDisk = new Map((await listMigrations(place)).migrations.map((files) => [files.id, files]));
  const looked = await readAll(rows, (row) => findWayBack(place, onDisk.get(row.id), row, session.dialect));
  const ways = looked.flatMap((found) => (found.kind === "way" ? [found] : []));
  const without = looked.flatMap((found) => (found.kind === "none" ? [found.id] : []));
  if (without.length > 0) throw notReversible(without);
  for (const way of ways) {
    stopIfAborted(signal);
    request.reverted({ id: way.id, durationMs: await revertOne(way, request, place.schema) });
  }
}

/** The history rows of these ids, the last one first. */
function lastApplied(history: readonly HistoryRow[], ids: ReadonlySet<string>): readonly HistoryRow[] {
  const last = history.slice(history.length - Math.min(ids.size, history.length)).reverse();
  const strangers = [...ids].filter((id) => !last.some((row) => row.id === id));
  if (strangers.length === 0) return last;
  const applied = new Set(history.map(({ id }) => id));
  const missing = strangers.filter((id) => !applied.has(id));
  const what = missing.length > 0 ? `${missing.join(", ")} is not applied` : `others were applied after ${strangers.join(", ")}`;
  throw refusal("not-last-applied", `reverting ${[...ids].join(", ")}: ${what}`, {
    hint:
      last.length === 0
        ? "nothing is applied, so there is nothing to revert"
        : `the last applied are, from the last on: ${last.map(({ id }) => id).join(", ")}`,
    facts: { migrations: strangers },
  });
}

type Found = ({ readonly kind: "way" } & WayBack) | { readonly kind: "none"; readonly id: string };

/** The way back belongs to the migration as it was applied: of a changed one nobody knows what its script would undo. */
function findWayBack(place: Place, files: MigrationFiles | undefined, row: HistoryRow, dialect: SqlDialect): Found {
  const { id } = row;
  if (files === undefined) throw unfit(id, id, { ...GONE, line: null });
  const upFile = shown(place, files.up);
  const bytes = readUp(place, files);
  if (!(bytes instanceof Uint8Array)) throw unfit(id, upFile, bytes);
  if (checksumOf(bytes) !== row.checksum) throw unfit(id, upFile, { ...CHANGED, line: null });
  const loaded = load(place, files, bytes, dialect);
  if (!isLoaded(loaded)) throw unfit(id, upFile, loaded);
  const file = shown(place, files.down ?? files.up);
  const [problem] = loaded.down?.problems ?? [];
  if (problem !== undefined) throw unfit(id, file, problem);
  if (loaded.down === null || loaded.down.statements.length === 0) return { kind: "none", id };
  return { kind: "way", id, file, way: loaded.down };
}

const GONE = {
  code: "migration-missing",
  what: "was applied, but has no file any more",
  hint: "bring the file back, or deploy the commit that has it; or go back by a backup",
};

const CHANGED = {
  code: "migration-changed",
  what: "was changed after it was applied, so its way back may not fit what was applied",
  hint: "bring back the file as it was applied, or go back by a backup",
};

async function revertOne({ id, file, way }: WayBack, { session, signal }: RevertRequest, schema: string | null): Promise<number> {
  const began = performance.now();
  const progress = { done: 0, refused: false };
  const forget = deleteHistory(id, await historyTable(session, schema));
  try {
    if (way.transaction) {
      const work = async () => {
        await runStatements(session, way.statements, signal, progress);
        await session.execute([forget]);
      };
      await session.transaction(work, { foreignKeys: way.foreignKeys });
    } else {
      await runStatements(session, way.statements, signal, progress, 1);
      await session.execute([forget]);
    }
  } catch (error) {
    const cause = await stillWrong({ session, schema }, id, "gone", error);
    if (cause !== null) throw migrationError({ act: "reverting", migration: id, file, way, progress, cause });
  }
  return Math.round(performance.now() - began);
}

function unfit(migration: string, file: string, problem: Problem): BelayError {
  const { code, message, hint } = reasonAt(file, problem);
  return refusal(code, `reverting ${migration}: ${message}`, {
    ...(hint === undefined ? {} : { hint }),
    facts: { migration, file, line: problem.line },
  });
}

function notReversible(ids: readonly string[]): BelayError {
  return refusal("not-reversible", `${ids.join(", ")} ${ids.length === 1 ? "has" : "have"} no script for the way back`, {
    hint: "write one (x.down.sql, x/down.sql, or a section below -- migrate:down), or go back by a backup",
    facts: { migrations: [...ids] },
  });
}
