import { o as __toESM } from "./rolldown-runtime.js";
import { t as require_lib } from "./npm-better-sqlite3.js";
import { A as refusal } from "./domain.js";
import { i as isSqliteError, l as nameHolders, n as isBusy, s as whenFree } from "./sqlite-error.js";
import { i as assertFolder, o as isReadOnlyFileSystem } from "./session.js";
import { existsSync } from "node:fs";
// src/engine/sqlite/lock.ts
var import_lib = __toESM(require_lib(), 1);
async function takeLock(place, waitMs) {
	const db = openLockFile(place);
	try {
		await whenFree(waitMs, () => db.exec("begin exclusive"));
	} catch (error) {
		db.close();
		throw isBusy(error) ? locked(place.configured, place.lock) : error;
	}
	return { [Symbol.dispose]: () => void db.close() };
}
function probeLock(place) {
	if (!existsSync(place.lock)) return {
		held: false,
		holder: null
	};
	const db = new import_lib.default(place.lock, {
		fileMustExist: true,
		timeout: 0
	});
	try {
		db.prepare("select count(*) from sqlite_schema").get();
		return {
			held: false,
			holder: null
		};
	} catch (error) {
		if (isBusy(error)) return {
			held: true,
			holder: nameHolders(place.lock)
		};
		if (isSqliteError(error) && error.code.startsWith("SQLITE_READONLY")) return {
			held: false,
			holder: null
		};
		throw error;
	} finally {
		db.close();
	}
}
function openLockFile(place) {
	try {
		return new import_lib.default(place.lock, { timeout: 0 });
	} catch (error) {
		if (!isSqliteError(error) && !(error instanceof TypeError)) throw error;
		assertFolder(place);
		const readOnly = isReadOnlyFileSystem(place.folder);
		throw refusal("lock-unavailable", `the lock ${place.lock} cannot be opened: ${readOnly ? "its file system is read-only" : error.message}`, {
			hint: "Belay must be able to write files in the database's folder",
			cause: error
		});
	}
}
function locked(target, lock) {
	const holder = nameHolders(lock);
	return refusal("locked", `another run of Belay has ${target}${holder === null ? "" : `: ${holder}`}`, {
		hint: "wait until it has ended; `belay status` shows who has the lock",
		facts: { holder }
	});
}
export { probeLock as n, takeLock as r, locked as t };
