/** `belay gate`: may a container start now? Takes no lock, writes nothing. */

import type { Environment } from "../config/config.ts";
import type { Reason } from "../domain/error.ts";
import { applicationMayStart } from "../domain/phase.ts";
import { unfinished } from "../domain/state.ts";
import type { Result, TargetResult } from "../domain/result.ts";
import type { Target } from "../domain/target.ts";
import { emptyTargetResult, endedBeforehand, resultOf, type ResultHead } from "./ending.ts";
import { observe } from "./observe.ts";
import type { Ports } from "./ports.ts";

export async function gate(ports: Ports, environment: Environment, targets: readonly Target[]): Promise<Result> {
  const head: ResultHead = { command: "gate", environment: environment.name, startedAt: ports.now() };
  try {
    const verdicts = [];
    for (const target of targets) verdicts.push(await judge(ports, environment, target));
    const reasons = verdicts.flatMap((verdict) => verdict.reasons);
    return resultOf(
      ports,
      head,
      reasons.length === 0 ? "up-to-date" : "checks-failed",
      reasons,
      verdicts.map(({ result }) => result),
    );
  } catch (error) {
    const ended = endedBeforehand(ports, head, targets, error);
    return ended;
  }
}

interface Verdict {
  readonly result: TargetResult;
  readonly reasons: readonly Reason[];
}

/** A run in the way comes first; without one, what is pending decides. */
async function judge(ports: Ports, environment: Environment, target: Target): Promise<Verdict> {
  const engine = ports.engineOf(target);
  const state = await engine.readState(target);
  if (unfinished(state)) {
    const { held } = await engine.probe(target);
    if (held && applicationMayStart(state.phase)) return pass(target);
    if (held)
      return block(
        target,
        [],
        "run-under-way",
        `run ${state.run} is under way (${state.phase})`,
        "wait until it has ended, then start again",
      );
    return block(
      target,
      [],
      "unfinished-run",
      `run ${state.run} did not come to its end (it stopped in phase ${state.phase})`,
      `\`belay recover ${environment.name}\``,
    );
  }
  const [planned] = (await observe(ports, environment, [target])).targets;
  const pending = planned?.pending ?? [];
  if (pending.length === 0) return pass(target);
  const missing = pending.map(({ id }) => id);
  return block(target, pending, "behind", `${target.name} is missing ${missing.join(", ")}`, `\`belay migrate ${environment.name}\``);
}

function pass(target: Target): Verdict {
  return { result: emptyTargetResult(target, "up-to-date"), reasons: [] };
}

function block(target: Target, pending: TargetResult["pending"], code: string, message: string, hint: string): Verdict {
  return { result: { ...emptyTargetResult(target, "checks-failed"), pending }, reasons: [{ code, message, hint }] };
}
