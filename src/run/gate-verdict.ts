/** What keeps the gate closed for each target: a run in the way first; without one, what is pending decides. */

import type { Environment } from "../config/config.ts";
import { BelayError, type Reason } from "../domain/error.ts";
import { applicationMayStart } from "../domain/phase.ts";
import type { TargetResult } from "../domain/result.ts";
import { unfinished, type StateRow } from "../domain/state.ts";
import { databaseOf, type Target } from "../domain/target.ts";
import type { Engine, ReadView } from "../engine/engine.ts";
import { emptyTargetResult } from "./ending.ts";
import type { Ports } from "./ports.ts";
import { reasonsOf } from "./run.ts";
import { severalAtOnce } from "./several-at-once.ts";

/**
 * `behind`: migrations are missing, and a run could bring them. `run-under-way`: somebody does, and lives. `stuck`: only people can tell
 * what next.
 */
export type Standing = "open" | "behind" | "run-under-way" | "stuck";

export interface Verdict {
  readonly target: Target;
  readonly stands: Standing;
  readonly result: TargetResult;
  readonly reasons: readonly Reason[];
}

/** Each target's question may be a program of the tool's: more of them would only take memory from one another. */
const AT_ONCE = 4;

/** In the order of the targets. What one cannot be asked is its own verdict, so that those of the others are told beside it. */
export async function judgeTargets(ports: Ports, environment: Environment, targets: readonly Target[]): Promise<readonly Verdict[]> {
  const groups = [...Map.groupBy(targets, databaseOf)];
  const judged = await severalAtOnce(groups, AT_ONCE, ([database, ours]) => judgeDatabase(ports, environment, database, ours));
  const verdicts = new Map(judged.flat().map((verdict) => [verdict.target, verdict]));
  return targets.flatMap((target) => verdicts.get(target) ?? []);
}

/** The targets of one database: itself, or its tenants, which have its state row in common. */
async function judgeDatabase(
  ports: Ports,
  environment: Environment,
  database: Target,
  targets: readonly Target[],
): Promise<readonly Verdict[]> {
  try {
    for (;;) {
      const verdicts = await judge(ports, environment, database, targets);
      if (verdicts !== null) return verdicts;
    }
  } catch (error) {
    return targets.map((target) => unknown(ports, target, error));
  }
}

/** null: a run began or ended meanwhile, which makes another question of it. */
async function judge(
  ports: Ports,
  environment: Environment,
  database: Target,
  targets: readonly Target[],
): Promise<readonly Verdict[] | null> {
  const engine = ports.engineOf(database);
  await using view = await openOrRow(engine, database);
  const state = "row" in view ? view.row : await view.state();
  if (unfinished(state)) {
    const verdicts = await judgeRun(engine, environment, database, targets, state);
    // a run that ended before its lock was looked at is not one that was left
    if (verdicts.every(({ stands }) => stands !== "stuck") || isSame(state, await engine.readState(database))) return verdicts;
  } else if ("session" in view) {
    const verdicts = await judgePending(ports, environment, targets, view);
    if (isSame(state, await view.state())) return verdicts;
  }
  return null;
}

/** A database that cannot be opened may be one that a run left half-way: its row tells, wherever that lies. */
async function openOrRow(engine: Engine, database: Target): Promise<ReadView | (AsyncDisposable & { readonly row: StateRow })> {
  try {
    return await engine.open(database);
  } catch (error) {
    const row = await engine.readState(database).catch(() => undefined);
    if (unfinished(row)) return { row, [Symbol.asyncDispose]: async () => undefined };
    throw error;
  }
}

function isSame(one: StateRow | undefined, other: StateRow | undefined): boolean {
  return one?.run === other?.run && one?.phase === other?.phase;
}

async function judgeRun(
  engine: Engine,
  environment: Environment,
  database: Target,
  targets: readonly Target[],
  { run, phase }: StateRow,
): Promise<readonly Verdict[]> {
  const { held } = await engine.probe(database);
  if (held && applicationMayStart(phase)) return targets.map(open);
  const underWay: Reason = {
    code: "run-under-way",
    message: `run ${run} is under way (${phase})`,
    hint: "wait until it has ended, then start again",
  };
  const left: Reason = {
    code: "unfinished-run",
    message: `run ${run} did not come to its end (it stopped in phase ${phase})`,
    hint: `\`belay recover ${environment.name}\``,
  };
  return targets.map((target) => (held ? closed("run-under-way", target, underWay) : closed("stuck", target, left)));
}

async function judgePending(
  ports: Ports,
  environment: Environment,
  targets: readonly Target[],
  view: ReadView,
): Promise<readonly Verdict[]> {
  return await severalAtOnce(targets, AT_ONCE, async (target) => {
    try {
      return await judgeOne(ports, environment, target, target.tenant === undefined ? view : view.tenant(target));
    } catch (error) {
      return unknown(ports, target, error);
    }
  });
}

async function judgeOne(ports: Ports, environment: Environment, target: Target, { session }: Pick<ReadView, "session">): Promise<Verdict> {
  const tool = await ports.toolOf(environment, target);
  const { pending, obstacles } = await tool.state(session);
  if (pending.length === 0) return open(target);
  const missing = pending.map(({ id }) => id);
  const behind: Reason = {
    code: "behind",
    message: `${target.name} is missing ${missing.join(", ")}`,
    hint: environment.gate.fixHint ?? `\`belay migrate ${environment.name}\``,
  };
  const result = {
    ...emptyTargetResult(target, "checks-failed"),
    pending: pending.map(({ id, reversible, findings, file }) => ({ id, reversible, findings, file })),
  };
  return { target, stands: obstacles.length === 0 ? "behind" : "stuck", result, reasons: [behind, ...obstacles] };
}

function unknown(ports: Ports, target: Target, error: unknown): Verdict {
  if (ports.signal.aborted || (error instanceof BelayError && error.kind === "usage")) throw error;
  const outcome = error instanceof BelayError ? "refused" : "failed";
  return { target, stands: "stuck", result: emptyTargetResult(target, outcome), reasons: reasonsOf([error], ports.redact) };
}

function open(target: Target): Verdict {
  return { target, stands: "open", result: emptyTargetResult(target, "up-to-date"), reasons: [] };
}

function closed(stands: Standing, target: Target, reason: Reason): Verdict {
  return { target, stands, result: emptyTargetResult(target, "checks-failed"), reasons: [reason] };
}
