import "./rolldown-runtime.js";
import { $ as BelayError, O as makeRunId, it as usageError, rt as refusal } from "./domain.js";
import { n as refuseUnapproved } from "./approval.js";
import { G as refuseExternal, J as emptyTargetResult, V as findBackup, X as endedBeforehand, et as resultOf } from "./looking.js";
import { t as holdSettled } from "./locking.js";
// src/run/restore.ts
async function restore(ports, environment, targets, options) {
	const head = {
		command: "restore",
		environment: environment.name,
		startedAt: ports.now()
	};
	const { backup: id, into } = options;
	if (id === null || into === null) {
		const emptyPlace = targets[0] === void 0 ? "URL" : ports.engineOf(targets[0]).abilities.words.emptyPlace;
		throw usageError("restore-usage", "restore needs a backup and a place to restore it into", { hint: `\`belay restore BACKUP ${environment.name} --into ${emptyPlace}\`; \`belay backups ${environment.name}\` lists backups` });
	}
	try {
		await refuseUnapproved(ports, "restore", environment, options.withoutApproval);
		const { target, backup } = await findAmongTargets(ports, environment, targets, id);
		refuseExternal(backup);
		refuseOtherEngine(backup, into);
		const notes = (options.replace ? await replaceWith(ports, environment, target, into, backup) : await restoreInto(ports, environment, target, into, backup)).map((place) => `what was there is kept as ${place}`);
		const result = {
			...emptyTargetResult(into, "restored"),
			backup: backup.summary,
			...notes.length === 0 ? {} : { notes }
		};
		return resultOf(ports, head, "restored", [], [result]);
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
async function findAmongTargets(ports, environment, targets, id) {
	let missing;
	for (const target of targets) try {
		return {
			target,
			backup: await findBackup(ports.storeOf(environment, target), environment.name, target, id)
		};
	} catch (error) {
		missing ??= error;
	}
	throw missing;
}
function refuseOtherEngine({ manifest }, into) {
	if (manifest.engine === into.engine) return;
	throw refusal("restore-other-engine", `backup ${manifest.id} is one of ${manifest.engine}, and ${into.configured} is ${into.engine}`, { hint: `name a place of ${manifest.engine} after --into` });
}
async function restoreInto(ports, environment, target, into, backup) {
	try {
		await ports.engineOf(into).restoreInto(into, ports.storeOf(environment, target), backup.folder, backup.manifest);
		return [];
	} catch (error) {
		if (error instanceof BelayError && error.code === "restore-target-not-empty") await tellLive(ports, environment, into, backup);
		throw error;
	}
}
async function tellLive(ports, environment, into, backup) {
	try {
		await refuseLive(ports, environment, into, backup);
	} catch (error) {
		if (error instanceof BelayError && error.code === "restore-into-live") throw error;
	}
}
async function refuseLive(ports, environment, into, backup) {
	const place = await liveIdentity(ports, into);
	for (const target of environment.targets) {
		if (await liveIdentity(ports, target) !== place) continue;
		throw refusal("restore-into-live", `${into.configured} is the live database of ${environment.name}`, { hint: `to put the backup in its place, with the application stopped and later writes counted: \`belay rollback ${environment.name} --backup ${backup.manifest.id}\`` });
	}
	for (const other of await ports.protectedElsewhere()) for (const target of other.targets) {
		if (target.engine !== into.engine || await identityIfReached(ports, target) !== place) continue;
		throw refusal("restore-into-live", `${into.configured} is the live database of ${other.name}, which is protected`, { hint: `name another place after --into; \`belay rollback ${other.name} --backup ID\` puts a backup of its own there` });
	}
}
async function identityIfReached(ports, target) {
	try {
		return await liveIdentity(ports, target);
	} catch (error) {
		if (error instanceof BelayError && !ports.signal.aborted) return null;
		throw error;
	}
}
async function liveIdentity(ports, target) {
	await using view = await ports.engineOf(target).open(target);
	return (await view.identity()).live;
}
async function replaceWith(ports, environment, target, into, backup) {
	await refuseLive(ports, environment, into, backup);
	await using locks = await holdSettled(ports, environment, [into]);
	const [hold] = locks.holds;
	if (hold === void 0) throw new Error("no lock was taken");
	const id = makeRunId(ports.now(), ports.random(10));
	const store = ports.storeOf(environment, target);
	const copy = await hold.restoreAside(store, backup.folder, backup.manifest, id, { signal: ports.signal });
	const intent = await hold.planReplacement(copy, id);
	await hold.replace(intent, store);
	return intent.keeps ?? [intent.keepAs];
}
export { restore };
