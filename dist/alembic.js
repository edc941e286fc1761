import "./rolldown-runtime.js";
import { n as hintFor } from "./same-database.js";
import { t as textOf } from "./options.js";
import { a as seenRevisions, i as revisionFiles, n as appliedRevisions, r as below, t as sqlalchemyUrl } from "./sqlalchemy.js";
import { t as PYTHON_MEANINGS } from "./python.js";
import { dirname, join, resolve } from "node:path";
import { readFile, realpath } from "node:fs/promises";
// src/tool/program/tools/alembic-address.ts
const OTHER_SOURCES = /environ|getenv|set_main_option|set_section_option|create_engine|create_async_engine|current_app|url\s*=|import\s+settings|settings\./;
async function addressObstacle(place) {
	if (place.elsewhere) return null;
	const file = resolve(place.directory, textOf(place.options, "config") ?? "alembic.ini");
	const ini = await textOrNothing(file);
	const valueOf = (key) => new RegExp(`^${key}\\s*=\\s*(\\S+)`, "m").exec(ini)?.[1]?.replaceAll("%(here)s", dirname(file));
	const [url, scripts] = [valueOf("sqlalchemy\\.url"), valueOf("script_location")];
	if (url === void 0 || scripts === void 0 || url.includes("%")) return null;
	const env = await textOrNothing(join(resolve(place.directory, scripts), "env.py"));
	if (env === "" || OTHER_SOURCES.test(env)) return null;
	const there = await otherThan(place, url);
	if (there === null) return null;
	return {
		code: "wrong-database",
		message: `sqlalchemy.url in alembic.ini leads to ${there}, not to ${place.target.name}, and env.py reads no other address`,
		hint: `${hintFor(false)}: config.set_main_option("sqlalchemy.url", os.environ["DATABASE_URL"])`
	};
}
async function otherThan({ directory, target }, url) {
	const [, kind = "", rest = ""] = /^([a-z]+)(?:\+\w+)?:\/\/(.*)$/.exec(url) ?? [];
	if (kind === "sqlite") {
		const path = resolve(directory, rest.replace(/^\//, ""));
		return target.engine === "sqlite" && await realPath(path) === await realPath(target.address) ? null : path;
	}
	if (!kind.startsWith("postgres")) return null;
	if (target.engine !== "postgres") return "a server of PostgreSQL";
	const [given, ours] = [URL.parse(url), URL.parse(target.address)];
	if (given === null || ours === null || given.pathname === ours.pathname) return null;
	return given.pathname.slice(1);
}
async function realPath(path) {
	return realpath(path).catch(() => path);
}
async function textOrNothing(file) {
	return readFile(file, "utf8").catch(() => "");
}
// src/tool/program/tools/alembic.ts
const alembic = {
	name: "alembic",
	title: "Alembic",
	engines: ["sqlite", "postgres"],
	programs: ["alembic"],
	install: "pip install alembic, into .venv",
	configuration: ({ options }) => [
		textOf(options, "config") ?? "alembic.ini",
		"*/env.py",
		"*/*/env.py"
	],
	atomic: () => false,
	reverts: true,
	records: () => ["alembic_version"],
	perSchema: false,
	lockTimeoutNote: null,
	sameFilesForAll: true,
	url: sqlalchemyUrl,
	meanings: [
		{
			words: /No config file|No 'script_location' key/,
			code: "tool-not-configured",
			hint: "say where the project is (migrate.project), or its file (migrate.config)"
		},
		{
			words: /Path doesn't exist: /,
			code: "tool-not-configured",
			hint: "script_location in alembic.ini leads elsewhere: it is relative to where alembic starts (migrate.project), unless it begins with %(here)s"
		},
		...PYTHON_MEANINGS
	],
	files: async ({ place, ask }) => revisionFiles(place, (await ask([
		...config(place),
		"history",
		"--verbose"
	])).stdout),
	applied: async (asking, files) => {
		const applied = await appliedRevisions(asking, files);
		const obstacle = await addressObstacle(asking.place);
		return obstacle === null ? applied : {
			...applied,
			obstacles: [...applied.obstacles, obstacle]
		};
	},
	seen: async ({ place, ask }, files) => seenRevisions((await ask([...config(place), "current"])).stdout, files),
	apply: ({ id }, _files, place) => [
		...config(place),
		"upgrade",
		id
	],
	revert: (known, _files, place) => [
		...config(place),
		"downgrade",
		below(known)
	]
};
function config({ options }) {
	const file = textOf(options, "config");
	return file === null ? [] : ["-c", file];
}
export { alembic };
