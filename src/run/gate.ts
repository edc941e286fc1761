/** `belay gate`: may a container start now? Takes no lock, writes nothing; `--fix` is a guarded run like any other. */

import { setTimeout as pause } from "node:timers/promises";

import type { Environment } from "../config/config.ts";
import { worstOutcome } from "../domain/outcome.ts";
import type { Result } from "../domain/result.ts";
import type { Target } from "../domain/target.ts";
import { duration } from "../domain/words.ts";
import { eachOnce, endedBeforehand, resultOf, type ResultHead } from "./ending.ts";
import { judgeTargets, type Standing, type Verdict } from "./gate-verdict.ts";
import type { Ports } from "./ports.ts";
import { interruption } from "./run.ts";

export interface GateOptions {
  /** Applies what is missing, where nothing else is in the way. */
  readonly fix: boolean;
  /** How long somebody else may take to open the gate; 0: not at all. */
  readonly waitMs: number;
}

const LOOK_AGAIN_MS = 250;

export async function gate(ports: Ports, environment: Environment, targets: readonly Target[], options: GateOptions): Promise<Result> {
  const head: ResultHead = { command: "gate", environment: environment.name, startedAt: ports.now() };
  const patience = new Patience(ports, options.waitMs);
  try {
    for (;;) {
      const verdicts = await judgeTargets(ports, environment, targets);
      const closed = verdicts.filter(({ stands }) => stands !== "open");
      if (closed.length === 0) return answer(ports, head, environment, verdicts);
      if (options.fix && only(closed, ["behind"])) {
        const { fixBehind } = await import("./gate-fix.ts");
        const fixed = await fixBehind(ports, environment, targets);
        if (!isLocked(fixed) || patience.isOver) return { ...fixed, command: "gate" };
      }
      if (patience.isOver || !only(closed, ["behind", "run-under-way"])) return answer(ports, head, environment, verdicts);
      await patience.waitFor(closed);
    }
  } catch (error) {
    return endedBeforehand(ports, head, targets, error);
  }
}

function answer(ports: Ports, head: ResultHead, environment: Environment, verdicts: readonly Verdict[]): Result {
  const [first, ...rest] = verdicts.map(({ result }) => result.outcome);
  const outcome = first === undefined ? "up-to-date" : worstOutcome([first, ...rest]);
  const { fixHint } = environment.gate;
  return {
    ...resultOf(
      ports,
      head,
      outcome,
      eachOnce(verdicts.flatMap(({ reasons }) => reasons)),
      verdicts.map(({ result }) => result),
    ),
    ...(fixHint === null || outcome === "up-to-date" ? {} : { fixHint }),
  };
}

/** Nothing else keeps the gate closed. */
function only(closed: readonly Verdict[], standings: readonly Standing[]): boolean {
  return closed.every(({ stands }) => standings.includes(stands));
}

/** Another container's run came first; it is not in the state rows before it has the lock. */
function isLocked({ outcome, reasons }: Result): boolean {
  return outcome === "refused" && reasons.some(({ code }) => code === "locked");
}

/** Waiting for somebody else, told once for each thing that is waited for. */
class Patience {
  readonly #ports: Ports;
  readonly #until: number;
  readonly #told = new Set<string>();

  constructor(ports: Ports, ms: number) {
    this.#ports = ports;
    this.#until = performance.now() + ms;
  }

  get isOver(): boolean {
    return performance.now() >= this.#until;
  }

  /** Throws when somebody asked to stop. */
  async waitFor(closed: readonly Verdict[]): Promise<void> {
    const { signal, progress } = this.#ports;
    const what = closed.flatMap(({ reasons }) => reasons.map(({ message }) => message))[0] ?? "";
    const left = this.#until - performance.now();
    if (!this.#told.has(what)) progress({ type: "notice", message: `waiting, at most ${duration(left)}: ${what}` });
    this.#told.add(what);
    try {
      await pause(Math.max(0, Math.min(LOOK_AGAIN_MS, left)), undefined, { signal });
    } catch (error) {
      throw signal.aborted ? interruption(signal) : error;
    }
  }
}
