/** What would stop a run, or should be known before it, as the engine sees it without an effect. */

import { BelayError, reasonOf, type Reason } from "../domain/error.ts";
import type { Target } from "../domain/target.ts";
import type { Engine, Foreseen, RunNeeds } from "../engine/engine.ts";
import type { Environment } from "../config/config.ts";
import { proofChoiceNeeded, proofOf, type PlannedTarget } from "../plan/plan.ts";
import { throwIfAny } from "./failed-checks.ts";
import type { Ports } from "./ports.ts";

/** `named`: the run relies on a backup that was already taken. */
export function needsOf(environment: Environment, { copyObstacle }: Pick<PlannedTarget, "copyObstacle">, named = false): RunNeeds {
  const { backup } = environment;
  const ownBackup = !named && backup.external === null;
  const clone = backup.clone !== "never" && copyObstacle === null;
  return {
    copies: clone && ownBackup ? 2 : 1,
    proof: ownBackup ? proofOf(environment) : "read",
    staysInPlace: environment.app.online,
  };
}

/** Those of a database that a run would change. */
export function tenantsOf(planned: readonly PlannedTarget[], database: Target): readonly Target[] {
  return planned.flatMap(({ target, pending }) => (target.tenant?.of === database && pending.length > 0 ? [target] : []));
}

/** Before a backup that no plan foresaw: refuses what a plan of the target would refuse of its backup. */
export async function assertBackupPossible(ports: Ports, environment: Environment, target: Target, copies: number): Promise<void> {
  const engine = ports.engineOf(target);
  throwIfAny("refused", proofChoiceNeeded(environment, { target, sizeBytes: await sizeOf(engine, target) }));
  await engine.preflight(target, { copies, proof: proofOf(environment), staysInPlace: true });
}

async function sizeOf(engine: Engine, target: Target): Promise<number> {
  await using view = await engine.open(target);
  return view.sizeBytes;
}

export interface Outlook {
  /** Why a run would be refused; null: the engine has nothing against it. */
  readonly refused: Reason | null;
  /** Each a sentence. */
  readonly notes: readonly string[];
}

/** For people who ask what a run would meet. */
export async function outlook(
  ports: Ports,
  environment: Environment,
  planned: PlannedTarget,
  tenants: readonly Target[] = [],
): Promise<Outlook> {
  try {
    const needs = { ...needsOf(environment, planned), tenants };
    return { refused: null, notes: sentences(await ports.engineOf(planned.target).preflight(planned.target, needs)) };
  } catch (error) {
    if (error instanceof BelayError && error.kind === "refused") return { refused: reasonOf(error), notes: [] };
    throw error;
  }
}

function sentences({ room, costs, remarks }: Foreseen): readonly string[] {
  return [...(room === null ? [] : [room]), ...costs, ...remarks];
}
