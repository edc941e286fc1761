import { D as failure } from "./domain.js";
// src/run/journal.ts
async function openJournal(place, run, now, redact) {
	const key = journalKey(place.environment, run);
	const entries = [...await readJournal(place, run)];
	return {
		run,
		entries,
		async append(content) {
			const entry = {
				seq: entries.length,
				at: now().toISOString(),
				...content
			};
			await place.store.append(key, JSON.stringify(redacted(entry, redact)));
			entries.push(entry);
		}
	};
}
async function readJournal(place, run) {
	const key = journalKey(place.environment, run);
	return (await place.store.lines(key)).map((line, index) => {
		const entry = parseEntry(line);
		if (entry === null || entry.seq !== index) throw failure("journal-damaged", `the journal of run ${run} is damaged in line ${index + 1} (${place.store.location}/${key})`, { hint: "compare the database with its newest backup (`belay backups`), then restore or keep it; Belay does not guess" });
		return entry;
	});
}
async function listJournals({ store, environment }) {
	return (await store.list(`${environment}/${JOURNALS}`)).map(({ key }) => key.slice(key.lastIndexOf("/") + 1).replace(/\.jsonl$/, ""));
}
function lastEntry(entries, type) {
	return entries.findLast((entry) => entry.type === type);
}
function lastOfTarget(entries, type, target) {
	return entries.findLast((entry) => entry.type === type && "target" in entry && entry.target === target);
}
const JOURNALS = ".runs";
function journalKey(environment, run) {
	return `${environment}/${JOURNALS}/${run}.jsonl`;
}
function parseEntry(line) {
	try {
		return JSON.parse(line);
	} catch {
		return null;
	}
}
const EXACT_MEMBERS = new Set([
	"type",
	"run",
	"of",
	"targets",
	"target",
	"step",
	"phase",
	"started",
	"owner",
	"clone",
	"intent",
	"mark",
	"folder",
	"at"
]);
function redacted(value, redact) {
	if (typeof value === "string") return redact(value);
	if (Array.isArray(value)) return value.map((item) => redacted(item, redact));
	if (typeof value !== "object" || value === null) return value;
	const members = Object.entries(value).map(([name, member]) => [name, EXACT_MEMBERS.has(name) ? member : redacted(member, redact)]);
	return Object.fromEntries(members);
}
export { readJournal as a, openJournal as i, lastOfTarget as n, listJournals as r, lastEntry as t };
