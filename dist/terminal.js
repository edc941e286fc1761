import { _ as paint, a as fields, b as safeLine, c as prose, d as padEnd, g as markWidth, h as mark, i as field, l as quoted, m as wrap, n as commandFor, o as indented, p as width, r as commandLine, s as markedFields, t as afterMerge, v as spell, x as safeLines } from "./page.js";
import { a as endedWell, n as describeProof, o as verdict, r as runFacts, t as describeBackup } from "./run-facts.js";
import { J as counted, Q as size, U as severity, X as firstOf, Y as duration, Z as moment, q as count } from "./domain.js";
// src/report/backups.ts
function backupsReport(result, style) {
	const backups = result.backups ?? [];
	if (backups.length === 0) return ["No backup yet."];
	const told = new Set();
	return backups.flatMap((backup) => {
		const first = backup.damage === void 0 && !told.has(backup.target);
		if (first) told.add(backup.target);
		return backupLines(backup, first, result.environment, style);
	});
}
function backupLines(backup, withRestore, environment, style) {
	const id = safeLine(backup.id);
	const facts = [
		moment(backup.takenAt),
		size(backup.sizeBytes),
		counted(backup.rows, "row"),
		describeProof(backup.proof)
	].join("  ");
	return [
		`${mark(style, backup.damage === void 0 ? "done" : "failed")} ${paint(style, "bold", id)}  ${safeLine(backup.target, 60)}  ${facts}`,
		...indented(style, 4, safeLine(backup.location)),
		...backup.damage === void 0 ? [] : indented(style, 4, `damaged, do not rely on it: ${safeLine(backup.damage, 300)}`),
		...withRestore ? restoreLines(backup, environment, style) : []
	];
}
function restoreLines(backup, environment, style) {
	const where = environment === null ? "" : ` ${safeLine(environment, 60)}`;
	return [...indented(style, 4, `put back: \`belay rollback${where} --backup ${safeLine(backup.id)}\``), ...backup.restore.length === 0 ? [] : [paint(style, "dim", "    without Belay, in its folder:"), ...backup.restore.map((line) => `      ${safeLine(line)}`)]];
}
// src/report/doctor.ts
const NAME = 15;
function doctorReport(result, style) {
	const parts = result.parts ?? [];
	const targets = new Set(parts.map(({ target }) => target).filter((target) => target !== null));
	const general = parts.filter(({ target }) => target === null);
	const of = result.environment === null ? "" : ` of ${safeLine(result.environment, 60)}`;
	return [
		paint(style, ["bold", "cyan"], `DOCTOR${of}`),
		...partLines(general, style),
		...[...targets].flatMap((target) => [...targets.size > 1 ? ["", paint(style, "bold", `${safeLine(target, 60)}:`)] : [], ...partLines(parts.filter((part) => part.target === target), style)]),
		"",
		...summary(result, parts, style)
	];
}
function partLines(parts, style) {
	return parts.flatMap((part) => onePart(part, style));
}
function onePart({ name, outcome, detail, means, hint }, style) {
	const head = 2 + markWidth(style) + 1 + NAME;
	const room = Math.max(style.width - head, 20);
	const [first = "", ...more] = safeLines(detail.trim()).flatMap((line) => wrap(spell(style, line), room));
	const label = padEnd(safeLine(name, 14), NAME);
	return [
		`  ${mark(style, outcome)} ${outcome === "failed" ? paint(style, "bold", label) : label}${first}`.trimEnd(),
		...more.map((line) => " ".repeat(head) + line),
		...indented(style, head, means === void 0 ? "" : `Means: ${safeLine(means)}.`),
		...indented(style, head, hint === void 0 ? "" : `Do: ${safeLine(hint)}`)
	];
}
function summary(result, parts, style) {
	const failing = parts.filter(({ outcome }) => outcome === "failed").length;
	const warned = parts.filter(({ outcome }) => outcome === "warned").length;
	const noted = warned === 0 ? "" : ` ${counted(warned, "part")} to know about.`;
	if (result.outcome === "interrupted") return [`${paint(style, ["bold", "yellow"], "INTERRUPTED.")} Not every part was tried.`];
	if (failing > 0) return [`${paint(style, ["bold", "red"], "NOT HEALTHY.")} ${count(failing)} of ${counted(parts.length, "part")} would stop or undo a run.${noted} Nothing was changed.`];
	return [`${paint(style, ["bold", "green"], "HEALTHY.")} ${counted(parts.length, "part")} tried; a run finds what it needs.${noted}`, ...field(style, "Next:", `${commandFor(result, "plan")} shows what would run`)];
}
// src/report/run-report.ts
function runReport(result, style) {
	return [
		...headline(result, style),
		...targetOutcomes(result, style),
		...runFacts(result).flatMap(({ label, texts, warns }) => fields(style, `${label}:`, texts, warns ? "yellow" : "bold")),
		...deleted(result, style),
		...runLine(result, style),
		...checklist(result)
	];
}
function deleted(result, style) {
	if (result.outcome !== "pruned") return [];
	return result.targets.flatMap((target) => (target.notes ?? []).flatMap((note) => indented(style, 2, safeLine(note))));
}
function headline(result, style) {
	const { word, rest, paint: color } = verdict(result);
	const [first = "", ...more] = prose(style, `${word} ${rest}`);
	return [first.replace(word, paint(style, ["bold", color], word)), ...more];
}
function targetOutcomes(result, style) {
	if (result.targets.length < 2) return [];
	return [...Map.groupBy(result.targets, ({ outcome }) => outcome)].sort(([a], [b]) => severity(a) - severity(b)).flatMap(([outcome, targets]) => {
		const sign = mark(style, endedWell(outcome) ? "done" : "failed");
		const limit = targets.length > LIMIT ? LIMIT - 1 : LIMIT;
		const lines = targets.slice(0, limit).map((target) => `  ${sign} ${safeLine(target.name, 60)}: ${outcome}${whyOf(target)}`);
		return targets.length > LIMIT ? [...lines, `  ${sign} ${count(targets.length - limit)} more: ${outcome}`] : lines;
	});
}
const LIMIT = 20;
function whyOf({ reasons = [] }) {
	const [first] = reasons;
	return first === void 0 ? "" : `, ${safeLine(first.message.split("\n")[0] ?? "", 160)}`;
}
function runLine(result, style) {
	if (result.run === null) return [];
	return field(style, "Run:", safeLine(result.run), "dim");
}
function checklist(result) {
	if (result.checklist === void 0 || result.checklist.length === 0 || !endedWell(result.outcome)) return [];
	return [
		"",
		"Only a person can check:",
		...result.checklist.map((item) => `  [ ] ${safeLine(item)}`)
	];
}
// src/report/gate.ts
const BOX = 72;
const NAME_LIMIT = 40;
const TARGETS = 12;
const MIGRATIONS = 40;
const HINT_LIMIT = 300;
function gateReport(result, style) {
	return [...result.run === null ? [] : [...runReport({
		...result,
		command: "migrate"
	}, style), ""], ...endedWell(result.outcome) ? [`${mark(style, "done")} The application may start: ${openBecause(result)}.`] : closed(result, style)];
}
function closed(result, style) {
	const columns = Math.min(BOX, style.width) - 4;
	const head = title$1(result);
	const lines = body(result, columns).map((line) => spell(style, line));
	return style.plain ? [`FATAL  ${spell(style, head)}`, ...lines] : box(style, columns, head, lines);
}
function openBecause(result) {
	if (result.outcome === "migrated") return "what was missing is applied";
	const [reason] = result.reasons;
	return reason === void 0 ? "nothing is pending, and no run is in its way" : safeLine(reason.message);
}
function title$1(result) {
	const lagging = behind(result);
	const all = result.targets.length;
	const stays = "This container will not start.";
	if (lagging.length === 0) return `${result.outcome === "interrupted" ? "The gate was interrupted." : "The gate is closed."} ${stays}`;
	const noun = prefixOf(result) === "" ? "target" : "tenant";
	if (all === 1) return `${safeLine(lagging[0]?.name ?? "", NAME_LIMIT)} is behind. ${stays}`;
	return `${count(lagging.length)} of ${counted(all, noun)} ${lagging.length === 1 ? "is" : "are"} behind. ${stays}`;
}
const BEHIND = "behind";
function prefixOf({ targets: [first, ...rest] }) {
	const prefix = first?.name.slice(0, first.name.indexOf("/") + 1) ?? "";
	return rest.every(({ name }) => name.startsWith(prefix)) ? prefix : "";
}
function behind(result) {
	return result.targets.filter(({ outcome, pending }) => !endedWell(outcome) && pending.length > 0);
}
function body(result, columns) {
	const lagging = behind(result);
	const prefix = prefixOf(result).length;
	const names = lagging.map(({ name }) => safeLine(name.slice(prefix), NAME_LIMIT));
	const column = Math.min(Math.max(7, ...names.map((name) => width(name) + 2)), Math.floor(columns / 3) + 2);
	const shown = lagging.slice(0, TARGETS).flatMap((target, at) => entry(columns, names[at] ?? "", column, missing(target)));
	const more = lagging.length > TARGETS ? [`and ${counted(lagging.length - TARGETS, "more target")}`] : [];
	const others = result.reasons.filter(({ code }) => code !== BEHIND).flatMap(({ message }) => wrap(safeLine(message, 600), columns, true));
	return [
		...shown,
		...more,
		...others,
		...fixes(result, lagging).flatMap((fix, at) => entry(columns, at === 0 ? "Fix:" : "", 7, fix))
	];
}
function missing({ pending }) {
	const rest = pending.length - MIGRATIONS;
	return `missing ${pending.slice(0, MIGRATIONS).map(({ id }) => safeLine(id, 80)).join(", ")}${rest > 0 ? ` and ${count(rest)} more` : ""}`;
}
function fixes(result, lagging) {
	const hints = [...new Set(result.reasons.flatMap(({ code, hint }) => code === BEHIND || hint === void 0 ? [] : [bare(hint)]))];
	if (lagging.length === 0 || result.run !== null) return hints.length === 0 ? [commandLine("status", result.environment)] : hints;
	if (result.fixHint !== void 0) return [...hints, ...safeLines(result.fixHint.trim()).map((line) => safeLine(line, HINT_LIMIT))];
	const only = lagging.length < result.targets.length && lagging.length <= TARGETS ? lagging.flatMap(({ name }) => ["--target", quoted(name.slice(prefixOf(result).length))]) : [];
	return [...hints, commandLine("migrate", result.environment, ...only)];
}
function bare(hint) {
	return safeLine(hint.replace(/^`([^`]*)`$/u, "$1"), HINT_LIMIT);
}
function entry(columns, name, column, text) {
	const lines = wrap(text, columns - column, true).map((line) => " ".repeat(column) + line);
	if (width(name) > column - 1) return [...wrap(name, columns, true), ...lines];
	return lines.map((line, at) => at === 0 ? padEnd(name, column) + line.slice(column) : line);
}
function box(style, columns, head, inside) {
	const frame = style.unicode ? doubleFrame(columns + 2) : asciiFrame(columns + 2);
	const red = (text) => paint(style, "red", text);
	const line = (text, painted) => `${red(frame.side)} ${painted}${" ".repeat(Math.max(0, columns - width(text)))} ${red(frame.side)}`;
	const heads = entry(columns, "FATAL", 7, spell(style, head));
	return [
		red(frame.top),
		...heads.map((text) => line(text, paint(style, ["bold", "red"], text))),
		red(frame.middle),
		...inside.map((text) => line(text, text)),
		red(frame.bottom)
	];
}
function doubleFrame(across) {
	return {
		top: `╔${"═".repeat(across)}╗`,
		middle: `╟${"─".repeat(across)}╢`,
		bottom: `╚${"═".repeat(across)}╝`,
		side: "║"
	};
}
function asciiFrame(across) {
	const line = `+${"-".repeat(across)}+`;
	return {
		top: line,
		middle: line,
		bottom: line,
		side: "|"
	};
}
// src/report/init.ts
function initReport(result, style) {
	const files = (result.files ?? []).map((file) => safeLine(file)).join(" and ");
	return [
		...partLines(result.parts ?? [], style),
		"",
		`${paint(style, ["bold", "green"], "WRITTEN.")} ${files}. Nothing else was changed.`,
		...fields(style, "Next:", result.next ?? [])
	];
}
// src/report/plan.ts
const SQL_LINES = 24;
const SQL_COLUMNS = 160;
const NAMES$2 = 12;
function planReport(result, style) {
	if (result.welcome !== void 0) return welcomeReport(result, result.welcome, style);
	const pending = result.targets.reduce((sum, target) => sum + target.pending.length, 0);
	const of = result.environment === null ? "" : ` of ${safeLine(result.environment, 60)}`;
	const head = pending === 0 ? "Nothing is pending." : `${counted(pending, "migration")} pending. Nothing was changed.`;
	return [
		`${paint(style, ["bold", "cyan"], `PLAN${of}.`)} ${head}`,
		...result.targets.flatMap((target) => targetPlan(target, result.targets.length > 1, style)),
		...obstacles(result, style),
		...requirements(result, style),
		...result.digest === null ? [] : ["", ...field(style, "Digest:", safeLine(result.digest))],
		...next$1(result, pending, style)
	];
}
function welcomeReport(result, lines, style) {
	return [
		`${paint(style, ["bold", "cyan"], "WELCOME.")} The default branch does not know this environment yet. Nothing was run or changed.`,
		"",
		...fields(style, "Found:", lines),
		"",
		...field(style, "Next:", afterMerge(result))
	];
}
function targetPlan(target, named, style) {
	const { planned } = target;
	const withoutFile = target.appliedWithoutFile ?? [];
	const findings = [...target.pending.flatMap((migration) => migration.findings), ...planned?.findings ?? []];
	const facts = [
		...fields(style, "No file:", withoutFile.length === 0 ? [] : [`applied, but without a file any more: ${firstOf(withoutFile.map((id) => safeLine(id, 80)), NAMES$2)}`]),
		...planned === void 0 || target.pending.length === 0 ? [] : field(style, "Rollback:", `${planned.rollback.strategy}: ${safeLine(planned.rollback.why)}`),
		...fields(style, "Unproven:", (planned?.unprovable ?? []).map((text) => safeLine(text)), "yellow"),
		...fields(style, "Note:", (target.notes ?? []).map((text) => safeLine(text)))
	];
	return [
		...named ? ["", paint(style, "bold", `${safeLine(target.name, 60)}:`)] : [],
		...target.pending.flatMap((migration) => ["", ...migrationLines(migration, style)]),
		...findings.length === 0 ? [] : ["", ...findings.flatMap((finding) => findingLines(finding, style))],
		...facts.length === 0 ? [] : ["", ...facts]
	];
}
function migrationLines({ id, file, sql, reversible }, style) {
	const place = file === void 0 || file === null ? "" : `  ${paint(style, "dim", safeLine(file))}`;
	const back = reversible ? `  ${paint(style, "dim", "(reversible)")}` : "";
	return [`  ${paint(style, "bold", safeLine(id, 120))}${place}${back}`, ...sqlLines(sql ?? null, file ?? null, style)];
}
function sqlLines(sql, file, style) {
	if (sql === null) return [`      ${paint(style, "dim", "(the tool does not tell its SQL)")}`];
	const lines = safeLines(sql.trim());
	if (lines.length === 1 && lines[0] === "") return [`      ${paint(style, "dim", "(no statements)")}`];
	const shown = lines.slice(0, SQL_LINES).map((line) => line === "" ? "" : `      ${line.length > SQL_COLUMNS ? `${safeLine(line, SQL_COLUMNS)}` : line}`);
	const rest = lines.length - SQL_LINES;
	if (rest <= 0) return shown;
	return [...shown, `      ${paint(style, "dim", spell(style, `… ${counted(rest, "more line")}${file === null ? "" : ` in ${safeLine(file)}`}`))}`];
}
function findingLines({ id, place, message }, style) {
	const [first = "", ...more] = indented(style, 4, `${safeLine(place)}: ${safeLine(message)} [${safeLine(id)}]`);
	return [`  ${mark(style, "warned")} ${first.trimStart()}`, ...more];
}
function obstacles(result, style) {
	if (result.reasons.length === 0) return [];
	const told = result.reasons.map(({ message, hint }) => hint === void 0 ? message : `${message}\n${hint}`);
	return [
		"",
		...prose(style, "As it stands, `belay migrate` would refuse:").map((line) => paint(style, "yellow", line)),
		...fields(style, "Why:", told, "yellow")
	];
}
function requirements({ requirements: asked = [] }, style) {
	if (asked.length === 0) return [];
	const lines = asked.map(({ met, text }) => `${met ? "✔" : "✖"} ${safeLine(text)}`);
	return ["", ...markedFields(style, "Needs:", lines)];
}
function next$1(result, pending, style) {
	if (result.reasons.length > 0 || pending === 0) return [];
	const digest = result.digest === null ? [] : ["--digest", safeLine(result.digest)];
	const waits = result.requirements?.some(({ met }) => !met) === true ? "once it has what it needs, " : "";
	return field(style, "Next:", `${waits}${commandFor(result, "migrate", ...digest)} runs exactly this plan, or refuses.`);
}
// src/report/runs.ts
const NAMES$1 = 8;
function runsReport(result, style) {
	const runs = result.runs ?? [];
	if (runs.length === 0) return ["No run yet."];
	return runs.flatMap((run) => runLines(run, style));
}
function runLines(run, style) {
	const outcome = run.outcome ?? (run.cutOff === true ? "cut off" : "unfinished");
	const which = run.outcome === null ? "warned" : endedWell(run.outcome) ? "done" : "failed";
	const took = run.durationMs === null ? "" : ` in ${duration(run.durationMs)}`;
	const targets = run.targets.filter(({ applied, backup }) => applied.length > 0 || backup !== null);
	return [
		`${mark(style, which)} ${moment(run.startedAt)}  ${safeLine(run.run)}  ${safeLine(run.command)} ${paint(style, "bold", outcome)}${took}`,
		...targets.flatMap((target) => {
			const applied = describeApplied(run, target.applied);
			const backup = target.backup === null ? "" : `backup ${safeLine(target.backup)}`;
			return indented(style, 4, `${safeLine(target.name, 60)}: ${[applied, backup].filter((text) => text !== "").join("; ")}`);
		}),
		...run.cutOff === true ? indented(style, 4, "killed before it changed anything; there is nothing to recover") : [],
		...run.outcome !== null && endedWell(run.outcome) ? [] : run.reasons.flatMap(({ message }) => indented(style, 4, safeLine(message, 300))),
		...run.withoutApproval === null ? [] : indented(style, 4, `without approval: ${safeLine(run.withoutApproval, 300)}`),
		...run.again === null ? [] : indented(style, 4, `again: ${safeLine(run.again, 300)}`)
	];
}
function describeApplied({ command, outcome }, applied) {
	if (applied.length === 0) return "";
	const names = firstOf(applied.map((id) => safeLine(id, 120)), NAMES$1);
	if (command === "rollback") return `${outcome === "rolled-back" ? "took" : "was to take"} back ${names}`;
	return `applied ${outcome === "undone" ? "and took back " : ""}${names}`;
}
// src/report/status.ts
const NAMES = 8;
function tellsWhereItStands({ command, targets }) {
	return command === "status" && targets.some(({ state }) => state !== void 0);
}
function statusReport(result, style) {
	const of = result.environment === null ? "" : ` of ${safeLine(result.environment, 60)}`;
	return [
		paint(style, ["bold", "cyan"], `STATUS${of}`),
		...result.targets.flatMap((target) => ["", ...targetStatus(target, style)]),
		...obstacles(result, style),
		...next(result, style)
	];
}
function targetStatus(target, style) {
	const { state, history, pending } = target;
	if (state === void 0) return [title(target, "failed", style), ...field(style, "State:", "not known")];
	const applied = history === void 0 ? "" : history.length === 0 ? "nothing" : `${count(history.length)}, the last is ${safeLine(history.at(-1) ?? "", 120)}`;
	const names = pending.map(({ id }) => safeLine(id, 120));
	return [
		title(target, pending.length === 0 && !isUnfinished(state) ? "done" : "warned", style),
		...field(style, "Applied:", applied),
		...field(style, "Pending:", names.length === 0 ? "nothing" : `${count(names.length)}: ${firstOf(names, NAMES)}`),
		...field(style, "No file:", firstOf((target.appliedWithoutFile ?? []).map((id) => safeLine(id, 120)), NAMES)),
		...stateLines(state, style),
		...field(style, "Note:", (target.notes ?? []).map((note) => safeLine(note)).join("; "))
	];
}
function title({ name, engine }, sign, style) {
	return `${mark(style, sign)} ${paint(style, "bold", safeLine(name, 60))} ${paint(style, "dim", `(${engine})`)}`;
}
function stateLines({ lastRun, lock, holder, newestBackup }, style) {
	const run = lastRun === null ? "none" : `${safeLine(lastRun.id)}, ${lastRun.outcome ?? `unfinished in phase ${safeLine(lastRun.phase)}`}`;
	return [
		...field(style, "Last:", run),
		...field(style, "Lock:", holder === void 0 ? lock : `${lock} by ${safeLine(holder, 120)}`),
		...field(style, "Backup:", newestBackup === null ? "none" : describeBackup(newestBackup))
	];
}
function isUnfinished(state) {
	return state !== void 0 && state.lastRun !== null && state.lastRun.outcome === null && state.lock !== "held";
}
function next(result, style) {
	const text = afterStatus(result);
	return text === "" ? [] : ["", ...field(style, "Next:", text)];
}
function afterStatus(result) {
	if (result.targets.some(({ state }) => isUnfinished(state))) return `${commandFor(result, "recover")} finishes what a crashed run left`;
	return result.targets.some(({ pending }) => pending.length > 0) ? `${commandFor(result, "plan")} shows what would run` : "";
}
// src/report/terminal.ts
function terminalReport(result, style, quiet) {
	if (quiet && endedWell(result.outcome)) return "";
	return `${lines(result, style).join("\n")}\n`;
}
function lines(result, style) {
	if (result.command === "gate") return gateReport(result, style);
	if (result.command === "doctor" && result.parts !== void 0) return doctorReport(result, style);
	if (!endedWell(result.outcome) && !tellsWhereItStands(result)) return runReport(result, style);
	switch (result.command) {
		case "plan": return planReport(result, style);
		case "init": return initReport(result, style);
		case "status": return statusReport(result, style);
		case "runs": return runsReport(result, style);
		case "backups": return backupsReport(result, style);
		default: return runReport(result, style);
	}
}
export { afterStatus as n, terminalReport as t };
