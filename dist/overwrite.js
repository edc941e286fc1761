import { o as __toESM } from "./rolldown-runtime.js";
import { t as require_lib } from "./npm-better-sqlite3.js";
import { $ as BelayError, et as failure } from "./domain.js";
import { B as whenFree, F as isBusy, R as lockedError, U as nameHolders } from "./reading.js";
// src/engine/sqlite/copy-pages.ts
var import_lib = __toESM(require_lib(), 1);
const ALL_PAGES = 2147483647;
const PAUSE_MS = 50;
async function copyPages(db, to, waitMs, goOn = () => void 0) {
	const deadline = performance.now() + waitMs;
	for (;;) {
		goOn();
		const pages = await attempt(db, to, deadline);
		if (pages !== void 0) return pages;
		if (performance.now() >= deadline) throw lockedError(isReadable(db) ? to : db.name, "failed");
		await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
	}
}
async function attempt(db, to, deadline) {
	let source = -1;
	const { totalPages } = await db.backup(to, { progress: () => {
		source = pageCount(db);
		if (performance.now() >= deadline) throw lockedError(db.name, "failed");
		return ALL_PAGES;
	} });
	return totalPages > 0 && totalPages === source ? totalPages : void 0;
}
function isReadable(db) {
	try {
		db.prepare("select count(*) from sqlite_schema").get();
		return true;
	} catch (error) {
		if (isBusy(error)) return false;
		throw error;
	}
}
function pageCount(db) {
	return Number(db.pragma("page_count", { simple: true }));
}
// src/engine/sqlite/overwrite.ts
const WAIT_MS = 3e4;
async function overwriteInPlace(copy, file, goOn) {
	try {
		await allowPageSize(copy, file);
		await copyPages(copy, file, WAIT_MS, goOn);
		await makeDurable(file);
	} catch (error) {
		throw isBusy(error) || error instanceof BelayError && error.code === "target-locked" ? targetBusy(file, error) : error;
	}
}
async function allowPageSize(copy, file) {
	const target = openTarget(file);
	try {
		if (!await whenFree(WAIT_MS, () => pageSize(target) === pageSize(copy)) && target.pragma("journal_mode", { simple: true }) === "wal") await whenFree(WAIT_MS, () => target.pragma("journal_mode = delete"));
	} finally {
		target.close();
	}
}
async function makeDurable(file) {
	const target = openTarget(file);
	try {
		target.pragma("synchronous = full");
		if (target.pragma("journal_mode", { simple: true }) === "wal") await whenFree(WAIT_MS, () => target.pragma("wal_checkpoint(passive)"));
	} finally {
		target.close();
	}
}
function openTarget(file) {
	return new import_lib.default(file, {
		fileMustExist: true,
		timeout: 0
	});
}
function pageSize(db) {
	db.prepare("select count(*) from sqlite_schema").get();
	return db.pragma("page_size", { simple: true });
}
function targetBusy(file, cause, holders = nameHolders(file)) {
	return failure("target-busy", `${file} cannot be replaced while ${holders ?? "another process"} uses it`, {
		hint: "stop it, then run `belay recover`; nothing was replaced",
		cause,
		facts: { holder: holders }
	});
}
export { targetBusy as n, copyPages as r, overwriteInPlace as t };
