/** What keeps the gate closed for one target: a run in the way first; without one, what is pending decides. */

import type { Environment } from "../config/config.ts";
import { BelayError, type Reason } from "../domain/error.ts";
import { applicationMayStart } from "../domain/phase.ts";
import type { TargetResult } from "../domain/result.ts";
import { unfinished, type StateRow } from "../domain/state.ts";
import type { Target } from "../domain/target.ts";
import type { Engine } from "../engine/engine.ts";
import { emptyTargetResult } from "./ending.ts";
import type { Ports } from "./ports.ts";
import { reasonsOf } from "./run.ts";

/**
 * `behind`: migrations are missing, and a run could bring them. `run-under-way`: somebody does, and lives. `stuck`: only people can tell
 * what next.
 */
export type Standing = "open" | "behind" | "run-under-way" | "stuck";

export interface Verdict {
  readonly stands: Standing;
  readonly result: TargetResult;
  readonly reasons: readonly Reason[];
}

/** What one target cannot be asked is its own verdict, so that those of the others are told beside it. */
export async function judgeTarget(ports: Ports, environment: Environment, target: Target): Promise<Verdict> {
  try {
    return await judge(ports, environment, target);
  } catch (error) {
    if (ports.signal.aborted || (error instanceof BelayError && error.kind === "usage")) throw error;
    const outcome = error instanceof BelayError ? "refused" : "failed";
    return { stands: "stuck", result: emptyTargetResult(target, outcome), reasons: reasonsOf([error], ports.redact) };
  }
}

async function judge(ports: Ports, environment: Environment, target: Target): Promise<Verdict> {
  const engine = ports.engineOf(target);
  const state = await engine.readState(target);
  const verdict = unfinished(state) ? await judgeRun(engine, environment, target, state) : await judgePending(ports, environment, target);
  // a run that ended or began meanwhile makes another question of it
  const settled = verdict.stands === "run-under-way" || isSame(state, await engine.readState(target));
  return settled ? verdict : judge(ports, environment, target);
}

function isSame(one: StateRow | undefined, other: StateRow | undefined): boolean {
  return one?.run === other?.run && one?.phase === other?.phase;
}

async function judgeRun(engine: Engine, environment: Environment, target: Target, { run, phase }: StateRow): Promise<Verdict> {
  const { held } = await engine.probe(target);
  if (held && applicationMayStart(phase)) return open(target);
  if (held) {
    return closed("run-under-way", target, {
      code: "run-under-way",
      message: `run ${run} is under way (${phase})`,
      hint: "wait until it has ended, then start again",
    });
  }
  return closed("stuck", target, {
    code: "unfinished-run",
    message: `run ${run} did not come to its end (it stopped in phase ${phase})`,
    hint: `\`belay recover ${environment.name}\``,
  });
}

async function judgePending(ports: Ports, environment: Environment, target: Target): Promise<Verdict> {
  await using view = await ports.engineOf(target).open(target);
  const tool = await ports.toolOf(environment, target);
  const { pending, obstacles } = await tool.state(view.session);
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
  return { stands: obstacles.length === 0 ? "behind" : "stuck", result, reasons: [behind, ...obstacles] };
}

function open(target: Target): Verdict {
  return { stands: "open", result: emptyTargetResult(target, "up-to-date"), reasons: [] };
}

function closed(stands: Standing, target: Target, reason: Reason): Verdict {
  return { stands, result: emptyTargetResult(target, "checks-failed"), reasons: [reason] };
}
