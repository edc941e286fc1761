import { A as refusal, T as nearest, h as canonicalJson } from "./domain.js";
import { createHash } from "node:crypto";
// src/plan/digest.ts
function planDigest(fields) {
	const { repositoryId, environment, command, tool } = fields;
	return `sha256:${sha256Of({
		v: 1,
		repositoryId,
		environment,
		command,
		targets: fields.targets.map(({ name, identity, schema, pending, findings }) => ({
			name,
			identity,
			schemaDigest: schemaDigest(schema),
			pending: pending.map(({ id, sha256 }) => ({
				id,
				sha256
			})),
			findings: findings.map(({ id, place }) => ({
				id,
				place
			}))
		})),
		tool,
		policyDigest: sha256Of(fields.policy)
	})}`;
}
function schemaDigest(schema) {
	return sha256Of(schema.objects);
}
function sha256Of(value) {
	return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
// src/plan/rollback-strategy.ts
function expectedRollback(facts) {
	if (facts.clone && facts.renameSwap) return {
		strategy: "swap",
		why: "a proven copy will lie beside the database and takes its place by a rename, if nobody holds it open then"
	};
	if (facts.clone) return {
		strategy: "restore",
		why: "the proven copy is copied back: this engine cannot swap by a rename here"
	};
	return {
		strategy: "restore",
		why: "no copy lies beside the database (backup.clone: never): it is restored from the backup"
	};
}
// src/plan/plan.ts
const AUTO_RESTORE_LIMIT_BYTES = 10 * 1e3 ** 3;
function makePlan(environment, tool, observed, to) {
	return {
		environment: environment.name,
		to,
		digest: planDigest({
			repositoryId: null,
			environment: environment.name,
			command: "migrate",
			targets: observed.map(({ target, identity, schema, pending, findings }) => ({
				name: target.name,
				identity: identity.lasting,
				schema,
				pending,
				findings: [...findings, ...pending.flatMap((migration) => migration.findings)]
			})),
			tool,
			policy: environment.policy
		}),
		targets: observed.map((target) => ({
			...target,
			expectedRollback: expectedRollback(target.rollback),
			proof: environment.backup.proof === "read" ? "read" : "restore",
			unprovable: unprovable(environment, target)
		}))
	};
}
function planObstacles(environment, plan) {
	return plan.targets.flatMap((target) => [...target.obstacles, ...environment.backup.proof === "auto" && target.sizeBytes > AUTO_RESTORE_LIMIT_BYTES ? [{
		code: "proof-choice-needed",
		message: `${target.target.name} has ${Math.round(target.sizeBytes / 1e3 ** 3)} GB; proving its backup by a restore takes as much room and time again`,
		hint: "choose in belay.yml: `backup: { proof: restore }` or `backup: { proof: read }`"
	}] : []]);
}
function unprovable(environment, target) {
	const reasons = [];
	if (environment.app.online) reasons.push("the application keeps writing (app: online): data are compared by structure only");
	if (environment.data.mode === "off") reasons.push("data: off, rows are not compared");
	if (environment.backup.clone === "never") reasons.push("clone: never, so a rollback restores from the backup instead of swapping");
	return target.rollback.notes.length === 0 ? reasons : [...reasons, ...target.rollback.notes];
}
// src/run/observe.ts
async function observe(ports, environment, targets, to = null) {
	const observed = [];
	for (const target of targets) {
		await using view = await ports.engineOf(target).open(target);
		observed.push(upTo(await observeTarget(ports, environment, target, view), to));
	}
	return planOf(ports, environment, observed, to);
}
function upTo(observed, to) {
	if (to === null) return observed;
	const index = observed.pending.findIndex(({ id }) => id === to);
	if (index >= 0) return {
		...observed,
		pending: observed.pending.slice(0, index + 1)
	};
	const { name } = observed.target;
	if (observed.applied.at(-1) === to) return {
		...observed,
		pending: []
	};
	if (observed.applied.includes(to)) throw refusal("already-applied", `${to} is applied to ${name} already, and others after it`, { hint: `to go back to it: \`belay rollback --to ${to}\`` });
	const near = nearest(to, observed.pending.map(({ id }) => id));
	throw refusal("migration-unknown", `${name} has no pending migration ${to}`, { hint: near === null ? `pending: ${observed.pending.map(({ id }) => id).join(", ") || "nothing"}` : `did you mean ${near}?` });
}
async function observeTarget(ports, environment, target, view) {
	const engine = ports.engineOf(target);
	const state = await (await ports.toolOf(environment, target)).state(view.session);
	return {
		target,
		identity: await view.identity(),
		engineVersion: view.engineVersion,
		schema: await view.schema(),
		sizeBytes: view.sizeBytes,
		applied: state.applied,
		pending: state.pending,
		withoutFile: state.withoutFile,
		obstacles: state.obstacles,
		findings: state.findings,
		rollback: {
			clone: environment.backup.clone !== "never",
			renameSwap: engine.abilities.renameSwap,
			notes: []
		}
	};
}
async function planOf(ports, environment, observed, to) {
	const [first] = observed;
	if (first === void 0) return makePlan(environment, {
		name: "none",
		configSha256: ""
	}, [], to);
	const tool = await ports.toolOf(environment, first.target);
	return makePlan(environment, {
		name: tool.name,
		configSha256: await tool.configDigest()
	}, observed, to);
}
export { schemaDigest as a, planObstacles as i, planOf as n, upTo as r, observe as t };
