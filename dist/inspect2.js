import "./rolldown-runtime.js";
import { J as identityOf, V as describeProcess, W as openHolders, Z as statIfThere, nt as locate, t as openView } from "./reading.js";
import { t as lastingObstacle } from "./replacement2.js";
import { statfs } from "node:fs/promises";
// src/engine/sqlite/inspect.ts
async function inspect(target) {
	const place = await locate(target);
	const { mode, version } = await settings(target);
	const stats = statIfThere(place.file);
	const holders = stats === void 0 ? [] : openHolders(identityOf(stats)).pids.map(describeProcess);
	const wal = mode === "wal";
	return {
		facts: [wal ? "WAL mode" : `journal mode ${mode}`],
		warnings: [...await networkWarning(place), ...wal ? walWarning(version) : []],
		noWayBack: null,
		swapObstacle: lastingObstacle(place),
		holders
	};
}
async function settings(target) {
	await using view = await openView(target);
	const { rows } = await view.session.query("select (select journal_mode from pragma_journal_mode), sqlite_version()");
	const [mode, version] = rows[0] ?? [];
	return {
		mode: String(mode),
		version: String(version)
	};
}
function hasWalResetBug(version) {
	const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
	if (major !== 3 || minor < 7 || minor > 51) return false;
	return patch < ({
		44: 6,
		50: 7,
		51: 3
	}[minor] ?? Number.POSITIVE_INFINITY);
}
function walWarning(version) {
	if (!hasWalResetBug(version)) return [];
	return [{
		message: `Belay itself runs on SQLite ${version}, which can corrupt a database in WAL mode when two programs write at once`,
		hint: "use a version of Belay with SQLite 3.51.3 or newer"
	}];
}
const NETWORK_TYPES = new Map([
	[26985, "NFS"],
	[4283649346, "CIFS"],
	[4266872130, "SMB"],
	[20859, "SMB"],
	[16914839, "9P"]
]);
async function networkWarning({ folder }) {
	const { type } = await statfs(folder);
	const name = NETWORK_TYPES.get(type >>> 0);
	if (name === void 0) return [];
	return [{
		message: `${folder} lies on a network file system (${name}), where SQLite's locks do not hold between machines`,
		hint: "run Belay on the machine where the application runs, and nowhere else"
	}];
}
export { inspect };
