import "./rolldown-runtime.js";
import { et as failure } from "./domain.js";
import { n as localFile, t as PYTHON_MEANINGS } from "./python.js";
import { r as programFailure } from "./program.js";
import { n as hintFor } from "./same-database.js";
import { _ as string, d as nullable, h as record, i as boolean, m as optional, p as object, r as array } from "./npm-zod.js";
import { t as textOf } from "./options.js";
import { realpath } from "node:fs/promises";
// src/tool/program/tools/django-script.ts
const MARK = "belay-django ";
const FILES = `
def belay():
    import json, sys
    from django.db.migrations.executor import MigrationExecutor
    executor = MigrationExecutor(None)
    loader = executor.loader
    def known(migration):
        key = (migration.app_label, migration.name)
        return {
            "id": ".".join(key),
            "file": sys.modules[type(migration).__module__].__file__,
            "reversible": all(operation.reversible for operation in migration.operations),
            "after": [".".join(parent.key) for parent in loader.graph.node_map[key].parents],
            "replaces": [".".join(each) for each in migration.replaces],
        }
    plan = executor.migration_plan(loader.graph.leaf_nodes(), clean_start=True)
    print("\\n${MARK}" + json.dumps({
        "known": [known(migration) for migration, _ in plan],
        "disk": [".".join(key) for key in loader.disk_migrations],
        "conflicts": {app: sorted(names) for app, names in loader.detect_conflicts().items()},
    }))
belay()
`;
const DATABASE_ON_SERVER = `select d.oid::text || '/' || floor(extract(epoch from pg_postmaster_start_time()) * 1000)::bigint::text
  from pg_catalog.pg_database d where d.datname = current_database()`;
function seenScript(alias) {
	return `
def belay():
    import json, os
    from django.db import connections
    from django.db.migrations.recorder import MigrationRecorder
    connection = connections[${JSON.stringify(alias)}]
    seen = {"applied": [".".join(key) for key in MigrationRecorder(connection).applied_migrations()]}
    if connection.vendor == "sqlite":
        seen["path"] = os.path.realpath(str(connection.settings_dict["NAME"]))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("""${DATABASE_ON_SERVER}""")
            seen["server"] = cursor.fetchone()[0]
    print("\\n${MARK}" + json.dumps(seen))
belay()
`;
}
const TENANTS = `
def belay():
    import json
    from django.apps import apps
    from django.conf import settings
    model = apps.get_model(settings.TENANT_MODEL)
    print("\\n${MARK}" + json.dumps({
        "table": model._meta.db_table,
        "shared": getattr(settings, "PUBLIC_SCHEMA_NAME", "public"),
    }))
belay()
`;
function answerIn(printed) {
	const line = printed.split("\n").findLast((each) => each.startsWith(MARK));
	if (line === void 0) return void 0;
	try {
		return JSON.parse(line.slice(13));
	} catch {
		return;
	}
}
// src/tool/program/tools/django-answer.ts
const texts = array(string());
const files = object({
	known: array(object({
		id: string(),
		file: nullable(string()),
		reversible: boolean(),
		after: texts,
		replaces: texts
	})),
	disk: texts,
	conflicts: record(string(), texts)
});
const seen = object({
	applied: texts,
	path: optional(string()),
	server: optional(string())
});
const tenants = object({
	table: string(),
	shared: string()
});
const readFiles = (printed) => files.safeParse(answerIn(printed)).data ?? null;
const readSeen = (printed) => seen.safeParse(answerIn(printed)).data ?? null;
const readTenants = (printed) => tenants.safeParse(answerIn(printed)).data ?? null;
// src/tool/program/tools/django-look.ts
function manage({ options }, command, ...args) {
	const settings = textOf(options, "settings");
	return [
		textOf(options, "manage") ?? "manage.py",
		command,
		...settings === null ? [] : ["--settings", settings],
		...args
	];
}
async function djangoFiles({ place, ask }) {
	const answer = await ask(manage(place, "shell", "-c", FILES));
	const read = readFiles(answer.stdout);
	if (read === null) {
		const plain = {
			redact: (text) => text,
			directory: place.directory
		};
		throw programFailure("tool-answer-unknown", "asking Django for its migrations: no answer is in what it said", plain, { migration: null }, answer);
	}
	return {
		known: await Promise.all(read.known.map(async ({ id, file, reversible, after, replaces }) => {
			const local = file === null ? null : await localFile(place, file);
			return {
				id,
				files: local === null ? [] : [local],
				oneWay: reversible ? null : "one of its operations has no way back",
				sql: null,
				after,
				replaces
			};
		})),
		disk: new Set(read.disk),
		obstacles: Object.entries(read.conflicts).map(([app, names]) => conflict(app, names))
	};
}
function conflict(app, names) {
	return {
		code: "several-heads",
		message: `the migrations of ${app} have ${names.length} ends (${names.join(", ")}): which comes first is not decided`,
		hint: "join them: python manage.py makemigrations --merge"
	};
}
async function djangoApplied({ place, session }, files) {
	const record = await recordIn(session, place.schema);
	return "obstacle" in record ? {
		ids: [],
		obstacles: [record.obstacle]
	} : judged(record.ids, files);
}
function judged(record, { known, disk }) {
	const recorded = new Set(record);
	const squashed = known.filter(({ id, replaces }) => !recorded.has(id) && replaces.some((each) => recorded.has(each)));
	const [whole, half] = [squashed.filter((each) => isWhole(each, recorded)), squashed.filter((each) => !isWhole(each, recorded))];
	const replaced = new Set(known.flatMap(({ replaces }) => replaces));
	const ids = [...record.filter((id) => !replaced.has(id)), ...whole.map(({ id }) => id)];
	return {
		ids,
		obstacles: [
			...half.map(halfSquashed),
			...inconsistent(known, new Set(ids)),
			...ids.filter((id) => !disk.has(id)).map(withoutFile)
		]
	};
}
function isWhole({ replaces }, recorded) {
	return replaces.every((each) => recorded.has(each));
}
function halfSquashed({ id, replaces }) {
	return {
		code: "squash-half-applied",
		message: `of the migrations that ${id} replaces only some are applied`,
		hint: `deploy the version before it first, and apply all of ${replaces.join(", ")}`
	};
}
function inconsistent(known, applied) {
	return known.flatMap(({ id, after }) => {
		const missing = applied.has(id) ? after.filter((parent) => !applied.has(parent)) : [];
		if (missing.length === 0) return [];
		return [{
			code: "history-inconsistent",
			message: `${id} is applied, and what it depends on is not: ${missing.join(", ")}`,
			hint: "a migration was interrupted, recorded by hand (--fake), or its dependencies were changed: put the record right first"
		}];
	});
}
function withoutFile(id) {
	return {
		code: "migration-missing",
		message: `${id} is recorded as applied, but has no file any more`,
		hint: "bring the file back, or deploy the commit that has it"
	};
}
const TABLE = "django_migrations";
async function recordIn(session, schema) {
	const schemas = session.dialect === "sqlite" ? await inSqlite(session) : await inPostgres(session);
	const candidates = schema === null ? schemas : schemas.filter((each) => each === schema);
	const chosen = candidates.length > 1 && candidates.includes("public") ? "public" : candidates[0];
	if (chosen === void 0) return { ids: [] };
	if (candidates.length > 1 && chosen !== "public") return { obstacle: severalRecords(candidates) };
	const table = chosen === "" ? TABLE : `"${chosen.replaceAll("\"", "\"\"")}".${TABLE}`;
	const { rows } = await session.query(`select app, name from ${table} order by id`);
	return { ids: [...new Set(rows.map(([app, name]) => `${String(app)}.${String(name)}`))] };
}
async function inSqlite(session) {
	return (await session.query(`select '' from sqlite_schema where type = 'table' and name = '${TABLE}'`)).rows.map(String);
}
async function inPostgres(session) {
	const { rows } = await session.query(`select n.nspname::text from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and c.relname = '${TABLE}' order by 1`);
	return rows.map(([name]) => String(name));
}
function severalRecords(schemas) {
	return {
		code: "several-version-tables",
		message: `Django's record is not clear: ${schemas.join(" and ")} each have a ${TABLE}`,
		hint: "are these tenants? then the tool is django-tenants"
	};
}
async function djangoSeen({ place, session, ask }, files) {
	const printed = (await ask(manage(place, "shell", "-c", seenScript(textOf(place.options, "database") ?? "default")))).stdout;
	const seen = readSeen(printed);
	if (seen === null) return [];
	const { path, server } = seen;
	if (path !== void 0 && !place.elsewhere && path !== await realpath(place.target.address)) throw elsewhere(place, path);
	if (server !== void 0 && server !== await serverOf(session)) throw elsewhere(place, "another one on PostgreSQL");
	return judged(seen.applied, files).ids;
}
async function serverOf(session) {
	const { rows } = await session.query(DATABASE_ON_SERVER);
	return String(rows[0]?.[0]);
}
function elsewhere(place, what) {
	return failure("wrong-database", `Django's settings lead to ${what}, not to ${place.target.name}`, { hint: hintFor(place.elsewhere) });
}
function stateOf(id) {
	const dot = id.indexOf(".");
	return [id.slice(0, dot), id.slice(dot + 1)];
}
function stateBefore({ id, after = [] }) {
	const [app = ""] = stateOf(id);
	const parent = after.find((each) => each.startsWith(`${app}.`));
	return parent === void 0 ? [app, "zero"] : stateOf(parent);
}
// src/tool/program/tools/django-meanings.ts
const DJANGO_MEANINGS = [
	{
		words: /can't open file .*manage\.py|No such file or directory: .*manage\.py/,
		code: "tool-not-configured",
		hint: "say where the project is (migrate.project), or its file (migrate.manage)"
	},
	{
		words: /Couldn't import Django|No module named 'django'/,
		code: "tool-missing",
		hint: "this Python has no Django: make the project's .venv (it is looked for before PATH), or say with migrate.run how to reach it where it lives"
	},
	{
		words: /DJANGO_SETTINGS_MODULE|settings are not configured/,
		code: "tool-not-configured",
		hint: "name the settings: migrate.settings"
	},
	{
		words: /SECRET_KEY setting must not be empty/,
		code: "variable-missing",
		hint: "the application does not start without its SECRET_KEY: set it, or name it in migrate.env or migrate.env-file"
	},
	{
		words: /IrreversibleError/,
		code: "not-reversible",
		hint: "write its way back, or go back by the backup: belay rollback"
	},
	{
		words: /NodeNotFoundError/,
		code: "migration-missing",
		hint: "a migration depends on one that has no file: bring that back, or deploy the commit that has it"
	},
	...PYTHON_MEANINGS
];
// src/tool/program/tools/django.ts
const django = {
	name: "django",
	title: "Django",
	engines: ["sqlite", "postgres"],
	programs: ["python", "python3"],
	install: "install Python, or make the project's .venv",
	configuration: ({ options }) => [
		textOf(options, "manage") ?? "manage.py",
		"*/settings.py",
		"*/settings/*.py"
	],
	atomic: () => false,
	reverts: true,
	records: () => ["django_migrations"],
	perSchema: false,
	lockTimeoutNote: null,
	sameFilesForAll: true,
	meanings: DJANGO_MEANINGS,
	files: djangoFiles,
	applied: djangoApplied,
	seen: djangoSeen,
	apply: ({ id }, _files, place) => migrate(place, stateOf(id)),
	revert: (known, _files, place) => migrate(place, stateBefore(known))
};
function migrate(place, state) {
	const alias = textOf(place.options, "database");
	return manage(place, "migrate", ...alias === null ? [] : ["--database", alias], "--no-input", ...state);
}
export { djangoSeen as a, stateOf as c, djangoFiles as i, readTenants as l, DJANGO_MEANINGS as n, manage as o, djangoApplied as r, stateBefore as s, django as t, TENANTS as u };
