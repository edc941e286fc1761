/** What a rollback would take back, and what it would lose: told before anybody says yes to it. Takes no lock and writes nothing. */

import type { Environment } from "../config/config.ts";
import type { BoundRollback } from "../domain/bound-fields.ts";
import { BelayError, messageOf, refusal } from "../domain/error.ts";
import type { LaterWrites, Result } from "../domain/result.ts";
import type { Target } from "../domain/target.ts";
import type { Engine } from "../engine/engine.ts";
import { digestOf, policyDigest } from "../plan/digest.ts";
import { emptyTargetResult, endedBeforehand, resultOf, type ResultHead } from "./ending.ts";
import { lastOfTarget } from "./journal-entry.ts";
import { basisOf, countLaterWrites, describeLaterWrites } from "./later-writes.ts";
import { refuseUnfinished } from "./locking.ts";
import { ofOneRun } from "./one-run.ts";
import { type History, openHistory, type PastRun } from "./past-runs.ts";
import type { Ports } from "./ports.ts";

export interface RollbackPlanOptions {
  /** The run to take back; null: the last that applied something. */
  readonly run: string | null;
  /** The migration to go down to, by the tool's own scripts; null: the data go back. */
  readonly to: string | null;
}

type BoundTarget = BoundRollback["targets"][number];

/** Ends as `planned`, with the digest of what `progress` is told as `planned`. */
export async function planRollback(
  ports: Ports,
  environment: Environment,
  targets: readonly Target[],
  options: RollbackPlanOptions,
): Promise<Result> {
  const head: ResultHead = { command: "plan", environment: environment.name, startedAt: ports.now() };
  try {
    const wanted = await settled(ports, environment, targets);
    const history = openHistory(ports, environment, targets);
    const chosen = options.to === null ? await ofOneRun(history, wanted, options.run) : wanted;
    const found: { readonly bound: BoundTarget; readonly note: string }[] = [];
    for (const { target } of chosen) found.push(await foreseen(ports, environment, history, target, options));
    const bound: BoundRollback = {
      v: 1,
      repositoryId: ports.repositoryId,
      environment: environment.name,
      command: "rollback",
      to: options.to,
      targets: found.map((each) => each.bound),
      policyDigest: policyDigest(environment.policy),
    };
    const digest = digestOf(bound);
    ports.progress({ type: "planned", digest, bound });
    const results = chosen.map(({ target }, at) => ({ ...emptyTargetResult(target, "planned" as const), notes: [found[at]?.note ?? ""] }));
    return { ...resultOf(ports, head, "planned", [], results), digest };
  } catch (error) {
    return endedBeforehand(ports, head, targets, error);
  }
}

/** A run that did not come to its end is recovered, not rolled back. */
async function settled(ports: Ports, environment: Environment, targets: readonly Target[]) {
  const states = await Promise.all(targets.map(async (target) => ({ target, state: await ports.engineOf(target).readState(target) })));
  refuseUnfinished(environment, states);
  return states;
}

async function foreseen(ports: Ports, environment: Environment, history: History, target: Target, { run, to }: RollbackPlanOptions) {
  const engine = ports.engineOf(target);
  const identity = await lastingIdentity(engine, target);
  const { name } = target;
  if (to !== null) {
    const note = `going down to ${to} drops what came after it; how much is counted when it is done, and the whole is kept aside`;
    return { bound: { name, identity, run: null, laterWrites: UNKNOWN }, note };
  }
  const past = await takenBack(environment, history, target, run);
  const laterWrites = await lossOf(ports, history, target, past);
  const lost =
    laterWrites.length === 0 ? "nothing was written since" : `it would lose what was written since: ${describeLaterWrites(laterWrites)}`;
  return { bound: { name, identity, run: past.run, laterWrites }, note: `run ${past.run} would be taken back; ${lost}` };
}

/** Lets go of the database before what was written to it is counted. */
async function lastingIdentity(engine: Engine, target: Target): Promise<string> {
  await using view = await engine.open(target);
  return (await view.identity()).lasting;
}

async function takenBack(environment: Environment, history: History, target: Target, run: string | null): Promise<PastRun> {
  const past = run === null ? await history.lastApplying(target.name) : await history.run(run);
  if (past !== undefined && lastOfTarget(past.entries, "backup", target.name) !== undefined) return past;
  const why = run === null ? `no run has applied anything to ${target.name}` : `run ${run} took no backup of ${target.name}`;
  throw refusal("nothing-to-roll-back", `${why} that could be taken back`, {
    hint: `\`belay runs ${environment.name}\` lists what happened, \`belay backups ${environment.name}\` what can be restored`,
  });
}

const UNKNOWN: readonly LaterWrites[] = [{ table: "*", written: null, gone: null }];

/** A role that may only read perhaps cannot count: whoever approves is told that nobody knows. */
async function lossOf(ports: Ports, history: History, target: Target, past: PastRun): Promise<readonly LaterWrites[]> {
  const engine = ports.engineOf(target);
  const basis = await basisOf(history, target.name, past);
  try {
    return await countLaterWrites({ laterWrites: (mark) => engine.laterWrites(target, mark) }, basis);
  } catch (error) {
    if (!(error instanceof BelayError)) throw error;
    ports.progress({ type: "notice", message: `what was written to ${target.name} since could not be counted: ${messageOf(error)}` });
    return UNKNOWN;
  }
}
