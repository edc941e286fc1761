/** `belay rollback`: chooses between its ways from what was asked for. */

import type { Environment } from "../config/config.ts";
import { usageError } from "../domain/error.ts";
import { nearest } from "../domain/nearest.ts";
import type { Result } from "../domain/result.ts";
import { databaseOf, type Target } from "../domain/target.ts";
import type { Ports } from "./ports.ts";

export interface RollbackOptions {
  readonly run: string | null;
  readonly backup: string | null;
  readonly to: string | null;
  readonly strategy: string | null;
  readonly hook: string | null;
  readonly acceptLoss: boolean;
  readonly withoutApproval: string | null;
}

const STRATEGIES = ["swap", "restore", "downgrade", "hook"] as const;

/** Throws a usage error for what does not go together. */
export async function rollback(
  ports: Ports,
  environment: Environment,
  targets: readonly Target[],
  options: RollbackOptions,
): Promise<Result> {
  const { run, backup, to, acceptLoss, withoutApproval } = options;
  const strategy = strategyOf(options);
  if (strategy === "hook") {
    const { runHook } = await import("./hook.ts");
    return runHook(ports, environment, [...new Set(targets.map(databaseOf))], {
      name: hookName(environment, options.hook),
      withoutApproval,
    });
  }
  if (strategy === "downgrade") {
    const { downgrade } = await import("./downgrade.ts");
    return downgrade(ports, environment, targets, { to, acceptLoss, withoutApproval });
  }
  const { putDataBack } = await import("./put-back.ts");
  return putDataBack(ports, environment, targets, { run, backup, strategy, acceptLoss, withoutApproval });
}

function strategyOf({ run, backup, to, strategy: asked, hook }: RollbackOptions): (typeof STRATEGIES)[number] | null {
  const strategy = asked === null ? null : STRATEGIES.find((known) => known === asked);
  if (strategy === undefined) {
    const near = nearest(asked ?? "", STRATEGIES);
    throw usageError("strategy-unknown", `--strategy ${asked} is not known`, {
      hint: near === null ? `it is one of ${STRATEGIES.join(", ")}` : `did you mean ${near}?`,
    });
  }
  const implied = hook !== null ? "hook" : to !== null ? "downgrade" : null;
  if (hook !== null && to !== null) throw conflict("--hook", "--to");
  if (implied !== null && strategy !== null && strategy !== implied)
    throw conflict(hook !== null ? "--hook" : "--to", `--strategy ${strategy}`);
  const chosen = strategy ?? implied;
  if ((chosen === "hook" || chosen === "downgrade") && (run !== null || backup !== null))
    throw conflict(run === null ? "--backup" : "--run", `a rollback by ${chosen}`);
  return chosen;
}

function conflict(one: string, other: string): Error {
  return usageError("options-conflict", `${one} and ${other} exclude each other`, {
    hint: "`belay rollback --help` shows what goes together",
  });
}

function hookName(environment: Environment, asked: string | null): string {
  const names = [...environment.rollback.hooks.keys()];
  const [only, second] = names;
  const name = asked ?? (second === undefined ? only : undefined);
  if (name !== undefined && names.includes(name)) return name;
  const near = asked === null ? null : nearest(asked, names);
  const known =
    names.length === 0 ? `${environment.name} has no rollback.hooks in belay.yml` : `hooks of ${environment.name}: ${names.join(", ")}`;
  throw usageError("hook-unknown", asked === null ? "which hook? Name it with --hook" : `there is no hook ${JSON.stringify(asked)}`, {
    hint: near === null ? known : `did you mean ${JSON.stringify(near)}?`,
  });
}
