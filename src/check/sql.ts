/** Checks by a query. */

import type { SqlCheck } from "../domain/check.ts";
import { messageOf } from "../domain/error.ts";
import type { Rows, Session } from "../domain/session.ts";
import type { CheckContext, CheckReport } from "./check.ts";
import { meets } from "./expect.ts";
import { recordRows, recordValue, showRow, showRows } from "./recorded.ts";

const MAX_EXPLAINED_ROWS = 10;

/** Asks the database; a query that fails, or gives too much, is a failed check that says so. */
export async function runSqlCheck(check: SqlCheck, context: CheckContext): Promise<CheckReport> {
  const { name, expect } = check;
  const base = { name, phase: context.phase };
  const baseline = context.baseline.get(name) ?? null;
  const expected = () => (expect === null ? null : meets(expect, { columns: [], rows: [] }, baseline).expected);
  if (context.session === null) {
    return {
      result: { ...base, passed: false, expected: expected(), actual: "the application has the database by now: ask by http or command" },
      recorded: null,
    };
  }
  const { session } = context;
  const answer = await within(check.timeoutMs, () => session.query(check.sql));
  const recorded = typeof answer === "string" ? answer : recordRows(answer);
  if (typeof recorded === "string") return { result: { ...base, passed: false, expected: expected(), actual: recorded }, recorded: null };
  if (expect === null) return { result: { ...base, passed: true, expected: null, actual: showRows(recorded) }, recorded };

  const judgement = meets(expect, recorded, baseline);
  const explanation = judgement.passed || check.explain === null ? undefined : await explain(session, check.explain, check.timeoutMs);
  return { result: { ...base, ...judgement, ...(explanation === undefined ? {} : { explanation }) }, recorded };
}

/** The first rows that show why, each in a line. */
async function explain(session: Session, sql: string, timeoutMs: number): Promise<readonly string[]> {
  const answer = await within(timeoutMs, () => session.query(sql));
  if (typeof answer === "string") return [`explain: ${answer}`];
  return answer.rows.slice(0, MAX_EXPLAINED_ROWS).map((row) => showRow(answer.columns, row.map(recordValue)));
}

/** The answer, or why there is none. A database without a way to interrupt a query goes on with it; its answer is not waited for. */
async function within(timeoutMs: number, ask: () => Promise<Rows>): Promise<Rows | string> {
  const { promise: tooLate, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve(`no answer within ${timeoutMs / 1000} s`), timeoutMs);
  try {
    return await Promise.race([ask().catch((error: unknown) => messageOf(error)), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
