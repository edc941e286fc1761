/** `belay verify`: judges the recorded after-state of the last run, and asks the other checks anew. Changes nothing, takes no lock. */

import type { Environment } from "../config/config.ts";
import { refusal, type Reason } from "../domain/error.ts";
import type { CheckResult, Result, TargetResult } from "../domain/result.ts";
import { databaseOf, type Target } from "../domain/target.ts";
import { failedChecks, needsBaseline, runChecks } from "./checks.ts";
import { targetVariables } from "./application.ts";
import { emptyTargetResult, endedBeforehand, resultOf, type ResultHead } from "./ending.ts";
import { lastEntry, lastOfTarget } from "./journal-entry.ts";
import { recordJudgement } from "./judgement.ts";
import { observe } from "./observe.ts";
import { journalPlace, openHistory, type History, type PastRun } from "./past-runs.ts";
import type { Ports } from "./ports.ts";
import { brokenScope, dataResult } from "./verify-run.ts";

export async function verify(ports: Ports, environment: Environment, targets: readonly Target[], run: string | null): Promise<Result> {
  const head: ResultHead = { command: "verify", environment: environment.name, startedAt: ports.now() };
  try {
    await assertReadable(ports, targets);
    const judged = await judgeEach(ports, environment, targets, run);
    const health = await ask(ports, environment, environment.checks.health, "health", null);
    const reasons = [...judged.flatMap((each) => each.reasons), ...failedChecks(health)];
    const results = judged.map(({ result }) => ({ ...result, checks: [...result.checks, ...health] }));
    const of = judged.find(({ past }) => past !== null)?.past?.run ?? null;
    if (reasons.length === 0)
      for (const { target, past } of judged) if (past !== null) await recordFirstJudgement(ports, environment, target, past);
    return { ...resultOf(ports, head, reasons.length === 0 ? "verified" : "checks-failed", reasons, results), run: of };
  } catch (error) {
    return endedBeforehand(ports, head, targets, error);
  }
}

/** What was recorded of a database says nothing of one that is not there any more. */
async function assertReadable(ports: Ports, targets: readonly Target[]): Promise<void> {
  for (const database of new Set(targets.map(databaseOf))) {
    const reader = await ports.engineOf(database).reader(database, { signal: ports.signal });
    await reader[Symbol.asyncDispose]();
  }
}

/** Only of a run that left it to `belay verify`; it changes nothing but how long its copies are kept. */
async function recordFirstJudgement(ports: Ports, environment: Environment, target: Target, { run, entries }: PastRun): Promise<void> {
  if (lastEntry(entries, "began")?.judge === false)
    await recordJudgement(journalPlace(ports, environment, [target]), run, target.name, ports.now());
}

interface Judged {
  readonly target: Target;
  /** null: no run has come by; it is judged as it is now. */
  readonly past: PastRun | null;
  readonly result: TargetResult;
  readonly reasons: readonly Reason[];
}

/** A tenant, or a database beside others, that no run has come by is judged as it is: a customer who is new since. */
async function judgeEach(
  ports: Ports,
  environment: Environment,
  targets: readonly Target[],
  run: string | null,
): Promise<readonly Judged[]> {
  const history = openHistory(ports, environment, targets);
  const recorded = new Map<Target, Judged | null>();
  for (const target of targets) recorded.set(target, await judgeRecorded(ports, environment, history, target, run));
  const isBesideOthers = [...recorded.values()].some((each) => each !== null);
  const judged: Judged[] = [];
  for (const [target, known] of recorded) {
    if (known === null && (run !== null || (target.tenant === undefined && !isBesideOthers))) throw nothingToVerify(environment, target);
    judged.push(known ?? (await judgeAsItIs(ports, environment, target)));
  }
  return judged;
}

function nothingToVerify({ name }: Environment, target: Target): Error {
  return refusal("nothing-to-verify", `no run has recorded what became of ${target.name}`, {
    hint: `\`belay runs ${name}\` lists what happened`,
  });
}

/** null: no run has come by. */
async function judgeRecorded(
  ports: Ports,
  environment: Environment,
  history: History,
  target: Target,
  run: string | null,
): Promise<Judged | null> {
  const past = run === null ? await history.lastApplying(target.name) : await history.run(run);
  const after = past === undefined ? undefined : lastOfTarget(past.entries, "after-state", target.name);
  if (past === undefined || after === undefined) return null;
  const recorded = await recordedChecks(ports, environment, target, after.checks);
  const { records } = await ports.toolOf(environment, target);
  const reasons = [...failedChecks(recorded), ...brokenScope(environment.data, after.comparison, after.disturbance, records)];
  const result = {
    ...emptyTargetResult(target, reasons.length === 0 ? "verified" : "checks-failed"),
    undisturbed: after.disturbance === null,
    ...(after.disturbance === null ? {} : { disturbance: after.disturbance }),
    checks: recorded,
    data: dataResult(after.comparison, after.disturbance, records),
    schema: after.schema,
  } as const;
  return { target, past, result, reasons };
}

/** Whoever was up to date whenever others were migrated: nothing may be pending, and the checks that need no earlier state hold. */
async function judgeAsItIs(ports: Ports, environment: Environment, target: Target): Promise<Judged> {
  const [seen] = (await observe(ports, environment, [target])).targets;
  const pending = seen?.pending ?? [];
  const live = environment.checks.after.filter((check) => !(check.kind === "sql" && needsBaseline(check.expect)));
  const checks = await ask(ports, environment, live, "after", target);
  const behind: readonly Reason[] =
    pending.length === 0
      ? []
      : [
          {
            code: "behind",
            message: `${target.name} is missing ${pending.map(({ id }) => id).join(", ")}`,
            hint: `\`belay migrate ${environment.name} --target ${target.name}\``,
          },
        ];
  const reasons = [...(seen?.obstacles ?? []), ...behind, ...failedChecks(checks)];
  const result = {
    ...emptyTargetResult(target, reasons.length === 0 ? "verified" : "checks-failed"),
    pending: pending.map(({ id, reversible, findings, file }) => ({ id, reversible, findings, file })),
    checks,
  } as const;
  return { target, past: null, result, reasons };
}

/** What compares with the before-state was read in the after-state and stands; everything else is asked of the database as it is now. */
async function recordedChecks(
  ports: Ports,
  environment: Environment,
  target: Target,
  recorded: readonly CheckResult[],
): Promise<readonly CheckResult[]> {
  const { after } = environment.checks;
  const standing = new Set(after.filter((check) => check.kind === "sql" && needsBaseline(check.expect)).map(({ name }) => name));
  const stands = recorded.filter(({ name, phase }) => phase === "after" && standing.has(name));
  const live = after.filter(({ name }) => !stands.some((result) => result.name === name));
  return [...stands, ...(await ask(ports, environment, live, "after", target))];
}

async function ask(
  ports: Ports,
  environment: Environment,
  checks: Parameters<typeof runChecks>[1],
  phase: "after" | "health",
  target: Target | null,
): Promise<readonly CheckResult[]> {
  if (checks.length === 0) return [];
  const surroundings = { ports, environment, variables: ports.childVariables(environment, target === null ? {} : targetVariables(target)) };
  if (target === null) return (await runChecks(surroundings, checks, phase, null)).results;
  await using reader = await ports.engineOf(target).reader(target, { signal: ports.signal });
  return (await runChecks(surroundings, checks, phase, reader.session)).results;
}
