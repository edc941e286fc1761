/**
 * `belay migrate --new NAME`: makes a tenant by the team's own command or SQL, migrates it and checks it. Where that fails the tenant is
 * removed again; nothing else of the database is touched, and the application goes on. A crashed run is finished by `recover` in the same way.
 */

import type { Environment, TenantAct } from "../config/config.ts";
import { failure, refusal, usageError, type BelayError } from "../domain/error.ts";
import type { Result } from "../domain/result.ts";
import type { Target } from "../domain/target.ts";
import { badTenant } from "../domain/tenant-name.ts";
import { runTeamCommand } from "./application.ts";
import { applyOnce, timedOut } from "./apply-migrations.ts";
import { refuseUnapproved } from "./approval.ts";
import { failedChecks, needsBaseline, readerOf, runChecks, surroundingsOf } from "./checks.ts";
import { endedBeforehand, endRun, type ResultHead } from "./ending.ts";
import { throwIfAny } from "./failed-checks.ts";
import { knownTenants } from "./expand-tenants.ts";
import { holdSettled } from "./locking.ts";
import { openRun } from "./open-run.ts";
import type { Ports } from "./ports.ts";
import { enterPhase, leavesOf, reasonsOf, step, throwIfInterrupted, type Run, type TargetRun } from "./run.ts";
import { closeWorkspace, openWorkspace } from "./take-backup.ts";
import { tenantOf } from "./tenants.ts";

export interface NewTenantOptions {
  /** Of its schema. */
  readonly name: string;
  readonly withoutApproval: string | null;
}

export async function makeTenant(
  ports: Ports,
  environment: Environment,
  databases: readonly Target[],
  { name, withoutApproval }: NewTenantOptions,
): Promise<Result> {
  const head: ResultHead = { command: "migrate", environment: environment.name, startedAt: ports.now() };
  const [database] = databases;
  const { tenants } = environment;
  if (tenants === null || tenants.new === null) throw cannotMake(environment);
  if (database === undefined || databases.length > 1) throw whichDatabase(databases);
  const flaw = badTenant(name);
  if (flaw !== null)
    throw usageError("bad-tenant", `--new ${JSON.stringify(name)}: it ${flaw}`, { hint: "name a schema of the application's own" });
  const target = tenantOf(await knownTenants(ports, environment, tenants, database), database, name, 1);
  try {
    const approval = await refuseUnapproved(ports, "migrate", environment, withoutApproval);
    await using locks = await holdSettled(ports, environment, [target]);
    if ((await ports.engineOf(database).schemas(database)).includes(name)) throw isThere(environment, target);
    throwIfInterrupted(ports);
    const run = await openRun({
      ports,
      environment,
      holds: locks.holds,
      began: { command: "migrate", withoutApproval, approval, makes: "tenant" },
    });
    return await conduct(run, head);
  } catch (error) {
    return endedBeforehand(ports, head, [target], error);
  }
}

async function conduct(run: Run, head: ResultHead): Promise<Result> {
  const tenant = onlyTenant(run);
  try {
    await enterPhase(run, "migrating");
    await step(run, "prepare", tenant, async () => {
      await carryOut(run, tenant, "create");
      if (!(await isMade(run, tenant))) throw notMade(tenant);
      return { value: undefined, detail: "created" };
    });
    await migrateIt(run, tenant);
    await enterPhase(run, "verifying");
    await checkIt(run, tenant);
    await enterPhase(run, "verified");
    return await endRun(run, head, null, { outcome: "migrated", reasons: [], repeatNeedsReason: false });
  } catch (error) {
    return await removeTenant(run, head, error);
  } finally {
    for (const target of run.targets) await closeWorkspace(target);
  }
}

/** What a failed or crashed attempt left; `cause` null: it crashed. Repeatable. */
export async function removeTenant(run: Run, head: ResultHead, cause: unknown): Promise<Result> {
  const tenant = onlyTenant(run);
  const errors: unknown[] = cause === null ? [] : [cause];
  let isGone = false;
  try {
    for (const target of run.targets) await closeWorkspace(target);
    await enterPhase(run, "rolling-back");
    await step(run, "rollback", tenant, async () => {
      if (await isMade(run, tenant)) await carryOut(run, tenant, "remove");
      if (await isMade(run, tenant)) throw notRemoved(tenant);
      return { value: undefined, detail: "removed again" };
    });
    isGone = true;
  } catch (error) {
    errors.push(error);
  }
  return endRun(run, head, null, {
    outcome: isGone ? "undone" : "needs-attention",
    reasons: reasonsOf(errors, run.ports.redact),
    repeatNeedsReason: false,
    recoverable: !isGone,
  });
}

function onlyTenant(run: Run): TargetRun {
  const [tenant] = leavesOf(run);
  if (tenant?.target.tenant === undefined) throw new Error("a run that makes a tenant has one");
  return tenant;
}

async function isMade({ ports }: Run, { target }: TargetRun): Promise<boolean> {
  const { of, schema } = target.tenant ?? { of: target, schema: "" };
  return (await ports.engineOf(of).schemas(of)).includes(schema);
}

/** SQL runs in one transaction, and nothing is pasted into it: a setting tells it the name. */
async function carryOut(run: Run, tenant: TargetRun, what: "create" | "remove"): Promise<void> {
  const act: TenantAct | undefined = run.environment.tenants?.new?.[what];
  if (act === undefined) throw cannotMake(run.environment);
  if (!("sql" in act)) return runTeamCommand(run, tenant, what === "create" ? "prepare" : "rollback", `tenants.${what}`, act);
  const { database } = tenant;
  if (database === null) throw new Error("a tenant without a database");
  const { session } = database.workspace ?? (await openWorkspace(run, database));
  await session.transaction(async () => {
    await session.query("select pg_catalog.set_config('belay.schema', $1, true)", [tenant.target.tenant?.schema ?? ""]);
    await session.execute([act.sql]);
  });
}

async function migrateIt(run: Run, tenant: TargetRun): Promise<void> {
  const { timeoutMs } = run.environment.migrate;
  const workspace = await openWorkspace(run, tenant);
  await step(run, "migrate", tenant, async () => {
    const { pending, obstacles } = await tenant.tool.state(workspace.session);
    throwIfAny("refused", obstacles);
    const timer = setTimeout(() => tenant.stop.abort(timedOut(timeoutMs, null)), timeoutMs);
    try {
      await applyOnce(run, tenant, { pending }, workspace.session, []);
    } finally {
      clearTimeout(timer);
    }
    const left = (await tenant.tool.state(workspace.session)).pending.map(({ id }) => id);
    if (left.length > 0) throw notMigrated(tenant, left);
    return { value: undefined, detail: tenant.applied.map(({ id }) => id).join(" · "), applied: tenant.applied };
  });
}

/** Checks that compare with the state before have nothing to compare with. */
async function checkIt(run: Run, tenant: TargetRun): Promise<void> {
  const checks = run.environment.checks.after.filter((check) => !(check.kind === "sql" && needsBaseline(check.expect)));
  if (checks.length === 0) return;
  await step(run, "verify", tenant, async () => {
    await using reader = await readerOf(run, tenant);
    const { results } = await runChecks(surroundingsOf(run, tenant), checks, "after", reader.session);
    tenant.checks.push(...results);
    throwIfAny("failed", failedChecks(results));
    return { value: undefined, detail: `${results.length} of ${checks.length} checks` };
  });
}

function cannotMake({ name }: Pick<Environment, "name">): BelayError {
  return usageError("tenants-not-made", `${name} does not say how a tenant is made`, {
    hint: "add tenants: { create: …, remove: … } to belay.yml: commands, or SQL",
  });
}

function whichDatabase(databases: readonly Target[]): BelayError {
  return usageError("target-needed", "in which database is the new tenant to be?", {
    hint: `name it: ${databases.map(({ name }) => `--target ${name}`).join(" or ")}`,
  });
}

function isThere({ name }: Environment, target: Target): BelayError {
  return refusal("tenant-exists", `${target.name} is there already`, {
    hint: `what it lacks, a run brings: \`belay migrate ${name} --target ${target.name}\``,
  });
}

function notMade({ target }: TargetRun): BelayError {
  return failure(
    "tenant-not-made",
    `tenants.create ended well, and there is no schema ${target.tenant?.schema} in ${target.tenant?.of.name}`,
    {
      hint: "it is told the name as BELAY_SCHEMA, or in SQL as current_setting('belay.schema')",
    },
  );
}

function notRemoved({ target }: TargetRun): BelayError {
  return failure(
    "tenant-not-removed",
    `tenants.remove ended well, and the schema ${target.tenant?.schema} is still in ${target.tenant?.of.name}`,
    {
      hint: "mend tenants.remove in belay.yml, then run `belay recover`",
    },
  );
}

function notMigrated({ target }: TargetRun, left: readonly string[]): BelayError {
  return failure("wrong-database", `the tool says that it migrated ${target.name}, but ${left.join(", ")} is still pending`, {
    hint: "look which schema the tool's own configuration names",
  });
}
