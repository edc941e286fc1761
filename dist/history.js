import { a as refusal, n as failure, r as messageOf } from "./error.js";
import { t as canonicalJson } from "./canonical-json.js";
import { createHash } from "node:crypto";
// src/run/backups.ts
const MANIFEST = "manifest.json";
function backupFolder(environment, target, id) {
	return `${environment}/${target}/${id}`;
}
async function writeManifest(store, folder, manifest) {
	const text = `${JSON.stringify({
		...manifest,
		digest: manifestDigest(manifest)
	}, null, 2)}\n`;
	const { sha256 } = await store.put(`${folder}/${MANIFEST}`, Buffer.from(text));
	return {
		folder,
		manifest,
		summary: summaryOf(store, folder, manifest, sha256)
	};
}
async function readBackup(store, folder) {
	const id = folder.slice(folder.lastIndexOf("/") + 1);
	const bytes = await readAll(store, `${folder}/${MANIFEST}`);
	const parsed = parseManifest(bytes);
	if (parsed === null) throw damaged(id, MANIFEST, "it is no manifest");
	const { digest, ...manifest } = parsed;
	if (manifest.formatVersion !== 1) throw damaged(id, MANIFEST, `its format ${String(manifest.formatVersion)} is newer than this Belay`);
	if (digest !== manifestDigest(manifest)) throw damaged(id, MANIFEST, "it was altered after it was written");
	return {
		folder,
		manifest,
		summary: summaryOf(store, folder, manifest, createHash("sha256").update(bytes).digest("hex"))
	};
}
async function backupFolders(store, environment, target) {
	return (await store.list(`${environment}/${target}`)).filter(({ key }) => key.endsWith(`/${MANIFEST}`)).map(({ key }) => key.slice(0, -14)).sort().reverse();
}
async function newestSoundBackup(store, environment, target) {
	for (const folder of await backupFolders(store, environment, target)) {
		const backup = await lookAt(store, folder);
		if (backup.damage === null) return backup.stored;
	}
	return null;
}
async function listing(store, folder) {
	const { stored, damage } = await lookAt(store, folder);
	const [, target = "", id = ""] = folder.split("/");
	if (stored === null) return {
		id,
		location: `${store.location}/${folder}`,
		sizeBytes: 0,
		sha256: "",
		proof: "read",
		target,
		takenAt: "",
		run: "",
		rows: 0,
		restore: [],
		damage: damage ?? "unreadable"
	};
	const { manifest, summary } = stored;
	const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
	const found = {
		...summary,
		target: manifest.target,
		takenAt: manifest.takenAt,
		run: manifest.run,
		rows,
		restore: manifest.restore
	};
	return damage === null ? found : {
		...found,
		damage
	};
}
async function lookAt(store, folder) {
	let stored;
	try {
		stored = await readBackup(store, folder);
	} catch (error) {
		return {
			stored: null,
			damage: messageOf(error)
		};
	}
	const sizes = new Map((await store.list(folder)).map(({ key, sizeBytes }) => [key.slice(folder.length + 1), sizeBytes]));
	for (const file of stored.manifest.files) {
		const sizeBytes = sizes.get(file.name);
		if (sizeBytes === void 0) return {
			stored,
			damage: `${file.name} is missing`
		};
		if (sizeBytes !== file.sizeBytes) return {
			stored,
			damage: `${file.name} has ${sizeBytes} of ${file.sizeBytes} bytes`
		};
	}
	return {
		stored,
		damage: null
	};
}
async function findBackup(store, environment, target, id) {
	const folders = (await backupFolders(store, environment, target)).filter((folder) => folder.slice(folder.lastIndexOf("/") + 1).startsWith(id));
	const [folder, second] = folders;
	if (folder === void 0) throw refusal("backup-unknown", `no backup ${id} of ${target} is in ${store.location}`, { hint: `belay backups ${environment} lists what is there` });
	if (second !== void 0) throw refusal("backup-ambiguous", `${id} is the beginning of ${folders.length} backups`, { hint: "write more of its id" });
	return readBackup(store, folder);
}
function damaged(id, file, what) {
	return failure("backup-damaged", `backup ${id} is damaged: ${file}: ${what}`, {
		hint: "choose another backup: belay backups",
		facts: {
			backup: id,
			file
		}
	});
}
function summaryOf(store, folder, manifest, sha256) {
	const sizeBytes = manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0);
	return {
		id: manifest.id,
		location: `${store.location}/${folder}`,
		sizeBytes,
		sha256,
		proof: manifest.proof
	};
}
function manifestDigest(manifest) {
	return createHash("sha256").update(canonicalJson(manifest)).digest("hex");
}
async function readAll(store, key) {
	const chunks = [];
	for await (const chunk of await store.get(key)) chunks.push(chunk);
	return Buffer.concat(chunks);
}
function parseManifest(bytes) {
	try {
		const value = JSON.parse(bytes.toString("utf8"));
		return typeof value === "object" && value !== null && "files" in value && "digest" in value ? value : null;
	} catch {
		return null;
	}
}
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
		if (entry === null || entry.seq !== index) throw failure("journal-damaged", `the journal of run ${run} is damaged in line ${index + 1} (${place.store.location}/${key})`, { hint: "compare the database with its newest backup (belay backups), then restore or keep it; Belay does not guess" });
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
// src/run/history.ts
function journalPlace(ports, environment, targets) {
	const [first] = [...targets].sort((a, b) => a.name < b.name ? -1 : 1);
	if (first === void 0) throw new Error("an environment without targets");
	return {
		store: ports.storeOf(environment, first),
		environment: environment.name
	};
}
async function* pastRuns(place) {
	for (const run of [...await listJournals(place)].reverse()) yield {
		run,
		entries: await readJournal(place, run)
	};
}
async function earlierFailure(ports, environment, plan) {
	const targets = plan.targets.map(({ target }) => target);
	for await (const { run, entries } of pastRuns(journalPlace(ports, environment, targets))) {
		const began = lastEntry(entries, "began");
		if (began?.digest !== plan.digest) continue;
		const ended = lastEntry(entries, "ended");
		if (ended?.repeatNeedsReason !== true) return null;
		if (began.command === "rollback") return {
			run,
			what: "was rolled back"
		};
		const reason = ended.reasons[0]?.message;
		return {
			run,
			what: reason === void 0 ? "failed" : `failed: ${reason}`
		};
	}
	return null;
}
async function lastGoodCommit(ports, environment, targets) {
	for await (const { entries } of pastRuns(journalPlace(ports, environment, targets))) {
		const began = lastEntry(entries, "began");
		if (lastEntry(entries, "ended")?.outcome === "migrated" && began !== void 0 && began.sha !== null) return began.sha;
	}
	return null;
}
async function lastApplyingRun(place, target) {
	const takenBack = new Set();
	for await (const past of pastRuns(place)) {
		const began = lastEntry(past.entries, "began");
		const ended = lastEntry(past.entries, "ended");
		if (began?.command === "rollback" && began.of !== null && ended?.outcome === "rolled-back") takenBack.add(began.of);
		if (began?.command !== "migrate" || takenBack.has(past.run)) continue;
		const result = ended?.result.targets.find(({ name }) => name === target);
		if (result !== void 0 && result.applied.length > 0 && (ended?.outcome === "migrated" || ended?.outcome === "needs-attention")) return past;
	}
}
function summarize({ run, entries }) {
	const began = lastEntry(entries, "began");
	const ended = lastEntry(entries, "ended");
	return {
		run,
		command: began?.command ?? "unknown",
		startedAt: began?.at ?? "",
		durationMs: ended === void 0 || began === void 0 ? null : Date.parse(ended.at) - Date.parse(began.at),
		outcome: ended?.outcome ?? null,
		digest: began?.digest ?? null,
		targets: (began?.targets ?? []).map(({ name }) => {
			const result = ended?.result.targets.find((target) => target.name === name);
			return {
				name,
				outcome: result?.outcome ?? null,
				applied: (result?.applied ?? []).map(({ id }) => id),
				backup: result?.backup?.id ?? null
			};
		}),
		reasons: ended?.reasons ?? [],
		withoutApproval: began?.withoutApproval ?? null
	};
}
export { writeManifest as _, pastRuns as a, lastOfTarget as c, backupFolder as d, backupFolders as f, readBackup as g, newestSoundBackup as h, lastGoodCommit as i, openJournal as l, listing as m, journalPlace as n, summarize as o, findBackup as p, lastApplyingRun as r, lastEntry as s, earlierFailure as t, readJournal as u };
