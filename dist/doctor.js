import "./rolldown-runtime.js";
import { $ as BelayError, C as unfinished, et as failure, tt as messageOf } from "./domain.js";
import { H as listing, It as needsOf, J as emptyTargetResult, L as assertIntact, M as decide, U as newestSoundBackup, z as backupFolders } from "./looking.js";
import { t as describeCommand } from "./describe-command.js";
import { a as runChecks, c as appCommand, t as failedChecks } from "./checks.js";
import { t as findProgram } from "./find-program.js";
import { i as targetVariables } from "./target-variables2.js";
import { basename, dirname, isAbsolute, join } from "node:path";
import { access, constants, rmdir, stat, statfs } from "node:fs/promises";
import { lookup } from "node:dns/promises";
// src/setup/command-program.ts
const PATIENCE_MS = 5e3;
const OF_THE_SHELL = new Set(". : [ alias bg break case cd command continue echo eval exec exit export false fc fg for getopts hash if jobs kill printf pwd read readonly return set shift test times trap true type ulimit umask unalias unset until wait while { ( !".split(" "));
async function programOf(command, place) {
	const path = place.variables["PATH"];
	if ("argv" in command) return findProgram(command.argv[0], place.directory, path);
	await assertGrammar(command.shell, place);
	const word = /^\s*([\w./@+-]+)(?=\s|$)/.exec(command.shell)?.[1];
	if (word === void 0 || OF_THE_SHELL.has(word)) return "a command of the shell";
	return findProgram(word, place.directory, path);
}
async function assertGrammar(script, { directory, variables, spawn }) {
	const end = await spawn({
		command: { argv: [
			"/bin/sh",
			"-n",
			"-c",
			script
		] },
		directory,
		variables,
		timeoutMs: PATIENCE_MS,
		role: "doctor"
	});
	if (end.status === 0) return;
	throw failure("command-syntax", `the shell does not understand ${describeCommand({ shell: script })}: ${end.tail.trim()}`, { hint: "mend its quotes and brackets; in belay.yml a command of several lines follows `|`" });
}
// src/setup/probe.ts
const well = (detail) => ({
	outcome: "done",
	detail
});
const skipped = (detail) => ({
	outcome: "skipped",
	detail
});
async function tryAll(probes, context, target) {
	const tried = [];
	for (const probe of probes) {
		const finding = await look(probe, context);
		if (finding !== null) tried.push(judge(probe, finding, target));
	}
	return tried;
}
async function look(probe, context) {
	try {
		return await probe.look(context);
	} catch (error) {
		if (!(error instanceof BelayError) && !isOfTheSystem(error)) throw error;
		return failed(error);
	}
}
function failed(error) {
	if (error instanceof BelayError) return {
		outcome: "failed",
		detail: error.message,
		hint: error.hint ?? "look at it by hand",
		code: error.code
	};
	return {
		outcome: "failed",
		detail: messageOf(error),
		hint: "look at it by hand, as the user that runs Belay",
		code: "system"
	};
}
function isOfTheSystem(error) {
	return error instanceof Error && "syscall" in error;
}
function judge({ name, means }, finding, target) {
	const { outcome, detail } = finding;
	if (!("hint" in finding)) return {
		part: {
			name,
			target,
			outcome,
			detail
		},
		reason: null
	};
	const part = {
		name,
		target,
		outcome,
		detail,
		means: finding.means ?? means,
		hint: finding.hint
	};
	const reason = {
		code: finding.code,
		message: `${target === null ? "" : `${target}: `}${name}: ${detail}`,
		hint: finding.hint
	};
	return {
		part,
		reason: outcome === "failed" ? reason : null
	};
}
// src/setup/receiver-probe.ts
const RECEIVER_PROBE = {
	name: "notify",
	means: "runs go as ever, and nobody is told by it",
	look: async ({ environment: { notify } }) => {
		if (notify.length === 0) return null;
		const flaws = [];
		for (const receiver of notify) try {
			await findReceiver(receiver);
		} catch (error) {
			flaws.push({
				...failed(error),
				outcome: "warned"
			});
		}
		const [first] = flaws;
		if (first === void 0) return well(`${notify.map(({ name }) => name).join(", ")}; nothing sent`);
		return {
			...first,
			detail: flaws.map(({ detail }) => detail).join("\n")
		};
	}
};
async function findReceiver(receiver) {
	const { name } = receiver;
	if (receiver.kind === "file") return await findFolder(name, dirname(receiver.path));
	const { hostname } = new URL(receiver.kind === "email" ? receiver.smtp : receiver.url);
	try {
		await lookup(hostname.replace(/^\[|\]$/g, ""));
	} catch (error) {
		throw failure("host-unknown", `${name}: the name ${hostname} cannot be looked up here (${messageOf(error)})`, {
			hint: "messages are sent from where Belay runs: write an address that this machine knows",
			cause: error
		});
	}
}
async function findFolder(name, folder) {
	try {
		await access(folder, constants.W_OK);
	} catch (error) {
		throw failure("folder-missing", `${name}: ${folder} cannot be written to (${messageOf(error)})`, {
			hint: "make the folder, or let the user that runs Belay write there",
			cause: error
		});
	}
}
// src/setup/environment-probes.ts
const ENVIRONMENT_PROBES = [
	{
		name: "windows",
		means: "a run is refused now",
		look: async ({ ports, environment }) => {
			if (environment.windows.length === 0) return null;
			const closed = refusalOf("outside-window", environment, ports.now());
			if (closed === null) return well(`open now: ${environment.windows.map(({ text }) => text).join(", ")}`);
			return {
				outcome: "warned",
				...closed
			};
		}
	},
	{
		name: "approval",
		means: "here a run is refused without a reason, which is journaled",
		look: async ({ ports, environment }) => {
			const needed = refusalOf("approval-needed", environment, ports.now());
			return needed === null ? null : {
				outcome: "warned",
				...needed
			};
		}
	},
	...[
		"prepare",
		"maintenance-on",
		"stop",
		"start",
		"previous",
		"maintenance-off"
	].map(appProbe),
	{
		name: "application",
		means: "while it writes, what a migration left untouched cannot be proven",
		look: async ({ environment: { app } }) => {
			if (app.online) return skipped("keeps running (app: online): what it writes meanwhile cannot be told from the migration's own changes");
			if (app.stop !== null && app.start === null && app.previous === null) return {
				outcome: "failed",
				code: "no-start",
				detail: "app.stop is given, and neither start nor previous",
				means: "after a run nothing brings the application back",
				hint: "add app.start to belay.yml"
			};
			return app.stop === null ? skipped("no app.stop: Belay stops nothing, and relies on nobody writing meanwhile") : null;
		}
	},
	checksProbe("health", {
		means: "health fails after every migration, and everything is undone",
		checks: ({ checks }) => checks.health,
		none: "no checks.health: whether the application works after a run is not looked at"
	}),
	checksProbe("watch", {
		means: "every round of the watch fails",
		checks: ({ watch }) => watch?.checks.map(({ check }) => check) ?? null,
		none: ""
	}),
	RECEIVER_PROBE
];
function checksProbe(name, { means, checks: checksOf, none }) {
	return {
		name,
		means,
		look: async (context) => {
			const checks = checksOf(context.environment);
			if (checks === null) return null;
			if (checks.length === 0) return skipped(none);
			const flaws = [];
			for (const check of checks) try {
				await reachable(check, context);
			} catch (error) {
				flaws.push(failed(error));
			}
			const [first] = flaws;
			if (first === void 0) return well(`${checks.map(({ name: check }) => check).join(", ")}; not asked`);
			return {
				...first,
				detail: flaws.map(({ detail }) => detail).join("\n")
			};
		}
	};
}
function refusalOf(code, environment, now) {
	const decision = decide({
		command: "migrate",
		environment,
		now,
		approval: { kind: "nowhere" },
		unmetNeed: null,
		withoutApproval: null,
		again: null,
		earlierFailure: null
	});
	const reason = decision.allowed ? void 0 : decision.reasons.find((each) => each.code === code);
	return reason === void 0 ? null : {
		code,
		detail: reason.message,
		hint: reason.hint ?? ""
	};
}
function appProbe(name) {
	return {
		name: `app.${name.replace("-", ".")}`,
		means: {
			prepare: "every run is refused before it changes anything",
			"maintenance-on": "every run ends before the migration: the maintenance page cannot be shown",
			stop: "every run ends before the migration: the application cannot be stopped",
			start: "a migration that went well is undone, because the application does not come back",
			previous: "after a rollback the application stays down",
			"maintenance-off": "after every run the maintenance page stays until somebody takes it away"
		}[name],
		look: async ({ ports, environment }) => {
			const command = name === "previous" ? environment.app.previous : appCommand(environment.app, name);
			if (command === null) return null;
			return well(`${describeCommand(command.command)} (${await find(command.command, ports, environment)}; not run)`);
		}
	};
}
function find(command, ports, environment) {
	const { directory } = environment;
	return programOf(command, {
		directory,
		variables: ports.childVariables(environment, {}),
		spawn: ports.spawn
	});
}
async function reachable(check, { ports, environment }) {
	if (check.kind === "command") await find(check.command, ports, environment);
	if (check.kind !== "http") return;
	const { hostname } = new URL(check.url);
	try {
		await lookup(hostname.replace(/^\[|\]$/g, ""));
	} catch (error) {
		throw unresolved(check.name, hostname, error);
	}
}
function unresolved(name, host, cause) {
	return failure("host-unknown", `${name}: the name ${host} cannot be looked up here (${messageOf(cause)})`, {
		hint: "checks are asked from where Belay runs: write an address that this machine knows",
		cause
	});
}
// src/setup/machine-probes.ts
const TOLERANCE_MS = 6e4;
const MACHINE_PROBES = [
	{
		name: "shell",
		means: "no command of belay.yml can be started: Belay starts every one through it",
		look: async ({ directory, path }) => well(`${await findProgram("/bin/sh", directory, path)} runs commands`)
	},
	{
		name: "git",
		means: "the commit of a run is not known, unless the workflow says it: commands get no BELAY_SHA",
		look: async ({ directory, path }) => {
			try {
				return well(await findProgram("git", directory, path));
			} catch (error) {
				return {
					outcome: "warned",
					code: "git-missing",
					detail: messageOf(error),
					hint: "install git, or set GITHUB_SHA where Belay runs"
				};
			}
		}
	},
	{
		name: "clock",
		means: "backups and runs are ordered by time, and windows open by it",
		look: async ({ now, file }) => {
			const present = now();
			const changed = file === null ? null : (await stat(file)).mtime;
			if (changed === null || changed.getTime() <= present.getTime() + TOLERANCE_MS) return well(iso(present));
			return {
				outcome: "failed",
				code: "clock-behind",
				detail: `it is ${iso(present)}, and belay.yml was changed at ${iso(changed)}`,
				hint: "set the clock (timedatectl tells whether it is synchronised)"
			};
		}
	}
];
function iso(instant) {
	return `${instant.toISOString().slice(0, 19)}Z`;
}
// src/setup/backup-probe.ts
async function tryNewestBackup(store, environment, target) {
	const [newest] = await backupFolders(store, environment, target);
	if (newest === void 0) return skipped("none yet: the first run takes one before it changes anything");
	const { damage, id } = await listing(store, newest);
	if (damage !== void 0) return spoilt(id, damage);
	const sound = await newestSoundBackup(store, environment, target);
	if (sound === null) return spoilt(id, "it cannot be read");
	await assertIntact(store, sound);
	return well(`${id}, every byte as it was written`);
}
function spoilt(id, damage) {
	return {
		outcome: "failed",
		code: "backup-damaged",
		detail: `${id}: ${damage}`,
		hint: "take a new one (`belay backup`), and look at the disk"
	};
}
// src/setup/store-probe.ts
const IN_MEMORY = new Set([16914836, 2240043254]);
async function tryStore(store, random, sizeBytes) {
	const key = `doctor-${Buffer.from(random).toString("hex")}`;
	const path = isAbsolute(store.location) ? join(store.location, key) : null;
	const missing = path === null ? [] : await missingFolders(dirname(path));
	try {
		await roundTrip(store, key, random);
	} finally {
		await removeEmpty(missing);
	}
	const tried = `written, read back${store.encryption === "age" ? " through its encryption" : ""} and removed`;
	if (path === null) return {
		facts: [store.location, tried],
		fleeting: null
	};
	const { type, free } = await spaceAt(dirname(path), missing);
	const room = free < sizeBytes ? `only ${megabytes(free)} free for a backup of ${megabytes(sizeBytes)}` : `${megabytes(free)} free`;
	if (free < sizeBytes) throw failure("no-space", `${store.location} has ${room}`, { hint: "make room there, or name another place in backup.store" });
	return {
		facts: [
			store.location,
			tried,
			room
		],
		fleeting: IN_MEMORY.has(type >>> 0) ? "it lies in memory, and a restart of the machine empties it" : null
	};
}
async function roundTrip(store, key, content) {
	const log = `${key}.jsonl`;
	const chunks = [];
	let lines = [];
	await store.put(key, content);
	try {
		for await (const chunk of await store.get(key)) chunks.push(chunk);
		await store.append(log, key);
		lines = await store.lines(log);
	} finally {
		await store.remove(key);
		await store.remove(log);
	}
	if (Buffer.concat(chunks).equals(content) && lines.join() === key) return;
	throw failure("store-forgets", `${store.location} gave back other bytes than were written`, { hint: "do not trust what lies there; name another place in backup.store" });
}
async function missingFolders(folder) {
	if (folder === dirname(folder) || await isThere(folder)) return [];
	return [folder, ...await missingFolders(dirname(folder))];
}
async function removeEmpty(folders) {
	for (const folder of folders) try {
		await rmdir(folder);
	} catch (error) {
		if (codeOf(error) === "ENOENT") continue;
		if (codeOf(error) === "ENOTEMPTY") return;
		throw error;
	}
}
async function spaceAt(folder, missing) {
	const { type, bavail, bsize } = await statfs(missing.length === 0 ? folder : dirname(missing.at(-1) ?? folder));
	return {
		type,
		free: bavail * bsize
	};
}
async function isThere(path) {
	try {
		await stat(path);
		return true;
	} catch (error) {
		if (codeOf(error) === "ENOENT") return false;
		if (codeOf(error) === "ENOTDIR") return true;
		throw error;
	}
}
function codeOf(error) {
	return error instanceof Error && "code" in error ? error.code : void 0;
}
function megabytes(bytes) {
	return bytes < 995e7 ? `${Math.ceil(bytes / 1e6)} MB` : `${Math.round(bytes / 1e9)} GB`;
}
// src/setup/target-probes.ts
const TARGET_PROBES = [
	{
		name: "database",
		means: "nothing can be done with this target",
		look: async ({ engine, target }) => {
			const { facts, warnings } = await engine.inspect(target);
			await using view = await engine.open(target);
			if (warnings.length > 0) {
				const [detail, hint] = [warnings.map(({ message }) => message).join("\n"), warnings.map((each) => each.hint).join("; ")];
				return {
					outcome: "warned",
					code: "target-at-risk",
					detail,
					hint,
					means: "data may be damaged"
				};
			}
			return well([
				target.address.includes("://") ? target.configured : target.address,
				size(view.sizeBytes),
				...facts
			].join(", "));
		}
	},
	{
		name: "rights, room",
		means: "every run is refused before it changes anything",
		look: async ({ engine, target, environment }) => {
			await using view = await engine.open(target);
			const needs = needsOf(environment, { copyObstacle: await view.copyObstacle() });
			const { room, costs, remarks } = await engine.preflight(target, needs);
			const fits = `there is room for ${needs.copies === 1 ? "a copy" : `${needs.copies} copies`} beside it`;
			return well([
				`this user may write it, and ${room ?? fits}`,
				...costs,
				...remarks
			].join("\n"));
		}
	},
	{
		name: "store",
		means: "no backup can be taken, and without one no migration starts",
		look: async ({ ports, environment, target, engine }) => {
			await using view = await engine.open(target);
			const { facts, fleeting } = await tryStore(ports.storeOf(environment, target), ports.random(16), view.sizeBytes);
			if (fleeting === null) return well(facts.join(", "));
			return {
				outcome: "warned",
				code: "store-fleeting",
				detail: `${facts.join(", ")}; ${fleeting}`,
				hint: "name a directory on a disk in backup.store",
				means: "backups do not last"
			};
		}
	},
	{
		name: "lock",
		means: "a run is refused now",
		look: async (context) => {
			const { engine, target, environment } = context;
			const [probe, row] = [await engine.probe(target), await engine.readState(target)];
			if (probe.held) return {
				outcome: "warned",
				code: "locked",
				detail: `another run of Belay is under way${probe.holder === null ? "" : `: ${probe.holder}`}`,
				hint: "wait until it has ended; `belay status` shows where it stands"
			};
			if (row === void 0) return well("free; no run yet");
			const { run, phase } = row;
			if (!unfinished(row)) return well(`free; the last run was ${run}`);
			return {
				outcome: "failed",
				code: "unfinished-run",
				detail: `run ${run} did not come to its end (it stopped in phase ${phase})`,
				hint: `finish or undo it: \`belay recover ${environment.name}\``
			};
		}
	},
	{
		name: "migrations",
		means: "nothing can be migrated as it stands",
		look: tryTool
	},
	{
		name: "checks before",
		means: "every run is refused before it changes anything",
		look: tryChecks
	},
	{
		name: "rollback",
		means: "a rollback is slower",
		look: async ({ engine, target, environment }) => {
			if (environment.app.online) return skipped(`app: online, so by ${environment.rollback.online} alone`);
			const { swapObstacle, noWayBack, holders } = await engine.inspect(target);
			if (noWayBack !== null) return {
				outcome: "failed",
				code: "no-way-back",
				detail: noWayBack,
				hint: "take away what stands against one of the two, or say `app: online`",
				means: "a run that fails could not be taken back, and is refused"
			};
			const { advice, cost } = engine.abilities.words;
			if (environment.backup.clone === "never") return well("by restoring the backup (backup.clone: never)");
			if (swapObstacle !== null) return {
				outcome: "warned",
				code: "no-swap",
				detail: swapObstacle,
				hint: advice,
				means: cost
			};
			if (holders.length === 0) return well("by a swap");
			const open = holders.join(", ");
			if (environment.app.stop !== null) return well(`by a swap, once app.stop has ended ${open}, which has the database open now`);
			return {
				outcome: "warned",
				code: "no-swap",
				detail: `${open} has the database open, and no app.stop ends that`,
				hint: "say in app.stop and app.start how it is held while the database changes",
				means: cost
			};
		}
	},
	{
		name: "newest backup",
		means: "it cannot be restored; earlier ones may be whole",
		look: ({ ports, environment, target }) => tryNewestBackup(ports.storeOf(environment, target), environment.name, target)
	}
];
async function tryTool({ ports, environment, target, engine }) {
	await using view = await engine.open(target);
	const tool = await ports.toolOf(environment, target);
	const { applied, pending, withoutFile, obstacles } = await tool.state(view.session);
	const [obstacle] = obstacles;
	if (obstacle !== void 0) {
		const detail = obstacles.map(({ message }) => message).join("\n");
		return {
			outcome: "failed",
			code: obstacle.code,
			detail,
			hint: obstacle.hint ?? "`belay plan` tells more"
		};
	}
	const stands = `${tool.name}: ${applied.length} applied, ${pending.length} pending`;
	if (withoutFile.length === 0) return well(stands);
	return {
		outcome: "warned",
		code: "applied-without-file",
		detail: `${stands}, ${withoutFile.length} applied without a file: ${withoutFile.slice(0, 5).join(", ")}`,
		hint: "look whether this is the right branch: their files are elsewhere",
		means: "what is deployed here lacks migrations that the database has"
	};
}
async function tryChecks({ ports, environment, target, engine }) {
	const checks = environment.checks.before;
	if (checks.length === 0) return skipped("no checks.before");
	await using view = await engine.open(target);
	const told = {
		BELAY_ENVIRONMENT: environment.name,
		BELAY_TARGET: target.name
	};
	const plain = {
		path: null,
		urlVariable: null,
		variables: {}
	};
	const variables = ports.childVariables(environment, {
		...told,
		...targetVariables(target, plain)
	});
	const { results } = await runChecks({
		ports,
		environment,
		variables
	}, checks, "before", view.session);
	const failing = failedChecks(results);
	if (failing.length > 0) return {
		outcome: "failed",
		code: "check-failed",
		detail: failing.map(({ message }) => message).join("\n"),
		hint: "mend the data, or the check in belay.yml"
	};
	const warned = results.filter((result) => result.warned === true).map(({ name }) => name);
	return well(`${results.length} of ${results.length} hold${warned.length === 0 ? "" : `, of which these only warn: ${warned.join(", ")}`}`);
}
function size(bytes) {
	if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
	return bytes < 995e7 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(0)} GB`;
}
// src/setup/doctor.ts
const OF_THE_COMMAND_LINE = [
	"environment-needed",
	"environment-unknown",
	"target-unknown"
];
async function doctor(world, environment, prepare) {
	const startedAt = world.now();
	const prepared = await attempt(prepare);
	const tried = "error" in prepared ? await withoutConfiguration(world, prepared.error) : await withConfiguration(world, prepared);
	const reasons = tried.flatMap(({ reason }) => reason === null ? [] : [reason]);
	const outcome = world.signal.aborted ? "interrupted" : reasons.length === 0 ? "healthy" : "checks-failed";
	return {
		belay: world.belayVersion,
		run: null,
		command: "doctor",
		environment: "error" in prepared ? environment : prepared.environment.name,
		outcome,
		digest: null,
		startedAt: startedAt.toISOString(),
		durationMs: world.now().getTime() - startedAt.getTime(),
		reasons,
		targets: "error" in prepared ? [] : prepared.targets.map((target) => emptyTargetResult(target, outcomeOf(tried, target))),
		parts: tried.map(({ part }) => part)
	};
}
async function attempt(prepare) {
	try {
		return await prepare();
	} catch (error) {
		if (error instanceof BelayError && !OF_THE_COMMAND_LINE.includes(error.code)) return { error };
		throw error;
	}
}
async function withoutConfiguration(world, error) {
	return [...await tryAll([{
		name: "belay.yml",
		means: "no command of Belay can begin",
		look: async () => failed(error)
	}], void 0, null), ...await tryMachine(world, world.cwd, null)];
}
async function withConfiguration(world, { config, ports, environment, targets }) {
	const others = config.names.length - 1;
	const tried = [{
		part: {
			name: "belay.yml",
			target: null,
			outcome: "done",
			detail: `${basename(config.file)} is understood, and every variable that ${environment.name} names is set${others === 0 ? "" : ` (${others} other environments are not looked at)`}`
		},
		reason: null
	}];
	tried.push(...await tryMachine(world, dirname(config.file), config.file));
	tried.push(...await tryAll(ENVIRONMENT_PROBES, {
		ports,
		environment
	}, null));
	for (const target of targets) {
		if (world.signal.aborted) break;
		tried.push(...await tryAll(TARGET_PROBES, {
			ports,
			environment,
			target,
			engine: ports.engineOf(target)
		}, target.name));
	}
	return tried;
}
function tryMachine(world, directory, file) {
	return tryAll(MACHINE_PROBES, {
		directory,
		path: world.variables["PATH"],
		now: world.now,
		file
	}, null);
}
function outcomeOf(tried, target) {
	return tried.some(({ part, reason }) => part.target === target.name && reason !== null) ? "checks-failed" : "healthy";
}
export { doctor };
