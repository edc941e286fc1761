/** What is applied, what is pending, and what stands in the way: the files on disk held against the history in the target. */

import type { Reason } from "../../domain/error.ts";
import type { Migration } from "../../domain/migration.ts";
import type { Session, SqlDialect } from "../../domain/session.ts";
import type { ToolState } from "../tool.ts";
import { adopt } from "./baseline.ts";
import { findingsOf } from "./findings.ts";
import { readHistory, type HistoryRow } from "./history.ts";
import type { MigrationFiles } from "./layout.ts";
import { isLoaded, listMigrations, load, readAll, readUp, shown, type LoadedMigration, type Place } from "./migrations.ts";
import { isBefore } from "./order.ts";
import { reasonAt, type Problem } from "./problem.ts";
import { checksumOf, differsInLineEndings } from "./source.ts";

export async function readState(place: Place, session: Session): Promise<ToolState> {
  const [{ migrations, problems }, recorded] = await Promise.all([listMigrations(place), readHistory(session, place.schema)]);
  const adoption = await adopt(place, migrations, recorded, session);
  const history = recorded ?? adoption.rows;
  const applied = new Map(history.map((row) => [row.id, row]));
  const highest = history.at(-1)?.id ?? null;
  const judged = await readAll(migrations, (files): { readonly migration: Migration | null; readonly obstacles: readonly Reason[] } => {
    const row = applied.get(files.id);
    if (row !== undefined) return { migration: null, obstacles: judgeApplied(place, files, row) };
    return judgePending(place, files, session.dialect, highest);
  });

  const present = new Set(migrations.map(({ id }) => id));
  const withoutFile = history.filter(({ id }) => !present.has(id));
  return {
    applied: history.map(({ id }) => id),
    pending: judged.flatMap(({ migration }) => migration ?? []),
    withoutFile: withoutFile.map(({ id }) => id),
    obstacles: [
      ...(adoption.obstacle === null ? [] : [adoption.obstacle]),
      ...problems.map(({ path, problem }) => reasonAt(shown(place, path), problem)),
      ...withoutFile.map((row) => missing(place, row)),
      ...judged.flatMap(({ obstacles }) => obstacles),
    ],
    findings: [],
  };
}

function judgeApplied(place: Place, files: MigrationFiles, row: HistoryRow): readonly Reason[] {
  const file = shown(place, files.up);
  const bytes = readUp(place, files);
  if (!(bytes instanceof Uint8Array)) return [reasonAt(file, bytes)];
  return checksumOf(bytes) === row.checksum ? [] : [reasonAt(file, changed(row, differsInLineEndings(bytes, row.checksum)))];
}

function judgePending(
  place: Place,
  files: MigrationFiles,
  dialect: SqlDialect,
  highest: string | null,
): { readonly migration: Migration; readonly obstacles: readonly Reason[] } {
  const file = shown(place, files.up);
  const bytes = readUp(place, files);
  const loaded = bytes instanceof Uint8Array ? load(place, files, bytes, dialect) : bytes;
  const problems: Problem[] = highest !== null && isBefore(files.id, highest) ? [outOfOrder(highest)] : [];
  if (!isLoaded(loaded)) {
    const sha256 = bytes instanceof Uint8Array ? checksumOf(bytes) : null;
    return {
      migration: { id: files.id, sha256, sql: null, file, reversible: false, findings: [] },
      obstacles: [...problems, loaded].map((problem) => reasonAt(file, problem)),
    };
  }
  return {
    migration: {
      id: files.id,
      sha256: loaded.sha256,
      sql: loaded.text,
      file,
      reversible: isReversible(loaded),
      findings: findingsOf(loaded.up, dialect, file),
    },
    obstacles: [...problems, ...loaded.up.problems].map((problem) => reasonAt(file, problem)),
  };
}

/** An empty way back, as tools write it into a new file, undoes nothing. */
function isReversible({ down }: LoadedMigration): boolean {
  return down !== null && down.statements.length > 0 && down.problems.length === 0;
}

function changed({ appliedAt }: HistoryRow, lineEndingsOnly: boolean): Problem {
  if (lineEndingsOnly) {
    return {
      code: "migration-changed",
      what: `has other line endings than when it was applied (${appliedAt})`,
      hint: 'keep Git from converting them: add "*.sql -text" to .gitattributes and check the file out again',
      line: null,
    };
  }
  return {
    code: "migration-changed",
    what: `was changed after it was applied (${appliedAt})`,
    hint: "bring back the file as it was applied (git log -p shows the change), and put the change into a new migration",
    line: null,
  };
}

function missing(place: Place, { id, appliedAt }: HistoryRow): Reason {
  return {
    code: "migration-missing",
    message: `${id} was applied (${appliedAt}), but has no file in ${shown(place, "")} any more`,
    hint: "bring the file back, or deploy the commit that has it",
  };
}

function outOfOrder(highest: string): Problem {
  return {
    code: "migration-out-of-order",
    what: `would come before ${highest}, which is applied already`,
    hint: `rename it so that its number is above that of ${highest}`,
    line: null,
  };
}
