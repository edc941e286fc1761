import { J as counted, Q as size, X as firstOf, Y as duration, q as count } from "./domain.js";
import { b as safeLine, n as commandFor, t as afterMerge, x as safeLines } from "./page.js";
import { n as tellsNothing, r as labelOf } from "./steps.js";
import { a as endedWell, i as wentBack, l as describeLoss, n as describeProof, o as verdict, r as runFacts, u as isTouched } from "./run-facts.js";
import { n as afterStatus, t as terminalReport } from "./terminal.js";
// src/report/markdown/escape.ts
const NAME_LIMIT$1 = 120;
const TEXT_LIMIT$1 = 2e3;
function prose(text, limit = TEXT_LIMIT$1) {
	return inline(text, limit, "prose");
}
function cell(text, limit = TEXT_LIMIT$1) {
	return inline(text, limit, "cell");
}
function code(text, limit = NAME_LIMIT$1) {
	return codeSpan(safeLine(text, limit), "prose");
}
function cellCode(text, limit = NAME_LIMIT$1) {
	return codeSpan(safeLine(text, limit), "cell");
}
function htmlCode(text, limit = NAME_LIMIT$1) {
	return `<code>${safeLine(text, limit).replace(/[&<>"'`]/gu, reference)}</code>`;
}
function fenced(language, text) {
	const lines = safeLines(text);
	const fence = "`".repeat(Math.max(3, longestRun(lines.join("\n")) + 1));
	return [
		fence + language,
		...lines,
		fence
	].join("\n");
}
function link(label, url) {
	if (url === null) return label;
	return `${label.includes("]:") ? "&#8203;" : ""}[${label}](${url})`;
}
function mermaidText(text) {
	const plain = safeLine(text, NAME_LIMIT$1).replace(/[^\p{L}\p{M}\p{N} ._-]+/gu, " ").trim();
	return plain === "" ? "unnamed" : plain;
}
const ACTIVE = /[@#$]|::|:(?:[+-]1|100|1234|[\w+-]*[a-z][\w+-]*):|:\/\/|www\.|mailto:|xmpp:|(?<![a-z0-9])(?:GH-\d|CVE-|GHSA-|[0-9a-f]{7,40}(?![a-z0-9]))/iu;
const PIECES = /`(?<quoted>[^`]+)`|(?<word>[^\s`]+)|\s+|`/gu;
const WRAPPED = /^(?<before>[("'«[]*)(?<core>.*?)(?<after>[)"'»\],;:.!?…]*)$/su;
function inline(text, limit, place) {
	let line = "";
	for (const { 0: piece, groups } of safeLine(text, limit).matchAll(PIECES)) {
		const shown = shownPiece(piece, groups?.["quoted"], groups?.["word"], place);
		line += line.endsWith("`") && shown.startsWith("`") ? ` ${shown}` : shown;
	}
	return line.replace(/^(?:[-+=:]|\d+[.)])/u, (start) => start.slice(0, -1) + reference(start.slice(-1)));
}
function shownPiece(piece, quoted, word, place) {
	if (quoted !== void 0) return quoted.trim() === "" ? plain(piece) : codeSpan(quoted.trim(), place);
	if (word === void 0 || !ACTIVE.test(word)) return plain(piece);
	const { before = "", core = "", after = "" } = WRAPPED.exec(word)?.groups ?? {};
	return core === "" ? codeSpan(word, place) : plain(before) + codeSpan(core, place) + plain(after);
}
function plain(text) {
	return text.replace(/[&<>`*~[\]\\|]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, reference);
}
function codeSpan(line, place) {
	if (line === "") return "";
	const inside = place === "cell" ? withoutPipes(line) : line;
	const fence = "`".repeat(longestRun(inside) + 1);
	const pad = inside.startsWith("`") || inside.endsWith("`") ? " " : "";
	return fence + pad + inside + pad + fence;
}
function withoutPipes(line) {
	return line.replace(/(?<=\\)\|/gu, "\\u{7c}").replace(/\|/gu, "\\|");
}
function longestRun(text) {
	let longest = 0;
	for (const [run] of text.matchAll(/`+/gu)) longest = Math.max(longest, run.length);
	return longest;
}
function reference(character) {
	return `&#${character.codePointAt(0) ?? 0};`;
}
// src/report/markdown/github-url.ts
const REPOSITORY = /^[\w.-]+\/[\w.-]+$/u;
const FULL_SHA = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/u;
const SERVER = /^https?:\/\/[\w.:-]+$/u;
const RUN = /^https?:\/\/[\w.:-]+\/[\w./-]+$/u;
const LONGEST_URL = 2e3;
function fileUrl(context, file) {
	const path = file === null ? null : repositoryPath(context, file);
	const repository = repositoryUrl(context);
	if (repository === null || path === null || context.sha === null || !FULL_SHA.test(context.sha)) return null;
	return short(`${repository}/blob/${context.sha}/${path.split("/").map(encoded).join("/")}`);
}
function commitUrl(context, sha) {
	const repository = repositoryUrl(context);
	return repository === null || !FULL_SHA.test(sha) ? null : `${repository}/commit/${sha}`;
}
function workflowUrl(context) {
	const repository = repositoryUrl(context);
	return repository === null || context.workflow === null ? null : short(`${repository}/actions/workflows/${encoded(context.workflow)}`);
}
function runUrl({ runUrl: url }) {
	return url !== null && RUN.test(url) ? url : null;
}
function repositoryPath({ directory }, file) {
	if (file.startsWith("/") || file === "") return null;
	const parts = [];
	for (const part of `${directory}/${file}`.split("/")) {
		if (part === ".." && parts.pop() === void 0) return null;
		if (part !== ".." && part !== "." && part !== "") parts.push(part);
	}
	return parts.length === 0 ? null : parts.join("/");
}
function repositoryUrl({ serverUrl, repository }) {
	if (serverUrl === null || repository === null) return null;
	return SERVER.test(serverUrl) && REPOSITORY.test(repository) ? `${serverUrl}/${repository}` : null;
}
function short(url) {
	return url.length > LONGEST_URL ? null : url;
}
function encoded(part) {
	return encodeURIComponent(part.toWellFormed()).replace(/[!'()*~]/gu, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
const WHOLE_FACTS = {
	text: 4e3,
	texts: 20
};
const BRIEF_FACTS = {
	text: 300,
	texts: 4
};
function factsList(result, context, limits, skip) {
	const facts = result.outcome === "planned" ? [] : runFacts(result).filter(({ label }) => !skip.includes(label) && label !== "Why");
	return [
		...why(result, context, limits),
		...facts.flatMap(({ label, texts, warns }) => items(`${warns ? "⚠️ " : ""}**${label}:**`, texts.map((text) => prose(text, limits.text)), limits)),
		...(result.approval?.notes ?? []).slice(0, limits.texts).map((note) => `- **Approval:** ${prose(note, limits.text)}`)
	].join("\n");
}
function why(result, context, limits) {
	const { outcome, reasons } = result;
	return runFacts(result).some(({ label }) => label === "Why") || outcome === "planned" ? items("**Why:**", reasons.map((reason) => reasonText(reason, context, limits)), limits) : [];
}
function reasonText({ code: id, message, file, line }, context, limits) {
	const url = fileUrl(context, file ?? null);
	const anchor = url === null || line === void 0 ? url : `${url}#L${line}`;
	const place = file === void 0 ? "" : ` — ${link(code(line === void 0 ? file : `${file}:${line}`), anchor)}`;
	const [first = "", ...more] = safeLines(message.trim());
	const shown = code(more.join(" "), limits.text);
	return `${prose(first, limits.text)}${shown === "" ? "" : ` ${shown}`}${place} (${code(id)})`;
}
function items(label, texts, limits) {
	const rest = texts.length - limits.texts;
	return [...texts.slice(0, limits.texts).map((text) => `- ${label} ${text}`), ...rest > 0 ? [`- ${label} and ${rest} more`] : []];
}
// src/report/markdown/fit.ts
const ALWAYS = Number.POSITIVE_INFINITY;
const JOINT = "\n\n";
const NAMES$2 = 6;
function fit(sections, limit, whole) {
	const parts = sections.filter(({ text }) => text !== "").map((section) => part(section, section.text));
	const order = parts.map(({ section }, at) => ({
		at,
		section
	})).filter(({ section }) => section.worth !== ALWAYS);
	order.reverse().sort((a, b) => a.section.worth - b.section.worth);
	let bytes = parts.reduce((sum, each) => sum + each.bytes, 0);
	for (const shorter of [(section) => section.brief ?? section.text, () => ""]) for (const { at, section } of order) {
		if (bytes <= limit && bytes + utf8Length(leftOut(parts, whole)) <= limit) return joined(parts, whole);
		const [before, after] = [parts[at], part(section, shorter(section))];
		bytes += after.bytes - (before?.bytes ?? 0);
		parts[at] = after;
	}
	return joined(parts, whole);
}
function part(section, shown) {
	return {
		section,
		shown,
		bytes: shown === "" ? 0 : utf8Length(shown + JOINT)
	};
}
function joined(parts, whole) {
	const texts = parts.map(({ shown }) => shown).filter((text) => text !== "");
	return [
		...texts.slice(0, -1),
		leftOut(parts, whole),
		...texts.slice(-1)
	].filter((text) => text !== "").join(JOINT);
}
function leftOut(parts, whole) {
	const cut = parts.filter(({ section, shown }) => shown !== section.text);
	if (cut.length === 0) return "";
	const names = cut.map(({ section, shown }) => shown === "" ? section.name : `parts of ${section.name}`);
	return `✂️ Left out, because GitHub takes no more: ${firstOf(names, NAMES$2)}. ${whole}`;
}
function utf8Length(text) {
	return new TextEncoder().encode(text).length;
}
// src/report/markdown/listing.ts
const LISTINGS = [
	"status",
	"runs",
	"backups",
	"doctor",
	"init",
	"gate"
];
const STYLE = {
	color: false,
	unicode: true,
	width: 100,
	live: false,
	plain: false
};
function isListing({ command }) {
	return LISTINGS.includes(command);
}
function listing(result) {
	return fenced("text", terminalReport(result, STYLE, false).trimEnd());
}
// src/report/markdown/headline.ts
const SENTENCE_LIMIT = 600;
const NAME_LIMIT = 60;
function headline(result) {
	const { mark, head, sentence } = spoken(result);
	return {
		title: [
			"🧗 Belay",
			...result.environment === null ? [] : [code(result.environment, NAME_LIMIT)],
			`${mark} ${head}`
		].join(" · "),
		sentence: sentence === "" ? "" : `**${prose(sentence, SENTENCE_LIMIT)}**`
	};
}
function spoken(result) {
	if (result.welcome !== void 0) return {
		mark: "👋",
		head: "welcome",
		sentence: "The default branch does not know this environment yet. Nothing was run or changed."
	};
	if (result.outcome === "planned") return plan(result);
	const { word, rest, paint } = verdict(result);
	const mark = result.outcome === "needs-attention" ? "🚨" : paint === "green" ? "✅" : paint === "yellow" ? "⚠️" : "❌";
	if (isListing(result)) return {
		mark,
		head: result.command,
		sentence: ""
	};
	const [, head = "", sentence = ""] = /^(.*?)\.(?:\s+(.*))?$/su.exec(`${word.toLowerCase()} ${rest}`) ?? [];
	return {
		mark,
		head: head.replace(/,(?= (?:in|after) )/u, ""),
		sentence
	};
}
function plan({ targets, reasons }) {
	const pending = targets.reduce((sum, target) => sum + target.pending.length, 0);
	const where = targets.length > 1 ? ` for ${targets.length} databases` : "";
	const head = pending === 0 ? "nothing is pending" : `${counted(pending, "migration")} pending${where}`;
	if (reasons.length > 0) return {
		mark: "⚠️",
		head,
		sentence: "As it stands, `belay migrate` would refuse. Nothing was changed."
	};
	return {
		mark: pending === 0 ? "✅" : "📋",
		head,
		sentence: pending === 0 ? "Every migration is applied." : "A plan: nothing was changed."
	};
}
// src/report/markdown/migrations.ts
const MOST_ROWS$2 = 200;
const MOST_NAMES = 12;
const WHOLE_SQL = {
	lines: 1e3,
	columns: 1e3
};
const BRIEF_SQL = {
	lines: 24,
	columns: 160
};
function shown({ pending, applied }) {
	const took = new Map(applied.map(({ id, durationMs }) => [id, durationMs]));
	const planned = new Set(pending.map(({ id }) => id));
	return [...pending.map((migration) => ({
		id: migration.id,
		migration,
		durationMs: took.get(migration.id) ?? null
	})), ...applied.filter(({ id }) => !planned.has(id)).map(({ id, durationMs }) => ({
		id,
		migration: null,
		durationMs
	}))];
}
function linked(context, { id, migration }) {
	return link(cellCode(id), fileUrl(context, migration?.file ?? null));
}
function appliedNames(target, context) {
	const applied = shown(target).filter(({ durationMs }) => durationMs !== null);
	const rest = applied.length - MOST_NAMES;
	return [...applied.slice(0, MOST_NAMES).map((each) => linked(context, each)), ...rest > 0 ? [`${count(rest)} more`] : []].join(" · ");
}
function migrationsTable(target, context) {
	const all = shown(target);
	if (all.length === 0) return "";
	const timed = all.some(({ durationMs }) => durationMs !== null);
	const rows = all.slice(0, MOST_ROWS$2).map((each) => {
		const took = timed ? ` ${each.durationMs === null ? "–" : duration(each.durationMs)} |` : "";
		return `| ${linked(context, each)} | ${aboutSql(each.migration)} | ${wayBack(each.migration)} |${took}`;
	});
	const rest = all.length - MOST_ROWS$2;
	return [
		`| migration | SQL | its own way back |${timed ? " time |" : ""}`,
		`| --- | --- | --- |${timed ? " ---: |" : ""}`,
		...rows,
		...rest > 0 ? [`| and ${count(rest)} more | | |${timed ? " |" : ""}`] : []
	].join("\n");
}
function aboutSql(migration) {
	if (migration === null) return "";
	if (migration.sql === void 0 || migration.sql === null) return "the tool does not tell it";
	return migration.sql.trim() === "" ? "no statements" : counted(safeLines(migration.sql.trim()).length, "line");
}
function wayBack(migration) {
	return migration === null ? "" : migration.reversible ? "yes" : "none";
}
function sqlSections({ pending }, worth) {
	return pending.flatMap(({ id, file, sql }) => {
		if (sql === void 0 || sql === null || sql.trim() === "") return [];
		const block = (most) => `<details><summary>SQL of ${htmlCode(id)}</summary>\n\n${cutSql(sql, file ?? null, most)}\n\n</details>`;
		return [{
			name: `the SQL of ${code(id)}`,
			worth,
			text: block(WHOLE_SQL),
			brief: block(BRIEF_SQL)
		}];
	});
}
function cutSql(sql, file, most) {
	const lines = safeLines(sql.trim());
	const kept = lines.slice(0, most.lines).map((line) => line.length > most.columns ? safeLine(line, most.columns) : line);
	const rest = lines.length - most.lines;
	const block = fenced("sql", kept.join("\n"));
	return rest <= 0 ? block : `${block}\n\n… ${counted(rest, "more line")}${file === null ? "" : prose(` in \`${file}\``)}`;
}
function findingItems({ pending, planned }) {
	const findings = [...pending.flatMap((migration) => migration.findings), ...planned?.findings ?? []];
	const rest = findings.length - MOST_ROWS$2;
	return [...findings.slice(0, MOST_ROWS$2).map(({ id, place, message }) => `- ⚠️ ${code(place)}: ${prose(message)} (${code(id)})`), ...rest > 0 ? [`- ⚠️ and ${count(rest)} more`] : []];
}
// src/report/markdown/next.ts
const IN_WORKFLOWS = [
	"migrate",
	"plan",
	"verify",
	"backup",
	"rollback",
	"recover"
];
const COMMAND = /`belay (?<command>[a-z]+)[^`]*`/gu;
const OPTION = / --(?<name>[a-z-]+)(?: (?<value>[\w:.-]+))?(?=[ `])/gu;
const MOST_TEXTS = 6;
const MOST_COMMANDS = 3;
const MOST_OPTIONS = 6;
const TEXT_LIMIT = 600;
function nextLine(result, context) {
	const texts = nextTexts(result, context).slice(0, MOST_TEXTS).map((text) => safeLine(text, TEXT_LIMIT));
	const github = context.inChat === true ? inChat(texts, result) : fromGitHub(texts, result, context);
	const shown = texts.map((text) => sentence(prose(text)));
	const label = result.outcome === "needs-attention" ? "**By hand:**" : "**Next:**";
	const last = github === "" ? [] : [`${context.inChat === true ? "Here" : "From GitHub"}: ${github}.`];
	if (shown.length === 1) return [
		label,
		...shown,
		...last
	].join(" ");
	return [
		label,
		"",
		...[...shown, ...last].map((text, at) => `${at + 1}. ${text}`)
	].join("\n");
}
function sentence(text) {
	return /[.!?…:]$/u.test(text) ? text : `${text}.`;
}
function nextTexts(result, context) {
	if (result.welcome !== void 0) return [afterMerge(result)];
	const toldByStatus = result.command === "status" ? afterStatus(result) : "";
	if (toldByStatus !== "") return [toldByStatus];
	if (result.outcome === "planned") return afterPlan(result, context);
	const texts = [...runFacts(result).filter(({ label }) => label === "Next" || label === "By hand").flatMap((fact) => fact.texts), ...result.next ?? []];
	return texts.length > 0 ? texts : [`nothing has to be done; ${commandFor(result, "status")} shows where it stands.`];
}
function afterPlan(result, context) {
	if (result.reasons.length > 0) return [...[...new Set(result.reasons.flatMap(({ hint }) => hint === void 0 ? [] : [hint]))], `then ${commandFor(result, "plan")} again`];
	if (result.targets.every(({ pending }) => pending.length === 0)) return ["nothing has to be done: nothing is pending."];
	const digest = result.digest === null ? [] : ["--digest", result.digest];
	const migrate = commandFor(result, "migrate", ...digest);
	return [context.requirements.some(({ met }) => !met) ? `once the boxes above hold, ${migrate} runs exactly this plan, or refuses.` : `${migrate} runs exactly this plan, or refuses.`];
}
function commandsIn(texts) {
	return texts.flatMap((text) => Array.from(text.matchAll(COMMAND), ({ 0: whole, groups }) => ({
		whole,
		command: groups?.["command"] ?? ""
	}))).filter(({ command }) => IN_WORKFLOWS.includes(command));
}
function inChat(texts, { environment: name }) {
	if (name === null) return "";
	const lines = commandsIn(texts).map(({ command }) => code(`/${command} ${name}`));
	return [...new Set(lines)].slice(0, MOST_COMMANDS).join(", ");
}
function fromGitHub(texts, result, context) {
	const url = workflowUrl(context);
	const inputs = commandsIn(texts).map(({ whole, command }) => [
		`command: ${command}`,
		...environment(result),
		...options(whole)
	].map((input) => code(input)).join(", "));
	const offered = [...new Set(inputs)].slice(0, MOST_COMMANDS);
	const run = runUrl(context);
	if (offered.length === 0) return "";
	const how = url === null ? "the action with" : `${link("start the workflow", url)} with`;
	return result.outcome === "planned" && context.requirements.some(({ met }) => !met) && run !== null ? `approve it in ${link("this workflow run", run)}` : `${how} ${offered.join("; or with ")}`;
}
function environment(result) {
	return result.environment === null ? [] : [`environment: ${result.environment}`];
}
function options(command) {
	return Array.from(command.matchAll(OPTION), ({ groups }) => `${groups?.["name"] ?? ""}: ${groups?.["value"] ?? "true"}`).slice(0, MOST_OPTIONS);
}
// src/report/markdown/outcomes.ts
const MOST_ROWS$1 = 200;
const NAMES$1 = 6;
function outcomesTable({ targets, outcome }) {
	if (targets.length < 2) return "";
	const row = outcome === "planned" ? plannedRow : ranRow;
	const rows = targets.slice(0, MOST_ROWS$1).map((target) => `| ${row(target).join(" | ")} |`);
	const rest = targets.length - MOST_ROWS$1;
	return [
		outcome === "planned" ? "| | database | pending | |" : "| | database | outcome | |",
		"| --- | --- | --- | --- |",
		...rows,
		...rest > 0 ? [`| | and ${count(rest)} more | | |`] : []
	].join("\n");
}
function plannedRow({ name, pending }) {
	const names = firstOf(pending.slice(0, 7).map(({ id }) => cellCode(id)), NAMES$1);
	return [
		pending.length === 0 ? "✅" : "📋",
		cellCode(name),
		pending.length === 0 ? "nothing" : count(pending.length),
		names
	];
}
function ranRow({ name, outcome, applied, data }) {
	const told = [outcome === "migrated" && applied.length > 0 ? counted(applied.length, "migration") : "", endedWell(outcome) && data !== null && data.proven ? describeLoss([data]) : ""].filter((text) => text !== "");
	return [
		endedWell(outcome) ? "✅" : "❌",
		cellCode(name),
		outcome,
		told.join("; ")
	];
}
// src/report/markdown/changes.ts
const MOST_ROWS = 200;
const MOST_COLUMNS = 12;
const VALUE_LIMIT = 300;
const OBJECT_LIMIT = 300;
function dataTable({ tables }) {
	const touched = tables.filter(isTouched);
	const rest = tables.length - touched.length;
	const rows = touched.slice(0, MOST_ROWS).map(tableRow);
	const more = touched.length - MOST_ROWS;
	if (tables.length === 0) return "";
	if (touched.length === 0) return `${counted(tables.length, "table")} compared, no row differs.`;
	return [
		"| table | rows before | rows after | added | removed | changed | |",
		"| --- | ---: | ---: | ---: | ---: | ---: | --- |",
		...rows,
		...more > 0 ? [`| and ${count(more)} more | | | | | | |`] : [],
		...rest > 0 ? [`| ${counted(rest, "table")} untouched | | | | | | |`] : []
	].join("\n");
}
function tableRow(table) {
	const rows = (number) => number === null ? "–" : count(number);
	const compared = table.unproven === void 0;
	const numbers = [
		table.added,
		table.removed,
		table.changed
	].map((number) => compared ? count(number) : "?");
	return `| ${cellCode(table.name)} | ${rows(table.rowsBefore)} | ${rows(table.rowsAfter)} | ${numbers.join(" | ")} | ${aboutTable(table)} |`;
}
function aboutTable({ rowsBefore, rowsAfter, unproven, columnsChanged, keys = [] }) {
	const names = (all) => [...all.slice(0, MOST_COLUMNS).map((name) => cellCode(name)), ...all.length > MOST_COLUMNS ? ["…"] : []].join(", ");
	return [
		rowsBefore === null ? "new" : rowsAfter === null ? "dropped" : "",
		unproven === void 0 ? "" : `not proven: ${cell(unproven, VALUE_LIMIT)}`,
		columnsChanged.length === 0 ? "" : `columns ${names(columnsChanged)}`,
		keys.length === 0 ? "" : `rows ${names(keys)}`
	].filter((text) => text !== "").join("; ");
}
function schemaDiff({ added, removed, changed }) {
	const line = (sign) => (object) => `${sign} ${safeLine(object, OBJECT_LIMIT)}`;
	const lines = [
		...removed.map(line("-")),
		...added.map(line("+")),
		...changed.map(line("!"))
	];
	if (lines.length === 0) return "";
	const more = lines.length - MOST_ROWS;
	return fenced("diff", [...lines.slice(0, MOST_ROWS), ...more > 0 ? [`  and ${count(more)} more`] : []].join("\n"));
}
function checksTable(checks) {
	if (checks.length === 0) return "";
	const ordered = [...checks.filter(({ passed }) => !passed), ...checks.filter(({ passed }) => passed)];
	const rows = ordered.slice(0, MOST_ROWS).map((check) => `| ${markOf(check)} | ${cell(check.name, VALUE_LIMIT)} | ${check.phase} | ${check.expected === null ? "" : cell(check.expected, VALUE_LIMIT)} | ${cell(check.actual, VALUE_LIMIT)} |`);
	const more = ordered.length - MOST_ROWS;
	const explained = ordered.filter(({ passed, explanation = [] }) => !passed && explanation.length > 0).slice(0, MOST_COLUMNS);
	return [[
		"| | check | when | expected | got |",
		"| --- | --- | --- | --- | --- |",
		...rows,
		...more > 0 ? [`| | and ${count(more)} more | | | |`] : []
	].join("\n"), ...explained.map(({ name, explanation = [] }) => `Rows behind ${code(name)}:\n\n${explanationBlock(explanation)}`)].join("\n\n");
}
function explanationBlock(rows) {
	return fenced("text", rows.map((row) => safeLine(row, OBJECT_LIMIT)).join("\n"));
}
function markOf({ passed, warned, expected }) {
	if (warned === true) return "⚠️";
	return passed ? expected === null ? "➖" : "✅" : "❌";
}
// src/report/markdown/trust.ts
const MOST = 10;
const DIFFERENCE_LINES = 400;
const LINE_LIMIT = 400;
function policyWarning({ policy }) {
	if (policy === void 0 || policy.difference.length === 0 && policy.flaw === void 0) return "";
	const flaw = policy.flaw === void 0 ? "" : ` It cannot be read, and after a merge nothing would run: ${prose(policy.flaw)}`;
	return `⚠️ This commit changes ${code(policy.path)}. That has no effect here: ${code(policy.branch)} decides.${flaw}`;
}
function policyText(policy, context) {
	const { difference, addedChecks } = policy;
	const commit = link(code(policy.sha.slice(0, 12)), commitUrl(context, policy.sha));
	const shown = difference.slice(0, DIFFERENCE_LINES).map((line) => safeDifferenceLine(line));
	const rest = difference.length - DIFFERENCE_LINES;
	const checks = firstOf(addedChecks.map((name) => code(name)), MOST);
	return [
		`${code(policy.path)} of ${code(policy.branch)} at ${commit} decided.`,
		...difference.length === 0 ? [] : ["What this commit changes in it, without effect:", fenced("diff", [...shown, ...rest > 0 ? [`  and ${rest} more lines`] : []].join("\n"))],
		...addedChecks.length === 0 ? [] : [`Checks that only this commit has, asked as well: ${checks}`]
	].join("\n\n");
}
function safeDifferenceLine(line) {
	const sign = /^[-+@ ]/u.exec(line)?.[0] ?? "";
	return sign + (/^ */u.exec(line.slice(sign.length))?.[0].slice(0, LINE_LIMIT) ?? "") + safeLine(line.slice(sign.length), LINE_LIMIT);
}
function requirementsList({ requirements }) {
	return requirements.map(({ met, text }) => `- ${met ? "✅" : "⬜"} ${prose(text)}`).join("\n");
}
function signature(result, context) {
	const names = (result.approval?.approvers ?? []).slice(0, MOST).map(({ login }) => code(login));
	const who = names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.slice(-1).join("")}`;
	const commit = context.sha === null ? "" : link(code(context.sha.slice(0, 12)), commitUrl(context, context.sha));
	const url = runUrl(context);
	const approved = commit === "" ? `Approved by ${who}` : `Approved by ${who} for ${commit}`;
	return [
		who === "" ? commit === "" ? "" : `Commit ${commit}` : approved,
		result.digest === null ? "" : `${result.command === "rollback" ? "takes back plan" : "plan"} ${code(result.digest)}`,
		context.actor === null ? "" : `requested by ${code(context.actor)}`,
		result.run === null ? "" : `run ${code(result.run)}`,
		url === null ? "" : link("workflow run", url)
	].filter((text) => text !== "").join(" · ");
}
// src/report/markdown/parts.ts
const MOST_ITEMS = 100;
const NAMES = 12;
function targetParts(result) {
	return result.targets.flatMap((target) => {
		const name = result.targets.length > 1 ? target.name : null;
		const there = wentBack(result) ? ", as tried; it was taken back" : "";
		return [
			{
				title: "Checks",
				target: name,
				text: checksTable(target.checks),
				worth: 7
			},
			{
				title: `Data${there}`,
				target: name,
				text: target.data === null ? "" : dataTable(target.data),
				worth: 6
			},
			{
				title: `Schema${there}`,
				target: name,
				text: target.schema === null ? "" : schemaDiff(target.schema),
				worth: 5
			},
			{
				title: "Backup and how to restore it",
				target: name,
				text: restoreText(result, target),
				worth: 8
			}
		];
	});
}
function policyParts({ policy }, context) {
	return policy === void 0 ? [] : [{
		title: "Policy",
		target: null,
		text: policyText(policy, context),
		worth: 3
	}];
}
function checklistText({ checklist = [] }) {
	return checklist.slice(0, MOST_ITEMS).map((item) => `- [ ] ${prose(item)}`).join("\n");
}
function foreseen(result) {
	const several = result.targets.length > 1;
	return result.targets.slice(0, MOST_ITEMS).flatMap((target) => {
		const { name, planned, pending, appliedWithoutFile = [], notes = [] } = target;
		const of = several ? ` of ${code(name)}` : "";
		const files = firstOf(appliedWithoutFile.map((id) => code(id)), NAMES);
		return [
			...findingItems(target),
			...planned === void 0 || pending.length === 0 ? [] : [`- **Rollback${of}:** ${planned.rollback.strategy}: ${prose(planned.rollback.why)}`],
			...(planned?.unprovable ?? []).map((text) => `- ⚠️ **Unproven${of}:** ${prose(text)}`),
			...files === "" ? [] : [`- ⚠️ **No file${of}:** applied, but without a file any more: ${files}`],
			...notes.map((note) => `- **Note${of}:** ${prose(note)}`)
		];
	}).join("\n");
}
function restoreText(result, { backup }) {
	if (backup === null) return "";
	return [
		`- ${code(backup.id)}, ${size(backup.sizeBytes)}, ${describeProof(backup.proof)}`,
		`- in ${code(backup.location, 1e3)}, its manifest has SHA-256 ${code(backup.sha256)}`,
		`- ${prose(commandFor(result, "rollback", "--backup", backup.id))} puts it back and compares; later writes are counted first`,
		"- without Belay: the commands under `restore` in its `manifest.json`, run in its folder"
	].join("\n");
}
// src/report/markdown/timeline.ts
const WHOLE = [
	"prepare",
	"maintenance-on",
	"stop",
	"start",
	"health",
	"maintenance-off",
	"watch",
	"settle",
	"previous"
];
const ORDER = [
	"preflight",
	"checks-before",
	"prepare",
	"maintenance-on",
	"stop",
	"backup",
	"clone",
	"migrate",
	"verify",
	"start",
	"health",
	"watch",
	"settle",
	"rollback",
	"previous",
	"maintenance-off"
];
const MOST_STEPS = 200;
const DETAIL_LIMIT = 400;
const MARKS = {
	done: "✅",
	failed: "❌",
	warned: "⚠️",
	skipped: "➖"
};
function timeline({ targets }) {
	const several = targets.length > 1;
	const steps = targets.flatMap(({ name, steps: own }, at) => own.filter((step) => !several || at === 0 || !WHOLE.includes(step.name)).map((step) => ({
		target: several && !WHOLE.includes(step.name) ? name : null,
		step
	})));
	const ordered = several ? steps.toSorted((a, b) => ORDER.indexOf(a.step.name) - ORDER.indexOf(b.step.name)) : steps;
	let elapsedMs = 0;
	return ordered.map((each) => {
		const startMs = elapsedMs;
		elapsedMs += each.step.durationMs;
		return {
			...each,
			startMs
		};
	});
}
function stepsTable(result, migrated) {
	const several = result.targets.length > 1;
	const shown = timeline(result).filter(({ step }) => !tellsNothing(step));
	if (shown.length === 0) return "";
	const rows = shown.slice(0, MOST_STEPS).map(({ target, step }) => {
		const detail = cell((step.detail ?? "").trim().split(/[\r\n]/u)[0] ?? "", DETAIL_LIMIT);
		const names = step.name === "migrate" && step.outcome !== "failed" ? migrated(target) : "";
		const where = several ? ` ${target === null ? "" : cellCode(target)} |` : "";
		return `| ${MARKS[step.outcome]} |${where} ${labelOf(step.name)} | ${names === "" ? detail : names} | ${duration(step.durationMs)} |`;
	});
	const head = several ? ["| | database | step | | time |", "| --- | --- | --- | --- | ---: |"] : ["| | step | | time |", "| --- | --- | --- | ---: |"];
	const rest = shown.length - MOST_STEPS;
	return [
		...head,
		...rows,
		...rest > 0 ? [`| |${several ? " |" : ""} … | ${rest} more steps | |`] : []
	].join("\n");
}
const TAGS = {
	done: "done",
	failed: "crit",
	warned: "active",
	skipped: "done"
};
function gantt(result) {
	const steps = timeline(result).filter(({ step }) => !tellsNothing(step) && step.outcome !== "skipped");
	const began = Date.parse(result.startedAt);
	if (steps.length < 2 || Number.isNaN(began)) return "";
	return fenced("mermaid", [
		"gantt",
		"  dateFormat x",
		"  axisFormat %H:%M:%S",
		...steps.slice(0, MOST_STEPS).flatMap(({ target, step, startMs }, at) => {
			const [start, end] = [began + Math.round(startMs), began + Math.round(startMs + Math.max(step.durationMs, 1))];
			const section = target ?? result.environment ?? "run";
			const before = at === 0 ? void 0 : steps[at - 1]?.target ?? result.environment ?? "run";
			const task = `  ${labelOf(step.name)} ${duration(step.durationMs)} :${TAGS[step.outcome]}, ${start}, ${end}`;
			return section === before ? [task] : [`  section ${mermaidText(section)}`, task];
		})
	].join("\n"));
}
// src/report/markdown/whole.ts
function theWhole(context, summary) {
	const url = runUrl(context);
	const places = [summary === null || url === null ? "" : link(summary, url), context.reportPath === null ? "" : `the report ${code(context.reportPath, 400)} (output \`report\`)`].filter((text) => text !== "");
	return places.length === 0 ? "`--json` gives all of it." : `All of it is in ${places.join(" and in ")}.`;
}
export { factsList as C, htmlCode as D, fenced as E, prose as O, WHOLE_FACTS as S, code as T, isListing as _, foreseen as a, fit as b, policyWarning as c, outcomesTable as d, nextLine as f, headline as g, sqlSections as h, checklistText as i, requirementsList as l, migrationsTable as m, gantt as n, policyParts as o, appliedNames as p, stepsTable as r, targetParts as s, theWhole as t, signature as u, listing as v, repositoryPath as w, BRIEF_FACTS as x, ALWAYS as y };
