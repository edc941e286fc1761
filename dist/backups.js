import { A as refusal, D as failure, O as messageOf, h as canonicalJson } from "./domain.js";
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
	if (folder === void 0) throw refusal("backup-unknown", `no backup ${id} of ${target} is in ${store.location}`, { hint: `\`belay backups ${environment}\` lists what is there` });
	if (second !== void 0) throw refusal("backup-ambiguous", `${id} is the beginning of ${folders.length} backups`, { hint: "write more of its id" });
	return readBackup(store, folder);
}
function damaged(id, file, what) {
	return failure("backup-damaged", `backup ${id} is damaged: ${file}: ${what}`, {
		hint: "choose another backup: `belay backups` lists them",
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
export { listing as a, writeManifest as c, findBackup as i, backupFolders as n, newestSoundBackup as o, damaged as r, readBackup as s, backupFolder as t };
