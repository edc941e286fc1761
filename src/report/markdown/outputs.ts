/** Outputs of a step, as other steps and jobs read them in expressions. */

import type { Result } from "../../domain/result.ts";

export interface Outputs {
  readonly outcome: string;
  /** Empty where there was no run. */
  readonly run: string;
  readonly digest: string;
  /** Of the first target that has one. */
  readonly backup: string;
  /** Migrations that are still to be applied, in all targets. */
  readonly pending: number;
  /** Migrations that this command applied and that stayed. */
  readonly applied: number;
  /** JSON for `strategy.matrix`: `{"target":["acme","demo"]}`; of a plan only targets for which something is pending. */
  readonly matrix: string;
}

export function outputsOf({ outcome, run, digest, targets }: Result): Outputs {
  const applied = targets.flatMap((target) => (target.outcome === "migrated" ? [target.applied.length] : []));
  const pending = targets.map((target) => (target.outcome === "migrated" ? notApplied(target) : target.pending.length));
  const named = outcome === "planned" ? targets.filter((target) => target.pending.length > 0) : targets;
  return {
    outcome,
    run: run ?? "",
    digest: digest ?? "",
    backup: targets.find(({ backup }) => backup !== null)?.backup?.id ?? "",
    pending: sum(pending),
    applied: sum(applied),
    matrix: JSON.stringify({ target: named.map(({ name }) => name) }),
  };
}

function notApplied({ pending, applied }: Result["targets"][number]): number {
  const done = new Set(applied.map(({ id }) => id));
  return pending.filter(({ id }) => !done.has(id)).length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
