/** Step `migrate`: the team's tool applies what the plan says, and the database has to agree that it did. */

import { setTimeout as pause } from "node:timers/promises";

import { BelayError, failure, messageOf } from "../domain/error.ts";
import type { PlannedTarget } from "../plan/plan.ts";
import { interruption, step, type Run, type TargetRun } from "./run.ts";

/** Applies the pending migrations. Whatever it throws leaves `target.applied` saying which were committed. */
export async function applyMigrations(run: Run, target: TargetRun, planned: PlannedTarget): Promise<void> {
  const { workspace } = target;
  if (workspace === null) throw new Error("migrating without an open workspace");
  await step(run, "migrate", target, async () => {
    const before = await workspace.identity();
    await applyWithRetries(run, target, planned, workspace.session);
    const after = await workspace.identity();
    if (before.live !== after.live) throw wrongDatabase(target, "another database lies in its place now");
    const { pending } = await target.tool.state(workspace.session);
    const left = pending.filter(({ id }) => planned.pending.some((migration) => migration.id === id));
    if (left.length > 0) throw wrongDatabase(target, `${left.map(({ id }) => id).join(", ")} still pending`);
    return { value: undefined, detail: target.applied.map(({ id }) => id).join(" · "), applied: target.applied };
  });
}

async function applyWithRetries(
  run: Run,
  target: TargetRun,
  planned: PlannedTarget,
  session: Parameters<TargetRun["tool"]["apply"]>[0]["session"],
): Promise<void> {
  const { migrate } = run.environment;
  const timeout = AbortSignal.timeout(migrate.timeoutMs);
  const stopOnTimeout = () => run.stop.abort(timeout.reason);
  timeout.addEventListener("abort", stopOnTimeout);
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        return await applyOnce(run, target, planned, session);
      } catch (error) {
        if (run.ports.signal.aborted) throw interruption(run.ports.signal);
        if (timeout.aborted) throw timedOut(migrate.timeoutMs, error);
        const busy = error instanceof BelayError && RETRIED.has(error.code);
        if (!busy || target.applied.length > 0 || attempt >= migrate.retries) throw error;
        run.ports.progress({ type: "notice", message: `${messageOf(error)}; trying again (${attempt + 1} of ${migrate.retries})` });
        await pause(250 * 2 ** attempt * (0.5 + (run.ports.random(1)[0] ?? 0) / 255));
      }
    }
  } finally {
    timeout.removeEventListener("abort", stopOnTimeout);
  }
}

/** What may go away by itself, and left nothing behind. */
const RETRIED = new Set(["database-busy", "lock-timeout"]);

function applyOnce(
  run: Run,
  target: TargetRun,
  planned: PlannedTarget,
  session: Parameters<TargetRun["tool"]["apply"]>[0]["session"],
): Promise<void> {
  const { ports } = run;
  const name = target.target.name;
  return target.tool.apply({
    session,
    migrations: planned.pending,
    run: run.id,
    applied: (migration) => {
      target.applied.push(migration);
      target.committed = true;
      ports.progress({
        type: "step-progress",
        target: name,
        step: "migrate",
        done: target.applied.length,
        total: planned.pending.length,
        unit: "migrations",
        detail: migration.id,
      });
    },
    output: (stream, text) => ports.progress({ type: "output", target: name, step: "migrate", stream, text: ports.redact(text) }),
    signal: run.stop.signal,
    recordProcess: (started) => run.journal.append({ type: "process", target: name, started }),
  });
}

function timedOut(timeoutMs: number, cause: unknown): BelayError {
  return failure("migrate-timeout", `the migrations took longer than ${timeoutMs / 1000} s and were ended`, {
    hint: "raise migrate.timeout in belay.yml, or make them smaller",
    cause,
  });
}

function wrongDatabase(target: TargetRun, what: string): BelayError {
  return failure("wrong-database", `the tool says it migrated ${target.target.name}, but ${what}`, {
    hint: "look which database the tool's own configuration names",
  });
}
