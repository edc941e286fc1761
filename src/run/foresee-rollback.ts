import type { Environment } from "../config/config.ts";
import type { PlannedTarget } from "../plan/plan.ts";
import { expectedRollback, type ExpectedRollback, type RollbackFacts } from "../plan/rollback-strategy.ts";
import type { Ports } from "./ports.ts";

/** How a run that fails after it migrated would be brought back, as far as that can be told now. Changes nothing. */
export async function foreseeRollback(ports: Ports, environment: Environment, planned: PlannedTarget): Promise<ExpectedRollback> {
  return expectedRollback(await rollbackFacts(ports, environment, planned));
}

async function rollbackFacts(
  ports: Ports,
  { app, backup, rollback }: Environment,
  { target, copyObstacle }: PlannedTarget,
): Promise<RollbackFacts> {
  const engine = ports.engineOf(target);
  const { words } = engine.abilities;
  const noClone = backup.clone === "never" ? "backup.clone: never" : copyObstacle;
  const facts = { online: app.online ? rollback.online : null, noClone, stops: app.stop !== null, words };
  if (!engine.abilities.renameSwap) return { ...facts, swapObstacle: "this engine cannot swap by a rename", noWayBack: null, holders: [] };
  const { swapObstacle, noWayBack, holders } = await engine.inspect(target);
  return { ...facts, swapObstacle, noWayBack, holders };
}
