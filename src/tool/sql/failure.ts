/** The failure of a migration, as its author needs it: which file and line, which statement, and the database's own words. */

import { BelayError, messageOf } from "../../domain/error.ts";
import { placeOf } from "./problem.ts";
import type { StatementProgress } from "./run-statements.ts";
import type { Way } from "./script.ts";

export interface FailedWay {
  readonly act: "applying" | "reverting";
  readonly migration: string;
  readonly file: string | null;
  readonly way: Way;
  /** How far the statements had run. */
  readonly progress: StatementProgress;
  readonly cause: unknown;
}

/** Of a statement that fills pages, this much is shown. */
const EXCERPT = 200;

/**
 * What the session threw, with its place. Errors that a caller tells apart (`target-locked`, `foreign-key-violation`, `interrupted`)
 * keep their code; a statement that the database refuses becomes `migration-failed`. A defect stays one.
 */
export function migrationError({ act, migration, file, way, progress: { done, refused }, cause }: FailedWay): unknown {
  if (!(cause instanceof BelayError)) return cause;
  const statement = refused ? way.statements[done] : undefined;
  const place = placeOf(file ?? migration, statement?.line ?? null);
  const excerpt = statement === undefined ? "" : `; the statement: ${shorten(statement.text)}`;
  const left = way.transaction || done === 0 ? "" : `; ${done} of ${way.statements.length} statements had run, without a transaction`;
  const hint = cause.hint ?? (statement === undefined ? undefined : `mend ${place}, then run again`);
  return new BelayError(
    cause.kind,
    // a lock that was met half-way must not look like one that left nothing behind: the migration would be repeated
    cause.code === "sql-failed" || (cause.code === "target-locked" && left !== "") ? "migration-failed" : cause.code,
    `${act} ${migration} (${place}): ${messageOf(cause)}${excerpt}${left}`,
    {
      ...(hint === undefined ? {} : { hint }),
      cause,
      facts: {
        ...cause.facts,
        migration,
        file,
        line: statement?.line ?? null,
        statement: statement === undefined ? null : shorten(statement.text),
        statementsRun: done,
        statements: way.statements.length,
      },
    },
  );
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > EXCERPT ? `${[...line].slice(0, EXCERPT).join("")}…` : line;
}
