import type { CommandCheck, HttpCheck, SqlCheck } from "../domain/check.ts";
import type { CheckContext, CheckReport, RunCheck } from "./check.ts";

/** Who asks what: one for each kind of check. */
export interface CheckKinds {
  readonly sql: (check: SqlCheck, context: CheckContext) => Promise<CheckReport>;
  readonly http: (check: HttpCheck, context: CheckContext) => Promise<CheckReport>;
  readonly command: (check: CommandCheck, context: CheckContext) => Promise<CheckReport>;
}

/** Runs checks of every kind; a failed one that only warns is marked. */
export function runCheckBy(kinds: CheckKinds): RunCheck {
  return async (check, context) => {
    context.signal.throwIfAborted();
    const report = await ask(kinds, check, context);
    if (report.result.passed || !check.warn) return report;
    return { ...report, result: { ...report.result, warned: true } };
  };
}

function ask(kinds: CheckKinds, check: SqlCheck | HttpCheck | CommandCheck, context: CheckContext): Promise<CheckReport> {
  switch (check.kind) {
    case "sql":
      return kinds.sql(check, context);
    case "http":
      return kinds.http(check, context);
    case "command":
      return kinds.command(check, context);
  }
}
