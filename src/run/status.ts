/** `belay status`: where every target stands. One that cannot be looked at hides none of the others. Takes no lock, writes nothing. */

import type { Environment } from "../config/config.ts";
import { BelayError, type Reason } from "../domain/error.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { Result, TargetResult, TargetStatus } from "../domain/result.ts";
import type { StateRow } from "../domain/state.ts";
import { databaseOf, type Target } from "../domain/target.ts";
import { type ObservedTarget, planObstacles } from "../plan/plan.ts";
import { newestSoundBackup } from "./backups.ts";
import { eachOnce, emptyTargetResult, endedBeforehand, resultOf, type ResultHead } from "./ending.ts";
import { readJournal } from "./journal.ts";
import { lastEntry } from "./journal-entry.ts";
import { observeDatabase, planOf } from "./observe.ts";
import type { Ports } from "./ports.ts";
import { reasonsOf } from "./run.ts";

export async function status(ports: Ports, environment: Environment, targets: readonly Target[]): Promise<Result> {
  const head: ResultHead = { command: "status", environment: environment.name, startedAt: ports.now() };
  try {
    const looks = await lookAt(ports, environment, targets);
    const seen = looks.flatMap((look) => ("observed" in look ? [look.observed] : []));
    const planned = await planOf(ports, environment, seen, null);
    const unread = looks.flatMap((look) => ("why" in look ? look.why : []));
    const reasons = [...eachOnce(unread), ...(seen.length === 0 ? [] : planObstacles(environment, planned))];
    return {
      ...resultOf(ports, head, "listed", reasons, looks.map(resultOfLook)),
      digest: unread.length === 0 ? planned.digest : null,
    };
  } catch (error) {
    return endedBeforehand(ports, head, targets, error);
  }
}

type Look =
  | { readonly observed: ObservedTarget; readonly state: TargetStatus }
  | { readonly target: Target; readonly outcome: "refused" | "failed"; readonly why: readonly Reason[] };

/** In the order of the targets; those of one database are looked at together. */
async function lookAt(ports: Ports, environment: Environment, targets: readonly Target[]): Promise<readonly Look[]> {
  const looks = new Map<Target, Look>();
  const outcomeOf = outcomesIn(ports, environment);
  for (const [database, ours] of Map.groupBy(targets, databaseOf)) {
    try {
      const observed = await observeDatabase(ports, environment, database, ours);
      const state = await statusOf(ports, environment, database, outcomeOf);
      for (const each of observed) looks.set(each.target, { observed: each, state });
    } catch (error) {
      if (ports.signal.aborted || (error instanceof BelayError && error.kind === "usage")) throw error;
      const outcome = error instanceof BelayError ? "refused" : "failed";
      for (const target of ours) looks.set(target, { target, outcome, why: reasonsOf([error], ports.redact) });
    }
  }
  return targets.flatMap((target) => looks.get(target) ?? []);
}

function resultOfLook(look: Look): TargetResult {
  if ("why" in look) return { ...emptyTargetResult(look.target, look.outcome), reasons: look.why };
  const { target, pending, applied, withoutFile } = look.observed;
  return {
    ...emptyTargetResult(target, "listed"),
    pending: pending.map(({ id, reversible, findings, file }) => ({ id, reversible, findings, file })),
    history: applied,
    ...(withoutFile.length === 0 ? {} : { appliedWithoutFile: withoutFile }),
    state: look.state,
  };
}

async function statusOf(
  ports: Ports,
  environment: Environment,
  target: Target,
  outcomeOf: (row: StateRow) => Promise<Outcome | null>,
): Promise<TargetStatus> {
  const engine = ports.engineOf(target);
  const [probe, row] = [await engine.probe(target), await engine.readState(target)];
  const newest = await newestSoundBackup(ports.storeOf(environment, target), environment.name, target);
  return {
    lock: probe.held ? "held" : "free",
    ...(probe.holder === null ? {} : { holder: probe.holder }),
    lastRun: row === undefined ? null : { id: row.run, phase: row.phase, outcome: row.phase === "ended" ? await outcomeOf(row) : null },
    newestBackup: newest?.summary ?? null,
  };
}

/** How runs ended, each journal read once: many targets name the same. */
function outcomesIn(ports: Ports, environment: Environment): (row: StateRow) => Promise<Outcome | null> {
  const asked = new Map<string, Promise<Outcome | null>>();
  const read = async ({ store, run }: StateRow) => {
    const entries = await readJournal({ store: ports.storeAt(store), environment: environment.name }, run);
    return lastEntry(entries, "ended")?.outcome ?? null;
  };
  return (row) => {
    const key = `${row.run} ${row.store}`;
    const answer = asked.get(key) ?? read(row);
    asked.set(key, answer);
    return answer;
  };
}
