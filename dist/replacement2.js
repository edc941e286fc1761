import { o as __toESM } from "./rolldown-runtime.js";
import { et as failure, rt as refusal } from "./domain.js";
import { $ as asidePath, B as whenFree, F as isBusy, H as isComplete, I as isDamaged, J as identityOf, V as describeProcess, W as openHolders, Y as isSymbolicLink, Z as statIfThere, c as isWal, et as errorCode, q as fileIdentity } from "./reading.js";
import { t as assertUnchanged } from "./copies2.js";
import { t as require_lib } from "./npm-better-sqlite3.js";
import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import { chmod, chown } from "node:fs/promises";
import { promisify } from "node:util";
import { execFile } from "node:child_process";
// src/engine/sqlite/attributes.ts
const run = promisify(execFile);
async function copyAttributes(from, to) {
	const source = statIfThere(from);
	if (source === void 0) return false;
	try {
		await chown(to, Number(source.uid), Number(source.gid));
	} catch (error) {
		if (errorCode(error) !== "EPERM") throw error;
	}
	await chmod(to, Number(source.mode & 4095n));
	return (process.platform !== "linux" || await copyAccessList(from, to)) && sameOwnerAndMode(from, to);
}
function sameOwnerAndMode(a, b) {
	const [one, other] = [statIfThere(a), statIfThere(b)];
	return one !== void 0 && other !== void 0 && one.uid === other.uid && one.gid === other.gid && one.mode === other.mode;
}
async function copyAccessList(from, to) {
	try {
		await run("cp", [
			"--attributes-only",
			"--preserve=mode",
			"--",
			from,
			to
		]);
		return true;
	} catch (error) {
		if (error instanceof Error) return false;
		throw error;
	}
}
// src/engine/sqlite/exclusive.ts
var import_lib = __toESM(require_lib(), 1);
async function lockExclusively(file, waitMs) {
	const db = new import_lib.default(file, {
		fileMustExist: true,
		timeout: 0
	});
	try {
		db.pragma("synchronous = full");
		db.pragma("locking_mode = exclusive");
		await whenFree(waitMs, () => db.exec("begin exclusive"));
	} catch (error) {
		db.close();
		if (isDamaged(error)) return null;
		throw error;
	}
	return {
		emptyLog() {
			db.exec("commit");
			const [result] = db.pragma("wal_checkpoint(truncate)");
			if (result?.busy !== 0) throw new import_lib.default.SqliteError("the write-ahead log could not be emptied", "SQLITE_BUSY");
		},
		[Symbol.dispose]: () => void db.close()
	};
}
// src/engine/sqlite/mounts.ts
function isMountedByItself(file) {
	const own = readMounts("self");
	const home = own.filter(({ point }) => isBelow(file, point)).sort((a, b) => b.point.length - a.point.length)[0];
	if (home === void 0) return false;
	if (home.point === file) return true;
	const inFileSystem = joinRoot(home.root, file.slice(home.point === "/" ? 0 : home.point.length));
	return [own, ...otherNamespaces()].some((mounts) => mounts.some(({ device, root }) => device === home.device && root === inFileSystem));
}
function otherNamespaces() {
	const seen = new Set([readLink("self")]);
	return processes().flatMap((pid) => {
		const namespace = readLink(pid);
		if (namespace === void 0 || seen.has(namespace)) return [];
		seen.add(namespace);
		return [readMounts(pid)];
	});
}
function readMounts(pid) {
	return (ifThere(() => readFileSync(`/proc/${pid}/mountinfo`, "utf8")) ?? "").split("\n").flatMap((line) => {
		const [, , device, root, point] = line.split(" ");
		return device === void 0 || root === void 0 || point === void 0 ? [] : [{
			device,
			root: unescape(root),
			point: unescape(point)
		}];
	});
}
function unescape(path) {
	return path.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
}
function isBelow(file, point) {
	return point === "/" || file === point || file.startsWith(`${point}/`);
}
function joinRoot(root, rest) {
	return root === "/" ? rest : root + rest;
}
function processes() {
	return (ifThere(() => readdirSync("/proc")) ?? []).filter((name) => /^\d+$/.test(name));
}
function readLink(pid) {
	return ifThere(() => readlinkSync(`/proc/${pid}/ns/mnt`));
}
function ifThere(read) {
	try {
		return read();
	} catch (error) {
		if (error instanceof Error) return void 0;
		throw error;
	}
}
// src/engine/sqlite/replacement.ts
async function planReplacement(place, copy, run) {
	const { dev, ino } = assertUnchanged(copy);
	const stats = statIfThere(place.file);
	const names = {
		file: place.file,
		target: stats === void 0 ? null : identityOf(stats),
		copy: `${dev}:${ino}`
	};
	const obstacle = stats === void 0 ? null : await obstacleToRename(place, copy);
	return {
		strategy: obstacle === null ? "swap" : "restore",
		way: obstacle === null ? null : "in-place",
		why: obstacle ?? "nobody has the file open, so a proven copy takes its name",
		keepAs: asidePath(place, "failed", run),
		from: copy,
		names: { ...names }
	};
}
function namesOf(place, intent) {
	const names = intent.names;
	if (typeof names === "object" && names !== null && "file" in names && "copy" in names && "target" in names) {
		const { file, copy, target } = names;
		if (file !== place.file) throw refusal("wrong-target", `this replacement is of ${JSON.stringify(file)}, not of ${place.file}`, { hint: "the target's path leads elsewhere than when the run began" });
		if (typeof copy === "string" && (target === null || typeof target === "string")) return {
			file: place.file,
			target,
			copy
		};
	}
	throw failure("intent-unreadable", `what the journal says of replacing ${basename(place.file)} cannot be read`, { hint: "use the version of Belay that made this run" });
}
async function obstacleToRename(place, copy) {
	const lasting = lastingObstacle(place);
	if (lasting !== null) return lasting;
	if (!attributesKept(copy) || !sameOwnerAndMode(place.file, copy.place)) return "the copy could not be given the owner, mode and access list of the file";
	return holderObstacle(place);
}
function lastingObstacle(place) {
	const stats = statIfThere(place.file);
	if (process.platform !== "linux") return "this system does not tell who has a file open";
	if (isSymbolicLink(place.configured)) return `${place.configured} is a symbolic link`;
	if (stats !== void 0 && stats.nlink > 1n) return `${place.file} has more than one name (hard links)`;
	if (isMountedByItself(place.file)) return `${place.file} is mounted by itself, into a container for example`;
	return null;
}
function attributesKept({ evidence }) {
	return typeof evidence === "object" && evidence !== null && "attributesKept" in evidence && evidence.attributesKept === true;
}
async function holderObstacle({ file }) {
	const identity = fileIdentity(file);
	const holders = identity === void 0 ? void 0 : openHolders(identity);
	if (holders !== void 0 && holders.pids.length > 0) return `${holders.pids.map(describeProcess).join(", ")} has the file open`;
	const complete = holders === void 0 || isComplete(holders);
	const wal = isWal(file);
	try {
		using lock = await lockExclusively(file, 0);
		return lock === null || complete || wal ? null : "some processes cannot be looked into, and one of them may have the file open";
	} catch (error) {
		if (isBusy(error)) return "somebody has the file open";
		throw error;
	}
}
export { copyAttributes as a, lockExclusively as i, namesOf as n, planReplacement as r, lastingObstacle as t };
