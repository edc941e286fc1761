import type { Environment } from "../config/config.ts";
import { refusal, type Reason } from "../domain/error.ts";
import { nearest } from "../domain/nearest.ts";
import { databaseOf, type Target } from "../domain/target.ts";
import type { ReadView } from "../engine/engine.ts";
import { schemaDigest } from "../plan/digest.ts";
import { makePlan, type ObservedTarget, type Plan } from "../plan/plan.ts";
import type { Ports } from "./ports.ts";

/** Looks at every target and says what a run would do. Changes nothing. All tenants of a database are seen through one look at it. */
export async function observe(ports: Ports, environment: Environment, targets: readonly Target[], to: string | null = null): Promise<Plan> {
  const observed = new Map<Target, ObservedTarget>();
  for (const [database, ours] of Map.groupBy(targets, databaseOf))
    for (const seen of await observeDatabase(ports, environment, database, ours, to)) observed.set(seen.target, seen);
  return planOf(
    ports,
    environment,
    targets.flatMap((target) => observed.get(target) ?? []),
    to,
  );
}

/** The targets of one database: itself, or its tenants. */
export async function observeDatabase(
  ports: Ports,
  environment: Environment,
  database: Target,
  targets: readonly Target[],
  to: string | null = null,
): Promise<readonly ObservedTarget[]> {
  await using view = await ports.engineOf(database).open(database);
  const observed: ObservedTarget[] = [];
  for (const target of targets) {
    const seen = target.tenant === undefined ? view : view.tenant(target);
    observed.push(await observeTarget(ports, environment, target, seen, to));
  }
  return observed;
}

/** Only the pending migrations up to one of them, that one included. */
export function upTo(observed: ObservedTarget, to: string | null): ObservedTarget {
  if (to === null) return observed;
  const index = observed.pending.findIndex(({ id }) => id === to);
  if (index >= 0) return { ...observed, pending: observed.pending.slice(0, index + 1) };
  const { name } = observed.target;
  if (observed.applied.at(-1) === to) return { ...observed, pending: [] };
  if (observed.applied.includes(to)) {
    throw refusal("already-applied", `${to} is applied to ${name} already, and others after it`, {
      hint: `to go back to it: \`belay rollback --to ${to}\``,
    });
  }
  const near = nearest(
    to,
    observed.pending.map(({ id }) => id),
  );
  throw refusal("migration-unknown", `${name} has no pending migration ${to}`, {
    hint: near === null ? `pending: ${observed.pending.map(({ id }) => id).join(", ") || "nothing"}` : `did you mean ${near}?`,
  });
}

/** What a view (of the target, or of the snapshot that a backup is taken from) shows. */
async function observeTarget(
  ports: Ports,
  environment: Environment,
  target: Target,
  view: Omit<ReadView, typeof Symbol.asyncDispose>,
  to: string | null,
): Promise<ObservedTarget> {
  const tool = await ports.toolOf(environment, target);
  const state = await tool.state(view.session);
  const whole: ObservedTarget = {
    target,
    identity: await view.identity(),
    engineVersion: view.engineVersion,
    schemaDigest: schemaDigest(await view.schema()),
    sizeBytes: view.sizeBytes,
    copyObstacle: await view.copyObstacle(),
    applied: state.applied,
    pending: state.pending,
    withoutFile: state.withoutFile,
    obstacles: state.obstacles,
    findings: state.findings,
  };
  const cut = upTo(whole, to);
  const left = whole.pending.slice(cut.pending.length).map(({ id }) => id);
  return tool.abilities.toVersion || left.length === 0 ? cut : { ...cut, obstacles: [...cut.obstacles, allOrNothing(tool.name, left)] };
}

function allOrNothing(tool: string, left: readonly string[]): Reason {
  return {
    code: "applies-all",
    message: `${tool} applies all that is pending as it is started here, ${left.join(", ")} with it`,
    hint: "leave out --to; or let the tool live here (without migrate.run), where it is shown one migration at a time",
  };
}

export async function planOf(
  ports: Ports,
  environment: Environment,
  observed: readonly ObservedTarget[],
  to: string | null,
): Promise<Plan> {
  const { repositoryId } = ports;
  const [first] = observed;
  if (first === undefined) return makePlan({ environment, tool: { name: "none", configSha256: "" }, observed, to, repositoryId });
  const found = await ports.toolOf(environment, first.target);
  const tool = { name: found.name, configSha256: await found.configDigest() };
  return makePlan({ environment, tool, observed, to, repositoryId });
}
