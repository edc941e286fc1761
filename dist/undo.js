import { a as refusal, n as failure, r as messageOf, t as BelayError } from "./error.js";
import { t as nearest } from "./nearest.js";
import { a as schemaDifference, n as makeBackupId } from "./run-id.js";
import { t as unfinished } from "./state.js";
import { d as interruption, g as throwIfAny, i as schemaDigest, m as step, n as planOf, u as enterPhase } from "./observe.js";
import { _ as writeManifest, c as lastOfTarget, d as backupFolder, l as openJournal } from "./history.js";
import { i as nextOpening, r as insideWindow, t as sameData } from "./data.js";
// src/policy/policy.ts
function decide(facts) {
	const reasons = [
		approval(facts),
		window(facts),
		repetition(facts)
	].filter((reason) => reason !== null);
	return reasons.length === 0 ? { allowed: true } : {
		allowed: false,
		reasons
	};
}
function approval({ environment, command, withoutApproval }) {
	if (environment.approvals === null || withoutApproval !== null) return null;
	return {
		code: "approval-needed",
		message: `${environment.name} is protected (approvals in belay.yml), and here nobody can approve`,
		hint: `run it from GitHub, or say why it goes without: belay ${command} ${environment.name} --without-approval "…"`
	};
}
function window({ environment, now }) {
	const { windows } = environment;
	if (windows.length === 0 || windows.some((each) => insideWindow(each, now))) return null;
	return {
		code: "outside-window",
		message: `${environment.name} may be changed only in ${windows.map(({ text }) => text).join(", ")}`,
		hint: `the next window opens ${describeOpening(windows, now)}`
	};
}
function describeOpening(windows, now) {
	return windows.map((each) => nextOpening(each, now)).sort((a, b) => a.getTime() - b.getTime())[0]?.toISOString().replace(/:\d\d\.\d+Z$/, "Z") ?? "never";
}
function repetition({ command, environment, again, earlierFailure }) {
	if (earlierFailure === null || again !== null) return null;
	return {
		code: "same-plan-failed",
		message: `this very plan was tried in run ${earlierFailure.run} and ${earlierFailure.what}`,
		hint: `change the migration; or, if the cause lay elsewhere, say why it may run again: belay ${command} ${environment.name} --again "…"`
	};
}
// src/process/describe-command.ts
function describeCommand(command) {
	return ("shell" in command ? command.shell : command.argv.map((word) => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`).join(" ")).trim().replace(/\s*\n\s*/g, "; ");
}
// src/run/application.ts
async function runAppCommand(run, name, options) {
	const { app } = run.environment;
	const command = name === "previous" ? app.previous ?? app.start : app[name];
	if (command === null) return;
	const sha = name === "previous" ? run.previousSha : run.sha;
	await step(run, name, null, async () => {
		await runCommand(run, name, command, sha, options.interruptible);
		return {
			value: void 0,
			detail: describeCommand(command.command)
		};
	});
}
async function runUnrecorded(run, name) {
	const command = run.environment.app.previous ?? run.environment.app.start;
	if (command !== null) await runCommand(run, name, command, run.previousSha, false, async () => {});
}
async function runCommand(run, name, command, sha, interruptible, record = (started) => run.journal.append({
	type: "process",
	target: null,
	started
})) {
	const { ports, environment } = run;
	const end = await ports.spawn({
		command: command.command,
		directory: environment.directory,
		variables: ports.childVariables(environment, commandVariables(run, sha)),
		timeoutMs: command.timeoutMs,
		role: name,
		...interruptible ? { signal: ports.signal } : {},
		output: (stream, text) => ports.progress({
			type: "output",
			target: environment.name,
			step: name,
			stream,
			text: ports.redact(text)
		}),
		record
	});
	if (end.aborted) throw interruption(ports.signal);
	if (end.status === 0) return;
	const how = end.timedOut ? `was still running after ${command.timeoutMs / 1e3} s and was ended` : end.signal === null ? `ended with status ${end.status}` : `was ended by ${end.signal}`;
	const said = lastLines(ports.redact(end.tail), 3);
	throw failure(`${name}-failed`, `the ${name} command ${how}: ${describeCommand(command.command)}${said === "" ? "" : `\n${said}`}`, { hint: `try it by hand in ${environment.directory}; it is app.${name} in belay.yml` });
}
function commandVariables(run, sha) {
	const [first] = run.targets;
	return {
		BELAY_RUN: run.id,
		BELAY_ENVIRONMENT: run.environment.name,
		...sha === null ? {} : { BELAY_SHA: sha },
		...run.previousSha === null ? {} : { BELAY_PREVIOUS_SHA: run.previousSha },
		...first === void 0 ? {} : {
			BELAY_TARGET: first.target.name,
			...addressVariables(first.target)
		}
	};
}
function addressVariables(target) {
	return target.address.includes("://") ? { BELAY_DATABASE_URL: target.address } : {
		BELAY_DATABASE_URL: `${target.engine}:${target.address}`,
		BELAY_DATABASE_PATH: target.address
	};
}
function lastLines(text, count) {
	return text.trimEnd().split("\n").slice(-count).join("\n");
}
// src/run/checks.ts
function surroundingsOf(run) {
	const { ports, environment } = run;
	return {
		ports,
		environment,
		variables: ports.childVariables(environment, commandVariables(run, run.sha))
	};
}
async function runChecks({ ports, environment, variables }, checks, phase, session, baseline = new Map()) {
	const results = [];
	const recorded = new Map();
	for (const check of checks) {
		const report = await ports.runCheck(check, {
			phase,
			session,
			baseline,
			directory: environment.directory,
			variables,
			signal: ports.signal
		});
		results.push(redacted(report.result, ports.redact));
		if (report.recorded !== null) recorded.set(check.name, report.recorded);
	}
	return {
		results,
		recorded
	};
}
async function readBaseline(surroundings, session) {
	const { results, recorded } = await runChecks(surroundings, surroundings.environment.checks.after.filter((check) => check.kind === "sql" && needsBaseline(check.expect)).map((check) => ({
		...check,
		expect: null
	})), "before", session);
	const unread = results.find(({ name }) => !recorded.has(name));
	if (unread !== void 0) throw new BelayError("refused", "check-baseline", `the check "${unread.name}" compares with the state before, which cannot be read: ${unread.actual}`, { hint: "mend its SQL, so that it runs before the migration as well as after it" });
	return recorded;
}
function needsBaseline(expectation) {
	if (expectation === null) return false;
	if (expectation.kind === "all") return expectation.of.some(needsBaseline);
	if (expectation.kind === "named") return [...expectation.values.values()].some(needsBaseline);
	return expectation.kind === "unchanged" || expectation.kind === "increases-by";
}
function failedChecks(results) {
	return results.filter(({ passed, warned }) => !passed && warned !== true).map(({ name, expected, actual, explanation = [] }) => ({
		code: "check-failed",
		message: `${name}: expected ${expected ?? "a result"}, got ${actual}${explanation.length === 0 ? "" : ` (${explanation.join("; ")})`}`
	}));
}
function redacted(result, redact) {
	return {
		...result,
		actual: redact(result.actual),
		...result.explanation === void 0 ? {} : { explanation: result.explanation.map(redact) }
	};
}
// src/run/locking.ts
const LOCK_WAIT_MS = 2e3;
async function holdTargets(ports, targets) {
	const stack = new AsyncDisposableStack();
	const holds = [];
	try {
		for (const target of [...targets].sort((a, b) => a.name < b.name ? -1 : 1)) holds.push(stack.use(await ports.engineOf(target).hold(target, LOCK_WAIT_MS)));
	} catch (error) {
		await stack.disposeAsync();
		throw error;
	}
	return {
		holds,
		[Symbol.asyncDispose]: () => stack.disposeAsync()
	};
}
function refuseUnfinished(environment, rows) {
	const row = rows.find(unfinished);
	if (row === void 0) return;
	throw refusal("unfinished-run", `run ${row.run} did not come to its end (it stopped in phase ${row.phase})`, {
		hint: `finish or undo it first: belay recover ${environment.name}`,
		facts: {
			run: row.run,
			phase: row.phase
		}
	});
}
// src/run/open-run.ts
async function openRun(request) {
	const { ports, environment, id, began } = request;
	const run = await assembleRun(request, await journalOf(ports, environment, request.holds, id));
	await run.journal.append({
		type: "began",
		run: id,
		environment: environment.name,
		belay: ports.belayVersion,
		targets: run.targets.map(({ target, pending }) => ({
			name: target.name,
			engine: target.engine,
			configured: target.configured,
			pending: pending.map((migration) => migration.id)
		})),
		owner: ports.self,
		sha: request.sha,
		previousSha: request.previousSha,
		...began
	});
	ports.progress({
		type: "run-began",
		command: began.command,
		environment: environment.name,
		run: id
	});
	await enterPhase(run, "preparing");
	return run;
}
function journalOf(ports, environment, holds, id) {
	const [first] = holds;
	if (first === void 0) throw new Error("a run without targets");
	return openJournal({
		store: ports.storeOf(environment, first.target),
		environment: environment.name
	}, id, ports.now, ports.redact);
}
async function assembleRun({ ports, environment, holds, id, sha, previousSha, pendingOf }, journal) {
	const targets = [];
	for (const hold of holds) targets.push(await targetRun(ports, environment, hold, pendingOf(hold.target)));
	const stop = new AbortController();
	if (ports.signal.aborted) stop.abort(ports.signal.reason);
	else ports.signal.addEventListener("abort", () => stop.abort(ports.signal.reason), { once: true });
	return {
		id,
		ports,
		environment,
		journal,
		targets,
		sha,
		previousSha,
		steps: [],
		stop,
		phase: "preparing"
	};
}
async function targetRun(ports, environment, hold, pending) {
	return {
		target: hold.target,
		hold,
		tool: await ports.toolOf(environment, hold.target),
		store: ports.storeOf(environment, hold.target),
		checks: [],
		notes: [],
		pending: pending.map(({ id, reversible, findings, sql, file }) => ({
			id,
			reversible,
			findings,
			sql,
			file
		})),
		applied: [],
		workspace: null,
		backup: null,
		clone: null,
		before: null,
		baseline: new Map(),
		disturbance: void 0,
		data: null,
		schema: null,
		mark: void 0,
		rollback: null
	};
}
// src/run/take-backup.ts
async function takeBackup(run, target, plan, planned) {
	const { ports, environment } = run;
	const { backup: settings } = environment;
	const id = makeBackupId(ports.now(), ports.random(2));
	const folder = backupFolder(environment.name, target.target.name, id);
	const workspace = await openWorkspace(run, target);
	const taken = await step(run, "backup", target, async () => {
		const value = await workspace.backup({
			run: run.id,
			store: target.store,
			folder,
			proof: planned.proof,
			clone: settings.clone !== "never",
			observe: (session) => observeSnapshot(run, target, session),
			progress: (done, total) => ports.progress({
				type: "step-progress",
				target: target.target.name,
				step: "backup",
				done,
				total,
				unit: "bytes"
			})
		});
		target.checks.push(...value.observed.checks);
		target.baseline = value.observed.baseline;
		target.clone = value.clone;
		target.before = value.schema;
		target.backup = await writeManifest(target.store, folder, manifestOf(run, target, id, value));
		await run.journal.append({
			type: "backup",
			target: target.target.name,
			folder,
			summary: target.backup.summary,
			clone: value.clone,
			schema: value.schema,
			baseline: Object.fromEntries([...value.observed.recorded, ...value.observed.baseline])
		});
		return {
			value,
			detail: describeBackup(target.backup.summary.sizeBytes, value.proof)
		};
	});
	await refuseChangedPlan(run, plan, planned, taken);
	throwIfAny("refused", failedChecks(taken.observed.checks));
}
async function openWorkspace(run, target) {
	const workspace = await target.hold.work({
		run: run.id,
		recordProcess: (started) => run.journal.append({
			type: "process",
			target: target.target.name,
			started
		}),
		signal: run.stop.signal
	});
	target.workspace = workspace;
	return workspace;
}
async function closeWorkspace(target) {
	const { workspace } = target;
	target.workspace = null;
	await workspace?.[Symbol.asyncDispose]();
}
async function observeSnapshot(run, target, session) {
	const surroundings = surroundingsOf(run);
	const { results, recorded } = await runChecks(surroundings, run.environment.checks.before, "before", session);
	return {
		state: await target.tool.state(session),
		checks: results,
		recorded,
		baseline: await readBaseline(surroundings, session)
	};
}
async function refuseChangedPlan(run, plan, planned, taken) {
	const { state } = taken.observed;
	throwIfAny("refused", state.obstacles);
	const others = plan.targets.filter((each) => each !== planned);
	const now = {
		...planned,
		...state,
		identity: taken.identity,
		schema: taken.schema
	};
	if ((await planOf(run.ports, run.environment, [...others, now].sort((a, b) => plan.targets.findIndex((each) => each.target === a.target) - plan.targets.findIndex((each) => each.target === b.target)))).digest === plan.digest && taken.identity.live === planned.identity.live) return;
	throw refusal("plan-changed", `the plan changed between planning and the backup (${whatChanged(planned, now)})`, { hint: `look at it again: belay plan ${run.environment.name}; does \`app.stop\` or \`app.prepare\` change the database or the migrations?` });
}
function whatChanged(planned, now) {
	if (now.identity.live !== planned.identity.live) return "another database lies in its place";
	if (schemaDigest(planned.schema) !== schemaDigest(now.schema)) return "the schema of the database";
	const before = planned.pending.map(({ id, sha256 }) => `${id} ${sha256}`);
	const after = now.pending.map(({ id, sha256 }) => `${id} ${sha256}`);
	return before.join() === after.join() ? "belay.yml or the tool's configuration" : "the migration files";
}
function manifestOf(run, target, id, taken) {
	return {
		formatVersion: 1,
		id,
		run: run.id,
		environment: run.environment.name,
		target: target.target.name,
		engine: target.target.engine,
		engineVersion: taken.engineVersion,
		toolVersions: {
			belay: run.ports.belayVersion,
			...taken.toolVersions
		},
		takenAt: run.ports.now().toISOString(),
		source: taken.identity.lasting,
		files: taken.files,
		tables: taken.tables,
		schemaDigest: schemaDigest(taken.schema),
		sequences: taken.sequences,
		compression: "none",
		encryption: "none",
		proof: taken.proof,
		lacks: taken.lacks,
		restore: taken.restore,
		engineFacts: taken.engineFacts
	};
}
function describeBackup(sizeBytes, proof) {
	return `${describeSize(sizeBytes)}, ${proof === "restored" ? "restored and compared" : "read back, rows counted"}`;
}
const SIZE_UNITS = [
	"bytes",
	"kB",
	"MB",
	"GB",
	"TB"
];
function describeSize(bytes) {
	const power = Math.min(SIZE_UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
	const scaled = bytes / 1e3 ** power;
	return `${power === 0 || scaled >= 100 ? Math.round(scaled) : Number(scaled.toPrecision(3))} ${SIZE_UNITS[power]}`;
}
// src/check/data-scope.ts
function judgeDataScope(scope, comparison) {
	if (scope.mode === "off") return {
		kept: true,
		violations: [],
		unproven: null
	};
	const judge = scope.mode === "may-change" ? listedOnly(scope, comparison) : scope.mode === "additive" ? additive : reportOnly;
	const verdicts = comparison.tables.map((table) => ({
		table,
		...judge(table)
	}));
	const violations = verdicts.filter(({ broken }) => broken.length > 0).map(({ table, broken }) => ({
		code: "data-scope-broken",
		message: sentence(table, broken),
		hint: hintFor(scope, table, comparison)
	}));
	const unproven = verdicts.flatMap(({ table, unproven: why }) => why === null ? [] : [`${table.name}: ${why}`]);
	return {
		kept: violations.length === 0,
		violations,
		unproven: unproven.length === 0 ? null : unproven.join("; ")
	};
}
const reportOnly = (table) => ({
	broken: [],
	unproven: table.unproven ?? null
});
const additive = (table) => ({
	broken: lost(table, table.columnsChanged),
	unproven: table.unproven ?? null
});
function listedOnly(scope, comparison) {
	const names = comparison.tables.map((table) => table.name);
	const free = new Set(scope.tables.map((name) => meant(name, names)));
	return (table) => {
		if (free.has(table.name)) return {
			broken: [],
			unproven: null
		};
		const listed = scope.columns.filter((column) => meant(column.table, names) === table.name);
		const allowed = listed.map(({ column }) => meant(column, table.columnsChanged));
		const beyond = table.columnsChanged.filter((column) => !allowed.includes(column));
		if (listed.length > 0 && rewrittenWithoutKey(table)) {
			const why = `it has no key, so that ${rows(table.removed)} with other values cannot be told from as many removed and added`;
			return {
				broken: lostColumns(table),
				unproven: why
			};
		}
		const came = table.added > 0 ? [`${rows(table.added)} added`] : [];
		return {
			broken: [...lost(table, beyond), ...came],
			unproven: table.unproven ?? null
		};
	};
}
function rewrittenWithoutKey(table) {
	return table.rowsAfter !== null && table.removed > 0 && table.removed === table.added && table.keys.length === 0;
}
function lost(table, columns) {
	const counted = table.unproven === void 0;
	if (counted && table.rowsAfter === null) return [`the table was dropped with ${rows(table.rowsBefore ?? 0)}`];
	const removed = counted ? table.removed : Math.max(0, (table.rowsBefore ?? 0) - (table.rowsAfter ?? table.rowsBefore ?? 0));
	const partly = columns.length < table.columnsChanged.length;
	return [
		...removed > 0 ? [`${counted ? "" : "at least "}${rows(removed)} removed`] : [],
		...table.changed > 0 && columns.length > 0 ? [`${rows(table.changed)} changed${partly ? ", some of them" : ""} in ${columns.join(", ")}`] : [],
		...lostColumns(table)
	];
}
function lostColumns(table) {
	const { columnsDropped: dropped } = table;
	return dropped.length === 0 ? [] : [`${dropped.length === 1 ? "column" : "columns"} ${dropped.join(", ")} dropped`];
}
function sentence(table, broken) {
	const where = table.keys.length === 0 ? "" : ` (${table.keys.slice(0, 10).join("; ")}${table.removed + table.changed > table.keys.length ? "; …" : ""})`;
	return `data scope broken in ${table.name}: ${broken.join(", ")}${where}`;
}
function hintFor(scope, table, comparison) {
	const allow = scope.mode === "may-change" ? `add ${table.name} to \`may-change\`` : `write \`data: { may-change: [${table.name}] }\``;
	const strays = scope.mode === "may-change" ? strayNames(scope, comparison) : [];
	return [`mend the migration, or if it is meant to do this, ${allow}`, ...strays].join("; ");
}
function strayNames(scope, comparison) {
	const names = comparison.tables.map((table) => table.name);
	return [...new Set([...scope.tables, ...scope.columns.map((column) => column.table)])].filter((name) => meant(name, names) === void 0).map((name) => {
		const near = nearest(name, names);
		return `no table is called "${name}"${near === null ? "" : ` (did you mean "${near}"?)`}`;
	});
}
function meant(name, known) {
	if (known.includes(name)) return name;
	const alike = known.filter((other) => other.toLowerCase() === name.toLowerCase());
	return alike.length === 1 ? alike[0] : void 0;
}
function rows(count) {
	return count === 1 ? "1 row" : `${count.toLocaleString("en")} rows`;
}
// src/run/verify-run.ts
async function verifyTarget(run, target, known = null) {
	const { workspace, before } = target;
	if (workspace === null || before === null) throw new Error("verifying without a before-state");
	await step(run, "verify", target, async () => {
		const comparison = run.environment.data.mode === "off" ? null : await workspace.compare(beforeReference(target));
		target.disturbance = known ?? await workspace.disturbance();
		target.schema = schemaDifference(before, await workspace.schema());
		target.data = comparison === null ? null : dataResult(comparison, target.disturbance);
		const checks = await runChecks(surroundingsOf(run), run.environment.checks.after, "after", workspace.session, target.baseline);
		target.checks.push(...checks.results);
		await recordAfterState(run, target, checks.recorded);
		throwIfAny("failed", [...failedChecks(checks.results), ...brokenScope(run, target, comparison)]);
		return {
			value: void 0,
			outcome: checks.results.some((check) => check.warned === true) ? "warned" : "done",
			detail: describe$1(target)
		};
	});
}
function recordAfterState(run, target, recorded) {
	return run.journal.append({
		type: "after-state",
		target: target.target.name,
		data: target.data,
		schema: target.schema ?? {
			added: [],
			removed: [],
			changed: []
		},
		checks: target.checks,
		recorded: Object.fromEntries(recorded),
		disturbance: target.disturbance ?? null
	});
}
function beforeReference(target) {
	if (target.clone !== null) return { copy: target.clone };
	if (target.backup === null) throw new Error("comparing without a before-state");
	return { backup: {
		store: target.store,
		folder: target.backup.folder,
		manifest: target.backup.manifest
	} };
}
function brokenScope(run, target, comparison) {
	if (comparison === null || target.disturbance !== null) return [];
	return judgeDataScope(run.environment.data, comparison).violations;
}
function dataResult(comparison, disturbance) {
	const unproven = comparison.tables.filter((table) => table.unproven !== void 0).map((table) => `${table.name}: ${table.unproven}`);
	const why = disturbance === null ? unproven.join("; ") : `somebody else wrote during the run (${disturbance})`;
	return {
		proven: why === "",
		...why === "" ? {} : { why },
		tables: comparison.tables.map(({ columnsAdded: _added, columnsDropped: _dropped, keys, ...table }) => ({
			...table,
			...keys.length === 0 ? {} : { keys }
		}))
	};
}
function describe$1(target) {
	const after = target.checks.filter(({ phase }) => phase === "after");
	const passed = after.filter((check) => check.passed).length;
	const parts = after.length === 0 ? [] : [`${passed} of ${after.length} checks`];
	if (target.data !== null) parts.push(describeData(target.data));
	return parts.join(", ");
}
function describeData(data) {
	if (!data.proven) return "data unproven";
	const touched = data.tables.filter((table) => table.added + table.removed + table.changed > 0 || table.rowsBefore === null || table.rowsAfter === null);
	return `${data.tables.length - touched.length} of ${data.tables.length} tables untouched`;
}
// src/run/undo.ts
async function undoTarget(run, target, options) {
	await closeWorkspace(target);
	await step(run, "rollback", target, async () => {
		const began = performance.now();
		target.rollback = {
			...(lastOfTarget(run.journal.entries, "intent", target.target.name) !== void 0 ? null : await unchanged(target)) ?? await replaceTarget(run, target, options),
			durationMs: Math.round(performance.now() - began)
		};
		await run.journal.append({
			type: "rolled-back",
			target: target.target.name,
			rollback: target.rollback
		});
		return {
			value: void 0,
			detail: describe(target.rollback)
		};
	});
}
async function unchanged(target) {
	if (target.applied.length > 0) return null;
	const { data, sameSchema } = await target.hold.compareWith(beforeReference(target));
	const nothing = {
		strategy: "transaction",
		laterWrites: [],
		kept: []
	};
	if (sameSchema && sameData(data)) return {
		...nothing,
		why: "the migration's own transaction was rolled back",
		matches: true
	};
	if (sameSchema && typeof target.disturbance === "string" && target.tool.abilities.atomicMigrations) return {
		...nothing,
		why: `the migration's own transaction was rolled back; somebody else wrote meanwhile (${target.disturbance}), so the data were not compared`,
		matches: null
	};
	return null;
}
async function replaceTarget(run, target, options) {
	const { hold, disturbance } = target;
	if (typeof disturbance === "string" && !options.applicationRan) throw failure("rollback-refused", `somebody else wrote to ${target.target.name} during the run (${disturbance}); going back would lose that`, { hint: `decide which state to keep; to go back all the same: belay rollback ${run.environment.name} --accept-loss` });
	const laterWrites = options.applicationRan ? await countLaterWrites(target) : [];
	if (options.laterWrites === "refuse" && laterWrites.length > 0) throw failure("later-writes", `since the migration ${describeLaterWrites(laterWrites)}; going back would lose that`, { hint: `the new state was left; to go back all the same: belay rollback ${run.environment.name} --accept-loss` });
	return {
		...await putBack(run, target),
		laterWrites
	};
}
async function putBack(run, target) {
	const { hold } = target;
	const name = target.target.name;
	const begun = lastOfTarget(run.journal.entries, "intent", name)?.intent;
	let intent = begun ?? await hold.planReplacement(target.clone ?? await restoredCopy(run, target), run.id);
	for (;;) {
		if (intent !== begun) await run.journal.append({
			type: "intent",
			target: name,
			intent
		});
		try {
			await hold.replace(intent);
			break;
		} catch (error) {
			if (!(error instanceof BelayError) || error.code !== "copy-changed" || target.clone === null) throw error;
			target.notes.push(`the copy beside the database was no longer what was proven (${messageOf(error)}); the backup was restored instead`);
			target.clone = null;
			intent = await hold.planReplacement(await restoredCopy(run, target), run.id);
		}
	}
	const matches = intent.strategy === "swap" ? true : await equalsBackup(target);
	target.clone = null;
	return {
		strategy: intent.strategy,
		...intent.way === null ? {} : { way: intent.way },
		why: intent.why,
		matches,
		kept: [intent.keepAs]
	};
}
async function restoredCopy(run, target) {
	if (target.backup === null) throw failure("no-backup", `there is no backup to bring ${target.target.name} back from`, { hint: "look what there is: belay backups" });
	return target.hold.restoreAside(target.store, target.backup.folder, target.backup.manifest, run.id);
}
async function equalsBackup(target) {
	if (target.backup === null) return false;
	const { folder, manifest } = target.backup;
	const { data, sameSchema } = await target.hold.compareWith({ backup: {
		store: target.store,
		folder,
		manifest
	} });
	if (sameSchema && sameData(data)) return true;
	throw failure("rollback-differs", `${target.target.name} was brought back but does not equal backup ${manifest.id}`, { hint: "somebody wrote to it meanwhile, or its disk is not to be trusted: stop what uses it and run belay rollback again" });
}
async function countLaterWrites(target) {
	const counted = target.mark === void 0 ? null : await target.hold.laterWrites(target.mark);
	if (counted === null) return [{
		table: "*",
		written: null,
		gone: null
	}];
	return counted.filter(({ written, gone }) => written !== 0 || gone !== 0);
}
function describeLaterWrites(writes) {
	return writes.map(({ table, written, gone }) => {
		if (table === "*") return "an unknown number of rows was written";
		if (written === null) return `${table} was written to, how often is unknown`;
		return `${table}: ${written} written${gone === null || gone === 0 ? "" : `, ${gone} gone`}`;
	}).join("; ");
}
function describe({ strategy, way, matches, laterWrites }) {
	return [
		strategy === "transaction" ? "nothing to undo" : way === void 0 ? strategy : `${strategy}, ${way}`,
		matches === true ? "identical to before" : matches === null ? "not compared" : "differs",
		...laterWrites.length === 0 ? [] : [`later writes kept aside: ${describeLaterWrites(laterWrites)}`]
	].join(", ");
}
export { decide as _, closeWorkspace as a, assembleRun as c, refuseUnfinished as d, failedChecks as f, runUnrecorded as g, runAppCommand as h, verifyTarget as i, openRun as l, surroundingsOf as m, describeLaterWrites as n, openWorkspace as o, runChecks as p, undoTarget as r, takeBackup as s, countLaterWrites as t, holdTargets as u };
