import { rt as refusal } from "./domain.js";
import { t as spawn } from "./spawn.js";
import { delimiter, join } from "node:path";
import { access, constants, readdir, realpath } from "node:fs/promises";
// src/engine/postgres/programs.ts
const VERSIONED = [
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/opt/homebrew/opt/postgresql@*/bin",
	"/opt/homebrew/opt/libpq/bin",
	"/usr/local/opt/postgresql@*/bin",
	"/usr/local/opt/libpq/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin"
];
const lookedUp = new Map();
async function findPrograms(serverMajor, variables) {
	const path = variables["PATH"] ?? "";
	const looking = lookedUp.get(path) ?? installed(path);
	lookedUp.set(path, looking);
	const found = await looking;
	const fitting = found.filter(({ major }) => major >= serverMajor);
	const best = fitting.find(({ major }) => major === serverMajor) ?? fitting.toSorted((a, b) => b.major - a.major)[0];
	if (best !== void 0) return best;
	const hint = `install PostgreSQL ${serverMajor}'s client programs (Debian: postgresql-client-${serverMajor}); where Docker is there, the image postgres:${serverMajor} has them`;
	const newest = found.toSorted((a, b) => b.major - a.major)[0];
	if (newest === void 0) throw refusal("program-missing", "pg_dump and pg_restore are not installed here", { hint });
	throw refusal("client-too-old", `the server is PostgreSQL ${serverMajor}, and the newest pg_dump here is ${newest.version}: it refuses a newer server`, {
		hint,
		facts: {
			server: serverMajor,
			client: newest.version,
			program: newest.dump
		}
	});
}
async function installed(path) {
	const folders = [...path.split(delimiter).filter((folder) => folder.startsWith("/")), ...await versionedFolders()];
	return (await Promise.all([...new Set(folders)].map((folder) => programsIn(folder, path)))).filter((programs) => programs !== void 0);
}
async function versionedFolders() {
	return (await Promise.all(VERSIONED.map((pattern) => matching("/", pattern.slice(1).split("/"))))).flat();
}
async function matching(folder, [part, ...rest]) {
	if (part === void 0) return [folder];
	if (!part.includes("*")) return matching(join(folder, part), rest);
	const [before = "", after = ""] = part.split("*");
	const fitting = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith(before) && name.endsWith(after));
	return (await Promise.all(fitting.map((name) => matching(join(folder, name), rest)))).flat();
}
async function programsIn(folder, path) {
	const programs = {
		dump: join(folder, "pg_dump"),
		restore: join(folder, "pg_restore"),
		psql: join(folder, "psql")
	};
	try {
		for (const program of Object.values(programs)) await access(program, constants.X_OK);
		if ((await realpath(programs.dump)).endsWith("/pg_wrapper")) return void 0;
	} catch {
		return;
	}
	const version = await versionOf(programs.dump, path);
	return version === void 0 ? void 0 : {
		...programs,
		major: Number.parseInt(version, 10),
		version
	};
}
async function versionOf(program, path) {
	const { stdout } = await spawn({
		command: { argv: [program, "--version"] },
		directory: "/",
		variables: {
			PATH: path,
			LC_ALL: "C"
		},
		timeoutMs: 1e4,
		role: "engine"
	});
	return /\(PostgreSQL\) (\d+(?:\.\d+|\w+)?)/.exec(stdout)?.[1];
}
export { findPrograms as t };
