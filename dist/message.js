import "./rolldown-runtime.js";
import { J as counted, X as firstOf, Y as duration, Z as moment } from "./domain.js";
import { c as cameBack, o as verdict, r as runFacts, s as watchLine } from "./run-facts.js";
import { b as safeLine, x as safeLines } from "./page.js";
// src/report/message.ts
const MOST_NAMES = 20;
const MOST_LINES = 20;
const LINE_LIMIT = 600;
const MESSAGE_TEMPLATES = {
	before: "{{summary}}",
	start: "{{summary}}",
	end: "{{summary}}\n{{watch}}\n{{checklist}}",
	failure: "{{summary}}\n{{reasons}}\n{{later-writes}}\n{{kept}}\n{{next}}",
	rollback: "{{summary}}\n{{reasons}}\n{{later-writes}}\n{{kept}}\n{{next}}"
};
function messageFields(facts) {
	const { result, environment } = facts;
	return clean({
		summary: `${environment}: ${summary(facts)}`,
		event: facts.event,
		environment,
		command: facts.command,
		outcome: result?.outcome ?? "",
		run: facts.run,
		targets: firstOf(facts.targets, MOST_NAMES),
		migrations: firstOf(facts.migrations, MOST_NAMES),
		count: String(facts.migrations.length),
		time: moment(facts.at.toISOString()),
		duration: result === null ? "" : duration(result.durationMs),
		backup: firstOf((result?.targets ?? []).flatMap(({ backup }) => backup?.id ?? []), MOST_NAMES),
		reasons: linesOf(facts.reasons.map(({ message }) => message)),
		next: result === null ? nextOf(facts.reasons) : factLines(result, "Next", "By hand"),
		rollback: result === null ? "" : rollbackOf(result),
		"later-writes": result === null ? "" : factLines(result, "Later"),
		kept: result === null ? "" : factLines(result, "Kept"),
		watch: facts.watch === null ? "" : watchLine(facts.watch),
		checklist: linesOf((result?.checklist ?? []).map((item) => `[ ] ${item}`)),
		commit: facts.commit ?? ""
	});
}
function clean(fields) {
	const entries = Object.entries(fields).map(([name, value]) => [name, safeLines(value).join("\n").trim()]);
	return Object.fromEntries(entries);
}
function summary({ event, command, result, watch, migrations }) {
	if (result !== null) {
		const { word, rest } = verdict(result);
		return `${word} ${rest}`;
	}
	if (watch !== null) return watch.state === "broken" ? `THE WATCH FOUND SOMETHING. ${watchLine(watch)}.` : `WELL AGAIN. ${watchLine(watch)}.`;
	if (command === "rollback") return "the data are about to be taken back.";
	const what = migrations.length === 0 ? "" : ` ${counted(migrations.length, "migration")}: ${firstOf(migrations, MOST_NAMES)}.`;
	return event === "before" ? `a guarded migration begins.${what}` : `migrating now.${what}`;
}
function rollbackOf({ targets }) {
	const [rollback] = targets.flatMap((target) => target.rollback ?? []);
	if (rollback === void 0) return "";
	const matches = cameBack(rollback) ? ", identical to before" : "";
	return `${rollback.strategy}${matches}: ${rollback.why}`;
}
function factLines(result, ...labels) {
	return linesOf(runFacts(result).flatMap(({ label, texts }) => labels.includes(label) ? texts : []));
}
function nextOf(reasons) {
	return linesOf([...new Set(reasons.flatMap(({ hint }) => hint ?? []))]);
}
function linesOf(texts) {
	const lines = texts.map((text) => safeLine(text, LINE_LIMIT)).filter((text) => text !== "");
	return firstOf(lines, MOST_LINES, "\n");
}
export { MESSAGE_TEMPLATES, messageFields };
