import { $ as BelayError, R as schemaDifference, c as storedName, et as failure } from "./domain.js";
import { i as CapturedOutput, n as launchGated, r as passGate } from "./spawn.js";
import { n as endOwnGroup } from "./process-group2.js";
import { _ as string, d as nullable, f as number, i as boolean, o as exactOptional, p as object, r as array, t as _enum } from "./npm-zod.js";
import { n as quoteIdentifier, r as quoteLiteral } from "./identifiers.js";
import { i as readLargeObjects, l as fingerprintTables, o as FINGERPRINT_ALGORITHM } from "./large-objects.js";
import { n as readTables } from "./tables.js";
import { t as readSchema } from "./schema.js";
import { D as dropDatabase, F as noteOn, I as readKept, M as databaseNamed, O as isTemplateSql, P as databasesAside, T as createDatabase, j as copyRecord, r as copyName, s as markCopy, t as administer } from "./copies.js";
import { n as readSequences } from "./sequences.js";
import { n as readIdentity } from "./identity.js";
import { t as serverAt } from "./server.js";
import { t as findPrograms } from "./programs.js";
import { join } from "node:path";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { Readable } from "node:stream";
import { constants as constants$1, createZstdCompress, createZstdDecompress } from "node:zlib";
import { setTimeout } from "node:timers/promises";
import { pipeline as pipeline$1 } from "node:stream/promises";
// src/engine/postgres/content.ts
const WHOLE = {
	schemas: null,
	include: "all"
};
async function readContent(connection, known) {
	const schema = await readSchema(connection, WHOLE);
	const sequences = await readSequences(connection, WHOLE);
	const fingerprints = known ?? await fingerprintTables(connection, await readAllTables(connection));
	return {
		serverMajor: Math.floor(connection.serverVersion / 1e4),
		fingerprints,
		sequences,
		schema
	};
}
async function readAllTables(connection) {
	return [...await readTables(connection, WHOLE), ...await readLargeObjects(connection, WHOLE)];
}
function manifestTables({ fingerprints, serverMajor }) {
	return [...fingerprints].map(([name, { rows, whole }]) => ({
		name,
		rows,
		fingerprint: {
			algorithm: FINGERPRINT_ALGORITHM,
			serverMajor,
			value: whole
		}
	}));
}
function firstDifference(before, copy, allowed) {
	return differentTable(before, copy) ?? differentSequence(before, copy, allowed) ?? differentSchema(before, copy, allowed);
}
function differentTable(before, copy) {
	for (const [name, expected] of before.fingerprints) {
		const found = copy.fingerprints.get(name);
		if (found?.rows !== expected.rows) return rowsDiffer(name, expected.rows, found?.rows);
		if (before.serverMajor === copy.serverMajor && found.whole !== expected.whole) return `table ${name} came out with other values`;
	}
	const more = [...copy.fingerprints.keys()].find((name) => !before.fingerprints.has(name));
	return more === void 0 ? void 0 : `table ${more} is in it, and not in the database`;
}
function rowsDiffer(table, expected, found) {
	return `table ${table} has ${found ?? "no"} rows and should have ${expected}`;
}
function differentSequence(before, copy, { sequencesAfter }) {
	const wrong = Object.entries(before.sequences).find(([name, at]) => {
		const found = copy.sequences[name];
		return found === void 0 || at === sequencesAfter[name] && found !== at;
	});
	return wrong && `sequence ${wrong[0]} stands at ${copy.sequences[wrong[0]] ?? "nothing"} and should stand at ${wrong[1]}`;
}
function differentSchema(before, copy, { lacking, withoutOwners }) {
	if (before.serverMajor !== copy.serverMajor) return void 0;
	const { added, removed, changed } = schemaDifference(before.schema, copy.schema);
	const isLacking = (label) => lacking.includes(label) || withoutOwners && label.startsWith("grant on ");
	const missing = removed.find((label) => !isLacking(label));
	if (missing !== void 0) return `${missing} is missing`;
	const more = added.find((label) => !isLacking(label));
	if (more !== void 0) return `${more} is in it, and not in the database`;
	const other = withoutOwners ? void 0 : changed.find((label) => !isLacking(label));
	return other === void 0 ? void 0 : `${other} came out different`;
}
// src/engine/postgres/apply-database-settings.ts
const NOT_POSSIBLE_HERE = [
	"42501",
	"42704",
	"0LP01"
];
async function applyDatabaseSettings(connection, database, settings) {
	const refused = await liesElsewhere(connection, database, settings);
	for (const { what, sql } of [...await comment(connection, database, settings), ...statements(database, settings)]) try {
		await connection.run(sql);
	} catch (error) {
		if (!(error instanceof BelayError) || !NOT_POSSIBLE_HERE.includes(error.facts["sqlstate"])) throw error;
		refused.push(what);
	}
	return refused;
}
async function liesElsewhere(connection, database, { tablespace }) {
	return (await connection.rows("select 1 from pg_catalog.pg_database d join pg_catalog.pg_tablespace t on t.oid = d.dattablespace where d.datname = $1 and t.spcname = $2", [database, tablespace])).length > 0 ? [] : [`its tablespace ${tablespace}`];
}
function settingsRefused(refused) {
	return refused.map((what) => `${what} could not be set on the copy by this role`);
}
function settingStatements(database, settings) {
	return [noteOn(database, settings.comment), ...statements(database, {
		...settings,
		variables: []
	}).map(({ sql }) => sql)];
}
function statements(database, { owner, connectionLimit, isTemplate, grants, variables }) {
	const name = quoteIdentifier(database);
	return [
		{
			what: `its owner ${owner}`,
			sql: `alter database ${name} owner to ${quoteIdentifier(owner)}`
		},
		{
			what: "its connection limit",
			sql: `alter database ${name} with connection limit ${connectionLimit}`
		},
		...isTemplate === true ? [{
			what: "that it is a template",
			sql: isTemplateSql(database, true)
		}] : [],
		...grants === null ? [] : grantStatements(name, owner, grants),
		{
			what: "its own settings",
			sql: `alter database ${name} reset all`
		},
		...variables.map((variable) => variableStatement(name, variable))
	];
}
function variableStatements(database, variables) {
	return variables.map((variable) => variableStatement(database, variable).sql);
}
async function comment(connection, database, settings) {
	const record = (await databaseNamed(connection, database))?.record ?? null;
	const note = record === null ? settings.comment : {
		...record,
		comment: settings.comment
	};
	return [{
		what: "its comment",
		sql: noteOn(database, note)
	}];
}
function grantStatements(name, owner, grants) {
	return [{
		what: "its GRANTs",
		sql: `revoke all on database ${name} from public, ${quoteIdentifier(owner)}`
	}, ...grants.map((grant) => grantStatement(name, owner, grant))];
}
function grantStatement(name, owner, { grantor, grantee, privilege, grantable }) {
	const grant = `grant ${privilege} on database ${name} to ${grantee === null ? "public" : quoteIdentifier(grantee)}${grantable ? " with grant option" : ""}`;
	const sql = grantor === owner ? grant : `set local role ${quoteIdentifier(grantor)}; ${grant}`;
	return {
		what: `the GRANT of ${privilege} to ${grantee ?? "PUBLIC"}`,
		sql
	};
}
function variableStatement(name, { role, name: variable, value }) {
	return {
		what: `the setting ${variable}${role === null ? "" : ` of the role ${role}`}`,
		sql: `alter ${role === null ? `database ${name}` : `role ${quoteIdentifier(role)} in database ${name}`} set ${variableName(variable)} to ${variableValue(variable, value)}`
	};
}
function variableName(variable) {
	return variable.split(".").map(quoteIdentifier).join(".");
}
const LISTS = [
	"local_preload_libraries",
	"search_path",
	"session_preload_libraries",
	"shared_preload_libraries",
	"temp_tablespaces",
	"unix_socket_directories"
];
function variableValue(variable, value) {
	if (!LISTS.includes(variable.toLowerCase())) return quoteLiteral(value);
	const items = [...value.matchAll(/"((?:[^"]|"")*)"|([^\s,][^,]*)/g)].map(([, quoted, plain = ""]) => quoted?.replaceAll("\"\"", "\"") ?? plain.trim());
	return items.length === 0 ? "''" : items.map(quoteLiteral).join(", ");
}
// src/process/program.ts
const LAST_WORDS_MS = 1e3;
async function* runProgram(request) {
	const child = await launchGated(request.argv, {
		...request,
		withInput: request.input !== void 0
	});
	const lastWords = new CapturedOutput(() => void 0);
	const [output, errors] = child.pipes;
	errors.reader.on("data", (bytes) => lastWords.add("stderr", bytes)).on("error", () => void 0);
	const lastWord = new Promise((resolve) => errors.reader.once("close", () => resolve()));
	const endOf = async (aborted) => ({
		...await child.exited,
		aborted,
		stderr: lastWords.tail
	});
	if (!await passGate(child, request)) throw request.failed(await endOf(true));
	const running = new RunningProgram(child, request);
	const feeding = request.input === void 0 || child.input === null ? null : running.feed(request.input, child.input);
	feeding?.catch(() => void 0);
	try {
		yield* output.reader;
		const { status } = await child.exited;
		await Promise.race([lastWord, setTimeout(LAST_WORDS_MS, void 0, { ref: false })]);
		await feeding;
		if (status !== 0 || running.aborted) throw request.failed(await endOf(running.aborted));
	} finally {
		await running[Symbol.asyncDispose]();
		await feeding?.catch(() => void 0);
	}
}
async function finishProgram(request) {
	for await (const _ of runProgram(request));
}
var RunningProgram = class {
	aborted = false;
	#child;
	#request;
	#exited = false;
	#ending = null;
	#wake = () => void 0;
	#abort = () => {
		this.aborted = true;
		this.#end();
	};
	constructor(child, request) {
		this.#child = child;
		this.#request = request;
		child.exited.then(() => {
			this.#exited = true;
			this.#wake();
		});
		request.signal?.addEventListener("abort", this.#abort);
		if (request.signal?.aborted === true) this.#abort();
	}
	async feed(source, input) {
		let deaf = false;
		const goDeaf = () => {
			deaf = true;
			this.#wake();
		};
		input.on("error", goDeaf).on("close", goDeaf).on("drain", () => this.#wake());
		try {
			for await (const chunk of source) if (!deaf && !this.#exited) {
				if (!input.write(chunk)) await new Promise((resolve) => this.#wake = resolve);
			} else if ((await this.#child.exited).status !== 0) return;
		} catch (error) {
			await this.#end();
			throw error;
		}
		input.end();
	}
	#end() {
		this.#ending ??= this.#exited ? Promise.resolve() : endOwnGroup(this.#child.pid, this.#request.role);
		return this.#ending;
	}
	async [Symbol.asyncDispose]() {
		this.#request.signal?.removeEventListener("abort", this.#abort);
		await this.#end();
		for (const { reader } of this.#child.pipes) reader.destroy();
		this.#child.input?.destroy();
	}
};
// src/engine/postgres/program-words.ts
function wordsOf(stderr) {
	const lines = withoutStatements(stderr.split("\n")).filter((line) => line.trim() !== "" && !/^\S+: (?:warning|hint):/.test(line));
	const from = lines.findIndex((line) => / (?:error|fatal):/.test(line));
	const said = lines.slice(Math.max(from, 0)).slice(0, SHOWN_LINES);
	return said.length === 0 ? void 0 : said.map((line) => line.replace(/^pg_\w+: (?:error|fatal|detail): /, "").trim()).join("; ");
}
const SHOWN_LINES = 4;
const OWN = /^(?:pg_(?:dump|restore)|psql)(?::<stdin>:\d+)?: /;
const QUOTATION = /^(?:Command was|STATEMENT|QUERY|CONTEXT|LINE \d+):|^DETAIL: +Failing row|(?:[Cc]ommand|[Qq]uery) was: /;
function withoutStatements(lines) {
	let quoting = false;
	return lines.filter((line) => {
		if (QUOTATION.test(line)) quoting = true;
		else if (OWN.test(line)) quoting = false;
		return !quoting;
	});
}
// src/engine/postgres/program-call.ts
const NEEDED = [
	"PATH",
	"HOME",
	"TMPDIR",
	"LD_LIBRARY_PATH",
	"KRB5CCNAME",
	"KRB5_CONFIG"
];
function callOf(call, argv, act, code) {
	const { server, database, application, variables } = call;
	const inherited = NEEDED.flatMap((name) => variables[name] === void 0 ? [] : [[name, variables[name]]]);
	return {
		argv,
		directory: "/",
		variables: {
			...Object.fromEntries(inherited),
			...server.programVariables({
				database,
				application
			}),
			LC_ALL: "C.UTF-8"
		},
		role: "engine",
		record: call.record,
		...call.signal === void 0 ? {} : { signal: call.signal },
		failed: (end) => programFailure(act, code, end)
	};
}
function programFailure(act, code, end) {
	if (end.aborted) return failure("interrupted", `${act}: interrupted`);
	const how = end.signal === null ? `it ended with status ${end.status}` : `it was ended by ${end.signal}`;
	const facts = {
		status: end.status,
		signal: end.signal
	};
	const [, tables] = /LOCK TABLE (.+) IN ACCESS SHARE MODE/.exec(end.stderr) ?? [];
	if (tables !== void 0) return failure("target-locked", `${act}: somebody keeps a table locked, so that it cannot even be read (one of ${shortened(tables)})`, {
		hint: "see who does (pg_stat_activity, pg_locks), let that end, then run again",
		facts
	});
	const said = end.signal === null ? wordsOf(end.stderr) : void 0;
	return failure(code, `${act}: ${said ?? how}`, {
		hint: end.signal === null ? "mend what it says, then run again" : "somebody or the system's memory guard killed it; look, then run again",
		facts
	});
}
const SHOWN = 200;
function shortened(tables) {
	return tables.length <= SHOWN ? tables : `${tables.slice(0, SHOWN)} …`;
}
// src/engine/postgres/archive-list.ts
async function listArchive(archive, call, programs) {
	const read = [];
	const enough = new AbortController();
	const request = callOf(call, [programs.restore, "--list"], "reading what is in the dump", "backup-damaged");
	for await (const bytes of runProgram({
		...request,
		input: until(archive, enough.signal)
	})) {
		read.push(bytes);
		enough.abort();
	}
	return Buffer.concat(read).toString("utf8");
}
async function* until(bytes, enough) {
	for await (const chunk of bytes) {
		yield chunk;
		if (enough.aborted) return;
	}
}
function listWithout(list, lacking) {
	const lines = list.split("\n");
	const kept = lines.filter((line) => !lacking.some((entry) => isAbout(line, entry)));
	return kept.length === lines.length ? void 0 : kept.join("\n");
}
function isAbout(line, { kind, schema, name, owner }) {
	const [, what = ""] = /^\d+; \d+ \d+ (.*)$/.exec(line) ?? [];
	const label = name.replaceAll(/[\r\n]/g, " ");
	if (what === `${kind} ${schema ?? "-"} ${label} ${owner}`) return true;
	if (kind === "SCHEMA") return false;
	if ([label, quoteIdentifier(label)].some((called) => what === `COMMENT - ${kind} ${called} ${owner}`)) return true;
	return kind === "PUBLICATION" && what.startsWith("PUBLICATION TABLE") && what.endsWith(` ${owner}`) && what.includes(` ${label} `);
}
// src/process/together.ts
async function together(outer, begin) {
	const inner = new AbortController();
	const acts = begin(outer === void 0 ? inner.signal : AbortSignal.any([outer, inner.signal]));
	const failures = [];
	for (const act of acts) act.catch((error) => {
		failures.push(error);
		inner.abort();
	});
	await Promise.allSettled(acts);
	if (failures.length > 0) throw tellingMost(failures);
	return await Promise.all(acts);
}
function tellingMost(failures) {
	const causes = failures.filter((failure) => !isConsequence(failure));
	return causes.find((failure) => failure instanceof BelayError) ?? causes[0] ?? failures[0];
}
function isConsequence(error) {
	if (error instanceof BelayError) return error.code === "interrupted";
	const code = error instanceof Error && "code" in error ? error.code : void 0;
	return code === "ERR_STREAM_PREMATURE_CLOSE" || code === "ERR_STREAM_DESTROYED" || code === "ABORT_ERR";
}
// src/engine/postgres/dump.ts
const BACKUP_FILE = "database.dump.zst";
const AT_ONCE = 262144;
const LOCK_WAIT_MS = 6e4;
async function dumpInto({ store, folder }, programs, call, snapshot, { sizeBytes, told }) {
	const name = storedName(BACKUP_FILE, store.encryption);
	const compress = createZstdCompress({
		chunkSize: AT_ONCE,
		params: {
			[constants$1.ZSTD_c_compressionLevel]: 1,
			[constants$1.ZSTD_c_checksumFlag]: 1
		}
	});
	const [, stored] = await together(call.signal, (signal) => {
		const dumped = metered(runProgram(dumpCall(programs, {
			...call,
			signal
		}, snapshot)), told);
		return [pipeline$1(Readable.from(gathered(dumped), { objectMode: false }), compress), store.put(`${folder}/${name}`, compress, { sizeBytes })];
	});
	return {
		name,
		...stored
	};
}
function dumpCall(programs, call, snapshot) {
	const how = [
		"--format=custom",
		"--compress=0",
		`--snapshot=${snapshot}`,
		`--lock-wait-timeout=${LOCK_WAIT_MS}`,
		"--no-password"
	];
	return callOf(call, [programs.dump, ...how], `dumping ${call.database}`, "backup-failed");
}
async function* decompressed(stored, damaged) {
	const decompress = createZstdDecompress({ chunkSize: AT_ONCE });
	const piped = pipeline$1(Readable.from(stored, { objectMode: false }), decompress);
	piped.catch(() => void 0);
	try {
		yield* decompress;
		await piped;
	} catch (error) {
		throw error instanceof Error && !(error instanceof BelayError) && "errno" in error ? damaged(error.message) : error;
	}
}
async function* metered(bytes, told) {
	let done = 0;
	for await (const chunk of bytes) {
		done += chunk.length;
		told?.(done);
		yield chunk;
	}
}
async function* gathered(bytes) {
	let held = [];
	let length = 0;
	for await (const chunk of bytes) {
		held.push(chunk);
		length += chunk.length;
		if (length < AT_ONCE) continue;
		yield Buffer.concat(held, length);
		held = [];
		length = 0;
	}
	if (length > 0) yield Buffer.concat(held, length);
}
// src/engine/postgres/extension-versions.ts
const FIRST_OF_USERS = 16384;
async function readExtensions(connection) {
	return (await connection.rows(`select e.extname, e.extversion, n.nspname, pg_catalog.pg_get_userbyid(n.nspowner)
     from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace where e.oid >= ${FIRST_OF_USERS} order by e.oid`)).map(([name, version, schema, schemaOwner]) => ({
		name: String(name),
		version: String(version),
		schema: String(schema),
		schemaOwner: String(schemaOwner)
	}));
}
function parseExtensions(value) {
	return Array.isArray(value) ? value.filter(isExtension) : [];
}
function isExtension(value) {
	if (typeof value !== "object" || value === null) return false;
	const kept = Object.entries(value).filter(([, each]) => typeof each === "string");
	return [
		"name",
		"version",
		"schema",
		"schemaOwner"
	].every((key) => kept.some(([name]) => name === key));
}
async function pinExtensions(into, extensions, { lacking, withoutOwners }) {
	const wanted = extensions.filter(({ name }) => !lacking.some((entry) => entry.kind === "EXTENSION" && entry.name === name));
	const offered = await readOffered(into);
	const isThere = ({ name, version }) => offered.versions.has(`${name} ${version}`);
	if (!wanted.some((extension) => offered.usual.get(extension.name) !== extension.version && isThere(extension))) return [];
	const schemas = new Map(wanted.flatMap(({ schema, schemaOwner }) => OF_EVERY_DATABASE.includes(schema) ? [] : [[schema, schemaOwner]]));
	for (const [schema, owner] of schemas) {
		const whose = withoutOwners ? "" : ` authorization ${quoteIdentifier(owner)}`;
		await into.run(`create schema ${quoteIdentifier(schema)}${whose}`);
	}
	for (const extension of wanted) {
		const version = isThere(extension) ? ` version ${quoteLiteral(extension.version)}` : "";
		await into.run(`create extension ${quoteIdentifier(extension.name)} schema ${quoteIdentifier(extension.schema)}${version}`);
	}
	return [...schemas].map(([name, owner]) => ({
		kind: "SCHEMA",
		name,
		owner
	}));
}
const OF_EVERY_DATABASE = ["public", "pg_catalog"];
async function readOffered(connection) {
	const usual = await connection.rows("select name, default_version from pg_catalog.pg_available_extensions");
	const versions = await connection.rows("select name || ' ' || version from pg_catalog.pg_available_extension_versions");
	return {
		usual: new Map(usual.map(([name, version]) => [String(name), String(version)])),
		versions: new Set(versions.map(([each]) => String(each)))
	};
}
// src/engine/postgres/restore-archive.ts
async function restoreArchive(archive, call, restore) {
	const { programs, list, withoutOwners = false, atOnce = false } = restore;
	await using file = list === void 0 ? null : await listFile(list);
	const judged = saysTooMuch(restore) && !atOnce;
	const request = callOf(call, [
		programs.restore,
		"--no-password",
		`--dbname=${connectionString(call.database)}`,
		...judged ? [] : ["--exit-on-error"],
		...atOnce ? ["--single-transaction"] : [],
		...withoutOwners ? ["--no-owner"] : [],
		...file === null ? [] : [`--use-list=${file.path}`]
	], `restoring into ${call.database}`, "restore-failed");
	const options = `${request.variables["PGOPTIONS"] ?? ""} -c default_transaction_read_only=off -c synchronous_commit=off -c maintenance_work_mem=256MB`;
	const hurried = {
		...request,
		variables: {
			...request.variables,
			PGOPTIONS: options.trim()
		},
		input: archive
	};
	await (judged ? finishJudged(hurried) : finishProgram(hurried));
}
function connectionString(database) {
	return `dbname='${database.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
function saysTooMuch({ programs, serverMajor }) {
	return programs.major >= 17 && serverMajor < 17;
}
async function finishJudged(request) {
	let onlyThat = false;
	const failed = (end) => {
		const errors = end.stderr.split("\n").filter((line) => line.startsWith("pg_restore: error:"));
		onlyThat = end.status === 1 && errors.length === 1 && /"transaction_timeout"/.test(errors[0] ?? "") && /errors ignored on restore: 1$/m.test(end.stderr);
		return request.failed(end);
	};
	try {
		await finishProgram({
			...request,
			failed
		});
	} catch (error) {
		if (!onlyThat) throw error;
	}
}
async function listFile(list) {
	const folder = await mkdtemp(join(tmpdir(), "belay-list-"));
	const path = join(folder, "list");
	await writeFile(path, list, { mode: 384 });
	return {
		path,
		[Symbol.asyncDispose]: () => rm(folder, {
			recursive: true,
			force: true
		})
	};
}
// src/engine/postgres/database-settings.ts
const READ = `select pg_catalog.to_jsonb(d) ->> 'datlocprovider', coalesce(pg_catalog.to_jsonb(d) ->> 'datlocale', pg_catalog.to_jsonb(d) ->> 'daticulocale'),
    pg_catalog.to_jsonb(d) ->> 'daticurules', pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype, t.spcname,
    pg_catalog.pg_get_userbyid(d.datdba), d.datconnlimit::text, pg_catalog.shobj_description(d.oid, 'pg_database'), (d.datacl is null)::text, d.datistemplate::text
  from pg_catalog.pg_database d join pg_catalog.pg_tablespace t on t.oid = d.dattablespace where d.datname = pg_catalog.current_database()`;
const READ_GRANTS = `select pg_catalog.pg_get_userbyid(a.grantor), case when a.grantee = 0 then null else pg_catalog.pg_get_userbyid(a.grantee) end,
    a.privilege_type, a.is_grantable::text
  from pg_catalog.pg_database d, pg_catalog.aclexplode(d.datacl) with ordinality a(grantor, grantee, privilege_type, is_grantable, place)
  where d.datname = pg_catalog.current_database() order by a.grantor <> d.datdba, a.place`;
const READ_VARIABLES = `select r.rolname, pg_catalog.split_part(c.pair, '=', 1), pg_catalog.substr(c.pair, pg_catalog.strpos(c.pair, '=') + 1)
  from pg_catalog.pg_db_role_setting s left join pg_catalog.pg_roles r on r.oid = s.setrole, pg_catalog.unnest(s.setconfig) with ordinality c(pair, place)
  where s.setdatabase = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
    and (s.setrole = 0 or r.oid is not null) order by r.rolname nulls first, c.place`;
const PROVIDERS = {
	i: "icu",
	b: "builtin"
};
async function readDatabaseSettings(connection) {
	const [row = []] = await connection.rows(READ);
	const [provider, locale, icuRules, encoding, collate, ctype, tablespace, owner, limit, comment, plain, template] = row;
	const grants = await connection.rows(READ_GRANTS);
	const variables = await connection.rows(READ_VARIABLES);
	return {
		encoding: String(encoding),
		collate: String(collate),
		ctype: String(ctype),
		provider: PROVIDERS[provider ?? ""] ?? "libc",
		locale: locale ?? null,
		icuRules: icuRules ?? null,
		tablespace: String(tablespace),
		owner: String(owner),
		connectionLimit: Number(limit),
		isTemplate: template === "true",
		comment: comment ?? null,
		grants: plain === "true" ? null : grants.map(([grantor, grantee, privilege, grantable]) => ({
			grantor: String(grantor),
			grantee: grantee ?? null,
			privilege: String(privilege),
			grantable: grantable === "true"
		})),
		variables: variables.map(([role, name, value]) => ({
			role: role ?? null,
			name: String(name),
			value: String(value)
		}))
	};
}
function parseDatabaseSettings(kept) {
	return readKept(settingsShape(), kept, "what its database was like");
}
function settingsShape() {
	const text = string();
	const grant = object({
		grantor: text,
		grantee: nullable(text),
		privilege: text,
		grantable: boolean()
	});
	return object({
		encoding: text,
		collate: text,
		ctype: text,
		provider: _enum([
			"libc",
			"icu",
			"builtin"
		]),
		locale: nullable(text),
		icuRules: nullable(text),
		tablespace: text,
		owner: text,
		connectionLimit: number(),
		isTemplate: exactOptional(boolean()),
		comment: nullable(text),
		grants: nullable(array(grant)),
		variables: array(object({
			role: nullable(text),
			name: text,
			value: text
		}))
	});
}
// src/engine/postgres/settings-file.ts
const SETTINGS_FILE = "settings.sql";
const FOR_BELAY = "-- belay: ";
async function storeVariables({ store, folder }, { variables }) {
	if (variables.length === 0) return [];
	const name = storedName(SETTINGS_FILE, store.encryption);
	const lines = [`${FOR_BELAY}${JSON.stringify(variables)}`, ...variableStatements(`:"database"`, variables).map((sql) => `${sql};`)];
	return [{
		name,
		...await store.put(`${folder}/${name}`, Readable.from([Buffer.from(`${lines.join("\n")}\n`)]))
	}];
}
async function settingsOf(store, folder, { files, engineFacts }) {
	const settings = parseDatabaseSettings(engineFacts["settings"]);
	const file = files.find(isSettingsFile);
	return file === void 0 ? settings : {
		...settings,
		variables: await readVariables(store, folder, file)
	};
}
function isSettingsFile({ name }) {
	return name === "settings.sql" || name === storedName("settings.sql", "age");
}
async function readVariables(store, folder, file) {
	const chunks = [];
	for await (const chunk of await store.get(`${folder}/${file.name}`, file)) chunks.push(chunk);
	const [first = ""] = Buffer.concat(chunks).toString("utf8").split("\n", 1);
	try {
		return JSON.parse(first.slice(10));
	} catch (error) {
		throw failure("backup-damaged", `the backup's file ${folder}/${file.name} is damaged: its first line is not what Belay writes`, {
			hint: "use another backup: `belay backups` lists them",
			cause: error,
			facts: { file: file.name }
		});
	}
}
// src/engine/postgres/fetch-backup.ts
async function fetchBackup(dump, call, { serverMajor, told, atOnce = false, pinVersions = false }) {
	const { store, folder, manifest } = dump;
	const file = dumpFile(dump);
	const programs = await findPrograms(serverMajor, call.variables);
	const archive = (counted) => archiveOf(dump, counted);
	const { entries, withoutOwners } = lacksOf(manifest);
	try {
		const left = [...entries, ...pinVersions ? await pinned(manifest, call, {
			lacking: entries,
			withoutOwners
		}) : []];
		const list = left.length === 0 ? void 0 : listWithout(await listArchive(archive(), call, programs), left);
		await restoreArchive(archive(told), call, {
			programs,
			serverMajor,
			list,
			withoutOwners,
			atOnce
		});
	} catch (error) {
		if (error instanceof BelayError && error.code === "restore-failed") await store.verify(`${folder}/${file.name}`, file);
		throw error;
	}
}
async function* archiveOf(dump, told) {
	const file = dumpFile(dump);
	const key = `${dump.folder}/${file.name}`;
	yield* decompressed(metered(await dump.store.get(key, file), told), (why) => damaged(key, why));
}
async function pinned({ engineFacts }, { server, database, application }, how) {
	const extensions = parseExtensions(engineFacts["extensions"]);
	if (extensions.length === 0) return [];
	await using connection = await server.connect({
		database,
		application
	});
	return await pinExtensions(connection, extensions, how);
}
function dumpFile({ folder, manifest: { files } }) {
	const [file, another] = files.filter((each) => !isSettingsFile(each));
	if (file !== void 0 && another === void 0) return file;
	throw damaged(`${folder}/manifest.json`, `it names ${files.length} files and a backup of PostgreSQL has one dump`);
}
async function assertRows(connection, { folder, manifest }) {
	const found = await fingerprintTables(connection, await readAllTables(connection));
	const serverMajor = Math.floor(connection.serverVersion / 1e4);
	for (const { name, rows, fingerprint } of manifest.tables) {
		const table = found.get(name);
		if (table?.rows !== rows) throw damaged(folder, rowsDiffer(name, rows, table?.rows));
		if (fingerprint?.algorithm === "keyed-column-sums-1" && fingerprint.serverMajor === serverMajor && fingerprint.value !== table.whole) throw damaged(folder, `table ${name} has other values than it should have`);
	}
	const more = [...found.keys()].find((name) => !manifest.tables.some((table) => table.name === name));
	if (more !== void 0) throw damaged(folder, `table ${more} is in it, and the manifest knows none of that name`);
}
function lacksOf({ engineFacts }) {
	const { lacking, withoutOwners } = engineFacts;
	return {
		entries: Array.isArray(lacking) ? lacking.filter(isEntry) : [],
		withoutOwners: withoutOwners === true
	};
}
function isEntry(value) {
	return typeof value === "object" && value !== null && "kind" in value && "name" in value && "owner" in value;
}
function damaged(key, why) {
	return failure("backup-damaged", `the backup's file ${key} is damaged: ${why}`, {
		hint: "use another backup: `belay backups` lists them",
		facts: { file: key }
	});
}
// src/engine/postgres/scratch-elsewhere.ts
const PREFIX = "backup.scratch: ";
async function markElsewhere(elsewhere, place, database, run) {
	await elsewhere.run(noteOn(database, copyRecord(await sourceOf(place), "scratch", run, null)));
}
async function listElsewhere(place) {
	if (place.options.scratch === null) return [];
	try {
		const source = await sourceOf(place);
		await using elsewhere = await scratchServer(place);
		return (await databasesAside(elsewhere)).flatMap(({ name, record }) => record?.belay === "copy" && record.target === source ? [{
			name,
			record
		}] : []).map(({ name, record: { kind, runSuffix, madeAt } }) => ({
			kind,
			place: `${PREFIX}${name}`,
			runSuffix,
			sizeBytes: 0,
			madeAt,
			evidence: null
		}));
	} catch (error) {
		if (error instanceof BelayError) return [];
		throw error;
	}
}
async function discardElsewhere(place, copy) {
	if (!copy.place.startsWith(PREFIX)) return false;
	if ((await listElsewhere(place)).some((listed) => listed.place === copy.place)) {
		await using elsewhere = await scratchServer(place);
		await dropDatabase(elsewhere, copy.place.slice(16));
	}
	return true;
}
function scratchServer({ options: { scratch, variables } }) {
	return serverAt(scratch ?? "", variables).connect();
}
async function sourceOf(place) {
	await using connection = await administer(place);
	const { lasting } = await readIdentity(connection);
	return `${lasting} ${place.database}`;
}
// src/engine/postgres/scratch.ts
async function makeScratch(place, kind, run, settings) {
	const elsewhere = place.options.scratch !== null && kind === "scratch";
	const server = elsewhere ? serverAt(place.options.scratch, place.options.variables) : place.server;
	const application = `belay-${run}`;
	const admin = elsewhere ? await server.connect({ application }) : await administer(place, application);
	const name = copyName(place, kind, run);
	let kept = false;
	const scratch = {
		server,
		name,
		admin,
		keep: () => void (kept = true),
		async [Symbol.asyncDispose]() {
			await using session = admin;
			if (!kept) await dropDatabase(session, name);
		}
	};
	try {
		await dropDatabase(admin, name);
		await createDatabase(admin, name, settings);
		if (elsewhere) await markElsewhere(admin, place, name, run);
		else await markCopy(admin, place, name, kind, run);
		return scratch;
	} catch (error) {
		await disposeQuietly(scratch);
		throw error;
	}
}
async function disposeQuietly(what) {
	try {
		await what[Symbol.asyncDispose]();
	} catch {}
}
export { settingsRefused as A, listArchive as C, runProgram as D, finishProgram as E, rowsDiffer as F, firstDifference as M, manifestTables as N, applyDatabaseSettings as O, readContent as P, together as S, callOf as T, BACKUP_FILE as _, archiveOf as a, dumpInto as b, lacksOf as c, storeVariables as d, readDatabaseSettings as f, readExtensions as g, pinExtensions as h, listElsewhere as i, WHOLE as j, settingStatements as k, SETTINGS_FILE as l, restoreArchive as m, makeScratch as n, assertRows as o, listFile as p, discardElsewhere as r, fetchBackup as s, disposeQuietly as t, settingsOf as u, decompressed as v, listWithout as w, metered as x, dumpCall as y };
