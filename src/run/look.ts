/** Commands that only look: `plan`, `runs`, `backups`. They take no lock and write nothing. */

import type { Environment } from "../config/config.ts";
import type { Reason } from "../domain/error.ts";
import type { Result, RunSummary, TargetResult } from "../domain/result.ts";
import type { RunId } from "../domain/run-id.ts";
import { unfinished, type StateRow } from "../domain/state.ts";
import { databaseOf, type Target } from "../domain/target.ts";
import { pendingDigest } from "../plan/digest.ts";
import { planObstacles, type Plan } from "../plan/plan.ts";
import { requirementsOf } from "../policy/requirements.ts";
import { backupFolders, listing } from "./backups.ts";
import { emptyTargetResult, endedBeforehand, resultOf, type ResultHead } from "./ending.ts";
import { foreseeRollback } from "./foresee-rollback.ts";
import { earlierFailure, summarize } from "./history.ts";
import { observe } from "./observe.ts";
import { openHistory } from "./past-runs.ts";
import type { Ports } from "./ports.ts";
import { outlook, tenantsOf, type Outlook } from "./preflight.ts";
import { oncePerDatabase } from "./tenants.ts";

/**
 * What would happen, up to the migration `to` (null: all). Obstacles are told as reasons; the plan itself ends well, whether or not
 * anything is pending.
 */
export async function plan(ports: Ports, environment: Environment, targets: readonly Target[], to: string | null): Promise<Result> {
  const head: ResultHead = { command: "plan", environment: environment.name, startedAt: ports.now() };
  try {
    const planned = await observe(ports, environment, targets, to);
    ports.progress({ type: "planned", digest: planned.digest, bound: planned.bound });
    const results: TargetResult[] = [];
    const refusals = new Set<Reason>();
    const { rollbackOf, outlookOf } = foreseeing(ports, environment, planned);
    for (const each of planned.targets) {
      const rollback = await rollbackOf(each.target);
      const { refused, notes } = each.pending.length === 0 ? NOTHING_FORESEEN : await outlookOf(each.target);
      if (refused !== null) refusals.add(refused);
      results.push({
        ...emptyTargetResult(each.target, "planned"),
        pending: each.pending.map(({ id, reversible, findings, sql, file }) => ({ id, reversible, findings, sql, file })),
        history: each.applied,
        ...(each.withoutFile.length === 0 ? {} : { appliedWithoutFile: each.withoutFile }),
        planned: { rollback, unprovable: each.unprovable, findings: each.findings },
        ...(notes.length === 0 ? {} : { notes }),
      });
    }
    const pending = planned.targets.some((each) => each.pending.length > 0);
    return {
      ...resultOf(ports, head, "planned", [...planObstacles(environment, planned), ...refusals], results),
      digest: planned.digest,
      ...(pending ? { requirements: await requirements(ports, environment, planned) } : {}),
    };
  } catch (error) {
    return endedBeforehand(ports, head, targets, error);
  }
}

/** What tenants of one database have in common is looked at once. */
function foreseeing(ports: Ports, environment: Environment, planned: Plan) {
  const first = (database: Target) => {
    const ours = planned.targets.filter(({ target }) => databaseOf(target) === database);
    const [found] = ours;
    if (found === undefined) throw new Error(`nothing is planned for ${database.name}`);
    return { ...found, target: database };
  };
  return {
    rollbackOf: oncePerDatabase((database) => foreseeRollback(ports, environment, first(database))),
    outlookOf: oncePerDatabase((database) => outlook(ports, environment, first(database), tenantsOf(planned.targets, database))),
  };
}

const NOTHING_FORESEEN: Outlook = { refused: null, notes: [] };

async function requirements(ports: Ports, environment: Environment, planned: Plan): Promise<NonNullable<Result["requirements"]>> {
  const targets = planned.targets.map(({ target }) => target);
  return requirementsOf({
    command: "migrate",
    environment,
    now: ports.now(),
    unmetNeed: await ports.unmetNeed(environment, pendingDigest(planned)),
    withoutApproval: null,
    again: null,
    earlierFailure: await earlierFailure(openHistory(ports, environment, targets), planned),
  });
}

/**
 * A run without an end may go on, or be finished by `recover`, where a state row names it. Otherwise only the newest may be at work, on
 * a target whose lock somebody holds: it has not come to its state row yet, or changes no target.
 */
async function openRuns(ports: Ports, targets: readonly Target[]) {
  const rows: (StateRow | undefined)[] = [];
  let held = false;
  for (const target of targets) {
    const engine = ports.engineOf(target);
    held ||= (await engine.probe(target)).held;
    rows.push(await engine.readState(target));
  }
  return { isOpen: (run: RunId, newest: boolean) => (newest && held) || rows.some((row) => unfinished(row) && row.run === run) };
}

export async function listRuns(ports: Ports, environment: Environment, targets: readonly Target[]): Promise<Result> {
  const head: ResultHead = { command: "runs", environment: environment.name, startedAt: ports.now() };
  try {
    const runs: RunSummary[] = [];
    const open = await openRuns(ports, targets);
    for await (const past of openHistory(ports, environment, targets).newestFirst()) {
      const summary = summarize(past);
      const cutOff = summary.outcome === null && !open.isOpen(past.run, runs.length === 0);
      runs.push(cutOff ? { ...summary, cutOff } : summary);
    }
    return {
      ...resultOf(
        ports,
        head,
        "listed",
        [],
        targets.map((target) => emptyTargetResult(target, "listed")),
      ),
      runs,
    };
  } catch (error) {
    return endedBeforehand(ports, head, targets, error);
  }
}

export async function listBackups(ports: Ports, environment: Environment, targets: readonly Target[]): Promise<Result> {
  const head: ResultHead = { command: "backups", environment: environment.name, startedAt: ports.now() };
  try {
    const backups = [];
    for (const target of targets) {
      const store = ports.storeOf(environment, target);
      for (const folder of await backupFolders(store, environment.name, target)) backups.push(await listing(store, folder));
    }
    return {
      ...resultOf(
        ports,
        head,
        "listed",
        [],
        targets.map((target) => emptyTargetResult(target, "listed")),
      ),
      backups,
    };
  } catch (error) {
    return endedBeforehand(ports, head, targets, error);
  }
}
