import type { Environment } from "../config/config.ts";
import type { Target } from "../domain/target.ts";
import type { ReadView } from "../engine/engine.ts";
import { makePlan, type ObservedTarget, type Plan } from "../plan/plan.ts";
import type { Ports } from "./ports.ts";

/** Looks at every target and says what a run would do. Changes nothing. */
export async function observe(ports: Ports, environment: Environment, targets: readonly Target[]): Promise<Plan> {
  const observed: ObservedTarget[] = [];
  for (const target of targets) {
    await using view = await ports.engineOf(target).open(target);
    observed.push(await observeTarget(ports, environment, target, view));
  }
  return planOf(ports, environment, observed);
}

/** What a view (of the target, or of the snapshot that a backup is taken from) shows. */
export async function observeTarget(
  ports: Ports,
  environment: Environment,
  target: Target,
  view: Pick<ReadView, "session" | "engineVersion" | "identity" | "schema"> & { readonly sizeBytes: number },
): Promise<ObservedTarget> {
  const engine = ports.engineOf(target);
  const tool = await ports.toolOf(environment, target);
  const state = await tool.state(view.session);
  return {
    target,
    identity: await view.identity(),
    engineVersion: view.engineVersion,
    schema: await view.schema(),
    sizeBytes: view.sizeBytes,
    applied: state.applied,
    pending: state.pending,
    withoutFile: state.withoutFile,
    obstacles: state.obstacles,
    findings: state.findings,
    rollback: { clone: environment.backup.clone !== "never", renameSwap: engine.abilities.renameSwap, notes: [] },
  };
}

export async function planOf(ports: Ports, environment: Environment, observed: readonly ObservedTarget[]): Promise<Plan> {
  const [first] = observed;
  if (first === undefined) return makePlan(environment, { name: "none", configSha256: "" }, []);
  const tool = await ports.toolOf(environment, first.target);
  return makePlan(environment, { name: tool.name, configSha256: await tool.configDigest() }, observed);
}
