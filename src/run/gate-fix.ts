/** `belay gate --fix`: the guarded run of a container that starts. The application is this container: it is not held, and not asked. */

import type { Environment } from "../config/config.ts";
import type { Result } from "../domain/result.ts";
import type { Target } from "../domain/target.ts";
import { migrate } from "./migrate.ts";
import type { Ports } from "./ports.ts";

/**
 * All targets, those without anything pending included: so the plan, its digest, and what is remembered of its failure are those of
 * `belay migrate`. Nobody here gives a reason to go without approvals, or to repeat what failed: an entrypoint would give it every time.
 */
export async function fixBehind(ports: Ports, environment: Environment, targets: readonly Target[]): Promise<Result> {
  const nothing = { digest: null, again: null, withoutApproval: null, to: null, backup: null };
  return migrate(ports, leftAlone(environment), targets, { ...nothing, verify: true });
}

function leftAlone(environment: Environment): Environment {
  const { app, checks } = environment;
  return {
    ...environment,
    app: { ...app, prepare: null, stop: null, start: null, previous: null, maintenance: null },
    checks: { ...checks, health: [] },
    checklist: [],
    watch: null,
  };
}
