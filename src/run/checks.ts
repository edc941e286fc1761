/** Checks as a run asks them: in which phase, on which session, against which recorded values. */

import type { RecordedRows } from "../check/check.ts";
import type { CheckConfig, Expectation, SqlCheck } from "../domain/check.ts";
import type { Reason } from "../domain/error.ts";
import type { CheckPhase, CheckResult } from "../domain/result.ts";
import type { Session } from "../domain/session.ts";
import type { StartedProcess } from "../domain/started-process.ts";
import type { Reader } from "../engine/engine.ts";
import { commandVariables } from "./application.ts";
import type { Environment } from "../config/config.ts";
import { BelayError } from "../domain/error.ts";
import type { Ports } from "./ports.ts";
import { throwIfInterrupted, type Run, type TargetRun } from "./run.ts";

export interface CheckSurroundings {
  readonly ports: Ports;
  readonly environment: Environment;
  readonly variables: Readonly<Record<string, string>>;
  /** Told what a check starts; absent where there is no run that a recovery could find it by. */
  readonly record?: (started: StartedProcess) => Promise<void>;
}

/** `about`: the target that is looked at; null: all of them. */
export function surroundingsOf(run: Run, about: TargetRun | null = null): CheckSurroundings {
  const { ports, environment, journal } = run;
  return {
    ports,
    environment,
    variables: ports.childVariables(environment, commandVariables(run, run.sha, about)),
    record: (started) => journal.append({ type: "process", target: about?.target.name ?? null, started }),
  };
}

/** A session for the checks of a run, as long as the target's data are committed. */
export function readerOf({ ports, journal }: Run, { target }: TargetRun): Promise<Reader> {
  const recordProcess = (started: StartedProcess) => journal.append({ type: "process", target: target.name, started });
  return ports.engineOf(target).reader(target, { recordProcess, signal: ports.signal });
}

export interface ChecksRun {
  readonly results: readonly CheckResult[];
  readonly recorded: ReadonlyMap<string, RecordedRows>;
}

export async function runChecks(
  { ports, environment, variables, record }: CheckSurroundings,
  checks: readonly CheckConfig[],
  phase: CheckPhase,
  session: Session | null,
  baseline: ReadonlyMap<string, RecordedRows> = new Map(),
): Promise<ChecksRun> {
  const results: CheckResult[] = [];
  const recorded = new Map<string, RecordedRows>();
  for (const check of checks) {
    const report = await ports.runCheck(check, {
      phase,
      session,
      baseline,
      directory: environment.directory,
      variables,
      signal: ports.signal,
      ...(record === undefined ? {} : { record }),
    });
    throwIfInterrupted(ports); // what an interrupted check says is nobody's failure
    results.push(redacted(report.result, ports.redact));
    if (report.recorded !== null) recorded.set(check.name, report.recorded);
  }
  return { results, recorded };
}

/** What a check of the watch is called among the recorded ones: it may share its name with one of `checks.after`. */
export function watchedName(name: string): string {
  return `watch: ${name}`;
}

/** Reads, in the before-state, what `unchanged` and `increases-by` will compare with. Throws `check-baseline` where that cannot be read. */
export async function readBaseline(surroundings: CheckSurroundings, session: Session): Promise<ReadonlyMap<string, RecordedRows>> {
  const { checks, watch } = surroundings.environment;
  const watched = (watch?.checks ?? []).map(({ check }) => ({ ...check, name: watchedName(check.name) }));
  const asking = [...checks.after, ...watched].filter((check): check is SqlCheck => check.kind === "sql" && needsBaseline(check.expect));
  const { results, recorded } = await runChecks(
    surroundings,
    asking.map((check) => ({ ...check, expect: null })),
    "before",
    session,
  );
  const unread = results.find(({ name }) => !recorded.has(name));
  if (unread !== undefined) {
    throw new BelayError(
      "refused",
      "check-baseline",
      `the check "${unread.name}" compares with the state before, which cannot be read: ${unread.actual}`,
      {
        hint: "mend its SQL, so that it runs before the migration as well as after it",
      },
    );
  }
  return recorded;
}

/** The check compares with the before-state: its answer belongs to a run, not to a moment. */
export function needsBaseline(expectation: Expectation | null): boolean {
  if (expectation === null) return false;
  if (expectation.kind === "all") return expectation.of.some(needsBaseline);
  if (expectation.kind === "named") return [...expectation.values.values()].some(needsBaseline);
  return ["unchanged", "increases-by", "increases-within"].includes(expectation.kind);
}

/** One reason per check that failed and does not merely warn. */
export function failedChecks(results: readonly CheckResult[]): readonly Reason[] {
  return results
    .filter(({ passed, warned }) => !passed && warned !== true)
    .map(({ name, phase, expected, actual, explanation = [] }) => ({
      code: "check-failed",
      message: `${name}: expected ${expected ?? "a result"}, got ${actual}${explanation.length === 0 ? "" : ` (${explanation.join("; ")})`}`,
      hint: MEND[phase],
    }));
}

/** What to do about a check that failed, by when it is asked. */
const MEND: Readonly<Record<CheckResult["phase"], string>> = {
  before: "mend the data, or the check in belay.yml",
  after: "mend the migration or the data that it met, or the check in belay.yml",
  watch: "look at what the application itself says, and whether the limits in belay.yml are right",
  health: "look at what the application itself says: its log, and whether it serves where the check asks",
};

function redacted(result: CheckResult, redact: (text: string) => string): CheckResult {
  return {
    ...result,
    actual: redact(result.actual),
    ...(result.explanation === undefined ? {} : { explanation: result.explanation.map(redact) }),
  };
}
