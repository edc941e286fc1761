/** What a run needs of one target, in the order in which it will need it. */

import type { Environment } from "../config/config.ts";
import type { Target } from "../domain/target.ts";
import { unfinished } from "../domain/state.ts";
import type { Engine } from "../engine/engine.ts";
import { failedChecks, runChecks } from "../run/checks.ts";
import type { Ports } from "../run/ports.ts";
import { needsOf } from "../run/preflight.ts";
import { targetVariables } from "../tool/target-variables.ts";
import { tryNewestBackup } from "./backup-probe.ts";
import { type Finding, type Probe, skipped, well } from "./probe.ts";
import { tryStore } from "./store-probe.ts";

export interface TargetContext {
  readonly ports: Ports;
  readonly environment: Environment;
  readonly target: Target;
  readonly engine: Engine;
}

export const TARGET_PROBES: readonly Probe<TargetContext>[] = [
  {
    name: "database",
    means: "nothing can be done with this target",
    look: async ({ engine, target }) => {
      const { facts, warnings } = await engine.inspect(target);
      await using view = await engine.open(target);
      if (warnings.length > 0) {
        const [detail, hint] = [warnings.map(({ message }) => message).join("\n"), warnings.map((each) => each.hint).join("; ")];
        return { outcome: "warned", code: "target-at-risk", detail, hint, means: "data may be damaged" };
      }
      return well([target.address.includes("://") ? target.configured : target.address, size(view.sizeBytes), ...facts].join(", "));
    },
  },
  {
    name: "rights, room",
    means: "every run is refused before it changes anything",
    look: async ({ engine, target, environment }) => {
      await using view = await engine.open(target);
      const needs = needsOf(environment, { copyObstacle: await view.copyObstacle() });
      const { room, costs, remarks } = await engine.preflight(target, needs);
      const fits = `there is room for ${needs.copies === 1 ? "a copy" : `${needs.copies} copies`} beside it`;
      return well([`this user may write it, and ${room ?? fits}`, ...costs, ...remarks].join("\n"));
    },
  },
  {
    name: "store",
    means: "no backup can be taken, and without one no migration starts",
    look: async ({ ports, environment, target, engine }) => {
      await using view = await engine.open(target);
      const { facts, fleeting } = await tryStore(ports.storeOf(environment, target), ports.random(16), view.sizeBytes);
      if (fleeting === null) return well(facts.join(", "));
      const hint = "name a directory on a disk in backup.store";
      return { outcome: "warned", code: "store-fleeting", detail: `${facts.join(", ")}; ${fleeting}`, hint, means: "backups do not last" };
    },
  },
  {
    name: "lock",
    means: "a run is refused now",
    look: async (context) => {
      const { engine, target, environment } = context;
      const [probe, row] = [await engine.probe(target), await engine.readState(target)];
      if (probe.held) {
        const detail = `another run of Belay is under way${probe.holder === null ? "" : `: ${probe.holder}`}`;
        return { outcome: "warned", code: "locked", detail, hint: "wait until it has ended; `belay status` shows where it stands" };
      }
      if (row === undefined) return well("free; no run yet");
      const { run, phase } = row;
      if (!unfinished(row)) return well(`free; the last run was ${run}`);
      const detail = `run ${run} did not come to its end (it stopped in phase ${phase})`;
      return { outcome: "failed", code: "unfinished-run", detail, hint: `finish or undo it: \`belay recover ${environment.name}\`` };
    },
  },
  { name: "migrations", means: "nothing can be migrated as it stands", look: tryTool },
  { name: "checks before", means: "every run is refused before it changes anything", look: tryChecks },
  {
    name: "rollback",
    means: "a rollback is slower",
    look: async ({ engine, target, environment }) => {
      if (environment.app.online) return skipped(`app: online, so by ${environment.rollback.online} alone`);
      const { swapObstacle, noWayBack, holders } = await engine.inspect(target);
      if (noWayBack !== null) {
        const hint = "take away what stands against one of the two, or say `app: online`";
        return {
          outcome: "failed",
          code: "no-way-back",
          detail: noWayBack,
          hint,
          means: "a run that fails could not be taken back, and is refused",
        };
      }
      const { advice, cost } = engine.abilities.words;
      if (environment.backup.clone === "never") return well("by restoring the backup (backup.clone: never)");
      if (swapObstacle !== null) return { outcome: "warned", code: "no-swap", detail: swapObstacle, hint: advice, means: cost };
      if (holders.length === 0) return well("by a swap");
      const open = holders.join(", ");
      if (environment.app.stop !== null) return well(`by a swap, once app.stop has ended ${open}, which has the database open now`);
      const hint = "say in app.stop and app.start how it is held while the database changes";
      return { outcome: "warned", code: "no-swap", detail: `${open} has the database open, and no app.stop ends that`, hint, means: cost };
    },
  },
  {
    name: "newest backup",
    means: "it cannot be restored; earlier ones may be whole",
    look: ({ ports, environment, target }) => tryNewestBackup(ports.storeOf(environment, target), environment.name, target),
  },
];

async function tryTool({ ports, environment, target, engine }: TargetContext): Promise<Finding> {
  await using view = await engine.open(target);
  const tool = await ports.toolOf(environment, target);
  const { applied, pending, withoutFile, obstacles } = await tool.state(view.session);
  const [obstacle] = obstacles;
  if (obstacle !== undefined) {
    const detail = obstacles.map(({ message }) => message).join("\n");
    return { outcome: "failed", code: obstacle.code, detail, hint: obstacle.hint ?? "`belay plan` tells more" };
  }
  const stands = `${tool.name}: ${applied.length} applied, ${pending.length} pending`;
  if (withoutFile.length === 0) return well(stands);
  return {
    outcome: "warned",
    code: "applied-without-file",
    detail: `${stands}, ${withoutFile.length} applied without a file: ${withoutFile.slice(0, 5).join(", ")}`,
    hint: "look whether this is the right branch: their files are elsewhere",
    means: "what is deployed here lacks migrations that the database has",
  };
}

async function tryChecks({ ports, environment, target, engine }: TargetContext): Promise<Finding> {
  const checks = environment.checks.before;
  if (checks.length === 0) return skipped("no checks.before");
  await using view = await engine.open(target);
  const told = { BELAY_ENVIRONMENT: environment.name, BELAY_TARGET: target.name };
  const plain = { path: null, urlVariable: null, variables: {} };
  const variables = ports.childVariables(environment, { ...told, ...targetVariables(target, plain) });
  const { results } = await runChecks({ ports, environment, variables }, checks, "before", view.session);
  const failing = failedChecks(results);
  if (failing.length > 0) {
    const detail = failing.map(({ message }) => message).join("\n");
    return { outcome: "failed", code: "check-failed", detail, hint: "mend the data, or the check in belay.yml" };
  }
  const warned = results.filter((result) => result.warned === true).map(({ name }) => name);
  return well(
    `${results.length} of ${results.length} hold${warned.length === 0 ? "" : `, of which these only warn: ${warned.join(", ")}`}`,
  );
}

function size(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 9.95e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(0)} GB`;
}
