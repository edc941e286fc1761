import { o as __toESM } from "./rolldown-runtime.js";
import { t as require_lib } from "./npm-better-sqlite3.js";
import { A as refusal, D as failure, E as BelayError, O as messageOf, l as asideName } from "./domain.js";
import { existsSync, lstatSync, readFileSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { realpath } from "node:fs/promises";
// src/engine/sqlite/place.ts
var import_lib = __toESM(require_lib(), 1);
const NAME_BYTES = 242;
async function locate(target) {
	const file = await realFile(target.address);
	return {
		configured: target.address,
		file,
		folder: dirname(file),
		lock: `${file}.belay-lock`,
		state: `${file}.belay`
	};
}
async function realFile(path) {
	try {
		return await realpath(path);
	} catch (error) {
		if (!isMissing(error)) throw error;
	}
	try {
		return join(await realpath(dirname(path)), basename(path));
	} catch (error) {
		if (!isMissing(error)) throw error;
		return path;
	}
}
function asidePath(place, kind, run) {
	return join(place.folder, asideName(basename(place.file), kind, run, NAME_BYTES));
}
const KINDS = {
	c: "clone",
	f: "failed",
	s: "scratch",
	a: "after"
};
function parseAside(place, name) {
	const [, stem, letter, runSuffix] = /^(.*)_belay_([cfsa])_([0-9A-HJKMNP-TV-Z]{10})(?:_\d+)?$/s.exec(name) ?? [];
	if (stem === void 0 || letter === void 0 || runSuffix === void 0 || !(letter in KINDS)) return void 0;
	const kind = KINDS[letter];
	return asideName(basename(place.file), kind, runSuffix, NAME_BYTES) === `${stem}_belay_${letter}_${runSuffix}` ? {
		kind,
		runSuffix
	} : void 0;
}
function sideFiles(file) {
	return [
		`${file}-wal`,
		`${file}-shm`,
		`${file}-journal`
	];
}
function isMissing(error) {
	return errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR";
}
function errorCode(error) {
	return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : void 0;
}
// src/engine/sqlite/file-evidence.ts
function fileIdentity(path) {
	const stats = statIfThere(path);
	return stats && identityOf(stats);
}
function identityOf(stats) {
	return `${stats.dev}:${stats.ino}`;
}
function statIfThere(path) {
	try {
		return statSync(path, { bigint: true });
	} catch (error) {
		if (isMissing(error)) return void 0;
		throw error;
	}
}
function isSymbolicLink(path) {
	return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
function evidenceOf(path) {
	const stats = statIfThere(path);
	if (stats === void 0) return void 0;
	const { dev, ino, size, mtimeNs, ctimeNs } = stats;
	return {
		dev: `${dev}`,
		ino: `${ino}`,
		size: `${size}`,
		mtimeNs: `${mtimeNs}`,
		ctimeNs: `${ctimeNs}`
	};
}
function parseEvidence(value) {
	if (typeof value !== "object" || value === null || Array.isArray(value)) return void 0;
	const { dev, ino, size, mtimeNs, ctimeNs } = value;
	if (typeof dev !== "string" || typeof ino !== "string" || typeof size !== "string") return void 0;
	if (typeof mtimeNs !== "string" || typeof ctimeNs !== "string") return void 0;
	return {
		dev,
		ino,
		size,
		mtimeNs,
		ctimeNs
	};
}
function stillHolds(path, evidence) {
	const now = evidenceOf(path);
	return now !== void 0 && now.dev === evidence.dev && now.ino === evidence.ino && now.size === evidence.size && now.mtimeNs === evidence.mtimeNs && now.ctimeNs === evidence.ctimeNs;
}
// src/engine/sqlite/holders.ts
const MACHINE_NAMESPACE = "pid:[4026531836]";
const KERNEL_THREAD = 2097152;
function openHolders(identity) {
	const processes = listProcesses();
	if (processes === void 0) return {
		pids: [],
		complete: false
	};
	const looks = processes.filter((pid) => pid !== process.pid).map((pid) => ({
		pid,
		holds: holds(pid, identity)
	}));
	return {
		pids: looks.filter(({ holds: found }) => found === true).map(({ pid }) => pid),
		complete: seesEveryUser(identity) && looks.every(({ holds: found }) => found !== "hidden")
	};
}
function nameHolders(path, except = []) {
	const stats = statIfThere(path);
	if (stats === void 0) return null;
	const locking = lockingPids(stats.dev, stats.ino);
	const pids = locking.length > 0 ? locking : openHolders(`${stats.dev}:${stats.ino}`).pids;
	const named = [...new Set(pids)].filter((pid) => pid !== process.pid && !except.includes(pid)).map(describeProcess);
	return named.length === 0 ? null : named.join(", ");
}
function describeProcess(pid) {
	const told = readProc(`${pid}/comm`)?.trim();
	const name = told === "MainThread" ? programOf(pid) : told;
	return name === void 0 || name === "" ? `pid ${pid}` : `pid ${pid} (${name})`;
}
function programOf(pid) {
	try {
		return basename(readlinkSync(`/proc/${pid}/exe`));
	} catch (error) {
		if (error instanceof Error) return void 0;
		throw error;
	}
}
function listProcesses() {
	try {
		return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number);
	} catch (error) {
		if (error instanceof Error) return void 0;
		throw error;
	}
}
function seesEveryUser(identity) {
	try {
		if (!existsSync("/proc/1")) return false;
		return readlinkSync("/proc/self/ns/pid") === MACHINE_NAMESPACE || identity.startsWith(`${statSync("/", { bigint: true }).dev}:`);
	} catch (error) {
		if (error instanceof Error) return false;
		throw error;
	}
}
function holds(pid, identity) {
	try {
		return readdirSync(`/proc/${pid}/fd`).some((fd) => isFile(`/proc/${pid}/fd/${fd}`, identity));
	} catch (error) {
		if (errorCode(error) === "ENOENT" || errorCode(error) === "ESRCH") return false;
		return isKernelThread(pid) ? false : "hidden";
	}
}
function isFile(link, identity) {
	try {
		if (!readlinkSync(link).startsWith("/")) return false;
		const { dev, ino } = statSync(link, { bigint: true });
		return `${dev}:${ino}` === identity;
	} catch (error) {
		if (errorCode(error) === "ENOENT" || errorCode(error) === "ESRCH") return false;
		throw error;
	}
}
function isKernelThread(pid) {
	return (Number(statFields(pid)?.[6] ?? 0) & KERNEL_THREAD) !== 0;
}
function statFields(pid) {
	const stat = readProc(`${pid}/stat`);
	return stat?.slice(stat.lastIndexOf(")") + 2).trim().split(" ");
}
function lockingPids(dev, ino) {
	const found = [...(readProc("locks") ?? "").matchAll(/^\d+: POSIX .* (\d+) ([0-9a-f]+):([0-9a-f]+):(\d+) /gm)].filter(([, , , , inode]) => inode === `${ino}`);
	const exact = found.filter(([, , major, minor]) => major !== void 0 && minor !== void 0 && BigInt(`0x${major}`) === majorOf(dev) && BigInt(`0x${minor}`) === minorOf(dev));
	return (exact.length > 0 ? exact : found).map(([, pid]) => Number(pid)).filter((pid) => pid > 0);
}
function majorOf(dev) {
	return dev >> 8n & 4095n | dev >> 32n & -4096n;
}
function minorOf(dev) {
	return dev & 255n | dev >> 12n & -256n;
}
function readProc(name) {
	try {
		return readFileSync(`/proc/${name}`, "utf8");
	} catch (error) {
		if (error instanceof Error) return void 0;
		throw error;
	}
}
// src/engine/sqlite/sqlite-error.ts
function isSqliteError(error) {
	return error instanceof import_lib.default.SqliteError;
}
function isBusy(error) {
	if (error instanceof BelayError) return isBusy(error.cause);
	return isSqliteError(error) && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
}
function isDamaged(error) {
	return isSqliteError(error) && /^SQLITE_(NOTADB|CORRUPT)/.test(error.code);
}
function statementError(error, file, facts = {}) {
	if (!isSqliteError(error)) return error;
	if (isBusy(error)) return lockedError(file, "failed", error, facts);
	const known = MACHINE_ERRORS.find(({ codes }) => codes.test(error.code));
	const details = {
		cause: error,
		facts: {
			...facts,
			code: error.code
		}
	};
	if (known === void 0) return failure("sql-failed", error.message, details);
	return failure(known.code, `${file}: ${error.message}`, {
		...details,
		hint: known.hint
	});
}
const MACHINE_ERRORS = [
	{
		codes: /^(SQLITE_FULL|ENOSPC|EDQUOT)$/,
		code: "no-space",
		hint: "make room on this disk, then run again"
	},
	{
		codes: /^(SQLITE_IOERR|EIO|EFBIG)/,
		code: "disk-failed",
		hint: "look at the disk and the system's log before anything else"
	},
	{
		codes: /^(SQLITE_READONLY|EROFS|EACCES|EPERM)/,
		code: "target-read-only",
		hint: "run Belay as the user that owns the database; `mount` tells of a read-only file system"
	},
	{
		codes: /^SQLITE_CANTOPEN/,
		code: "target-unreadable",
		hint: "run Belay as the user that owns the database"
	},
	{
		codes: /^(SQLITE_CORRUPT|SQLITE_NOTADB)/,
		code: "target-damaged",
		hint: "restore a backup, or save what can be saved with `sqlite3 FILE .recover`"
	}
];
async function acting(act, work) {
	try {
		return await work();
	} catch (error) {
		const code = errorCode(error);
		const known = error instanceof BelayError ? void 0 : MACHINE_ERRORS.find(({ codes }) => code !== void 0 && codes.test(code));
		if (known === void 0) throw error;
		throw failure(known.code, `${act}: ${messageOf(error)}`, {
			hint: known.hint,
			cause: error,
			facts: { code: code ?? null }
		});
	}
}
function lockedError(file, kind, cause, facts = {}) {
	const holder = nameHolders(file);
	return (kind === "refused" ? refusal : failure)("target-locked", `${file} is locked by ${holder ?? "another process"}`, {
		hint: holder === null ? "wait until whoever writes there is done, or stop it" : "wait until it is done, or stop it",
		cause,
		facts: {
			...facts,
			holder
		}
	});
}
async function whenFree(waitMs, attempt) {
	const deadline = performance.now() + waitMs;
	for (;;) {
		try {
			return attempt();
		} catch (error) {
			if (!isBusy(error) || performance.now() >= deadline) throw error;
		}
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}
export { sideFiles as C, parseAside as S, stillHolds as _, lockedError as a, isMissing as b, describeProcess as c, evidenceOf as d, fileIdentity as f, statIfThere as g, parseEvidence as h, isSqliteError as i, nameHolders as l, isSymbolicLink as m, isBusy as n, statementError as o, identityOf as p, isDamaged as r, whenFree as s, acting as t, openHolders as u, asidePath as v, locate as x, errorCode as y };
