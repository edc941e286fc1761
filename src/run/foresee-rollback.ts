import type { Environment } from "../config/config.ts";
import type { Target } from "../domain/target.ts";
import { expectedRollback, type ExpectedRollback, type RollbackFacts } from "../plan/rollback-strategy.ts";
import type { Ports } from "./ports.ts";

/** How a run that fails after it migrated would be brought back, as far as that can be told now. Changes nothing. */
export async function foreseeRollback(ports: Ports, environment: Environment, target: Target): Promise<ExpectedRollback> {
  return expectedRollback(await rollbackFacts(ports, environment, target));
}

async function rollbackFacts(ports: Ports, { app, backup, rollback }: Environment, target: Target): Promise<RollbackFacts> {
  const engine = ports.engineOf(target);
  const facts = { online: app.online ? rollback.online : null, clone: backup.clone !== "never", stops: app.stop !== null };
  if (!engine.abilities.renameSwap) return { ...facts, swapObstacle: "this engine cannot swap by a rename", holders: [] };
  const { swapObstacle, holders } = await engine.inspect(target);
  return { ...facts, swapObstacle, holders };
}
