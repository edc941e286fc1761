import { b as safeLine, n as commandFor } from "./page.js";
import { J as counted, Q as size, X as firstOf, Y as duration, q as count } from "./domain.js";
// src/report/changes.ts
const TABLES = 8;
const OBJECTS = 8;
const KEYS = 3;
const NAME_LIMIT = 80;
function describeData(data) {
	const touched = data.tables.filter(isTouched);
	const rest = data.tables.length - touched.length;
	return `${touched.length === 0 ? "no row differs" : firstOf(touched.map(describeTable), TABLES, "; ")}${rest === 0 ? "" : `; ${counted(rest, "table")} untouched`}`;
}
function describeLoss(all) {
	const tables = all.flatMap((data) => data.tables).filter(({ record }) => record !== true);
	const rows = tables.reduce((sum, table) => sum + (table.rowsBefore ?? 0), 0);
	const lost = tables.reduce((sum, table) => sum + (table.rowsAfter === null ? table.rowsBefore ?? 0 : table.removed), 0);
	if (rows === 0) return "";
	return `${counted(rows, "row")} compared, ${lost === 0 ? "none" : count(lost)} lost`;
}
function isTouched(table) {
	return table.added + table.removed + table.changed > 0 || table.rowsBefore === null || table.rowsAfter === null || table.unproven !== void 0;
}
function describeTable(table) {
	const name = safeLine(table.name, NAME_LIMIT);
	if (table.rowsBefore === null) return `${name} new, ${counted(table.rowsAfter ?? 0, "row")}`;
	if (table.rowsAfter === null) return `${name} dropped, ${counted(table.rowsBefore, "row")}`;
	if (table.unproven !== void 0) return `${name} ${count(table.rowsBefore)} → ${count(table.rowsAfter)} rows`;
	return `${name} ${[
		table.added > 0 ? `+${counted(table.added, "row")}` : "",
		table.removed > 0 ? `-${counted(table.removed, "row")}` : "",
		table.changed > 0 ? `${count(table.changed)} changed` : ""
	].filter((part) => part !== "").join(", ")}${particulars(table)}`;
}
function particulars({ columnsChanged, keys = [], removed, changed }) {
	const told = [firstOf(columnsChanged.map((column) => safeLine(column, NAME_LIMIT)), OBJECTS), keys.slice(0, KEYS).map((key) => safeLine(key, NAME_LIMIT)).join(", ") + (removed + changed > KEYS && keys.length > 0 ? ", …" : "")].filter((text) => text !== "").join("; ");
	return told === "" ? "" : ` (${told})`;
}
function describeSchema({ added, removed, changed }) {
	const part = (word, objects) => {
		const names = objects.map((object) => safeLine(object, NAME_LIMIT));
		return names.length === 0 ? "" : `${word} ${firstOf(names, OBJECTS)}`;
	};
	return [
		part("added", added),
		part("removed", removed),
		part("changed", changed)
	].filter((text) => text !== "").join("; ");
}
function describeLaterWrites(writes) {
	const one = ({ table, written, gone }) => {
		if (table === "*") return "what and how much is not known";
		const name = safeLine(table, NAME_LIMIT);
		if (written === null && gone === null) return `${name} written, number unknown`;
		return `${name} ${[written === null ? "" : `${count(written)} written`, gone === null || gone === 0 ? "" : `${count(gone)} gone`].filter((text) => text !== "").join(", ")}`;
	};
	return firstOf(writes.map(one), TABLES, "; ");
}
function describeDropped(dropped) {
	const one = ({ table, rows, columns }) => {
		const name = safeLine(table, NAME_LIMIT);
		return [...rows === 0 ? [] : [`${name} ${counted(rows, "row")}`], ...columns.map((column) => `${name}.${safeLine(column, NAME_LIMIT)}`)].join(", ");
	};
	return firstOf(dropped.map(one), TABLES, "; ");
}
function perTarget(targets, describe) {
	const said = targets.map((target) => ({
		name: safeLine(target.name, NAME_LIMIT),
		text: describe(target)
	})).filter(({ text }) => text !== "");
	if (targets.length === 1) return said.map(({ text }) => text);
	if (said.length <= TARGETS) return said.map(({ name, text }) => `${name}: ${text}`);
	const alike = [...Map.groupBy(said, ({ text }) => text)].map(([text, of]) => `${firstOf(of.map(({ name }) => name), 3)}: ${text}`);
	return alike.length <= TARGETS ? alike : [...alike.slice(0, TARGETS), `and ${counted(alike.length - TARGETS, "line")} more (--json has all)`];
}
const TARGETS = 10;
// src/report/came-back.ts
function cameBack(rollback) {
	return rollback !== null && (rollback.matches === true || (rollback.lacks ?? []).length > 0);
}
// src/report/watch.ts
function watchLine({ state, watchedMs, forMs, rounds, good }) {
	return `${state === "over" ? `watched ${span(forMs)} to the end` : `watched ${span(watchedMs)} of ${span(forMs)}`}, ${count(good)} of ${count(rounds)} rounds good`;
}
function span(ms) {
	return duration(ms).replace(/(?<= h| min) 0 (?:min|s)$/, "");
}
// src/report/application.ts
function applicationEnd(result) {
	const steps = result.targets[0]?.steps ?? [];
	const last = (name) => steps.findLast((step) => step.name === name && step.outcome !== "skipped")?.outcome;
	const [stop, start, health, previous] = [
		last("stop"),
		last("start"),
		last("health"),
		last("previous")
	];
	if (previous !== void 0) return previous === "failed" ? "unknown" : "previous";
	if (start === "failed" || health === "failed") return "unknown";
	if (start !== void 0) return "running";
	if (stop === void 0) return "untouched";
	return stop === "failed" ? "unknown" : "stopped";
}
function applicationClause(end, previous) {
	return {
		untouched: "",
		running: "the application is running",
		previous,
		stopped: "the application is stopped",
		unknown: "the application may not be running"
	}[end];
}
// src/report/verdict.ts
function verdict(result) {
	const took = duration(result.durationMs);
	switch (result.outcome) {
		case "migrated": return good(`${result.command === "recover" ? "RECOVERED, " : ""}MIGRATED${notYetVerified(result) ? ", NOT VERIFIED YET," : ""}`, `in ${took}. ${migrated(result)}`);
		case "rolled-back": return good("ROLLED BACK", `in ${took}. ${sentence(rolledBack(result), app(result, "the application is running"))}`);
		case "up-to-date": return result.command === "recover" ? good("NOTHING TO RECOVER.", "No run was left unfinished; nothing was touched.") : good("UP TO DATE.", "Nothing is pending; nothing was stopped, backed up or changed.");
		case "undone": return bad(undoneWord(result), `in ${took}. ${sentence(undone(result), app(result, "the old version is running"))}`);
		case "refused": return {
			word: "REFUSED",
			rest: `after ${took}. ${refused(result)}`,
			paint: "yellow"
		};
		case "needs-attention": return bad("NEEDS ATTENTION", `after ${took}. ${sentence(inDoubt(result), app(result, "the old version is running"))}`);
		case "failed": return bad("FAILED BEFORE ANYTHING WAS CHANGED,", `after ${took}. This is a defect of Belay.`);
		case "interrupted": return {
			word: "INTERRUPTED BEFORE ANYTHING WAS CHANGED,",
			rest: `after ${took}.`,
			paint: "yellow"
		};
		case "checks-failed": return {
			word: "CHECKS FAILED,",
			rest: `after ${took}. Nothing was changed.`,
			paint: "red"
		};
		case "backed-up": return good("BACKED UP", `in ${took}. ${sentence(backedUp(result))}`);
		case "verified": return good("VERIFIED", `in ${took}. ${sentence(result.watch === void 0 ? checksHeld(result) : "", proven(result))}`);
		case "restored": return good("RESTORED", `in ${took}. ${sentence(`the database ${targetNames(result)} holds what the backup holds`)}`);
		case "pruned": return good("PRUNED", `in ${took}. ${sentence(pruned(result))}`);
		case "planned":
		case "rehearsed":
		case "listed":
		case "written":
		case "healthy": return good(result.outcome.toUpperCase(), `in ${took}.`);
	}
}
function notYetVerified(result) {
	return result.verified === false;
}
function endedWell(outcome) {
	return ![
		"failed",
		"refused",
		"undone",
		"needs-attention",
		"checks-failed",
		"interrupted"
	].includes(outcome);
}
function wasInterrupted(result) {
	return result.reasons.some(({ code }) => code === "interrupted");
}
function good(word, rest) {
	return {
		word,
		rest,
		paint: "green"
	};
}
function bad(word, rest) {
	return {
		word,
		rest,
		paint: "red"
	};
}
function migrated(result) {
	const applied = result.targets.reduce((sum, target) => sum + target.applied.length, 0);
	const where = result.targets.length > 1 ? ` to ${result.targets.length} databases` : "";
	return sentence(applied === 0 ? "" : `${counted(applied, "migration")} applied${where}`, proven(result), app(result, "the previous version is running"));
}
function proven(result) {
	const data = result.targets.flatMap((target) => target.data === null ? [] : [target.data]);
	if (data.length === 0) return "";
	return data.every((each) => each.proven) ? describeLoss(data) : "what happened to the rows is not proven";
}
function backedUp({ targets }) {
	const backups = targets.flatMap(({ backup }) => backup === null ? [] : [backup]);
	const bytes = backups.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
	const how = backups.every(({ proof }) => proof === "restored") ? "restored and compared" : "read, rows counted";
	return `${size(bytes)}${targets.length > 1 ? ` of ${targets.length} databases` : ""}, ${how}`;
}
function checksHeld({ targets }) {
	const checks = targets.flatMap((target) => target.checks).filter(({ expected }) => expected !== null);
	return checks.length === 0 ? "" : `${count(checks.filter(({ passed }) => passed).length)} of ${count(checks.length)} checks passed`;
}
function pruned({ targets }) {
	const dropped = targets.reduce((sum, { notes }) => sum + (notes?.length ?? 0), 0);
	return dropped === 0 ? "nothing had to go" : `${counted(dropped, "backup or copy", "backups and copies")} deleted`;
}
function targetNames({ targets }) {
	return targets.map(({ name }) => safeLine(name, 60)).join(", ");
}
function rolledBack(result) {
	const rollbacks = result.targets.map(({ rollback }) => rollback);
	const [noun, is] = databases(result);
	if (rollbacks.some((rollback) => rollback?.strategy === "hook")) return `the hook ran; ${noun.toLowerCase()} ${is} otherwise untouched`;
	if (!rollbacks.some((rollback) => rollback?.strategy === "downgrade")) return putBack(result);
	if (rollbacks.every((rollback) => rollback?.matches === true)) return putBack(result);
	return `the migrations were taken back, and later writes stayed${rollbacks.some((rollback) => rollback?.matches === false) ? `; so ${noun.toLowerCase()} ${is} not as before that run in every row` : ""}`;
}
function undone(result) {
	return result.targets.some(({ rollback }) => rollback?.strategy === "downgrade" && rollback.matches === null) && result.command !== "rollback" ? "the migrations were taken back, and what was written meanwhile stayed" : putBack(result);
}
function undoneWord(result) {
	if (result.command === "recover") return "RECOVERED, ROLLED BACK";
	if (wasInterrupted(result)) return "INTERRUPTED, ROLLED BACK";
	return result.command === "rollback" ? "ROLLBACK FAILED AND UNDONE," : "FAILED, ROLLED BACK";
}
function putBack(result) {
	const [noun, is] = databases(result);
	if (result.command === "rollback" && result.outcome === "undone") return `${noun} ${is} as before the rollback`;
	const when = result.command === "rollback" ? " before that run" : result.command === "recover" ? " before the run" : "";
	const was = is === "are" ? "they were" : "it was";
	const lacking = result.targets.reduce((sum, { rollback }) => sum + (rollback?.lacks ?? []).length, 0);
	if (!result.targets.every(({ rollback }) => rollback === null || cameBack(rollback))) return `${noun} ${is} as ${was}${when}, which could not be compared`;
	if (lacking > 0) return `${noun} ${is} as ${was}${when}, but for ${counted(lacking, "thing")} that no copy could be given (see the notes)`;
	return `${noun} ${is} exactly as ${was}${when}`;
}
function refused(result) {
	if (applicationEnd(result) === "untouched") return "Nothing was changed.";
	const [noun, is] = databases(result);
	return sentence(`${noun} ${is} as ${is === "are" ? "they were" : "it was"}`, app(result, "the application is running again"));
}
function inDoubt(result) {
	const rollbacks = result.targets.map(({ rollback }) => rollback);
	const codes = result.reasons.map(({ code }) => code);
	if (codes.includes("migrated-forward")) return "The data were brought back, and the application has changed them since";
	if (codes.every((code) => code === "maintenance-off-failed") && rollbacks.every((rollback) => rollback === null)) return stillBehindPage(result);
	if (rollbacks.length > 0 && rollbacks.every(cameBack)) return putBack(result);
	const [noun, is] = databases(result);
	const was = is === "are" ? "were" : "was";
	if (rollbacks.some((rollback) => rollback?.matches === false)) return `${noun} ${was} put back, and not everything is as before`;
	if (result.reasons.some(({ code }) => LEFT_AS_IT_IS.includes(code))) return `${noun} ${is} in the new state, and ${was} not rolled back`;
	if (neverTouched(result)) return `${noun} ${was} not touched`;
	return `${noun} ${was} not brought back`;
}
function stillBehindPage(result) {
	const applied = result.targets.reduce((sum, target) => sum + target.applied.length, 0);
	return `${applied === 0 ? "" : `${counted(applied, "migration")} applied, `}and people still see the maintenance page`;
}
const LEFT_AS_IT_IS = [
	"later-writes",
	"rollback-refused",
	"before-state-lost"
];
function neverTouched({ command, targets }) {
	const touching = (name) => name === "migrate" || name === "rollback";
	return command === "migrate" && targets.every(({ steps }) => !steps.some(({ name }) => touching(name)));
}
function databases(result) {
	return result.targets.length > 1 ? [`The ${result.targets.length} databases`, "are"] : ["The database", "is"];
}
function app(result, previous) {
	return applicationClause(applicationEnd(result), previous);
}
function sentence(...clauses) {
	const said = clauses.filter((clause) => clause !== "").join("; ");
	return said === "" ? "" : `${said.charAt(0).toUpperCase()}${said.slice(1)}.`;
}
// src/report/run-facts.ts
function runFacts(result) {
	const notes = result.outcome === "pruned" ? [] : perTarget(result.targets, (target) => (target.notes ?? []).join("; "));
	return [
		fact(endedWell(result.outcome) ? "Note" : "Why", result.reasons.map(({ message }) => message)),
		...wentBack(result) ? [] : [fact("Warned", warnings(result), true)],
		...result.watch === void 0 ? [] : [fact("Watched", [watchLine(result.watch)], result.watch.state === "broken")],
		...changed(result),
		...safe(result),
		fact("Note", notes),
		fact("Unsent", unsent(result), true),
		next(result)
	].filter(({ texts }) => texts.length > 0);
}
function fact(label, texts, warns = false) {
	return {
		label,
		texts: texts.filter((text) => text.trim() !== ""),
		warns
	};
}
function warnings(result) {
	const describe = ({ name, expected, actual }) => `${safeLine(name, 120)}: expected ${expected ?? "a result"}, got ${actual}`;
	return perTarget(result.targets, ({ checks }) => checks.filter(({ warned }) => warned === true).map(describe).join("\n"));
}
function unsent({ messages = [] }) {
	return messages.filter(({ outcome }) => outcome === "failed").map(({ receiver, event, detail }) => `${receiver} was not told (${event}): ${safeLine(detail ?? "no reason", 200)}`);
}
function wentBack({ command, outcome, targets }) {
	if (outcome === "undone") return true;
	return outcome === "needs-attention" && command !== "rollback" && targets.length > 0 && targets.every(({ rollback }) => cameBack(rollback));
}
function changed(result) {
	if (result.outcome === "refused" || result.outcome === "interrupted" || result.outcome === "failed") return [laterWrites(result)];
	const compared = result.targets.filter(({ data }) => data !== null && (data.proven || data.tables.length > 0));
	const dropped = fact("Dropped", perTarget(result.targets, ({ rollback }) => describeDropped(rollback?.dropped ?? [])), true);
	const data = (targets) => perTarget(targets, (target) => target.data === null ? "" : describeData(target.data));
	if (wentBack(result)) return [
		fact("Tried", data(compared.filter(({ rollback }) => rollback?.strategy !== "transaction"))),
		laterWrites(result),
		dropped
	];
	const schema = perTarget(result.targets, (target) => target.schema === null ? "" : describeSchema(target.schema));
	return [
		fact("Data", data(compared)),
		unproven(result),
		fact("Schema", schema),
		laterWrites(result),
		dropped
	];
}
function unproven(result) {
	return fact("Unproven", perTarget(result.targets, ({ data, disturbance }) => data === null ? disturbance ?? "" : data.proven ? "" : data.why ?? "it could not be compared"), true);
}
function laterWrites(result) {
	return fact("Later", perTarget(result.targets, ({ rollback }) => {
		if (rollback === null || rollback.laterWrites.length === 0) return "";
		const told = describeLaterWrites(rollback.laterWrites);
		return rollback.kept.length === 0 ? told : `${told}; kept aside, not in the database any more`;
	}), true);
}
function safe(result) {
	const places = perTarget(result.targets, ({ rollback }) => rollback === null || rollback.kept.length === 0 ? "" : `${whatIsKept(result, rollback)} ${rollback.kept.map((place) => safeLine(place)).join(", ")}`);
	const superseded = result.outcome === "undone" || result.targets.some(({ rollback }) => rollback?.strategy === "downgrade");
	const backups = perTarget(result.targets, ({ backup }) => backup === null ? "" : describeBackup(backup));
	return [
		fact("Way", perTarget(result.targets, describeRollback)),
		fact("Kept", places),
		fact("Backup", superseded ? [] : backups)
	];
}
function whatIsKept({ command }, { strategy, way, kept }) {
	if (strategy === "downgrade") return "a backup from before this rollback, in";
	if (way === "schemas") {
		const [schema, was] = kept.join(", ").includes(", ") ? ["schemas", "they were"] : ["schema", "it was"];
		return command === "rollback" ? `the ${schema} as ${was} before this rollback, as` : `the failed ${schema}, as`;
	}
	return command === "rollback" ? "the database as it was before this rollback, as" : "the failed database, as";
}
function describeRollback({ rollback }) {
	if (rollback === null) return "";
	if (rollback.strategy === "hook" || rollback.strategy === "downgrade") return `${rollback.strategy}: ${safeLine(rollback.why)}`;
	if (rollback.strategy === "transaction" ? rollback.matches === true : rollback.matches === null && rollback.kept.length === 0) return "";
	const compared = rollback.matches === null ? "; it could not be compared with the state before" : cameBack(rollback) ? "" : "; it does not equal the state before";
	return `${rollback.strategy}${rollback.way === void 0 ? "" : ` (${rollback.way})`}: ${safeLine(rollback.why)}${compared}`;
}
function describeBackup({ id, sizeBytes, proof, location }) {
	if (proof === "external") return `${safeLine(id)}, ${describeProof(proof)}`;
	return `${safeLine(id)}, ${size(sizeBytes)}, ${describeProof(proof)}, in ${safeLine(location)}`;
}
const PROOFS = {
	restored: "restored and compared",
	read: "read, its rows counted",
	external: "made and checked by your own commands, not by Belay"
};
function describeProof(proof) {
	return PROOFS[proof];
}
function next(result) {
	const hints = [...new Set(result.reasons.flatMap(({ hint }) => hint === void 0 ? [] : [hint]))];
	const hinted = hints.length > 0 && !endedWell(result.outcome);
	return fact(result.outcome === "needs-attention" ? "By hand" : "Next", hinted ? [...hints, ...afterMending(result, hints)] : defaultNext(result));
}
function afterMending(result, hints) {
	if (hints.some((hint) => /belay |run again/.test(hint))) return [];
	if (result.outcome === "needs-attention") return [`then ${commandFor(result, "status")} shows where it stands and what is next`];
	if (result.outcome === "checks-failed") return [`then ${commandFor(result, "verify")} again; or ${commandFor(result, "rollback")} takes the data back to before that run`];
	if (result.outcome === "undone" && result.command === "migrate" && !wasInterrupted(result)) return [`then ${commandFor(result, "migrate")}; the very same plan needs --again "why"`];
	return [];
}
function defaultNext(result) {
	switch (result.outcome) {
		case "migrated":
			if (notYetVerified(result)) return [`${commandFor(result, "verify")} judges it; ${commandFor(result, "rollback")} takes it back.`];
			return result.targets.some(({ backup }) => backup !== null) ? [`${commandFor(result, "rollback")} takes the data back to before this run; later writes are counted first. It deploys no older code.`] : [];
		case "undone": return [wasInterrupted(result) || result.command === "recover" ? `${commandFor(result, "migrate")} runs it again` : `mend the cause, then ${commandFor(result, "migrate")}; the very same plan needs --again "why"`];
		case "checks-failed": return [`${commandFor(result, "rollback")} takes the data back to before that run; or mend the cause, then ${commandFor(result, "verify")} again`];
		case "backed-up": return result.targets.flatMap(({ backup }) => backup === null ? [] : [afterBackup(result, backup, result.targets.length > 1)]);
		case "needs-attention": return [`${commandFor(result, "status")} shows where it stands and what is next`];
		case "refused": return [`mend that, then ${commandFor(result, result.command)}`];
		case "interrupted": return [`${commandFor(result, result.command)} runs it again`];
		default: return [];
	}
}
function afterBackup(result, { id }, several) {
	const option = ["--backup", safeLine(id)];
	if (several) return `${commandFor(result, "rollback", ...option)} puts it back`;
	return `${commandFor(result, "migrate", ...option)} relies on it; ${commandFor(result, "rollback", ...option)} puts it back`;
}
export { endedWell as a, cameBack as c, wentBack as i, describeLoss as l, describeProof as n, verdict as o, runFacts as r, watchLine as s, describeBackup as t, isTouched as u };
