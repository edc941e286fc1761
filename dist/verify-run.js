import { B as toldDifference, I as withoutRecords, K as nearest, N as keepsRecord, et as failure, tt as messageOf } from "./domain.js";
import { a as runChecks, i as readerOf, o as surroundingsOf, t as failedChecks } from "./checks.js";
import { Rt as throwIfAny, bt as step } from "./looking.js";
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
	const beyond = verdicts.filter(({ broken }) => broken.length > 0);
	const hint = hintFor(scope, beyond.map(({ table }) => table.name), comparison);
	const violations = beyond.map(({ table, broken }) => ({
		code: "data-scope-broken",
		message: sentence(table, broken),
		hint
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
	const least = counted ? "" : "at least ";
	const partly = columns.length < table.columnsChanged.length;
	return [
		...removed > 0 ? [`${least}${rows(removed)} removed`] : [],
		...table.changed > 0 && columns.length > 0 ? [`${least}${rows(table.changed)} changed${partly ? ", some of them" : ""} in ${columns.join(", ")}`] : [],
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
function hintFor(scope, tables, comparison) {
	const listed = tables.map(asYaml).join(", ");
	const allow = scope.mode === "may-change" ? `add ${listed} to \`may-change\`` : `write \`data: { may-change: [${listed}] }\``;
	const strays = scope.mode === "may-change" ? strayNames(scope, comparison) : [];
	return [`mend the migration, or if it is meant to do this, ${allow}`, ...strays].join("; ");
}
function asYaml(name) {
	return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
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
async function verifyTarget(run, target, options) {
	await step(run, "verify", target, async () => {
		await recordAfterState(run, target, await readAfterState(run, target, options));
		if (!options.judge) return {
			value: void 0,
			outcome: "skipped",
			detail: "recorded, not judged yet"
		};
		const after = target.checks.filter(({ phase }) => phase === "after");
		throwIfAny("failed", [...failedChecks(after), ...brokenScope(run.environment.data, target.comparison, target.disturbance ?? null, target.tool.records)]);
		return {
			value: void 0,
			outcome: after.some((check) => check.warned === true) ? "warned" : "done",
			detail: describe(target)
		};
	});
}
async function readAfterState(run, target, known) {
	const { workspace, before } = target;
	const { environment } = run;
	if (workspace === null || before === null) throw new Error("verifying without a before-state");
	target.comparison = environment.data.mode !== "off" && !environment.app.online ? await workspace.compare(beforeReference(target)) : null;
	const watched = async () => known.disturbance === void 0 ? await workspace.disturbance() : known.disturbance;
	target.disturbance = environment.app.online ? ONLINE : await watched();
	target.schema = toldDifference(before, await workspace.schema());
	target.data = dataResult(target.comparison, target.disturbance, target.tool.records);
	if (environment.checks.after.length === 0) return new Map();
	await using reader = await readerOf(run, target);
	const checks = await runChecks(surroundingsOf(run, target), environment.checks.after, "after", reader.session, target.baseline);
	target.checks.push(...checks.results);
	return checks.recorded;
}
const ONLINE = "app: online, the application went on writing";
function recordAfterState(run, target, recorded) {
	return run.journal.append({
		type: "after-state",
		target: target.target.name,
		comparison: target.comparison,
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
	if (target.earlierBackup) throw beforeStateLost(target.target.name, target.backup, null);
	return { backup: {
		store: target.store,
		folder: target.backup.folder,
		manifest: target.backup.manifest
	} };
}
function beforeStateLost(name, { manifest }, cause) {
	const why = cause === null ? "it is not beside the database any more" : messageOf(cause);
	const goBack = manifest.proof === "external" ? "or go back to that backup with the program that made it" : `or go back to that backup and lose what was written after it: \`belay rollback ${manifest.environment} --backup ${manifest.id} --accept-loss\``;
	return failure("before-state-lost", `the copy of ${name} from before the migration is lost (${why}), and ${describeEarlier(manifest)} lacks what was written before the application stopped`, {
		hint: `decide which state to keep: stay with the database as it is now (\`belay verify ${manifest.environment}\` judges it), ${goBack}`,
		...cause === null ? {} : { cause }
	});
}
function describeEarlier({ id, proof, takenAt }) {
	return `${proof === "external" ? "your own backup, recorded as" : "backup"} ${id}, taken at ${takenAt},`;
}
function brokenScope(scope, comparison, disturbance, records) {
	if (comparison === null || disturbance !== null) return [];
	return judgeDataScope(scope, withoutRecords(comparison, records)).violations;
}
function dataResult(comparison, disturbance, records) {
	if (comparison === null) return disturbance === null ? null : {
		proven: false,
		why: disturbance,
		tables: []
	};
	const unproven = comparison.tables.filter((table) => table.unproven !== void 0).map((table) => `${table.name}: ${table.unproven}`);
	const why = disturbance === null ? unproven.join("; ") : `somebody else wrote during the run (${disturbance})`;
	return {
		proven: why === "",
		...why === "" ? {} : { why },
		tables: comparison.tables.map(({ columnsAdded: _added, columnsDropped: _dropped, keys, ...table }) => ({
			...table,
			...keys.length === 0 ? {} : { keys },
			...keepsRecord(table.name, records) ? { record: true } : {}
		}))
	};
}
function describe(target) {
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
export { verifyTarget as a, dataResult as i, beforeStateLost as n, brokenScope as r, beforeReference as t };
