import "./rolldown-runtime.js";
import { V as canonicalJson, it as usageError, rt as refusal } from "./domain.js";
import { t as ASKING } from "./target-variables2.js";
import { i as runProgram, n as ofRun, r as programFailure } from "./program.js";
import { a as saysDone, i as planChanged, o as withHolder, r as lastOnes } from "./refusals.js";
import { t as stopIfAborted } from "./stop.js";
import { i as isFile, n as digestOfAll, r as filesMatching } from "./files.js";
import { join, relative, resolve, sep } from "node:path";
import { realpath } from "node:fs/promises";
import { createHash } from "node:crypto";
// src/tool/command/ask.ts
async function ask(commands, migration, followed = null) {
	const { pending, applied } = patternsOf(migration);
	const order = {
		act: `asking about ${migration.id}`,
		migration: migration.id,
		...migration.pending
	};
	const end = await runProgram(commands, order, followed);
	const said = `${end.stdout}\n${end.stderr}`;
	if (end.truncated) throw programFailure("tool-answer-unknown", `${order.act}: it said more than 1 MiB`, commands, order, end, "let it say less");
	if (pending.test(said)) return "pending";
	if (applied.test(said)) return "applied";
	throw programFailure("tool-answer-unknown", `${order.act}: neither /${migration.pendingWhen}/ (pending-when) nor /${migration.appliedWhen}/ (applied-when) is in what it said`, commands, order, end, "mend the patterns in belay.yml, or the command, so that one of them always matches");
}
function patternsOf({ id, pendingWhen, appliedWhen }) {
	return {
		pending: parse(id, "pending-when", pendingWhen),
		applied: parse(id, "applied-when", appliedWhen)
	};
}
function parse(id, key, source) {
	let pattern;
	try {
		pattern = new RegExp(source, "mu");
	} catch (error) {
		throw usageError("invalid-pattern", `${key} of ${id}: ${error instanceof Error ? error.message : String(error)}`, { hint: "a backslash before ( ) [ ] { } . * + ? means the character itself" });
	}
	if (pattern.test("")) throw usageError("invalid-pattern", `${key} of ${id}: /${source}/ matches also when the command says nothing`, { hint: "write the words that it says" });
	return pattern;
}
// src/tool/command/files.ts
async function digestFiles({ id, files, apply }, { directory, databases }) {
	const names = await withoutDatabases(files === null ? await filesNamedBy(apply.command, directory) : await filesMatching(files, directory), directory, databases);
	const [first] = names;
	if (first !== void 0) return {
		sha256: await digestOfAll(names, directory),
		first
	};
	if (files === null) return {
		sha256: null,
		first: null
	};
	throw refusal("migration-without-files", `no file of ${id} matches ${files.join(", ")}`, {
		hint: `globs are relative to ${directory}`,
		facts: { migration: id }
	});
}
async function withoutDatabases(names, directory, databases) {
	const real = async (path) => realpath(path).catch(() => path);
	const live = await Promise.all(databases.map(real));
	const beside = new Set(live.flatMap((file) => [
		"",
		"-wal",
		"-shm",
		"-journal"
	].map((end) => `${file}${end}`)));
	const places = await Promise.all(names.map((name) => real(join(directory, name))));
	return names.filter((_name, at) => !beside.has(places[at] ?? ""));
}
const REDIRECTION = />{1,2}\|?\s*(?:"[^"]*"|'[^']*'|[^\s;&|()<>]+)/g;
async function filesNamedBy(command, directory) {
	const words = "shell" in command ? command.shell.replaceAll(REDIRECTION, " ").split(/[\s;&|()<>"'`]+/) : command.argv;
	const inside = [...new Set(words.filter((word) => word !== "").map((word) => relative(directory, resolve(directory, word))))].filter((name) => name !== "" && name !== ".." && !name.startsWith(`..${sep}`));
	const found = [];
	for (const name of inside) if (await isFile(join(directory, name))) found.push(name.replaceAll(sep, "/"));
	return found.sort();
}
// src/tool/command/apply.ts
async function applyMigrations(given, request) {
	const commands = ofRun(given, request);
	for (const planned of request.migrations) await assertPlanned(commands, planned);
	for (const planned of request.migrations) {
		stopIfAborted(request.signal);
		const migration = namedBy(commands, planned);
		if (migration.files !== null) await assertPlanned(commands, planned);
		const { id } = migration;
		const began = performance.now();
		try {
			await runProgram(commands, {
				act: `applying ${id}`,
				migration: id,
				...migration.apply
			}, request);
		} catch (error) {
			throw await withHolder(error, request.session);
		}
		if (await ask(commands, migration, request) === "pending") throw saysDone(id, id, "pending");
		request.applied({
			id,
			durationMs: Math.round(performance.now() - began)
		});
	}
}
async function assertPlanned(commands, planned) {
	const { sha256 } = await digestFiles(namedBy(commands, planned), commands);
	if (sha256 !== planned.sha256) throw planChanged(planned.id, "its files are others now");
}
function namedBy(commands, { id }) {
	const migration = commands.migrations.find((own) => own.id === id);
	if (migration === void 0) throw planChanged(id, "belay.yml has it no more");
	return migration;
}
// src/tool/command/revert.ts
async function revertMigrations(given, request) {
	const commands = ofRun(given, request);
	const chosen = await lastApplied(commands, request);
	refuseWithoutWayBack(chosen);
	for (const migration of chosen.toReversed()) {
		stopIfAborted(request.signal);
		const { id, revert } = migration;
		if (revert === null) continue;
		const began = performance.now();
		await runProgram(commands, {
			act: `reverting ${id}`,
			migration: id,
			...revert
		}, request);
		if (await ask(commands, migration, request) === "applied") throw saysDone(id, `reverting ${id}`, "applied");
		request.reverted({
			id,
			durationMs: Math.round(performance.now() - began)
		});
	}
}
async function lastApplied(commands, { ids, ...followed }) {
	const applied = [];
	for (const migration of commands.migrations) if (await ask(commands, migration, followed) === "applied") applied.push(migration);
	const last = lastOnes(applied.map(({ id }) => id), ids);
	return applied.filter(({ id }) => last.includes(id));
}
function refuseWithoutWayBack(chosen) {
	const without = chosen.filter(({ revert }) => revert === null).map(({ id }) => id);
	if (without.length === 0) return;
	throw refusal("not-reversible", `${without.join(", ")} cannot be reverted: belay.yml gives no revert command`, {
		hint: "give it one, or go back by the backup: belay rollback",
		facts: { migrations: without }
	});
}
// src/tool/command/command-tool.ts
function commandTool(options, context) {
	const commands = {
		...options,
		...context
	};
	refuseUnusable(options.migrations);
	return {
		name: "command",
		records: [],
		abilities: {
			writesThroughSession: false,
			atomicMigrations: false,
			revert: options.migrations.some(({ revert }) => revert !== null),
			toVersion: true
		},
		configDigest: async () => createHash("sha256").update(canonicalJson(configuration(options))).digest("hex"),
		state: () => readState({
			...commands,
			variables: {
				...commands.variables,
				...ASKING
			}
		}),
		apply: (request) => applyMigrations(commands, request),
		revert: (request) => revertMigrations(commands, request)
	};
}
async function readState(commands) {
	const applied = [];
	const pending = [];
	for (const migration of commands.migrations) {
		if (await ask(commands, migration) === "applied") {
			applied.push(migration.id);
			continue;
		}
		const { sha256, first } = await digestFiles(migration, commands);
		pending.push({
			id: migration.id,
			sha256,
			sql: null,
			file: first,
			reversible: migration.revert !== null,
			findings: []
		});
	}
	return {
		applied,
		pending,
		withoutFile: [],
		obstacles: [],
		findings: []
	};
}
function configuration({ migrations, run }) {
	const line = (command) => "shell" in command ? { shell: command.shell } : { argv: command.argv };
	return {
		tool: "command",
		run,
		migrations: migrations.map(({ id, pending, pendingWhen, appliedWhen, apply, revert, files }) => ({
			id,
			pending: line(pending.command),
			pendingWhen,
			appliedWhen,
			apply: line(apply.command),
			revert: revert === null ? null : line(revert.command),
			files
		}))
	};
}
function refuseUnusable(migrations) {
	const seen = new Set();
	for (const migration of migrations) {
		const { id } = migration;
		if (seen.has(id)) throw usageError("duplicate-migration", `two migrations have the id ${id}`, { hint: "give each an id of its own" });
		seen.add(id);
		patternsOf(migration);
	}
}
export { commandTool };
