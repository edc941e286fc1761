/** A rollback by the team's own hook: a command or SQL that switches something off. The database is otherwise untouched, nothing stops. */

import type { Environment } from "../config/config.ts";
import { BelayError, refusal } from "../domain/error.ts";
import type { Result } from "../domain/result.ts";
import type { Target } from "../domain/target.ts";
import { runTeamCommand } from "./application.ts";
import { refuseUnapproved } from "./approval.ts";
import { endedBeforehand, endRun, type ResultHead } from "./ending.ts";
import { lastGoodCommit } from "./history.ts";
import { holdSettled } from "./locking.ts";
import { beginRecord } from "./open-run.ts";
import { openHistory } from "./past-runs.ts";
import type { Ports } from "./ports.ts";
import { reasonsOf, step, throwIfInterrupted, type Run, type TargetRun } from "./run.ts";
import { closeWorkspace, openWorkspace } from "./take-backup.ts";

export interface HookOptions {
  /** A name that `rollback.hooks` has. */
  readonly name: string;
  readonly withoutApproval: string | null;
}

type Hook = Environment["rollback"]["hooks"] extends ReadonlyMap<string, infer T> ? T : never;

export async function runHook(
  ports: Ports,
  environment: Environment,
  targets: readonly Target[],
  { name, withoutApproval }: HookOptions,
): Promise<Result> {
  const head: ResultHead = { command: "rollback", environment: environment.name, startedAt: ports.now() };
  try {
    const approval = await refuseUnapproved(ports, "rollback", environment, withoutApproval);
    const hook = environment.rollback.hooks.get(name);
    if (hook === undefined) throw refusal("hook-unknown", `there is no hook ${name}`);
    await using locks = await holdSettled(ports, environment, targets);
    throwIfInterrupted(ports);
    const run = await beginRecord({
      ports,
      environment,
      holds: locks.holds,
      previousSha: await lastGoodCommit(openHistory(ports, environment, targets)),
      began: { command: "rollback", withoutApproval, approval },
    });
    return await conduct(run, head, name, hook);
  } catch (error) {
    return endedBeforehand(ports, head, targets, error);
  }
}

async function conduct(run: Run, head: ResultHead, name: string, hook: Hook): Promise<Result> {
  try {
    for (const target of run.targets) await switchOff(run, target, name, hook);
    return await endRun(run, head, null, { outcome: "rolled-back", reasons: [], repeatNeedsReason: false });
  } catch (error) {
    // SQL of a hook is one transaction; what a command did before it failed is for its author to know
    const known = "sql" in hook && error instanceof BelayError && run.targets.every(({ rollback }) => rollback === null);
    const outcome = known ? (run.ports.signal.aborted ? "undone" : "refused") : "needs-attention";
    return await endRun(run, head, null, { outcome, reasons: reasonsOf([error], run.ports.redact), repeatNeedsReason: false });
  } finally {
    for (const target of run.targets) await closeWorkspace(target);
  }
}

async function switchOff(run: Run, target: TargetRun, name: string, hook: Hook): Promise<void> {
  await step(run, "rollback", target, async () => {
    const began = performance.now();
    if ("sql" in hook) {
      const { session } = await openWorkspace(run, target);
      await session
        .transaction(() => session.execute([hook.sql]))
        .catch((error: unknown) => {
          throw run.ports.signal.aborted ? error : hookFailed(error, name);
        });
    } else {
      await runTeamCommand(run, target, "rollback", `rollback.hooks.${name}`, hook);
    }
    target.rollback = {
      strategy: "hook",
      why: `the hook ${name} was asked for; Belay itself changed no data`,
      durationMs: Math.round(performance.now() - began),
      matches: null,
      laterWrites: [],
      kept: [],
    };
    return { value: undefined, detail: `hook ${name}` };
  });
}

function hookFailed(error: unknown, name: string): unknown {
  if (!(error instanceof BelayError)) return error;
  return new BelayError(error.kind, error.code, `the SQL of the hook ${name}: ${error.message}`, {
    hint: `mend rollback.hooks.${name} in belay.yml`,
    cause: error,
    facts: error.facts,
  });
}
