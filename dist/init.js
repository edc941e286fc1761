import "./rolldown-runtime.js";
import { $t as passwordsIn, Xt as parseConfig, Zt as readYaml, en as badName, rn as at } from "./looking.js";
import { $ as BelayError, et as failure, it as usageError, rt as refusal, tt as messageOf } from "./domain.js";
import { i as repositoryOf, n as recognise, r as folderAt, t as chooseRecognised } from "./recognise.js";
import { dirname, join, normalize } from "node:path";
import { mkdir, rm, writeFile } from "node:fs/promises";
// src/setup/belay-yml.ts
function belayYml({ environment, target, targetNote, needsStore, drive, driveNote, application }) {
	const { stop, start } = application ?? {
		stop: "…",
		start: "…"
	};
	return `# How Belay takes this database through a deploy: backed up and proven, migrated, verified, and put back if anything is wrong.
# Next: \`belay doctor ${environment}\` tries every part, \`belay plan ${environment}\` shows what would run. Lines behind # are suggestions.
environments:
  ${environment}:
    target: ${scalar(target)}${comment(targetNote)}
${migrateLines(drive, driveNote, target.startsWith("sqlite:"))}
    # Nobody else may write while the database changes. ${application === null ? "How is the application stopped and started?" : `${application.found}: which of them write?`}
    # app:
    #   stop: ${stop}
    #   start: ${start}

    # What must hold before, after, and once the application runs again. Queries of your own go here.
    # checks:
    #   before:
    #     - { name: there are users, sql: "select count(*) from users", expect: { at-least: 1 } }
    #   after:
    #     - { name: no user lost, sql: "select count(*) from users", expect: unchanged }
    #   health: http://localhost:8000/

${storeLines(needsStore)}`;
}
function storeLines(needed) {
	if (!needed) return `    # Where backups go; by default belay-backups/ beside a SQLite file. Better: another disk.
    # backup: { store: /srv/belay }
`;
	return `    # Where backups go: a directory on a disk that outlives the database's server and the runner of a workflow.
    backup: { store: belay-backups }
`;
}
function migrateLines(drive, note, isFile) {
	if (drive === null) return `    migrate: sql${comment("no migrations were found: put SQL files into migrations/ (0001_name.sql), or name another tool")}\n`;
	switch (drive.way) {
		case "tool": return `    migrate: ${drive.tool}${comment(note)}\n`;
		case "sql": return drive.directory === "migrations" ? `    migrate: sql${comment(note)}\n` : `    migrate: { tool: sql, directory: ${scalar(drive.directory)} }${comment(note)}\n`;
		case "command": return `    migrate:${comment(note)}
      tool: command
${isFile ? "" : variableLines(drive.variables)}      migrations:
        - id: latest
          pending: ${scalar(drive.pending)}
          pending-when: ${scalar(drive.pendingWhen)}
          applied-when: ${scalar(drive.appliedWhen)}
          apply: ${scalar(drive.apply)}
`;
		case "none": throw new RangeError("a tool that cannot be driven has no place in belay.yml");
	}
}
function variableLines(variables = {}) {
	const parts = Object.entries(variables).map(([name, part]) => `${name}: ${part}`);
	return parts.length === 0 ? "" : `      variables: { ${parts.join(", ")} }\n`;
}
function comment(text) {
	return text === "" ? "" : `   # ${text}`;
}
function scalar(text) {
	return /^[A-Za-z0-9./_-][\w ./@+-]*$/.test(text.replace(/^sqlite:/, "")) && !/ $|^[-\d.]*$|^(true|false|null|yes|no|on|off)$/i.test(text) ? text : `'${text.replaceAll("'", "''")}'`;
}
// src/setup/choose-target.ts
function chooseTarget({ files, variable }, asked) {
	if (asked !== null) return askedFor(asked, variable);
	if (variable?.kind === "postgres" && files.length > 0) throw ambiguous([...files, `\${${variable.name}}`], "database");
	if (files.length > 1) throw ambiguous(files, "SQLite database");
	const [file] = files;
	if (file !== void 0) return {
		written: sqlite(file),
		note: "",
		part: {
			outcome: "done",
			detail: `${file}, a SQLite file`
		},
		variable: null,
		needsStore: false
	};
	return variable === null ? nothingFound() : named(variable);
}
function askedFor(asked, found) {
	const name = /^\$\{(\w+)\}$/.exec(asked)?.[1];
	if (name !== void 0 && name === found?.name) return named(found);
	const part = {
		outcome: "done",
		detail: asked
	};
	if (name !== void 0) return {
		written: asked,
		note: "",
		part,
		variable: name,
		needsStore: true
	};
	if (!/^[a-z+]+:/.test(asked)) return {
		written: sqlite(asked),
		note: "",
		part,
		variable: null,
		needsStore: false
	};
	if (passwordsIn(asked).length > 0) throw usageError("password-in-config", "this URL has a password, which does not belong in belay.yml", { hint: "put the URL into a variable of the environment, and name that: `belay init --target '${DATABASE_URL}'`" });
	return {
		written: asked,
		note: "",
		part,
		variable: null,
		needsStore: !asked.startsWith("sqlite:")
	};
}
function nothingFound() {
	return {
		written: "${DATABASE_URL}",
		note: "no database was found: write sqlite:PATH, or set this variable",
		part: {
			outcome: "warned",
			detail: "no SQLite file and no DATABASE_URL was found",
			hint: "write it into belay.yml: `target: sqlite:PATH`, or a PostgreSQL URL in the variable DATABASE_URL"
		},
		variable: "DATABASE_URL",
		needsStore: false
	};
}
function named(variable) {
	const { name, file, kind } = variable;
	const note = file === null ? "set in the environment" : `named in ${file}`;
	return {
		written: `\${${name}}`,
		note,
		variable: name,
		part: variablePart(variable),
		needsStore: kind === "postgres"
	};
}
function variablePart({ name, file, kind }) {
	const detail = `the variable ${name}, ${file === null ? "set here" : `named in ${file}`}`;
	if (kind === "postgres") return {
		outcome: "done",
		detail: `${detail}: PostgreSQL`
	};
	if (kind === "other") return {
		outcome: "done",
		detail
	};
	return {
		outcome: "warned",
		detail: `${detail}, and its value begins with sqlite:`,
		hint: "if it is written sqlite:///…, which has two readings, write the path into belay.yml instead: `target: sqlite:PATH`"
	};
}
function ambiguous(found, what) {
	const choices = [found[0] ?? "", found.at(-1) ?? ""].map((each) => `\`belay init --target ${each.startsWith("$") ? `'${each}'` : each}\``);
	return refusal("target-ambiguous", `more than one ${what} is here: ${found.join(", ")}`, {
		hint: `say which one Belay takes care of: ${choices.join(" or ")}`,
		facts: { found }
	});
}
function sqlite(path) {
	return `sqlite:${path.replaceAll("$", "$$$$")}`;
}
// src/setup/find-application.ts
const COMPOSE_FILES = [
	"compose.yaml",
	"compose.yml",
	"docker-compose.yml",
	"docker-compose.yaml"
];
const UNIT_FOLDERS = [
	".",
	"deploy",
	"systemd",
	"ops",
	"etc/systemd/system"
];
async function findApplication(folder) {
	return await compose(folder) ?? await systemd(folder) ?? procfile(folder);
}
async function compose(folder) {
	for (const file of COMPOSE_FILES) {
		const { tree } = readYaml(await folder.text(file));
		const services = tree === null ? void 0 : at(tree, ["services"]);
		if (services?.kind !== "map" || services.entries.size === 0) continue;
		const names = [...services.entries.keys()].filter((name) => /^[\w.-]+$/.test(name));
		const all = names.join(" ");
		return {
			found: `${file} has the services ${names.join(", ")}`,
			stop: `docker compose stop ${all}`,
			start: `docker compose up -d ${all}`
		};
	}
	return null;
}
async function systemd(folder) {
	for (const place of UNIT_FOLDERS) {
		const unit = (await folder.names(place)).find((name) => /^[\w.@-]+\.service$/.test(name));
		if (unit === void 0) continue;
		const name = unit.replace(/\.service$/, "");
		return {
			found: `${place === "." ? "" : `${place}/`}${unit} is there`,
			stop: `sudo systemctl stop ${name}`,
			start: `sudo systemctl start ${name}`
		};
	}
	return null;
}
async function procfile(folder) {
	const names = [...(await folder.text("Procfile")).matchAll(/^([\w-]+):/gm)].map(([, name = ""]) => name);
	if (names.length === 0) return null;
	return {
		found: `Procfile has the processes ${names.join(", ")}`,
		stop: "…",
		start: "…"
	};
}
// src/setup/find-database.ts
const PASSED_OVER = /^(\.|node_modules$|venv$|env$|vendor$|target$|dist$|build$|__pycache__$|belay-backups$|tests?$|fixtures?$)/;
const ENDING = /\.(db|db3|sqlite|sqlite3)$/i;
const OF_BELAY = /_belay_|\.belay/;
const HEADER = "SQLite format 3\0";
const DEEPEST = 3;
const MOST_NAMES = 5e3;
const ENV_FILES = [
	".env",
	".env.production",
	".flaskenv",
	".env.example",
	".env.sample"
];
const URL_LINE = /^[ \t]*(?:export[ \t]+)?(\w*(?:DATABASE|DB)_UR[LI]\w*)[ \t]*=[ \t]*["']?([a-z][a-z0-9+]*:)?/gim;
async function findDatabase(folder, variables) {
	return {
		files: await sqliteFiles(folder),
		variable: await urlVariable(folder) ?? setHere(variables)
	};
}
function setHere({ DATABASE_URL: url }) {
	return url === void 0 ? null : {
		name: "DATABASE_URL",
		file: null,
		kind: kindOf(url)
	};
}
function kindOf(url) {
	if (url.startsWith("sqlite:")) return "sqlite";
	return /^postgres(ql)?[+:]/.test(url) ? "postgres" : "other";
}
async function sqliteFiles(folder) {
	const found = [];
	let looked = 0;
	const walk = async (path, depth) => {
		for (const name of await folder.names(path === "" ? "." : path)) {
			if (++looked > MOST_NAMES) return;
			const place = path === "" ? name : `${path}/${name}`;
			if (ENDING.test(name)) {
				if (!OF_BELAY.test(name) && (await folder.bytes(place, 16)).toString("latin1") === HEADER) found.push(place);
			} else if (depth < DEEPEST && !PASSED_OVER.test(name) && !name.includes(".")) await walk(place, depth + 1);
		}
	};
	await walk("", 1);
	return found;
}
async function urlVariable(folder) {
	for (const file of ENV_FILES) {
		const [line] = (await folder.text(file)).matchAll(URL_LINE);
		const [, name, scheme = ""] = line ?? [];
		if (name === void 0) continue;
		return {
			name,
			file,
			kind: kindOf(scheme)
		};
	}
	return null;
}
// src/setup/workflow.ts
const FOUND_BY_ITSELF = ["belay.yml", ".github/belay.yml"];
function workflowYml(environment, config, onServer) {
	const configLine = FOUND_BY_ITSELF.includes(config) ? "" : `      config: ${JSON.stringify(config)}\n`;
	const job = /^[A-Za-z_][\w-]*$/.test(environment) ? environment : "belay";
	return `# A push to main plans and migrates, and the same can be started by hand, also the way back. Is the default branch called otherwise? Say so.
# Before: the GitHub environments \`${environment}\` (reviewers, only that branch) and \`${environment}-plan\`, and a runner of your own with the label
${onServer ? needsOfServer(environment) : needsOfFile(environment)}
name: Belay

on:
  push:
    branches: [main]
  workflow_dispatch:
    inputs:
      command:
        description: What to do
        type: choice
        options: [migrate, plan, verify, backup, rollback, recover]
      again:
        description: "migrate: why a plan that failed may run once more"
        type: string
      run:
        description: "rollback, recover, verify: the run that is meant, not the last one"
        type: string
      accept-loss:
        description: "rollback: give up what was written since (it is kept aside)"
        type: boolean

permissions: {}

# No concurrency here: the workflow below has its own, and one around it would wait for itself.

jobs:
  ${job}:
    uses: belay-db/belay/.github/workflows/run.yml@v1
    # The most that its jobs ask for; each of them takes only what it needs.
    permissions:
      contents: read
      pull-requests: write # the comment
      actions: read # who approved
      deployments: write # needs: staging; and a note for those that need this one
    with:
      environment: ${environment}
${configLine}      command: \${{ inputs.command || 'migrate' }}
      again: \${{ inputs.again }}
      run: \${{ inputs.run }}
      accept-loss: \${{ inputs.accept-loss || false }}
${onServer ? RUNNER_OF_SERVER : RUNNER_OF_FILE}
      runs-on: '["self-hosted", "${environment}"]'
      # setup: pip install --requirement requirements.txt
    # What a called workflow needs to see the secrets of its GitHub environments.
    secrets: inherit
`;
}
const needsOfFile = (environment) => `# \`${environment}\` on the machine of the database. In belay.yml the absolute paths of database and store: a checkout deletes what lies in the workspace.`;
const needsOfServer = (environment) => `# \`${environment}\` that reaches the database's server, with its pg_dump or a newer one. Its URL is a secret of both environments. In belay.yml the store:
# a bucket (s3://…), or the absolute path of a directory on that runner, as a checkout deletes what lies in the workspace.`;
const RUNNER_OF_FILE = `      # A SQLite file lies on one machine, so the runner is your own there. GitHub's runners are refused for it.`;
const RUNNER_OF_SERVER = `      # A runner of your own that reaches the server; one of GitHub's (ubuntu-latest) will do where it reaches it, with the store in a bucket.`;
// src/setup/init.ts
const WORKFLOW = ".github/workflows/belay.yml";
async function init(world, request, recogniseSql) {
	const startedAt = world.now();
	const environment = nameOf(request.environment);
	const config = fileOf(request.config);
	const folder = folderAt(world.cwd);
	const existing = [];
	for (const path of new Set([
		config,
		".github/belay.yml",
		WORKFLOW
	])) if (await folder.has(path)) existing.push(path);
	if (existing.length > 0) throw alreadyThere(existing);
	const recognised = chooseRecognised(await recognise(folder, recogniseSql), request.tool);
	const target = chooseTarget(await findDatabase(folder, world.variables), request.target);
	const application = await findApplication(folder);
	if (recognised?.drive.way === "none") throw cannotDrive(recognised);
	const text = belayYml({
		environment,
		target: target.written,
		targetNote: target.note,
		needsStore: target.needsStore,
		drive: recognised?.drive ?? null,
		driveNote: recognised === null ? "" : `found: ${recognised.evidence}`,
		application
	});
	assertValid(text, config, environment, world);
	const repository = await repositoryOf(world.cwd);
	const withWorkflow = repository === null || repository === world.cwd;
	const files = [[config, text], ...withWorkflow ? [[WORKFLOW, workflowYml(environment, config, target.needsStore)]] : []];
	await writeAll(world.cwd, files);
	return {
		belay: world.belayVersion,
		run: null,
		command: "init",
		environment,
		outcome: "written",
		digest: null,
		startedAt: startedAt.toISOString(),
		durationMs: world.now().getTime() - startedAt.getTime(),
		reasons: [],
		targets: [],
		parts: [
			databasePart(target),
			migrationsPart(recognised),
			applicationPart(application)
		],
		files: files.map(([path]) => path),
		next: nextSteps(environment, config, target, withWorkflow)
	};
}
function nameOf(given) {
	const name = given ?? "prod";
	const flaw = badName(name);
	if (flaw !== null) throw usageError(flaw.code, `environment ${JSON.stringify(name)}: ${flaw.message}`, { hint: flaw.hint });
	return name;
}
function fileOf(given) {
	const path = normalize(given ?? "belay.yml");
	if ([".", ".github"].includes(dirname(path))) return path;
	throw usageError("config-elsewhere", `belay init writes into this folder, and --config says ${JSON.stringify(given)}`, { hint: "run it in the folder where belay.yml goes" });
}
function alreadyThere(files) {
	return refusal("already-there", `${files.join(" and ")} ${files.length === 1 ? "is" : "are"} there already`, {
		hint: "`belay doctor` tries what it says; to begin anew, move it away first",
		facts: { files }
	});
}
function cannotDrive({ title, evidence }) {
	return refusal("tool-unsupported", `${title} was found (${evidence}), and this version of Belay has no tool for it`, { hint: "describe its commands in belay.yml yourself: migrate: { tool: command, migrations: [{ id, pending, pending-when, applied-when, apply }] }" });
}
function databasePart({ part }) {
	return {
		name: "database",
		target: null,
		...part
	};
}
function migrationsPart(recognised) {
	const head = {
		name: "migrations",
		target: null
	};
	if (recognised === null) return {
		...head,
		outcome: "warned",
		detail: "no migrations of a tool that Belay knows were found",
		hint: "put SQL files into migrations/ (0001_name.sql, 0002_name.sql), or name the tool in belay.yml"
	};
	const { title, evidence, drive } = recognised;
	if (drive.way === "tool" || title === "SQL files") return {
		...head,
		outcome: "done",
		detail: `${title} (${evidence})`
	};
	const detail = `${title} (${evidence}), which this version of Belay has no tool for yet`;
	if (drive.way === "command") return {
		...head,
		outcome: "warned",
		detail,
		hint: "belay.yml drives it by its own commands (tool: command): look whether they are right here"
	};
	return {
		...head,
		outcome: "warned",
		detail,
		hint: "belay.yml applies its SQL files (tool: sql), with a history of Belay's own: where it migrated this database already, name the last one applied as migrate.baseline"
	};
}
function applicationPart(suggestion) {
	const head = {
		name: "application",
		target: null
	};
	if (suggestion === null) return {
		...head,
		outcome: "skipped",
		detail: "nothing was found that tells how it is stopped and started"
	};
	return {
		...head,
		outcome: "done",
		detail: `${suggestion.found}; how to stop and start it stands in belay.yml as a comment`
	};
}
function nextSteps(environment, config, { variable }, withWorkflow) {
	const given = config === "belay.yml" ? "" : ` --config ${config}`;
	return [
		...variable === null ? [] : [`set ${variable} where Belay runs (its value stays out of belay.yml)`],
		`read ${config}, and say in it how the application is stopped and started`,
		`\`belay doctor ${environment}${given}\` tries every part`,
		`\`belay plan ${environment}${given}\` shows what would run, \`belay migrate ${environment}${given}\` runs it`,
		withWorkflow ? `on GitHub: the head of ${WORKFLOW} says what has to be there; then commit both files` : `on GitHub: a workflow lies at the root of the repository, which is above this folder, so none was written`
	];
}
function assertValid(text, config, environment, world) {
	const file = join(world.cwd, config);
	try {
		parseConfig(text, {
			file,
			shownAs: config,
			directory: dirname(file),
			environment,
			variables: world.variables,
			checkout: null,
			find: null
		});
	} catch (error) {
		if (error instanceof BelayError && problemCodes(error).every((code) => WANTING.includes(code))) return;
		if (error instanceof BelayError) {
			const said = error.message.replace(`${config}:`, "what would be written, line ");
			throw usageError(error.code, said, error.hint === void 0 ? {} : { hint: error.hint });
		}
		throw error;
	}
}
const WANTING = ["variable-unset", "bad-target"];
function problemCodes({ facts }) {
	return (Array.isArray(facts["problems"]) ? facts["problems"] : []).map((each) => typeof each === "object" && each !== null && "code" in each ? String(each.code) : "");
}
async function writeAll(root, files) {
	const written = [];
	try {
		for (const [path, text] of files) {
			await mkdir(dirname(join(root, path)), { recursive: true });
			await writeFile(join(root, path), text, { flag: "wx" });
			written.push(path);
		}
	} catch (error) {
		for (const path of written) await rm(join(root, path), { force: true });
		if (error instanceof Error && "code" in error && error.code === "EEXIST") throw alreadyThere([String("path" in error ? error.path : "a file")]);
		throw failure("not-written", `writing into ${root}: ${messageOf(error)}`, {
			hint: "look at the rights of this folder, then run it again",
			cause: error
		});
	}
}
export { init };
