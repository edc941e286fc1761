import "./rolldown-runtime.js";
import { a as seenRevisions, i as revisionFiles, n as appliedRevisions, r as below, t as sqlalchemyUrl } from "./sqlalchemy.js";
import { t as PYTHON_MEANINGS } from "./python.js";
import { t as textOf } from "./options.js";
// src/tool/program/tools/flask.ts
const flask = {
	name: "flask",
	title: "Flask-Migrate",
	engines: ["sqlite", "postgres"],
	programs: ["flask"],
	install: "pip install Flask-Migrate, into .venv",
	configuration: ({ options }) => {
		const directory = textOf(options, "directory") ?? "migrations";
		return [`${directory}/alembic.ini`, `${directory}/env.py`];
	},
	atomic: () => false,
	reverts: true,
	records: () => ["alembic_version"],
	perSchema: false,
	lockTimeoutNote: null,
	sameFilesForAll: true,
	url: sqlalchemyUrl,
	meanings: [
		{
			words: /Could not locate a Flask application|Could not import '|Failed to find Flask application|Failed to find attribute/,
			code: "tool-not-configured",
			hint: "name the application: migrate.app (FLASK_APP), and its folder: migrate.project"
		},
		{
			words: /No such command 'db'/,
			code: "tool-not-configured",
			hint: "the application does not register Flask-Migrate, or it could not be imported (see above); is it in this environment's packages?"
		},
		{
			words: /Path doesn't exist: |No config file|No 'script_location' key/,
			code: "tool-not-configured",
			hint: "the migrations are elsewhere: migrate.directory, relative to migrate.project"
		},
		{
			words: /secret[ _]key/i,
			code: "variable-missing",
			hint: "the application does not start without its SECRET_KEY: set it, or name it in migrate.env or migrate.env-file"
		},
		...PYTHON_MEANINGS
	],
	files: async ({ place, ask }) => revisionFiles(place, (await ask(db(place, "history", "--verbose"))).stdout),
	applied: appliedRevisions,
	seen: async ({ place, ask }, files) => seenRevisions((await ask(db(place, "current"))).stdout, files),
	apply: ({ id }, _files, place) => db(place, "upgrade", id),
	revert: (known, _files, place) => db(place, "downgrade", below(known))
};
function db({ options }, command, ...args) {
	const app = textOf(options, "app");
	const directory = textOf(options, "directory");
	return [
		...app === null ? [] : ["--app", app],
		"db",
		command,
		...directory === null ? [] : ["--directory", directory],
		...args
	];
}
export { flask };
