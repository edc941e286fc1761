/** Step `migrate`: the team's tool applies what the plan says, and the database has to agree that it did. */

import { setTimeout as pause } from "node:timers/promises";

import { BelayError, failure, messageOf } from "../domain/error.ts";
import type { Session } from "../domain/session.ts";
import type { Workspace } from "../engine/workspace.ts";
import type { PlannedTarget } from "../plan/plan.ts";
import { toldOfRun } from "./application.ts";
import { showOutput } from "./output.ts";
import { interruption, step, type Run, type TargetRun } from "./run.ts";

/**
 * Applies the pending migrations. Whatever it throws leaves `target.applied` saying which were committed, and `target.disturbance` who
 * else wrote meanwhile.
 */
export async function applyMigrations(run: Run, target: TargetRun, planned: PlannedTarget): Promise<void> {
  const { workspace } = target;
  if (workspace === null) throw new Error("migrating without an open workspace");
  await step(run, "migrate", target, async () => {
    try {
      await applyWatched(run, target, planned, workspace);
    } catch (error) {
      await noteDisturbance(run, target, workspace);
      throw error;
    }
    return { value: undefined, detail: target.applied.map(({ id }) => id).join(" · "), applied: target.applied };
  });
}

/** A tool with connections of its own writes as any stranger would: it is told from them by its processes, and may reach another database. */
async function applyWatched(run: Run, target: TargetRun, planned: PlannedTarget, workspace: Workspace): Promise<void> {
  const groups: number[] = [];
  const work = async () => {
    const before = await workspace.identity();
    await applyWithRetries(run, target, planned, workspace, groups);
    const after = await workspace.identity();
    if (before.live !== after.live) throw wrongDatabase(target, "another database lies in its place now");
    await expectApplied(target, planned, workspace.session); // watched, too: a tool that is asked has connections of its own as well
  };
  if (target.tool.abilities.writesThroughSession) return work();
  await workspace.watch(() => groups, work);
  if (!(await workspace.written())) throw wrongDatabase(target, "nothing was written to it");
}

async function expectApplied(target: TargetRun, planned: PlannedTarget, session: Session): Promise<void> {
  const { pending } = await target.tool.state(session);
  const left = pending.filter(({ id }) => planned.pending.some((migration) => migration.id === id));
  if (left.length > 0) throw wrongDatabase(target, `${left.map(({ id }) => id).join(", ")} still pending`);
}

/** Going back must not take a stranger's writes away, so it has to be known of them. An application that is not stopped is no stranger. */
async function noteDisturbance(run: Run, target: TargetRun, workspace: Workspace): Promise<void> {
  if (run.environment.app.online) return;
  try {
    target.disturbance = await workspace.disturbance();
  } catch (error) {
    // whoever stops a run stops the process that could have told
    if (!target.stop.signal.aborted) target.notes.push(`whether anybody else wrote meanwhile is not known: ${messageOf(error)}`);
  }
}

async function applyWithRetries(
  run: Run,
  target: TargetRun,
  planned: PlannedTarget,
  workspace: Workspace,
  groups: number[],
): Promise<void> {
  const { migrate } = run.environment;
  const timeout = AbortSignal.timeout(migrate.timeoutMs);
  const stopOnTimeout = () => target.stop.abort(timeout.reason);
  timeout.addEventListener("abort", stopOnTimeout);
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        return await applyOnce(run, target, planned, workspace.session, groups);
      } catch (error) {
        if (run.ports.signal.aborted) throw interruption(run.ports.signal);
        if (timeout.aborted) throw timedOut(migrate.timeoutMs, error);
        if (attempt >= migrate.retries || !(await mayBeRepeated(target, workspace, error))) throw error;
        run.ports.progress({
          type: "notice",
          message: `trying again (${attempt + 1} of ${migrate.retries}): ${run.ports.redact(messageOf(error))}`,
        });
        await pause(250 * 2 ** attempt * (0.5 + (run.ports.random(1)[0] ?? 0) / 255));
      }
    }
  } finally {
    timeout.removeEventListener("abort", stopOnTimeout);
  }
}

/** Somebody else's lock, in an engine's words and in a tool's: it may go away by itself. */
const LOCKED: ReadonlySet<string> = new Set(["target-locked", "database-locked"]);

/** Never what was done in part: a program that wrote before it found the database locked would do that twice. */
async function mayBeRepeated({ applied, tool }: TargetRun, workspace: Workspace, error: unknown): Promise<boolean> {
  if (!(error instanceof BelayError) || !LOCKED.has(error.code) || applied.length > 0) return false;
  return tool.abilities.writesThroughSession || !(await workspace.written());
}

export async function applyOnce(
  run: Run,
  target: TargetRun,
  planned: Pick<PlannedTarget, "pending">,
  session: Session,
  groups: number[],
): Promise<void> {
  const { ports } = run;
  const name = target.target.name;
  using output = showOutput(ports, name, "migrate");
  await target.tool.apply({
    session,
    migrations: planned.pending,
    run: run.id,
    told: toldOfRun(run, run.sha),
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
    output: output.show,
    signal: target.stop.signal,
    async recordProcess(started) {
      groups.push(started.pid);
      await run.journal.append({ type: "process", target: name, started });
    },
  });
}

export function timedOut(timeoutMs: number, cause: unknown): BelayError {
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
