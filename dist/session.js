import { A as refusal, D as failure, O as messageOf } from "./domain.js";
import { a as lockedError, g as statIfThere, i as isSqliteError, m as isSymbolicLink, n as isBusy, r as isDamaged, y as errorCode } from "./sqlite-error.js";
import { accessSync, closeSync, constants, openSync, readSync } from "node:fs";
// src/engine/sqlite/refuse-open.ts
const HEADER_BYTES = 100;
const MAGIC = "SQLite format 3\0";
function assertFolder({ configured, folder }) {
	if (statIfThere(folder) !== void 0) return;
	throw refusal("target-missing", `there is no folder ${folder}, so no database ${configured}`, { hint: "correct `target` in belay.yml" });
}
function assertReadableFile({ configured, file, folder }) {
	const stats = statIfThere(file);
	if (stats === void 0 && isSymbolicLink(configured)) throw refusal("target-missing", `${configured} is a symbolic link that leads nowhere`, { hint: "mend the link, or correct `target` in belay.yml" });
	if (stats === void 0) assertFolder({
		configured,
		folder
	});
	if (stats === void 0) throw refusal("target-missing", `there is no file ${configured}`, { hint: "correct `target` in belay.yml, or create the database first" });
	if (stats.isDirectory()) throw refusal("target-not-a-database", `${configured} is a directory`, { hint: "name the database file in it" });
	if (!stats.isFile()) throw refusal("target-not-a-database", `${configured} is no regular file`, { hint: "name a database file" });
	if (stats.size === 0n) throw refusal("target-not-a-database", `${configured} is empty (0 bytes)`, { hint: "an application that opens a wrong path leaves such a file: check the path, or restore a backup" });
	if (!allows(file, constants.R_OK)) throw refusal("target-unreadable", `${configured} may not be read by this user`, { hint: "run Belay as the user that owns the database" });
}
function openRefusal(place, error) {
	if (!isSqliteError(error)) return error;
	if (isBusy(error)) return lockedError(place.configured, "refused", error);
	if (isDamaged(error)) return damagedRefusal(place, error);
	const words = `${place.configured} cannot be opened: ${error.message}`;
	return refusal("target-unreadable", words, {
		hint: unreadableHint(place),
		cause: error,
		facts: { code: error.code }
	});
}
function damagedRefusal({ configured, file }, error) {
	const header = readHeader(file);
	if (header.toString("latin1", 0, 16) !== MAGIC) return refusal("target-not-a-database", `${configured} is not an SQLite database: ${error.message}`, {
		hint: "check the path; an encrypted database needs its own SQLite",
		cause: error
	});
	const expected = promisedSize(header);
	const size = Number(statIfThere(file)?.size ?? 0n);
	if (size < expected) return refusal("target-truncated", `${configured} is cut off: its header promises ${expected} bytes and it has ${size}`, {
		hint: "restore a backup; a copy that was interrupted looks like this",
		cause: error,
		facts: {
			expected,
			size
		}
	});
	return refusal("target-damaged", `${configured} is damaged: ${messageOf(error)}`, {
		hint: "restore a backup, or save what can be saved with `sqlite3 FILE .recover`",
		cause: error
	});
}
function unreadableHint({ file, folder }) {
	if (isWal(file) && !allows(folder, constants.W_OK)) return "it is in WAL mode, which needs to create files in its folder: run Belay as a user that may write there";
	return "run Belay as the user that owns the database, and check that its folder may be written";
}
function promisedSize(header) {
	const stored = header.readUInt16BE(16);
	const pageSize = stored === 1 ? 65536 : stored;
	return pageSize >= 512 && Number.isInteger(Math.log2(pageSize)) ? pageSize * header.readUInt32BE(28) : 0;
}
function isWal(file) {
	return readHeader(file).readUInt8(18) === 2;
}
function readHeader(file) {
	const header = Buffer.alloc(HEADER_BYTES);
	const descriptor = openSync(file, "r");
	try {
		readSync(descriptor, header, 0, HEADER_BYTES, 0);
		return header;
	} finally {
		closeSync(descriptor);
	}
}
function allows(path, mode) {
	return refusalCode(path, mode) === null;
}
function isReadOnlyFileSystem(path) {
	return refusalCode(path, constants.W_OK) === "EROFS";
}
function refusalCode(path, mode) {
	try {
		accessSync(path, mode);
		return null;
	} catch (error) {
		const code = errorCode(error) ?? "";
		if ([
			"EACCES",
			"EROFS",
			"EPERM",
			"ENOENT"
		].includes(code)) return code;
		throw error;
	}
}
// src/engine/sqlite/session.ts
function readOnlySession(query) {
	const refuse = () => Promise.reject(refusal("read-only-session", "this look at the database may not write", { hint: "only a run of Belay writes" }));
	return {
		dialect: "sqlite",
		query: (sql, parameters = []) => query(sql, parameters),
		execute: refuse,
		transaction: refuse,
		transact: refuse
	};
}
function remoteSession(remote) {
	let inTransaction = false;
	return {
		dialect: "sqlite",
		query: (sql, parameters = []) => remote.call("query", sql, parameters),
		execute: (statements) => remote.call("execute", statements),
		async transaction(work, options = {}) {
			if (inTransaction) throw failure("transaction-open", "a transaction is open already on this connection");
			inTransaction = true;
			try {
				await remote.call("begin", options);
				return await commitOrUndo(remote, work);
			} finally {
				inTransaction = false;
			}
		},
		transact: (statements, options = {}) => remote.call("transact", statements, options)
	};
}
async function commitOrUndo(remote, work) {
	try {
		const result = await work();
		await remote.call("commit");
		return result;
	} catch (error) {
		if (!remote.ended) await remote.call("rollback");
		throw error;
	}
}
export { assertReadableFile as a, openRefusal as c, assertFolder as i, remoteSession as n, isReadOnlyFileSystem as o, allows as r, isWal as s, readOnlySession as t };
