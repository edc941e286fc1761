/** `belay migrate`: the guarded run. Every refusal comes before the first effect; from there every path has an end that is recorded. */

import type { Environment } from "../config/config.ts";
import type { ApprovalFacts } from "../domain/approval.ts";
import { refusal } from "../domain/error.ts";
import type { CheckResult, Result } from "../domain/result.ts";
import { databaseOf, type Target } from "../domain/target.ts";
import { pendingDigest } from "../plan/digest.ts";
import { inWaves } from "../plan/waves.ts";
import { planObstacles, plannedOf, type Plan, type PlannedTarget } from "../plan/plan.ts";
import { decide } from "../policy/policy.ts";
import { targetVariables } from "./application.ts";
import { approvalsOf } from "./approval.ts";
import { namedBackups } from "./early-backup.ts";
import { failedChecks, runChecks } from "./checks.ts";
import { emptyTargetResult, endedBeforehand, resultOf, type ResultHead } from "./ending.ts";
import { throwIfAny } from "./failed-checks.ts";
import { earlierFailure, lastGoodCommit } from "./history.ts";
import { holdSettled } from "./locking.ts";
import { observe } from "./observe.ts";
import { openRun, type OpenRunRequest } from "./open-run.ts";
import { openHistory, type History } from "./past-runs.ts";
import type { Ports } from "./ports.ts";
import { needsOf, tenantsOf } from "./preflight.ts";
import { oncePerDatabase } from "./tenants.ts";
import { conduct } from "./conduct.ts";
import { leavesOf, throwIfInterrupted } from "./run.ts";

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
  const asked: AskedBeforehand = new Map();
  try {
    await using locks = await holdSettled(ports, environment, targets);
    const plan = await observe(ports, environment, targets, options.to);
    if (plan.targets.every(({ pending, obstacles }) => pending.length === 0 && obstacles.length === 0)) return upToDate(ports, head, plan);
    const history = openHistory(ports, environment, targets);
    const { approval, again, costs } = await refuseBeforehand(ports, environment, plan, { ...options, history, asked });
    const pending = plan.targets.filter((each) => each.pending.length > 0);
    const named = await namedBackups(ports, environment, { ...plan, targets: pending }, options.backup);
    throwIfInterrupted(ports);
    const request: OpenRunRequest = {
      ports,
      environment,
      holds: locks.holds.filter(({ target }) => pending.some((each) => each.target === target)),
      history,
      previousSha: await lastGoodCommit(history),
      began: {
        command: "migrate",
        digest: plan.digest,
        withoutApproval: options.withoutApproval,
        approval,
        again,
        judge: options.verify,
        ...apartOf(environment),
      },
      pendingOf: (target) => plan.targets.find((each) => each.target === target)?.pending ?? [],
      digestOf: (target) => (plan.targets.length === 1 ? {} : { digest: plannedOf(plan, target).digest }),
      first: firstOf(environment, pending),
    };
    const run = await openRun(request);
    for (const { target, notes } of leavesOf(run)) notes.push(...(costs.get(target) ?? []));
    const passedOver = targets.filter((target) => !leavesOf(run).some((each) => each.target === target));
    const result = inOrder(await conduct(run, head, { plan, named, judge: options.verify }, passedOver), plan);
    if (result.outcome !== "migrated" || ports.repositoryId === null || !environment.isNeeded) return result;
    return { ...result, deployed: { githubEnvironment: environment.githubEnvironment, pendingDigest: pendingDigest(plan) } };
  } catch (error) {
    return withChecks(endedBeforehand(ports, head, targets, error), asked);
  }
}

/** What the checks before said before the run began, by the target's name: its steps ask them again, and tell them themselves. */
type AskedBeforehand = Map<string, readonly CheckResult[]>;

function withChecks(result: Result, asked: AskedBeforehand): Result {
  return { ...result, targets: result.targets.map((target) => ({ ...target, checks: asked.get(target.name) ?? target.checks })) };
}

/** That of the plan, which is that of belay.yml. */
function inOrder(result: Result, { targets }: Plan): Result {
  const told = new Map(result.targets.map((each) => [each.name, each]));
  return { ...result, targets: targets.flatMap(({ target }) => told.get(target.name) ?? []) };
}

function apartOf({
  app,
  waves,
}: Environment): OpenRunRequest["began"]["apart"] extends infer A ? { readonly apart?: NonNullable<A> } : never {
  if (app.per === "target") return { apart: "target" };
  return waves.length > 0 ? { apart: "data" } : {};
}

/** Where each target has its own application, none is begun with before its turn; otherwise the first wave stands for all. */
function firstOf(environment: Environment, pending: readonly PlannedTarget[]): (target: Target) => boolean {
  if (environment.app.per === "target") return () => false;
  const [wave = []] = inWaves(
    environment.targets,
    ({ name }) => pending.some(({ target }) => databaseOf(target).name === name),
    environment.waves,
  );
  return ({ name }) => wave.some((each) => each.name === name);
}

interface Allowed {
  readonly approval: ApprovalFacts;
  readonly again: string | null;
  /** What a missing right costs this run, for its report. */
  readonly costs: ReadonlyMap<Target, readonly string[]>;
}

/** Everything that says no without having touched anything, most telling first. */
async function refuseBeforehand(
  ports: Ports,
  environment: Environment,
  plan: Plan,
  options: MigrateOptions & { readonly history: History; readonly asked: AskedBeforehand },
): Promise<Allowed> {
  throwIfAny("refused", planObstacles(environment, plan));
  if (options.digest !== null && options.digest !== plan.digest) {
    throw refusal("digest-changed", `the plan is ${plan.digest}, not ${options.digest}`, {
      hint: `look at it: \`belay plan ${environment.name}\``,
    });
  }
  const approval = await approvalsOf(ports, environment, { command: "migrate", digest: plan.digest });
  const again = options.again ?? (approval.kind === "given" ? (approval.again ?? null) : null);
  const decision = decide({
    command: "migrate",
    environment,
    now: ports.now(),
    approval,
    unmetNeed: await ports.unmetNeed(environment, pendingDigest(plan)),
    withoutApproval: options.withoutApproval,
    again,
    earlierFailure: await earlierFailure(options.history, plan),
  });
  if (!decision.allowed) throwIfAny("refused", decision.reasons);
  const costs = new Map<Target, readonly string[]>();
  const preflight = oncePerDatabase((database) => preflightOf(ports, environment, plan, database, options));
  for (const { target } of plan.targets.filter(({ pending }) => pending.length > 0)) {
    costs.set(target, (await preflight(target)).costs);
    await refuseFailingChecks(ports, environment, target, options.asked);
  }
  throwIfInterrupted(ports);
  return { approval, again, costs };
}

function preflightOf(ports: Ports, environment: Environment, { targets }: Plan, database: Target, { backup }: MigrateOptions) {
  const [first] = targets.filter(({ target }) => databaseOf(target) === database);
  if (first === undefined) throw new Error(`no plan for ${database.name}`);
  const needs = { ...needsOf(environment, first, backup !== null), tenants: tenantsOf(targets, database) };
  return ports.engineOf(database).preflight(database, needs);
}

async function refuseFailingChecks(ports: Ports, environment: Environment, target: Target, asked: AskedBeforehand): Promise<void> {
  const { before } = environment.checks;
  if (before.length === 0) return;
  await using reader = await ports.engineOf(target).reader(target, { signal: ports.signal });
  const variables = ports.childVariables(environment, targetVariables(target));
  const { results } = await runChecks({ ports, environment, variables }, before, "before", reader.session);
  asked.set(target.name, results);
  throwIfAny("refused", failedChecks(results));
}

function upToDate(ports: Ports, head: ResultHead, plan: Plan): Result {
  const targets = plan.targets.map(({ target, withoutFile }) => ({
    ...emptyTargetResult(target, "up-to-date"),
    ...(withoutFile.length === 0 ? {} : { appliedWithoutFile: withoutFile }),
  }));
  return { ...resultOf(ports, head, "up-to-date", [], targets), digest: plan.digest };
}
