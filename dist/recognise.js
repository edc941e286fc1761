import { $ as BelayError, rt as refusal } from "./domain.js";
import { dirname, join } from "node:path";
import { open, readdir, stat } from "node:fs/promises";
// src/setup/folder.ts
const MOST_BYTES = 65536;
function folderAt(root) {
	const bytes = (path, count) => beginningOf(join(root, path), count);
	return {
		root,
		has: (path) => isFile(join(root, path)),
		names: (path) => namesIn(join(root, path)),
		text: async (path) => (await bytes(path, MOST_BYTES)).toString("utf8"),
		bytes
	};
}
async function repositoryOf(folder) {
	if ((await namesIn(folder)).includes(".git")) return folder;
	return folder === dirname(folder) ? null : repositoryOf(dirname(folder));
}
async function isFile(path) {
	try {
		return (await stat(path)).isFile();
	} catch (error) {
		if (isOfTheSystem(error)) return false;
		throw error;
	}
}
async function namesIn(path) {
	try {
		return (await readdir(path)).sort();
	} catch (error) {
		if (isOfTheSystem(error)) return [];
		throw error;
	}
}
async function beginningOf(path, count) {
	if (!await isFile(path)) return Buffer.alloc(0);
	try {
		await using file = await open(path, "r");
		const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, 0);
		return buffer.subarray(0, bytesRead);
	} catch (error) {
		if (isOfTheSystem(error)) return Buffer.alloc(0);
		throw error;
	}
}
function isOfTheSystem(error) {
	return error instanceof Error && "syscall" in error;
}
// src/setup/presets.ts
const PARTS = {
	DB_HOST: "host",
	DB_PORT: "port",
	DB_NAME: "name"
};
const either = (file, server) => `\${BELAY_DATABASE_PATH:+${file}}\${DB_HOST:+${server}}`;
const jdbc = (variable, command) => `${variable}="${either("jdbc:sqlite:$BELAY_DATABASE_PATH", "jdbc:postgresql://$DB_HOST:$DB_PORT/$DB_NAME")}" ${command}`;
const golangMigrate = (migrate) => `${migrate} -path migrations -database "${either("sqlite3://$BELAY_DATABASE_PATH", "postgres://$DB_USER@$DB_HOST:$DB_PORT/$DB_NAME")}"`;
const PRESETS = [
	{
		title: "Prisma",
		look: { files: ["prisma/schema.prisma"] },
		owns: ["prisma/migrations"],
		program: "prisma",
		pending: (prisma) => `${prisma} migrate status || true`,
		pendingWhen: "not yet been applied",
		appliedWhen: "schema is up to date",
		apply: (prisma) => `${prisma} migrate deploy`,
		note: "Its schema reads the URL by `env(\"DATABASE_URL\")`."
	},
	{
		title: "Rails",
		look: {
			files: ["bin/rails"],
			folder: {
				path: "db/migrate",
				names: /\.rb$/
			}
		},
		owns: [],
		program: "bin/rails",
		pending: (rails) => `${rails} db:migrate:status`,
		pendingWhen: "^ *down ",
		appliedWhen: "^ *up ",
		apply: (rails) => `${rails} db:migrate`,
		note: "`DATABASE_URL` wins over `config/database.yml`."
	},
	{
		title: "Laravel",
		look: { files: ["artisan"] },
		owns: [],
		program: "php",
		pending: (php) => `${php} artisan migrate:status`,
		pendingWhen: "Pending$",
		appliedWhen: "Ran$",
		apply: (php) => `${php} artisan migrate --force`,
		note: "`DB_URL` or `DATABASE_URL` wins over the other settings: see `url` in `config/database.php`."
	},
	{
		title: "Sequelize",
		look: { files: [".sequelizerc"] },
		owns: [],
		program: "sequelize-cli",
		pending: (sequelize) => `${sequelize} db:migrate:status`,
		pendingWhen: "^down ",
		appliedWhen: "^up ",
		apply: (sequelize) => `${sequelize} db:migrate`,
		note: "Its configuration names the variable: `use_env_variable: \"DATABASE_URL\"`."
	},
	{
		title: "Flyway",
		look: { files: ["flyway.toml"] },
		owns: [
			"sql",
			"db/migration",
			"src/main/resources/db/migration"
		],
		program: "flyway",
		pending: (flyway) => jdbc("FLYWAY_URL", `${flyway} info`),
		pendingWhen: "\\| Pending +\\|",
		appliedWhen: "\\| (Success|Baseline) +\\|",
		apply: (flyway) => jdbc("FLYWAY_URL", `${flyway} migrate`),
		variables: {
			...PARTS,
			FLYWAY_USER: "user",
			FLYWAY_PASSWORD: "password"
		}
	},
	{
		title: "Liquibase",
		look: { files: ["liquibase.properties"] },
		owns: [],
		program: "liquibase",
		pending: (liquibase) => jdbc("LIQUIBASE_COMMAND_URL", `${liquibase} status`),
		pendingWhen: "(has|have) not been applied",
		appliedWhen: "is up to date",
		apply: (liquibase) => jdbc("LIQUIBASE_COMMAND_URL", `${liquibase} update`),
		variables: {
			...PARTS,
			LIQUIBASE_COMMAND_USERNAME: "user",
			LIQUIBASE_COMMAND_PASSWORD: "password"
		}
	},
	{
		title: "goose",
		look: { mark: {
			folders: [
				"migrations",
				"db/migrations",
				"sql/migrations"
			],
			words: /^-- \+goose Up/m
		} },
		owns: [
			"migrations",
			"db/migrations",
			"sql/migrations"
		],
		program: "goose",
		pending: (goose) => `GOOSE_DRIVER=postgres GOOSE_DBSTRING="$BELAY_DATABASE_URL" GOOSE_MIGRATION_DIR=migrations ${goose} status`,
		pendingWhen: "Pending +-- ",
		appliedWhen: "\\d{4} +-- ",
		apply: (goose) => `GOOSE_DRIVER=postgres GOOSE_DBSTRING="$BELAY_DATABASE_URL" GOOSE_MIGRATION_DIR=migrations ${goose} up`,
		note: "For a SQLite file: `GOOSE_DRIVER=sqlite3 GOOSE_DBSTRING=\"$BELAY_DATABASE_PATH\"`."
	},
	{
		title: "golang-migrate",
		look: {
			folder: {
				path: "migrations",
				names: /^\d+_.*\.up\.sql$/
			},
			files: ["go.mod"]
		},
		owns: ["migrations"],
		program: "migrate",
		pending: (migrate) => `at=$(${golangMigrate(migrate)} version 2>&1 || true); last=$(ls migrations | sed -n 's/^0*\\([0-9]*\\)_.*\\.up\\.sql$/\\1/p' | sort -n | tail -1); [ "$at" = "$last" ] && echo "up to date: $at" || echo "behind: $at of $last"`,
		pendingWhen: "^behind: (\\d+|error: no migration) of \\d+$",
		appliedWhen: "^up to date: \\d",
		apply: (migrate) => `${golangMigrate(migrate)} up`,
		variables: {
			...PARTS,
			DB_USER: "user",
			PGPASSWORD: "password"
		},
		note: "Its address is an argument, which everybody on the machine can read: so the password is left out of it and comes in `PGPASSWORD`. A dirty version is an error."
	},
	{
		title: "Diesel",
		look: { files: ["diesel.toml"] },
		owns: ["migrations"],
		program: "diesel",
		pending: (diesel) => `${diesel} migration list`,
		pendingWhen: "^ *\\[ \\] ",
		appliedWhen: "^ *\\[X\\] ",
		apply: (diesel) => `${diesel} migration run --locked-schema`,
		note: "It reads `DATABASE_URL`: where target.url is not that variable, set `url-variable: DATABASE_URL`."
	},
	{
		title: "Atlas",
		look: { files: ["atlas.hcl"] },
		owns: ["migrations"],
		program: "atlas",
		pending: (atlas) => `${atlas} migrate status --env "$BELAY_ENVIRONMENT"`,
		pendingWhen: "Migration Status: PENDING",
		appliedWhen: "Migration Status: OK",
		apply: (atlas) => `${atlas} migrate apply --env "$BELAY_ENVIRONMENT"`,
		note: "Its environment reads the URL from a variable, so that no argument holds a password: `env \"prod\" { url = getenv(\"DATABASE_URL\") }`."
	}
];
// src/setup/traces.ts
const TRACES = [
	{
		title: "Flask-Migrate",
		tool: "flask",
		look: async (folder) => await folder.has("migrations/env.py") && await folder.has("migrations/alembic.ini") ? "migrations/env.py" : null,
		owns: ["migrations"],
		meanwhile: null
	},
	{
		title: "Alembic",
		tool: "alembic",
		look: async (folder) => await folder.has("migrations/env.py") ? firstOf("alembic.ini")(folder) : null,
		owns: ["migrations", "alembic.ini"],
		meanwhile: null
	},
	{
		title: "Alembic",
		tool: "alembic",
		look: firstOf("alembic.ini"),
		owns: [],
		meanwhile: null
	},
	{
		title: "django-tenants",
		tool: "django-tenants",
		look: async (folder) => await folder.has("manage.py") ? settingsWith(folder, /^TENANT_MODEL\b/m) : null,
		owns: ["manage.py"],
		meanwhile: null
	},
	{
		title: "Django",
		tool: "django",
		look: containing("manage.py", /django/i),
		owns: [],
		meanwhile: null
	},
	{
		title: "Knex",
		tool: "knex",
		look: firstOf("knexfile.js", "knexfile.ts", "knexfile.mjs", "knexfile.cjs"),
		owns: [],
		meanwhile: null
	},
	{
		title: "Drizzle",
		tool: "drizzle",
		look: firstOf("drizzle.config.ts", "drizzle.config.js", "drizzle.config.mjs", "drizzle.config.json"),
		owns: ["drizzle"],
		meanwhile: null
	},
	{
		title: "Sqitch",
		tool: "sqitch",
		look: firstOf("sqitch.plan"),
		owns: [
			"deploy",
			"revert",
			"verify"
		],
		meanwhile: null
	},
	{
		title: "dbmate",
		tool: "dbmate",
		look: anySql(["db/migrations"], /^-- migrate:up/m),
		owns: ["db/migrations"],
		meanwhile: null
	},
	{
		title: "node-pg-migrate",
		tool: "node-pg-migrate",
		look: containing("package.json", /"node-pg-migrate"\s*:/),
		owns: ["migrations"],
		meanwhile: null
	},
	{
		title: "TypeORM",
		tool: null,
		look: containing("package.json", /"typeorm"\s*:/),
		owns: [],
		meanwhile: null
	},
	...PRESETS.map(({ title, owns, look, ...preset }) => ({
		title,
		tool: null,
		owns,
		look: lookFor(look),
		meanwhile: preset
	}))
];
function lookFor({ files = [], folder, mark }) {
	return async (place) => {
		for (const file of files) if (!await place.has(file)) return null;
		if (mark !== void 0) return anySql(mark.folders, mark.words)(place);
		if (folder === void 0) return files[0] ?? null;
		return (await place.names(folder.path)).find((each) => folder.names.test(each)) === void 0 ? null : folder.path;
	};
}
async function settingsWith(folder, words) {
	for (const name of ["", ...await folder.names(".")]) for (const file of [
		"settings.py",
		"settings/base.py",
		"settings/production.py"
	]) {
		const path = name === "" ? file : `${name}/${file}`;
		if (words.test(await folder.text(path))) return path;
	}
	return null;
}
function firstOf(...paths) {
	return async (folder) => {
		for (const path of paths) if (await folder.has(path)) return path;
		return null;
	};
}
function containing(path, pattern) {
	return async (folder) => pattern.test(await folder.text(path)) ? path : null;
}
function anySql(directories, mark) {
	return async (folder) => {
		for (const directory of directories) {
			const first = (await folder.names(directory)).find((name) => name.endsWith(".sql"));
			if (first !== void 0 && mark.test(await folder.text(`${directory}/${first}`))) return directory;
		}
		return null;
	};
}
// src/setup/recognise.ts
async function recognise(folder, recogniseSql) {
	const traces = [];
	const owned = new Set();
	for (const { title, tool, look, owns, meanwhile } of TRACES) {
		const evidence = await look(folder);
		if (evidence === null || owned.has(evidence)) continue;
		for (const directory of owns) owned.add(directory);
		traces.push({
			title,
			evidence,
			drive: await driveOf(folder, tool, meanwhile)
		});
	}
	const free = (await sqlDirectories(folder.root, recogniseSql)).filter((directory) => !owned.has(directory));
	return [...traces, ...free.map((directory) => ({
		title: "SQL files",
		evidence: directory,
		drive: {
			way: "sql",
			directory
		}
	}))];
}
async function driveOf(folder, tool, meanwhile) {
	if (tool !== null) return {
		way: "tool",
		tool
	};
	if (meanwhile === null) return { way: "none" };
	const program = await programIn(folder, meanwhile.program);
	return {
		way: "command",
		...meanwhile,
		pending: meanwhile.pending(program),
		apply: meanwhile.apply(program)
	};
}
async function programIn(folder, name) {
	for (const place of [
		".venv/bin",
		"venv/bin",
		"node_modules/.bin"
	]) if (await folder.has(`${place}/${name}`)) return `${place}/${name}`;
	return name;
}
async function sqlDirectories(root, recogniseSql) {
	try {
		const found = await recogniseSql(root);
		return found === null ? [] : [found.directory];
	} catch (error) {
		if (!(error instanceof BelayError) || error.code !== "migrations-ambiguous") throw error;
		const { directories } = error.facts;
		return Array.isArray(directories) ? directories.map(String) : [];
	}
}
function chooseRecognised(found, asked) {
	const fitting = asked === null ? found : found.filter((each) => namesOf(each).includes(asked));
	const [first, second] = fitting;
	if (asked !== null && first === void 0) throw refusal("tool-not-found", `nothing of ${asked} is here`, { hint: found.length === 0 ? "leave --tool out, and name the tool in belay.yml afterwards" : `found are ${listed(found)}` });
	if (second === void 0) return first ?? null;
	throw refusal("tool-ambiguous", `more than one migration tool is here: ${listed(fitting)}`, {
		hint: `say which applies the migrations: ${fitting.map((each) => `\`belay init --tool ${choiceOf(each, fitting)}\``).join(" or ")}`,
		facts: { found: fitting.map(({ title, evidence }) => ({
			title,
			evidence
		})) }
	});
}
function namesOf({ title, evidence, drive }) {
	return [
		...drive.way === "sql" && title === "SQL files" ? ["sql"] : [],
		title.toLowerCase(),
		evidence
	];
}
function choiceOf(each, all) {
	return namesOf(each).find((name) => !name.includes(" ") && all.filter((other) => namesOf(other).includes(name)).length === 1) ?? each.evidence;
}
function listed(found) {
	return found.map(({ title, evidence }) => `${title} (${evidence})`).join(" and ");
}
export { repositoryOf as i, recognise as n, folderAt as r, chooseRecognised as t };
