import "./rolldown-runtime.js";
import { V as canonicalJson, rt as refusal } from "./domain.js";
import { t as stopIfAborted } from "./stop.js";
import { a as sha256, n as digestOfAll, r as filesMatching, t as digestOf } from "./files.js";
import { n as findToolProgram } from "./find-program.js";
import { t as ASKING } from "./target-variables2.js";
import { a as startProgram, i as runProgram, n as ofRun, r as programFailure, t as failedOrder } from "./program.js";
import { a as saysDone, i as planChanged, n as failedAt, o as withHolder, r as lastOnes, t as appliedMore } from "./refusals.js";
import { t as assertSameDatabase } from "./same-database.js";
import { t as scratchFolder } from "./scratch-folder2.js";
import { t as RememberedFiles } from "./remembered-files2.js";
import { stat } from "node:fs/promises";
// src/tool/program/driven.ts
const ASK_TIMEOUT_MS = 3e5;
async function askingOf(driven, session, followed = null) {
	const { tool, place, program } = driven;
	const named = await programOf(driven);
	const asked = followed === null ? {
		...program,
		variables: {
			...program.variables,
			...ASKING
		}
	} : program;
	const orderOf = (args) => ({
		act: `asking ${tool.title} what is applied and what is pending`,
		migration: null,
		command: { argv: [named, ...args] },
		timeoutMs: ASK_TIMEOUT_MS,
		meanings: tool.meanings
	});
	const attempt = async (args) => {
		const end = await startProgram(asked, orderOf(args), followed === null ? null : {
			...followed,
			output: () => void 0
		});
		if (!end.truncated) return end;
		throw programFailure("tool-answer-unknown", `asking ${tool.title}: it said more than 1 MiB`, program, orderOf(args), end, "let it say less");
	};
	return {
		place,
		session,
		attempt,
		ask: async (args) => {
			const end = await attempt(args);
			if (end.status !== 0) throw failedOrder(program, orderOf(args), end);
			return end;
		}
	};
}
async function programOf({ tool, place, program }) {
	const [first = tool.name] = tool.programs;
	await assertDirectory(place);
	if (program.run !== null) return first;
	for (const directory of new Set([place.directory, place.root])) for (const name of tool.programs) {
		const found = await findToolProgram(name, directory, program.variables["PATH"]);
		if (found !== void 0) return found;
	}
	throw refusal("tool-missing", `${tool.title} is not here: no ${first} in .venv/bin, venv/bin or node_modules/.bin of ${place.directory}, nor on PATH`, {
		hint: `${tool.install}; or say with migrate.run how to reach it where it lives: [docker, run, --rm, …]`,
		facts: { program: first }
	});
}
async function assertDirectory({ directory }) {
	if ((await stat(directory).catch(() => null))?.isDirectory() === true) return;
	throw refusal("directory-missing", `there is no directory ${directory}, where the tool is to start`, {
		hint: "migrate.project in belay.yml says where; relative paths start at the directory of belay.yml",
		facts: { directory }
	});
}
// src/tool/program/step.ts
async function runStep({ tool, place, program }, { way, known, files, named }, followed) {
	const contents = place.elsewhere ? void 0 : await tool.scratch?.(known, files, place);
	await using folder = contents === void 0 ? null : await scratchFolder(followed.run, contents);
	const command = { argv: [named, ...tool[way](known, files, place, folder?.path ?? null)] };
	const act = `${way === "apply" ? "applying" : "reverting"} ${known.id}`;
	const began = performance.now();
	try {
		await runProgram(program, {
			act,
			migration: known.id,
			command,
			timeoutMs: null,
			meanings: tool.meanings
		}, followed);
	} catch (error) {
		throw await withHolder(error, followed.session);
	}
	return Math.round(performance.now() - began);
}
// src/tool/program/apply.ts
async function applyMigrations(given, request) {
	stopIfAborted(request.signal);
	if (request.migrations.length === 0) return;
	const driven = {
		...given,
		program: ofRun(given.program, request)
	};
	const { tool, place } = driven;
	const asking = await askingOf(driven, request.session, request);
	const files = await tool.files(asking);
	const before = await tool.applied(asking, files);
	const chosen = nextOnes(driven, files, before.ids, request.migrations);
	await assertSameDatabase(driven, asking, files, before.ids);
	const named = await programOf(driven);
	const applied = async () => (await tool.applied(asking, files)).ids;
	if (tool.appliesAll?.(place) === true) return applyAll(driven, chosen, {
		files,
		named,
		before: before.ids,
		applied
	}, request);
	for (const [index, known] of chosen.entries()) {
		stopIfAborted(request.signal);
		const { id } = known;
		await assertAsPlanned(known, request.migrations[index], place.root);
		const durationMs = await runStep(driven, {
			way: "apply",
			known,
			files,
			named
		}, request);
		if (!(await applied()).includes(id)) throw saysDone(id, id, "pending");
		request.applied({
			id,
			durationMs
		});
	}
}
async function applyAll(driven, chosen, { files, named, before, applied }, request) {
	const [first] = chosen;
	const last = chosen.at(-1);
	if (first === void 0 || last === void 0) return;
	for (const [index, known] of chosen.entries()) await assertAsPlanned(known, request.migrations[index], driven.place.root);
	const [durationMs, error] = await runStep(driven, {
		way: "apply",
		known: first,
		files,
		named
	}, request).then((tookMs) => [tookMs, null], (thrown) => [0, thrown]);
	for (const { id } of chosen) {
		if (!(await applied()).includes(id)) throw error === null ? saysDone(id, id, "pending") : failedAt(id, error);
		request.applied({
			id,
			durationMs: id === last.id ? durationMs : 0
		});
	}
	if (error !== null) throw failedAt(last.id, error);
	const planned = new Set([...before, ...chosen.map(({ id }) => id)]);
	const more = (await applied()).filter((id) => !planned.has(id));
	if (more.length > 0) throw appliedMore(more);
}
function nextOnes({ tool, place }, files, applied, planned) {
	const pending = files.known.filter(({ id }) => !applied.includes(id));
	const extra = tool.appliesAll?.(place) === true ? pending[planned.length] : void 0;
	if (extra !== void 0) throw planChanged(extra.id, "it would be applied with those that were planned");
	return planned.map(({ id }, index) => {
		const next = pending[index];
		if (next?.id === id) return next;
		throw planChanged(id, next === void 0 ? "nothing is pending any more" : `${next.id} is the next one now`);
	});
}
async function assertAsPlanned({ id, files }, planned, root) {
	if (await digestOf(files, root) !== (planned?.sha256 ?? null)) throw planChanged(id, "its files are others now");
}
// src/tool/program/revert.ts
async function revertMigrations(given, request) {
	stopIfAborted(request.signal);
	const driven = {
		...given,
		program: ofRun(given.program, request)
	};
	const { tool } = driven;
	const asking = await askingOf(driven, request.session, request);
	const files = await tool.files(asking);
	const { ids: applied } = await tool.applied(asking, files);
	const chosen = waysBack(driven, files.known, lastOnes(applied, request.ids));
	await assertSameDatabase(driven, asking, files, applied);
	const named = await programOf(driven);
	for (const known of chosen.toReversed()) {
		stopIfAborted(request.signal);
		const { id } = known;
		const durationMs = await runStep(driven, {
			way: "revert",
			known,
			files,
			named
		}, request);
		if ((await tool.applied(asking, files)).ids.includes(id)) throw saysDone(id, `reverting ${id}`, "applied");
		request.reverted({
			id,
			durationMs
		});
	}
}
function waysBack({ tool }, known, ids) {
	const chosen = ids.map((id) => known.find((each) => each.id === id) ?? {
		id,
		files: [],
		oneWay: "it has no file any more",
		sql: null
	});
	const without = chosen.flatMap(({ id, oneWay }) => tool.reverts && oneWay === null ? [] : [{
		id,
		why: oneWay ?? `${tool.title} takes nothing back`
	}]);
	if (without.length === 0) return chosen;
	const told = without.map(({ id, why }) => `${id} (${why})`).join(", ");
	throw refusal("not-reversible", `${told} cannot be reverted`, {
		hint: "write its way back, or go back by the backup: belay rollback",
		facts: { migrations: without.map(({ id }) => id) }
	});
}
// src/tool/program/program-tool.ts
function programTool(tool, place, program, remembered = new RememberedFiles(tool, place)) {
	const driven = {
		tool,
		place,
		program
	};
	const { engine } = place.target;
	const { tenants } = tool;
	return {
		name: tool.name,
		records: tool.records(place),
		abilities: {
			writesThroughSession: false,
			atomicMigrations: tool.atomic(engine),
			revert: tool.reverts,
			toVersion: tool.appliesAll?.(place) !== true
		},
		configDigest: () => configDigest(driven),
		state: async (session) => await readState(driven, session, remembered),
		apply: (request) => applyMigrations(driven, request),
		...tenants === void 0 ? {} : { tenants: async (session) => await tenants(await askingOf(driven, session)) },
		revert: (request) => revertMigrations(driven, request)
	};
}
async function readState(driven, session, remembered) {
	const asking = await askingOf(driven, session);
	const files = await remembered.recall(() => driven.tool.files(asking));
	const applied = await driven.tool.applied(asking, files);
	const isApplied = new Set(applied.ids);
	const isKnown = new Set(files.known.map(({ id }) => id));
	const pending = [];
	for (const { id, files: names, oneWay, sql } of files.known) {
		if (isApplied.has(id)) continue;
		const sha = await digestOf(names, driven.place.root);
		pending.push({
			id,
			sha256: sha,
			sql,
			file: names[0] ?? null,
			reversible: driven.tool.reverts && oneWay === null,
			findings: []
		});
	}
	return {
		applied: applied.ids,
		pending,
		withoutFile: applied.ids.filter((id) => !isKnown.has(id)),
		obstacles: [
			...unspeakablePath(driven),
			...files.obstacles,
			...applied.obstacles
		],
		findings: [
			...files.findings ?? [],
			...applied.findings ?? [],
			...lockTimeoutFinding(driven)
		]
	};
}
function unspeakablePath({ tool: { unspeakable, title }, program }) {
	const path = program.variables["BELAY_DATABASE_PATH"] ?? "";
	const [character] = unspeakable?.exec(path) ?? [];
	if (character === void 0) return [];
	return [{
		code: "path-unspeakable",
		message: `${title} cannot be told a file with ${character} in its path, and would work on another one: ${path}`,
		hint: "rename it; or let a link without that character lead to it, and name the link under migrate.path"
	}];
}
function lockTimeoutFinding({ tool, place }) {
	if (tool.lockTimeoutNote === null || place.target.engine !== "postgres") return [];
	return [{
		id: "no-lock-timeout",
		place: tool.name,
		message: `migrate.lock-timeout does not reach ${tool.title}: ${tool.lockTimeoutNote}`
	}];
}
async function configDigest({ tool, place, program }) {
	const files = await filesMatching(tool.configuration(place), place.directory);
	const configuration = {
		tool: tool.name,
		options: place.options,
		run: program.run,
		files: files.length === 0 ? null : await digestOfAll(files, place.directory)
	};
	return sha256(canonicalJson(configuration));
}
export { programTool };
