import "./rolldown-runtime.js";
import { et as failure, it as usageError, m as badTenant, rt as refusal } from "./domain.js";
import { a as runChecks, d as runTeamCommand, i as readerOf, n as needsBaseline, o as surroundingsOf, t as failedChecks } from "./checks.js";
import { n as applyOnce, r as timedOut } from "./apply-migrations.js";
import { n as refuseUnapproved } from "./approval.js";
import { Rt as throwIfAny, X as endedBeforehand, Y as endRun, bt as step, ht as leavesOf, j as tenantOf, ut as enterPhase, vt as reasonsOf, xt as throwIfInterrupted } from "./looking.js";
import { n as knownTenants } from "./expand-tenants2.js";
import { t as holdSettled } from "./locking.js";
import { g as openRun, n as closeWorkspace, s as openWorkspace } from "./take-backup.js";
// src/run/new-tenant.ts
async function makeTenant(ports, environment, databases, { name, withoutApproval }) {
	const head = {
		command: "migrate",
		environment: environment.name,
		startedAt: ports.now()
	};
	const [database] = databases;
	const { tenants } = environment;
	if (tenants === null || tenants.new === null) throw cannotMake(environment);
	if (database === void 0 || databases.length > 1) throw whichDatabase(databases);
	const flaw = badTenant(name);
	if (flaw !== null) throw usageError("bad-tenant", `--new ${JSON.stringify(name)}: it ${flaw}`, { hint: "name a schema of the application's own" });
	const target = tenantOf(await knownTenants(ports, environment, tenants, database), database, name, 1);
	try {
		const approval = await refuseUnapproved(ports, "migrate", environment, withoutApproval);
		await using locks = await holdSettled(ports, environment, [target]);
		if ((await ports.engineOf(database).schemas(database)).includes(name)) throw isThere(environment, target);
		throwIfInterrupted(ports);
		return await conduct(await openRun({
			ports,
			environment,
			holds: locks.holds,
			began: {
				command: "migrate",
				withoutApproval,
				approval,
				makes: "tenant"
			}
		}), head);
	} catch (error) {
		return endedBeforehand(ports, head, [target], error);
	}
}
async function conduct(run, head) {
	const tenant = onlyTenant(run);
	try {
		await enterPhase(run, "migrating");
		await step(run, "prepare", tenant, async () => {
			await carryOut(run, tenant, "create");
			if (!await isMade(run, tenant)) throw notMade(tenant);
			return {
				value: void 0,
				detail: "created"
			};
		});
		await migrateIt(run, tenant);
		await enterPhase(run, "verifying");
		await checkIt(run, tenant);
		await enterPhase(run, "verified");
		return await endRun(run, head, null, {
			outcome: "migrated",
			reasons: [],
			repeatNeedsReason: false
		});
	} catch (error) {
		return await removeTenant(run, head, error);
	} finally {
		for (const target of run.targets) await closeWorkspace(target);
	}
}
async function removeTenant(run, head, cause) {
	const tenant = onlyTenant(run);
	const errors = cause === null ? [] : [cause];
	let isGone = false;
	try {
		for (const target of run.targets) await closeWorkspace(target);
		await enterPhase(run, "rolling-back");
		await step(run, "rollback", tenant, async () => {
			if (await isMade(run, tenant)) await carryOut(run, tenant, "remove");
			if (await isMade(run, tenant)) throw notRemoved(tenant);
			return {
				value: void 0,
				detail: "removed again"
			};
		});
		isGone = true;
	} catch (error) {
		errors.push(error);
	}
	return endRun(run, head, null, {
		outcome: isGone ? "undone" : "needs-attention",
		reasons: reasonsOf(errors, run.ports.redact),
		repeatNeedsReason: false,
		recoverable: !isGone
	});
}
function onlyTenant(run) {
	const [tenant] = leavesOf(run);
	if (tenant?.target.tenant === void 0) throw new Error("a run that makes a tenant has one");
	return tenant;
}
async function isMade({ ports }, { target }) {
	const { of, schema } = target.tenant ?? {
		of: target,
		schema: ""
	};
	return (await ports.engineOf(of).schemas(of)).includes(schema);
}
async function carryOut(run, tenant, what) {
	const act = run.environment.tenants?.new?.[what];
	if (act === void 0) throw cannotMake(run.environment);
	if (!("sql" in act)) return runTeamCommand(run, tenant, what === "create" ? "prepare" : "rollback", `tenants.${what}`, act);
	const { database } = tenant;
	if (database === null) throw new Error("a tenant without a database");
	const { session } = database.workspace ?? await openWorkspace(run, database);
	await session.transaction(async () => {
		await session.query("select pg_catalog.set_config('belay.schema', $1, true)", [tenant.target.tenant?.schema ?? ""]);
		await session.execute([act.sql]);
	});
}
async function migrateIt(run, tenant) {
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
		return {
			value: void 0,
			detail: tenant.applied.map(({ id }) => id).join(" · "),
			applied: tenant.applied
		};
	});
}
async function checkIt(run, tenant) {
	const checks = run.environment.checks.after.filter((check) => !(check.kind === "sql" && needsBaseline(check.expect)));
	if (checks.length === 0) return;
	await step(run, "verify", tenant, async () => {
		await using reader = await readerOf(run, tenant);
		const { results } = await runChecks(surroundingsOf(run, tenant), checks, "after", reader.session);
		tenant.checks.push(...results);
		throwIfAny("failed", failedChecks(results));
		return {
			value: void 0,
			detail: `${results.length} of ${checks.length} checks`
		};
	});
}
function cannotMake({ name }) {
	return usageError("tenants-not-made", `${name} does not say how a tenant is made`, { hint: "add tenants: { create: …, remove: … } to belay.yml: commands, or SQL" });
}
function whichDatabase(databases) {
	return usageError("target-needed", "in which database is the new tenant to be?", { hint: `name it: ${databases.map(({ name }) => `--target ${name}`).join(" or ")}` });
}
function isThere({ name }, target) {
	return refusal("tenant-exists", `${target.name} is there already`, { hint: `what it lacks, a run brings: \`belay migrate ${name} --target ${target.name}\`` });
}
function notMade({ target }) {
	return failure("tenant-not-made", `tenants.create ended well, and there is no schema ${target.tenant?.schema} in ${target.tenant?.of.name}`, { hint: "it is told the name as BELAY_SCHEMA, or in SQL as current_setting('belay.schema')" });
}
function notRemoved({ target }) {
	return failure("tenant-not-removed", `tenants.remove ended well, and the schema ${target.tenant?.schema} is still in ${target.tenant?.of.name}`, { hint: "mend tenants.remove in belay.yml, then run `belay recover`" });
}
function notMigrated({ target }, left) {
	return failure("wrong-database", `the tool says that it migrated ${target.name}, but ${left.join(", ")} is still pending`, { hint: "look which schema the tool's own configuration names" });
}
export { makeTenant, removeTenant };
