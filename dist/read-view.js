import { o as __toESM } from "./rolldown-runtime.js";
import { t as require_lib } from "./npm-better-sqlite3.js";
import { A as refusal } from "./domain.js";
import { o as versionOf, r as readSchema, t as runQuery } from "./statements.js";
import { f as fileIdentity, g as statIfThere, s as whenFree, x as locate } from "./sqlite-error.js";
import { a as assertReadableFile, c as openRefusal, o as isReadOnlyFileSystem, r as allows, s as isWal, t as readOnlySession } from "./session.js";
import { constants } from "node:fs";
// src/engine/sqlite/read-view.ts
var import_lib = __toESM(require_lib(), 1);
const WAIT_MS = 5e3;
async function openView(target) {
	const place = await locate(target);
	assertReadableFile(place);
	const db = await openReadOnly(place);
	const sizeBytes = Number(statIfThere(place.file)?.size ?? 0n) + Number(statIfThere(`${place.file}-wal`)?.size ?? 0n);
	return {
		session: readOnlySession((sql, parameters) => whenFree(WAIT_MS, () => runQuery(db, sql, parameters, { readOnly: true }))),
		engineVersion: versionOf(db),
		sizeBytes,
		identity: async () => ({
			live: fileIdentity(place.file) ?? "missing",
			lasting: target.configured
		}),
		schema: async () => whenFree(WAIT_MS, () => readSchema(db)),
		[Symbol.asyncDispose]: async () => void db.close()
	};
}
async function openReadOnly(place) {
	let db;
	try {
		const opened = connect(place);
		db = opened;
		opened.pragma("query_only = on");
		await whenFree(WAIT_MS, () => opened.prepare("select count(*) from sqlite_schema").get());
		return opened;
	} catch (error) {
		db?.close();
		throw openRefusal(place, error);
	}
}
function connect({ configured, file }) {
	const walInUse = (statIfThere(`${file}-wal`)?.size ?? 0n) > 0n && statIfThere(`${file}-shm`) !== void 0;
	if (!walInUse && !allows(file, constants.W_OK) && isWal(file)) {
		const readOnly = isReadOnlyFileSystem(file);
		throw refusal("target-unreadable", `${configured} is in WAL mode and ${readOnly ? "its file system is read-only, and SQLite reads it only where it may write" : "this user may not write it, so reading it would leave files beside it"}`, { hint: readOnly ? "mount it writable, or look at a copy" : "run Belay as the user that owns the database" });
	}
	return new import_lib.default(file, {
		fileMustExist: true,
		readonly: walInUse,
		timeout: 0
	});
}
export { openView as t };
