import "./rolldown-runtime.js";
import { B as usageError, F as BelayError, I as failure, L as messageOf, w as canonicalJson, z as refusal } from "./domain.js";
import { n as runVariables, t as ASKING } from "./target-variables2.js";
import { t as stopIfAborted } from "./stop.js";
import { t as describeCommand } from "./describe-command.js";
import { join, relative, resolve, sep } from "node:path";
import { glob, lstat, readFile } from "node:fs/promises";
import { createHash } from "node:crypto";
// src/tool/command/commands.ts
const USUAL = [
	{
		words: /database (?:table )?is locked|SQLITE_BUSY/i,
		code: "database-locked",
		hint: "somebody else has the database: stop the application first (app.stop), or end who holds it"
	},
	{
		words: /canceling statement due to lock timeout|could not obtain lock|deadlock detected|LockNotAvailable|55P03/,
		code: "database-locked",
		hint: "another session has a lock that this needs: stop the application first (app.stop), or end that session"
	},
	{
		words: /permission denied|readonly database|read-only|EACCES/i,
		hint: "the user that runs Belay may not do that: look at owner and mode of the database file, of its folder and of the program (ls -l)"
	},
	{
		words: /No module named|Cannot find module|command not found/i,
		hint: "what it needs is not installed here, or migrate.env withholds a variable that finds it"
	}
];
const TELLING = /error|exception|fatal|locked|denied/i;
const NO_LIMIT_MS = Number.MAX_SAFE_INTEGER;
async function runCommand(commands, act, migration, { command, timeoutMs }, followed) {
	const { directory, variables, spawn, run } = commands;
	const end = await spawn({
		command: behind(run, command),
		directory,
		variables,
		timeoutMs: timeoutMs ?? NO_LIMIT_MS,
		role: "migrate",
		...followed === null ? {} : {
			output: followed.output,
			signal: followed.signal,
			record: followed.recordProcess
		}
	});
	if (end.aborted && followed !== null) stopIfAborted(followed.signal);
	if (end.status === 0) return end;
	const how = end.timedOut ? `no end within ${(timeoutMs ?? 0) / 1e3} s` : end.status === null ? `ended by ${end.signal ?? "a signal"}` : `exit status ${end.status}`;
	const usual = USUAL.find(({ words }) => words.test(end.tail));
	throw commandFailure(end.timedOut ? "tool-timeout" : usual?.code ?? "tool-failed", `${act} ${migration}: ${how} of ${describeCommand(command)}`, commands, migration, end, usual?.hint);
}
function commandFailure(code, message, { redact, directory }, migration, end, hint) {
	const said = tellingLines(redact(end.tail));
	return failure(code, said === "" ? `${message}; it said nothing` : `${message}\n${said}`, {
		hint: hint ?? `try it by hand in ${directory}`,
		facts: { migration }
	});
}
function behind(run, command) {
	if (run === null) return command;
	return { argv: [...run, ..."shell" in command ? [
		"sh",
		"-e",
		"-c",
		command.shell
	] : command.argv] };
}
function tellingLines(text) {
	const lines = text.trimEnd().split("\n");
	return [...lines.slice(0, -5).filter((line) => TELLING.test(line)).slice(-3), ...lines.slice(-5)].join("\n");
}
// src/tool/command/ask.ts
async function ask(commands, migration, followed = null) {
	const { pending, applied } = patternsOf(migration);
	const end = await runCommand(commands, "asking about", migration.id, migration.pending, followed);
	const said = `${end.stdout}\n${end.stderr}`;
	if (end.truncated) throw commandFailure("tool-answer-unknown", `asking about ${migration.id}: it said more than 1 MiB`, commands, migration.id, end, "let it say less");
	if (pending.test(said)) return "pending";
	if (applied.test(said)) return "applied";
	throw commandFailure("tool-answer-unknown", `asking about ${migration.id}: neither /${migration.pendingWhen}/ (pending-when) nor /${migration.appliedWhen}/ (applied-when) is in what it said`, commands, migration.id, end, "mend the patterns in belay.yml, or the command, so that one of them always matches");
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
async function digestFiles({ id, files, apply }, directory) {
	const names = files === null ? await filesNamedBy(apply.command, directory) : await filesMatching(files, directory);
	const [first] = names;
	if (first === void 0) {
		if (files === null) return {
			sha256: null,
			first: null
		};
		throw refusal("migration-without-files", `no file of ${id} matches ${files.join(", ")}`, {
			hint: `globs are relative to ${directory}`,
			facts: { migration: id }
		});
	}
	const contents = [];
	for (const name of names) contents.push([name, sha256(await readFile(join(directory, name)))]);
	return {
		sha256: sha256(canonicalJson(contents)),
		first
	};
}
async function filesMatching(patterns, directory) {
	const found = new Set();
	for await (const name of glob([...patterns], { cwd: directory })) if (await isFile(join(directory, name))) found.add(name.replaceAll(sep, "/"));
	return [...found].sort();
}
async function filesNamedBy(command, directory) {
	const words = "shell" in command ? command.shell.split(/[\s;&|()<>"'`]+/) : command.argv;
	const inside = [...new Set(words.filter((word) => word !== "").map((word) => relative(directory, resolve(directory, word))))].filter((name) => name !== "" && name !== ".." && !name.startsWith(`..${sep}`));
	const found = [];
	for (const name of inside) if (await isFile(join(directory, name))) found.push(name.replaceAll(sep, "/"));
	return found.sort();
}
async function isFile(path) {
	try {
		return (await lstat(path)).isFile();
	} catch (error) {
		if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR" || error.code === "ENAMETOOLONG")) return false;
		throw error;
	}
}
function sha256(content) {
	return createHash("sha256").update(content).digest("hex");
}
// src/tool/command/apply.ts
async function applyMigrations(given, request) {
	const commands = {
		...given,
		variables: {
			...given.variables,
			...runVariables(request.run)
		}
	};
	for (const planned of request.migrations) {
		stopIfAborted(request.signal);
		const migration = await asPlanned(commands, planned);
		const began = performance.now();
		try {
			await runCommand(commands, "applying", migration.id, migration.apply, request);
		} catch (error) {
			throw await withHolder(error, request.session);
		}
		if (await ask(commands, migration, request) === "pending") throw saysDone(migration);
		request.applied({
			id: migration.id,
			durationMs: Math.round(performance.now() - began)
		});
	}
}
async function asPlanned(commands, { id, sha256 }) {
	const migration = commands.migrations.find((own) => own.id === id);
	if (migration === void 0) throw planChanged(id, "belay.yml has it no more");
	if ((await digestFiles(migration, commands.directory)).sha256 !== sha256) throw planChanged(id, "its files are others now");
	return migration;
}
function planChanged(id, how) {
	return refusal("plan-changed", `${id} is not what was planned: ${how}`, {
		hint: "look at what changed it since the plan, then plan again",
		facts: { migration: id }
	});
}
function saysDone({ id }) {
	return failure("wrong-database", `${id} ended with status 0, and asked again it is still pending`, {
		hint: "look which database its own configuration names; or it did only a part of its work",
		facts: { migration: id }
	});
}
async function withHolder(error, session) {
	if (!(error instanceof BelayError) || error.code !== "database-locked") return error;
	try {
		await session.transaction(async () => void 0);
		return error;
	} catch (held) {
		const { code, message, hint = "", facts } = error;
		return failure(code, `${message}\n${messageOf(held)}`, {
			hint,
			facts,
			cause: error
		});
	}
}
// src/tool/command/revert.ts
async function revertMigrations(given, request) {
	const commands = {
		...given,
		variables: {
			...given.variables,
			...runVariables(request.run)
		}
	};
	const chosen = await lastApplied(commands, request);
	refuseWithoutWayBack(chosen);
	for (const migration of chosen.toReversed()) {
		stopIfAborted(request.signal);
		if (migration.revert === null) continue;
		const began = performance.now();
		await runCommand(commands, "reverting", migration.id, migration.revert, request);
		if (await ask(commands, migration, request) === "applied") throw failure("wrong-database", `reverting ${migration.id} ended with status 0, and asked again it is still applied`, {
			hint: "look which database its own configuration names; or it did only a part of its work",
			facts: { migration: migration.id }
		});
		request.reverted({
			id: migration.id,
			durationMs: Math.round(performance.now() - began)
		});
	}
}
async function lastApplied(commands, { ids, ...followed }) {
	const applied = [];
	for (const migration of commands.migrations) if (await ask(commands, migration, followed) === "applied") applied.push(migration);
	const last = applied.slice(applied.length - new Set(ids).size);
	const missing = ids.filter((id) => !last.some((migration) => migration.id === id));
	if (missing.length === 0) return last;
	throw refusal("not-last-applied", `${missing.join(", ")} cannot be reverted: the last ones applied are ${last.map(({ id }) => id).join(", ") || "none"}`, {
		hint: "revert from the last applied one on",
		facts: { migrations: missing }
	});
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
		const { sha256, first } = await digestFiles(migration, commands.directory);
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
