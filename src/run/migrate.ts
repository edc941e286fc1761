/** `belay migrate`: the guarded run. Every refusal comes before the first effect; from there every path has an end that is recorded. */

import type { Environment } from "../config/config.ts";
import type { ApprovalFacts } from "../domain/approval.ts";
import { refusal } from "../domain/error.ts";
import type { Result } from "../domain/result.ts";
import { makeRunId } from "../domain/run-id.ts";
import { databaseOf, type Target } from "../domain/target.ts";
import { pendingDigest } from "../plan/digest.ts";
import { planObstacles, type Plan } from "../plan/plan.ts";
import { decide } from "../policy/policy.ts";
import { announceBeginning } from "./announce.ts";
import { runAppCommand, targetVariables } from "./application.ts";
import { approvalsOf } from "./approval.ts";
import { backUpEarly, namedBackups, type NamedBackups } from "./early-backup.ts";
import { failedChecks, runChecks } from "./checks.ts";
import { emptyTargetResult, endedBeforehand, endRun, migratedEnding, resultOf, type ResultHead } from "./ending.ts";
import { throwIfAny } from "./failed-checks.ts";
import { earlierFailure, lastGoodCommit } from "./history.ts";
import { holdTargets, refuseUnfinished } from "./locking.ts";
import { observe } from "./observe.ts";
import { openRun, type OpenRunRequest } from "./open-run.ts";
import type { Ports } from "./ports.ts";
import { needsOf, tenantsOf } from "./preflight.ts";
import { oncePerDatabase } from "./tenants.ts";
import { endAfterFailure } from "./after-failure.ts";
import { enterPhase, leavesOf, throwIfInterrupted, type Run } from "./run.ts";
import { stopApplication } from "./maintenance.ts";
import { startAndSettle } from "./start-application.ts";
import { closeWorkspace } from "./take-backup.ts";
import { applyTo, takeBeforeState, verifyAll } from "./pass-tenants.ts";

export interface MigrateOptions {
  readonly digest: string | null;
  readonly again: string | null;
  readonly withoutApproval: string | null;
  /** Apply only up to this one. */
  readonly to: string | null;
  /** A backup already taken and proven, instead of a new one. */
  readonly backup: string | null;
  /** False: the after-state is recorded, and a later `belay verify` judges it. */
  readonly verify: boolean;
}

export async function migrate(
  ports: Ports,
  environment: Environment,
  targets: readonly Target[],
  options: MigrateOptions,
): Promise<Result> {
  const head: ResultHead = { command: "migrate", environment: environment.name, startedAt: ports.now() };
  try {
    await using locks = await holdTargets(ports, targets);
    refuseUnfinished(
      environment,
      locks.holds.map(({ state }) => state),
    );
    const plan = await observe(ports, environment, targets, options.to);
    if (plan.targets.every(({ pending, obstacles }) => pending.length === 0 && obstacles.length === 0)) return upToDate(ports, head, plan);
    const { approval, costs } = await refuseBeforehand(ports, environment, plan, options);
    const named = await namedBackups(ports, environment, plan, options.backup);
    throwIfInterrupted(ports);
    const sha = await ports.commit(environment.directory);
    const request: OpenRunRequest = {
      ports,
      environment,
      holds: locks.holds.filter(({ target }) => !isPassedOver(plan, target)),
      id: makeRunId(ports.now(), ports.random(10)),
      sha,
      previousSha: await lastGoodCommit(ports, environment, targets),
      began: {
        command: "migrate",
        digest: plan.digest,
        withoutApproval: options.withoutApproval,
        approval,
        again: options.again,
        judge: options.verify,
        of: null,
      },
      pendingOf: (target) => plan.targets.find((each) => each.target === target)?.pending ?? [],
    };
    const run = await openRun(request);
    for (const { target, notes } of leavesOf(run)) notes.push(...(costs.get(target) ?? []));
    return withPassedOver(await conduct(run, plan, head, options, named), plan);
  } catch (error) {
    return endedBeforehand(ports, head, targets, error);
  }
}

/** A tenant with nothing pending is no part of the run. */
function isPassedOver({ targets }: Plan, target: Target): boolean {
  return target.tenant !== undefined && targets.some((each) => each.target === target && each.pending.length === 0);
}

/** In the order of the plan. */
function withPassedOver(result: Result, plan: Plan): Result {
  const told = new Map(result.targets.map((each) => [each.name, each]));
  return { ...result, targets: plan.targets.map(({ target }) => told.get(target.name) ?? emptyTargetResult(target, "up-to-date")) };
}

interface Allowed {
  readonly approval: ApprovalFacts;
  /** What a missing right costs this run, for its report. */
  readonly costs: ReadonlyMap<Target, readonly string[]>;
}

/** Everything that says no without having touched anything, most telling first. */
async function refuseBeforehand(ports: Ports, environment: Environment, plan: Plan, options: MigrateOptions): Promise<Allowed> {
  throwIfAny("refused", planObstacles(environment, plan));
  if (options.digest !== null && options.digest !== plan.digest) {
    throw refusal("digest-changed", `the plan is ${plan.digest}, not ${options.digest}`, {
      hint: `look at it: \`belay plan ${environment.name}\``,
    });
  }
  const approval = await approvalsOf(ports, environment, { command: "migrate", digest: plan.digest });
  const decision = decide({
    command: "migrate",
    environment,
    now: ports.now(),
    approval,
    unmetNeed: await ports.unmetNeed(environment, pendingDigest(plan)),
    withoutApproval: options.withoutApproval,
    again: options.again,
    earlierFailure: await earlierFailure(ports, environment, plan),
  });
  if (!decision.allowed) throwIfAny("refused", decision.reasons);
  const costs = new Map<Target, readonly string[]>();
  const preflight = oncePerDatabase((database) => preflightOf(ports, environment, plan, database, options));
  for (const { target } of plan.targets) {
    costs.set(target, (await preflight(target)).costs);
    await refuseFailingChecks(ports, environment, target);
  }
  throwIfInterrupted(ports);
  return { approval, costs };
}

function preflightOf(ports: Ports, environment: Environment, { targets }: Plan, database: Target, { backup }: MigrateOptions) {
  const [first] = targets.filter(({ target }) => databaseOf(target) === database);
  if (first === undefined) throw new Error(`no plan for ${database.name}`);
  const needs = { ...needsOf(environment, first, backup !== null), tenants: tenantsOf(targets, database) };
  return ports.engineOf(database).preflight(database, needs);
}

async function refuseFailingChecks(ports: Ports, environment: Environment, target: Target): Promise<void> {
  const { before } = environment.checks;
  if (before.length === 0) return;
  await using reader = await ports.engineOf(target).reader(target, { signal: ports.signal });
  const variables = ports.childVariables(environment, targetVariables(target));
  const { results } = await runChecks({ ports, environment, variables }, before, "before", reader.session);
  throwIfAny("refused", failedChecks(results));
}

/** The run itself, from its first effect to its recorded end. */
async function conduct(run: Run, plan: Plan, head: ResultHead, options: MigrateOptions, named: NamedBackups): Promise<Result> {
  const { ports, environment } = run;
  try {
    await announceBeginning(run, "before");
    throwIfInterrupted(ports);
    for (const target of run.targets) await backUpEarly(run, target, named);
    throwIfInterrupted(ports);
    await runAppCommand(run, "prepare", { interruptible: true });
    throwIfInterrupted(ports);
    await announceBeginning(run, "start");
    await enterPhase(run, "stopping");
    await stopApplication(run);
    throwIfInterrupted(ports);
    await enterPhase(run, "backing-up");
    for (const target of run.targets) await takeBeforeState(run, target, plan);
    throwIfInterrupted(ports);
    await enterPhase(run, "migrating");
    for (const target of run.targets) await applyTo(run, target, plan);
    throwIfInterrupted(ports);
    await enterPhase(run, "verifying");
    for (const target of run.targets) await verifyAll(run, target, { judge: options.verify });
    throwIfInterrupted(ports);
    const left = await startAndSettle(run);
    const result = await endRun(run, head, plan.digest, migratedEnding(run, left));
    if (ports.repositoryId === null || !environment.isNeeded || result.outcome !== "migrated") return result;
    return { ...result, deployed: { githubEnvironment: environment.githubEnvironment, pendingDigest: pendingDigest(plan) } };
  } catch (error) {
    return await endAfterFailure(run, head, plan.digest, error);
  } finally {
    for (const target of run.targets) await closeWorkspace(target);
  }
}

function upToDate(ports: Ports, head: ResultHead, plan: Plan): Result {
  const targets = plan.targets.map(({ target, withoutFile }) => ({
    ...emptyTargetResult(target, "up-to-date"),
    ...(withoutFile.length === 0 ? {} : { appliedWithoutFile: withoutFile }),
  }));
  return { ...resultOf(ports, head, "up-to-date", [], targets), digest: plan.digest };
}
