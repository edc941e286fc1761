import { t as Client } from "./npm-pg.js";
import { $ as BelayError, K as nearest, et as failure, it as usageError, rt as refusal, tt as messageOf } from "./domain.js";
import { n as quoteIdentifier, r as quoteLiteral } from "./identifiers.js";
import { a as shownServer, n as connectionLost, o as sqlstateOf, r as isConnectionLost, s as statementError, t as connectError } from "./postgres-error.js";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { homedir, userInfo } from "node:os";
import { randomUUID } from "node:crypto";
import { rootCertificates } from "node:tls";
import { setTimeout } from "node:timers/promises";
// src/engine/postgres/connection-string.ts
const SCHEME = /^postgres(?:ql)?(?:\+\w+)?:\/\//;
function readConnectionString(text) {
	const scheme = SCHEME.exec(text)?.[0];
	if (scheme !== void 0) return readUrl(text.slice(scheme.length));
	if (text.trim() === "" || text.includes("=")) return readKeywords(text);
	throw badAddress("it is neither a URL nor a list of keywords", "write postgres://USER@HOST/DATABASE");
}
function readUrl(text) {
	const found = new Map();
	const keep = (name, value) => {
		if (value !== void 0 && value !== "") found.set(name, decode(value));
	};
	const [, credentials, place = ""] = /^(?:([^@/]*)@)?(.*)$/s.exec(text) ?? [];
	if (credentials !== void 0) {
		const colon = credentials.indexOf(":");
		keep("user", colon < 0 ? credentials : credentials.slice(0, colon));
		if (colon >= 0) keep("password", credentials.slice(colon + 1));
	}
	const parts = /^(\[[^\]]*\]|[^:/?]*)(?::([^/?]*))?(?:\/([^?]*))?(?:\?(.*))?$/s.exec(place);
	if (parts === null) throw badAddress("its host cannot be read", "an IPv6 address stands in brackets: postgres://[::1]:5432/app");
	const [, host = "", port, database, query] = parts;
	if (host.includes(",") || port?.includes(",") === true) throw severalHosts();
	keep("host", host.replace(/^\[(.*)\]$/s, "$1"));
	keep("port", port);
	keep("dbname", database);
	for (const pair of query === void 0 || query === "" ? [] : query.split("&")) readParameter(pair, found);
	return found;
}
function readParameter(pair, into) {
	const [, name = "", value] = /^([^=]*)(?:=([^=]*))?$/s.exec(pair) ?? [];
	if (name === "" || value === void 0) throw badAddress("a parameter after ? is not name=value", "write ?sslmode=require&…, with %3D for =");
	if (decode(name) === "ssl" && decode(value) === "true") into.set("sslmode", "require");
	else into.set(decode(name), decode(value));
}
function decode(text) {
	if (/%(?![0-9a-f]{2})/i.test(text)) throw badAddress("a % in it begins no percent code", "write %25 for a percent sign");
	if (text.includes("%00")) throw badAddress("it holds %00", "leave it out");
	try {
		return decodeURIComponent(text);
	} catch (error) {
		throw badAddress("its percent codes are no UTF-8", "write the codes of UTF-8 bytes", error);
	}
}
function readKeywords(text) {
	const found = new Map();
	const pattern = /\s*([^\s=]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s\\']|\\.|(?<=\S)')*))(?=\s|$)/sy;
	while (text.slice(pattern.lastIndex).trim() !== "") {
		const match = pattern.exec(text);
		if (match === null) throw badAddress("it cannot be read as keywords", "write host=… dbname=…, values with spaces in single quotes");
		const [, name = "", quoted, plain = ""] = match;
		found.set(name, (quoted ?? plain).replace(/\\(.)/gs, "$1"));
	}
	return found;
}
function badAddress(what, hint, cause) {
	return usageError("bad-target", `the address of the PostgreSQL database: ${what}`, {
		hint,
		cause
	});
}
function severalHosts() {
	return badAddress("it names several hosts, and Belay must know which of them it changes", "name the one that takes writes");
}
// src/engine/postgres/password-file.ts
function passwordFromFile(path, { host, port, database, user }) {
	const wanted = [
		host,
		String(port),
		database,
		user
	];
	for (const line of linesOf(path)) {
		if (line.startsWith("#")) continue;
		const fields = splitLine(line);
		const password = fields[4];
		if (password !== void 0 && wanted.every((value, index) => fields[index] === "*" || unescape(fields[index] ?? "") === value)) return unescape(password);
	}
	return null;
}
function linesOf(path) {
	const stats = statSync(path, { throwIfNoEntry: false });
	if (stats === void 0 || !stats.isFile()) return [];
	if (process.platform !== "win32" && (stats.mode & 63) !== 0) return [];
	return readFileSync(path, "utf8").split(/\r?\n/);
}
function splitLine(line) {
	const match = /^((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):(.*)$/s.exec(line);
	return match === null ? [] : match.slice(1);
}
function unescape(text) {
	return text.replace(/\\(.)/gs, "$1");
}
// src/engine/postgres/settings.ts
function isSocket(host) {
	return host.startsWith("/") || host.startsWith("@");
}
// src/engine/postgres/address.ts
const FOLLOWED = {
	host: "PGHOST",
	hostaddr: "PGHOSTADDR",
	port: "PGPORT",
	user: "PGUSER",
	password: "PGPASSWORD",
	passfile: "PGPASSFILE",
	dbname: "PGDATABASE",
	sslmode: "PGSSLMODE",
	sslrootcert: "PGSSLROOTCERT",
	sslcert: "PGSSLCERT",
	sslkey: "PGSSLKEY",
	options: "PGOPTIONS",
	connect_timeout: "PGCONNECT_TIMEOUT",
	channel_binding: "PGCHANNELBINDING",
	service: "PGSERVICE",
	target_session_attrs: "PGTARGETSESSIONATTRS",
	gssencmode: "PGGSSENCMODE"
};
const WITHOUT_EFFECT = new Set([
	"application_name",
	"fallback_application_name",
	"client_encoding",
	"keepalives",
	"keepalives_idle",
	"keepalives_interval",
	"keepalives_count",
	"tcp_user_timeout",
	"sslcompression",
	"sslsni",
	"krbsrvname",
	"gsslib",
	"load_balance_hosts"
]);
const SSL_MODES = [
	"disable",
	"allow",
	"prefer",
	"require",
	"verify-ca",
	"verify-full"
];
const CONNECT_TIMEOUT_S = 15;
const SOCKET_DIRECTORIES = ["/var/run/postgresql", "/tmp"];
function connectionSettings(address, variables) {
	const given = readConnectionString(address);
	refuseUnknown(given);
	const value = (name) => given.get(name) ?? variables[FOLLOWED[name] ?? ""] ?? "";
	refuseUnfollowed(value);
	const host = value("host") === "" ? value("hostaddr") === "" ? defaultHost() : value("hostaddr") : value("host");
	const user = value("user") === "" ? userInfo().username : value("user");
	const database = value("dbname") === "" ? user : value("dbname");
	const port = readPort(value("port"));
	const passwordFile = value("passfile") === "" ? join(home(variables), ".pgpass") : value("passfile");
	const known = value("password") === "" ? null : value("password");
	return {
		host,
		hostAddress: value("hostaddr") === "" ? null : value("hostaddr"),
		port,
		user,
		password: known ?? passwordFromFile(passwordFile, {
			host: hostInPasswordFile(host),
			port,
			database,
			user
		}),
		database,
		tls: tlsSettings(value, variables),
		options: value("options") === "" ? null : value("options"),
		connectTimeoutMs: readTimeout(value("connect_timeout")) * 1e3,
		channelBinding: oneOf("channel_binding", value("channel_binding"), [
			"disable",
			"prefer",
			"require"
		], "prefer")
	};
}
function refuseUnknown(given) {
	for (const name of given.keys()) {
		if (name in FOLLOWED || WITHOUT_EFFECT.has(name)) continue;
		const meant = nearest(name, Object.keys(FOLLOWED));
		throw badAddress(`it has ${/^\w{1,32}$/.test(name) ? `the parameter "${name}"` : "a parameter"}, which Belay does not follow`, meant === null ? "leave it out of the URL that Belay gets" : `did you mean ${meant}? Else leave it out of the URL that Belay gets`);
	}
}
function refuseUnfollowed(value) {
	if (value("service") !== "") throw badAddress("it names a connection service (service, PGSERVICE), whose file Belay does not read", "write host, database and user into the URL, and unset PGSERVICE");
	if ([
		value("host"),
		value("hostaddr"),
		value("port")
	].some((text) => text.includes(","))) throw severalHosts();
	oneOf("target_session_attrs", value("target_session_attrs"), [
		"any",
		"read-write",
		"primary"
	], "any");
	oneOf("gssencmode", value("gssencmode"), ["disable", "prefer"], "prefer");
}
function tlsSettings(value, variables) {
	const rootCertificate = value("sslrootcert") === "" ? null : value("sslrootcert");
	const usual = rootCertificate === "system" ? "verify-full" : variables["PGREQUIRESSL"] === "1" ? "require" : "prefer";
	const mode = oneOf("sslmode", value("sslmode"), SSL_MODES, usual);
	if (rootCertificate === "system" && mode !== "verify-full") throw badAddress(`sslmode=${mode} is too weak for sslrootcert=system`, "write sslmode=verify-full");
	return {
		mode,
		rootCertificate,
		certificate: value("sslcert") || null,
		key: value("sslkey") || null
	};
}
function oneOf(name, text, allowed, usual) {
	if (text === "") return usual;
	const found = allowed.find((each) => each === text);
	if (found === void 0) throw badAddress(`${name}=${text} is none of ${allowed.join(", ")}`, `write one of them, or leave ${name} out`);
	return found;
}
function readPort(text) {
	if (text === "") return 5432;
	const port = /^\s*\d+\s*$/.test(text) ? Number(text) : 0;
	if (port < 1 || port > 65535) throw badAddress("its port is no number from 1 to 65535", "write postgres://USER:PASSWORD@HOST:5432/DATABASE, and in user and password %2F for /, %40 for @, %3A for :");
	return port;
}
function readTimeout(text) {
	if (text === "") return CONNECT_TIMEOUT_S;
	if (!/^\s*-?\d+\s*$/.test(text)) throw badAddress("connect_timeout is no number of seconds", "for example connect_timeout=10");
	const seconds = Number(text);
	return seconds <= 0 ? CONNECT_TIMEOUT_S : Math.max(2, seconds);
}
function defaultHost() {
	return SOCKET_DIRECTORIES.find((directory) => existsSync(directory)) ?? "localhost";
}
function hostInPasswordFile(host) {
	return isSocket(host) && SOCKET_DIRECTORIES.includes(host) ? "localhost" : host;
}
function home(variables) {
	const known = variables["HOME"];
	return known === void 0 || known === "" ? homedir() : known;
}
// src/engine/postgres/announcements.ts
const CHANNEL = "belay_session";
const PROCESS = randomUUID();
const COUNT_NOW = "select pg_catalog.pg_stat_force_next_flush()";
const ANNOUNCED = `${COUNT_NOW}, (select pg_catalog.pg_notify(${quoteLiteral(CHANNEL)}, ${quoteLiteral(PROCESS)})
    where not pg_catalog.pg_is_in_recovery() and exists (select from pg_catalog.pg_stat_activity
      where datname = pg_catalog.current_database() and application_name ~ '^belay-[0-9A-Z]{26}$'
        and application_name <> pg_catalog.current_setting('application_name')))`;
async function announce(run) {
	await run(ANNOUNCED).catch(() => run(COUNT_NOW));
}
var Announcements = class {
	#connection;
	#heardOn = new WeakSet();
	#heard = 0;
	constructor(connection) {
		this.#connection = connection;
	}
	async heard() {
		const connection = await this.#connection();
		if (!this.#heardOn.has(connection)) {
			this.#heardOn.add(connection);
			await connection.listen(CHANNEL, (process) => {
				if (process !== PROCESS) this.#heard++;
			});
		}
		return this.#heard;
	}
};
// src/engine/postgres/connections-made.ts
const COUNTING = 15e4;
const made = new Map();
function keyOf({ host, hostAddress, port }, database) {
	return JSON.stringify([
		hostAddress ?? host,
		port,
		database
	]);
}
function countConnection(settings, database) {
	const key = keyOf(settings, database);
	made.set(key, (made.get(key) ?? 0) + 1);
}
function connectionsMade(settings, database) {
	return made.get(keyOf(settings, database)) ?? 0;
}
// src/engine/postgres/pg-undeclared.ts
function announcedProcess(client) {
	return undeclared(client).processID;
}
function breakLine(client) {
	undeclared(client).connection.stream.destroy();
}
function undeclared(client) {
	return client;
}
// src/engine/postgres/wire-pipeline.ts
var WirePipeline = class {
	#statements;
	#options;
	#settle;
	done = 0;
	constructor(statements, settle, options = {}) {
		this.#statements = statements;
		this.#settle = settle;
		this.#options = options;
	}
	submit(connection) {
		const wire = connection;
		wire.stream.cork();
		try {
			const prepared = prepare(wire, this.#options.repeated ?? []);
			for (const [index, text] of this.#statements.entries()) {
				const name = prepared.get(text) ?? "";
				if (name === "") wire.parse({
					text,
					name
				});
				wire.bind({
					portal: "",
					statement: name
				});
				wire.execute({
					portal: "",
					rows: 0
				});
				if (this.#options.answeredAfter?.has(index) === true) wire.flush();
			}
			wire.sync();
		} finally {
			wire.stream.uncork();
		}
	}
	handleCommandComplete() {
		this.#next();
	}
	handleEmptyQuery() {
		this.#next();
	}
	handleError(error) {
		this.#settle.reject(error);
	}
	handleReadyForQuery() {
		this.#settle.resolve();
	}
	handleRowDescription() {}
	handleDataRow() {}
	handlePortalSuspended() {}
	handleCopyData() {}
	handleCopyInResponse({ stream }) {
		stream.destroy(new Error("COPY … FROM STDIN has no data here"));
	}
	#next() {
		this.done++;
		this.#options.progress?.(this.done);
	}
};
function prepare(wire, texts) {
	const prepared = new Map(texts.map((text, index) => [text, `belay_${index}`]));
	for (const [text, name] of prepared) {
		wire.close({
			type: "S",
			name
		});
		wire.parse({
			text,
			name
		});
	}
	return prepared;
}
// src/engine/postgres/pg-connection.ts
const AS_TEXT = { getTypeParser: () => (text) => text };
const SINGLE = { queryMode: "extended" };
const CANCEL_AGAIN_MS = 300;
const CANCEL_LIMIT_MS = 5e3;
var PgConnection = class {
	server;
	database;
	pid;
	serverVersion;
	lost;
	#client;
	#request;
	#letGo = new AbortController();
	#inTransaction = false;
	#underWay = 0;
	#closed = false;
	#ended;
	constructor(client, server, session, request) {
		this.server = server;
		this.database = session.database;
		this.pid = session.pid;
		this.serverVersion = session.serverVersion;
		this.#client = client;
		this.#request = request;
		const lost = new AbortController();
		this.lost = lost.signal;
		client.on("error", (error) => void (this.#ended ??= error));
		client.on("end", () => {
			if (!this.#closed) lost.abort(connectionLost(this.#ended ?? new Error("the server closed it")));
		});
		request.signal?.addEventListener("abort", () => void this.#stop(), {
			once: true,
			signal: this.#letGo.signal
		});
	}
	async query(sql, parameters = []) {
		return answerOf(await this.#during(() => this.#client.query({
			text: sql,
			values: parameters.map(bound),
			rowMode: "array",
			types: AS_TEXT,
			...SINGLE
		})));
	}
	async rows(sql, parameters = []) {
		return (await this.query(sql, parameters)).rows;
	}
	async run(sql) {
		await this.#during(() => this.#client.query({
			text: sql,
			types: AS_TEXT
		}));
	}
	async pipeline(statements, options = {}) {
		if (statements.length === 0) return;
		let pipeline;
		const send = () => new Promise((resolve, reject) => {
			pipeline = new WirePipeline(statements, {
				resolve,
				reject
			}, options);
			this.#client.query(pipeline);
		});
		await this.#during(send, () => ({ statement: pipeline?.done ?? 0 }));
	}
	async transaction(begin, work) {
		if (this.#inTransaction) throw failure("transaction-open", "a transaction is open already on this connection");
		this.#inTransaction = true;
		try {
			const result = await this.#orRollBack(async () => {
				await this.run(begin);
				return work();
			});
			await this.#commit();
			return result;
		} finally {
			this.#inTransaction = false;
		}
	}
	async listen(channel, hear) {
		this.#client.on("notification", (notification) => {
			if (notification.channel === channel) hear(notification.payload ?? "");
		});
		await this.run(`listen ${quoteIdentifier(channel)}`);
	}
	async cancel() {
		if (this.#underWay === 0) return;
		await using second = await this.server.connect({
			database: this.database,
			application: this.#request.application ?? "belay"
		});
		await second.rows("select pg_catalog.pg_cancel_backend($1::int4)", [this.pid]);
	}
	async [Symbol.asyncDispose]() {
		if (this.#closed) return;
		this.#closed = true;
		this.#letGo.abort();
		if (this.#underWay > 0) await this.#cancelUntilIdle();
		await this.#client.end().catch(() => void 0);
	}
	async #orRollBack(work) {
		try {
			return await work();
		} catch (error) {
			await this.#client.query("rollback").catch(() => void 0);
			throw error;
		}
	}
	async #commit() {
		try {
			if ((await this.#during(() => this.#client.query("commit"))).command === "ROLLBACK") throw failure("transaction-failed", "the transaction had failed, so that its commit undid it");
		} catch (error) {
			throw isConnectionLost(error) ? inDoubt(error) : error;
		}
	}
	async #during(work, facts = () => ({})) {
		this.#refuseAfterAbort();
		this.#underWay++;
		try {
			return await work();
		} catch (error) {
			if (this.#request.signal?.aborted === true) throw interrupted(this.#request.signal);
			const cause = sqlstateOf(error) === null ? this.#ended ?? error : error;
			throw this.lost.aborted ? connectionLost(cause, facts()) : statementError(cause, facts());
		} finally {
			this.#underWay--;
		}
	}
	#refuseAfterAbort() {
		if (this.#request.signal?.aborted === true) throw interrupted(this.#request.signal);
		if (this.lost.aborted) throw this.lost.reason;
		if (this.#closed) throw failure("connection-closed", "this connection was closed");
	}
	async #stop() {
		if (this.#underWay > 0) await this.#cancelUntilIdle();
	}
	async #cancelUntilIdle() {
		const deadline = performance.now() + CANCEL_LIMIT_MS;
		while (this.#underWay > 0 && !this.lost.aborted) {
			if (!await this.cancel().then(() => true, () => false) || performance.now() > deadline) return breakLine(this.#client);
			for (let waited = 0; this.#underWay > 0 && waited < CANCEL_AGAIN_MS; waited += 10) await setTimeout(10);
		}
	}
};
function inDoubt(error) {
	return failure("commit-in-doubt", `whether the transaction was committed is not known: ${error.message}`, {
		hint: "look at the database before anything else; `belay recover` does",
		cause: error,
		facts: error.facts
	});
}
function interrupted(signal) {
	if (signal.reason instanceof BelayError) return signal.reason;
	return failure("interrupted", "the statement was interrupted", {
		hint: "run the same command again",
		cause: signal.reason
	});
}
function bound(value) {
	if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
	return typeof value === "bigint" ? value.toString() : value;
}
function answerOf(result) {
	const last = "fields" in result ? result : result.at(-1);
	if (last === void 0) return {
		columns: [],
		rows: []
	};
	return {
		columns: last.fields.map(({ name, dataTypeID }) => ({
			name,
			type: dataTypeID
		})),
		rows: last.rows
	};
}
// src/engine/postgres/proxy.ts
const ROUNDS = 20;
const SETTING = "belay.proxy";
const known = new WeakSet();
const probing = new WeakSet();
async function refusePooled(server, client, pid, request) {
	if (announcedProcess(client) === pid || known.has(server) || probing.has(server)) return;
	probing.add(server);
	try {
		await using second = await server.connect(request);
		const set = (value) => `select pg_catalog.set_config('${SETTING}', '${value}', false)`;
		const ask = `select pg_catalog.current_setting('${SETTING}', true), pg_catalog.pg_backend_pid()`;
		for (let round = 0; round < ROUNDS; round++) {
			await client.query(set(round));
			await second.rows(set(-1 - round));
			const { rows } = await client.query({
				text: ask,
				rowMode: "array"
			});
			const [other] = await second.rows(ask);
			const [mine] = rows;
			if (mine?.[0] !== String(round) || mine[1] !== pid || other?.[0] !== String(-1 - round)) throw pooled(server);
		}
		known.add(server);
	} finally {
		probing.delete(server);
	}
}
function pooled(server) {
	return refusal("pooled-connection", `${shownServer(server.settings)} is a pool that gives each transaction another session of the server`, { hint: "give Belay the URL that leads straight to the server" });
}
// src/engine/postgres/search-path.ts
function pathOf({ tenant }) {
	return tenant?.searchPath ?? "own";
}
function setPath(path) {
	const value = path === "none" ? "" : path.map(quoteIdentifier).join(", ");
	return `pg_catalog.set_config('search_path', ${quoteLiteral(value)}, false)`;
}
const turned = new WeakMap();
async function turnTo(connection, path) {
	if (turned.get(connection) === path) return connection;
	await connection.run(`select ${setPath(path)}`);
	turned.set(connection, path);
	return connection;
}
function forgetPath(connection) {
	turned.delete(connection);
}
// src/engine/postgres/tls.ts
function tlsAttempts(settings, home) {
	if (isSocket(settings.host) && settings.hostAddress === null) return [false];
	switch (settings.tls.mode) {
		case "disable": return [false];
		case "allow": return [false, tlsOptions(settings, home)];
		case "prefer": return [tlsOptions(settings, home), false];
		case "require":
		case "verify-ca":
		case "verify-full": return [tlsOptions(settings, home)];
	}
}
function tlsOptions({ tls }, home) {
	const folder = join(home, ".postgresql");
	const root = tls.rootCertificate ?? join(folder, "root.crt");
	const verifies = tls.mode === "verify-ca" || tls.mode === "verify-full";
	const identity = clientIdentity(tls.certificate ?? join(folder, "postgresql.crt"), tls.key ?? join(folder, "postgresql.key"), { asked: tls.certificate !== null });
	if (!verifies && (tls.mode !== "require" || !existsSync(root))) return {
		rejectUnauthorized: false,
		...identity
	};
	return {
		ca: root === "system" ? [...rootCertificates] : [read(root, "root certificate", "name the file of the authority with sslrootcert")],
		rejectUnauthorized: true,
		...tls.mode === "verify-full" ? {} : { checkServerIdentity: () => void 0 },
		...identity
	};
}
function clientIdentity(certificate, key, { asked }) {
	if (!asked && !existsSync(certificate)) return {};
	const cert = read(certificate, "client certificate", "look at sslcert in the address");
	const stats = statSync(key, { throwIfNoEntry: false });
	if (process.platform !== "win32" && stats !== void 0 && (stats.mode & (stats.uid === 0 ? 31 : 63)) !== 0) throw refusal("tls-refused", `others may read the private key ${key}`, { hint: `chmod 600 ${key}` });
	return {
		cert,
		key: read(key, "private key", "look at sslkey in the address")
	};
}
function read(path, what, hint) {
	try {
		return readFileSync(path);
	} catch (error) {
		throw refusal("tls-refused", `the ${what} ${path} cannot be read: ${messageOf(error)}`, {
			hint,
			cause: error
		});
	}
}
// src/engine/postgres/server.ts
const OLDEST = 12e4;
const KEEP_ALIVE_MS = 1e4;
const APPLICATION = "belay";
const CANCELLED = "57014";
function serverAt(address, variables) {
	const settings = connectionSettings(address, variables);
	const server = {
		settings,
		connect: (request = {}) => connect(server, request, home(variables)),
		programVariables: (request = {}) => programVariables(settings, request)
	};
	return server;
}
async function connect(server, request, homeDirectory) {
	const { settings } = server;
	const database = request.database ?? settings.database;
	try {
		const client = await login(settings, database, request, homeDirectory);
		try {
			const session = await settle(client, request);
			if (session.serverVersion < OLDEST) throw tooOld(settings, session.serverVersion);
			await refusePooled(server, client, session.pid, request);
			countConnection(settings, database);
			return new PgConnection(client, server, {
				...session,
				database
			}, request);
		} catch (error) {
			await client.end().catch(() => void 0);
			throw error;
		}
	} catch (error) {
		throw connectError(error, settings, database);
	}
}
const taken = new Map();
async function login(settings, database, request, homeDirectory) {
	const ways = [...tlsAttempts(settings, homeDirectory).entries()];
	const place = JSON.stringify([
		settings.host,
		settings.hostAddress,
		settings.port,
		settings.user,
		settings.tls.mode
	]);
	const known = taken.get(place) ?? 0;
	const attempts = [...ways.slice(known), ...ways.slice(0, known)];
	let refused = true;
	for (const [index, [way, ssl]] of attempts.entries()) {
		if (request.signal?.aborted === true) throw interrupted(request.signal);
		const client = new Client(clientConfig(settings, database, request, ssl));
		client.on("error", () => void 0);
		try {
			await client.connect();
			if (refused) taken.set(place, way);
			return client;
		} catch (error) {
			client.end().catch(() => void 0);
			if (index === attempts.length - 1 || !mayGoOtherwise(error)) throw error;
			refused &&= isRefusedWay(error);
		}
	}
	throw new Error("there is no way to connect");
}
function isRefusedWay(error) {
	return sqlstateOf(error) === "28000" || error instanceof Error && error.message === "The server does not support SSL connections";
}
function mayGoOtherwise(error) {
	const sqlstate = sqlstateOf(error);
	if (sqlstate !== null) return sqlstate === "28000";
	return !(error instanceof Error && "syscall" in error);
}
function clientConfig(settings, database, request, ssl) {
	const { host, hostAddress, port, user, password, options, connectTimeoutMs, channelBinding } = settings;
	const inherited = process.env["PGOPTIONS"] === void 0 ? void 0 : " ";
	return {
		host: hostAddress ?? (host.startsWith("@") ? `\0${host.slice(1)}` : host),
		port,
		user,
		database,
		password: () => {
			if (password === null) throw noPassword(settings);
			return password;
		},
		ssl: ssl !== false && typeof ssl === "object" && hostAddress !== null ? {
			...ssl,
			servername: host
		} : ssl,
		...(options ?? inherited) === void 0 ? {} : { options: options ?? inherited },
		application_name: request.application ?? APPLICATION,
		connectionTimeoutMillis: connectTimeoutMs,
		keepAlive: !isSocket(host),
		keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
		enableChannelBinding: channelBinding !== "disable"
	};
}
function noPassword(settings) {
	return refusal("login-refused", `${shownServer(settings)} asks for a password of ${settings.user}, and there is none`, { hint: "put it into the address, into PGPASSWORD or into ~/.pgpass (chmod 600)" });
}
function tooOld(settings, version) {
	return refusal("server-too-old", `${shownServer(settings)} runs PostgreSQL ${Math.floor(version / 1e4)}, and Belay needs 12 or newer`, {
		hint: "upgrade the server",
		facts: { version }
	});
}
const SETTINGS = [
	["row_security", "off"],
	["statement_timeout", "0"],
	["lock_timeout", "0"],
	["idle_in_transaction_session_timeout", "0"],
	["idle_session_timeout", "0"],
	["transaction_timeout", "0"],
	["TimeZone", "UTC"],
	["DateStyle", "ISO, YMD"],
	["IntervalStyle", "postgres"],
	["bytea_output", "hex"],
	["extra_float_digits", "1"],
	["xmloption", "content"],
	["lc_monetary", "C"],
	["standard_conforming_strings", "on"],
	["default_transaction_isolation", "read committed"],
	["default_transaction_deferrable", "off"],
	["client_min_messages", "warning"]
];
function settingsSql({ searchPath = "none" }) {
	const set = SETTINGS.map(([name, value]) => `case when pg_catalog.current_setting('${name}', true) is not null then pg_catalog.set_config('${name}', '${value}', false) end`);
	const durable = "case when pg_catalog.current_setting('synchronous_commit') = 'off' then pg_catalog.set_config('synchronous_commit', 'on', false) end";
	const path = searchPath === "own" ? [] : [setPath(searchPath)];
	return `select pg_catalog.pg_backend_pid(), pg_catalog.current_setting('server_version_num'), ${[
		...set,
		durable,
		...path
	].join(", ")}`;
}
async function settle(client, request) {
	const set = () => client.query({
		text: settingsSql(request),
		rowMode: "array"
	});
	const { rows } = await set().catch(async (error) => {
		if (sqlstateOf(error) !== CANCELLED) throw error;
		await client.query("set statement_timeout = 0");
		return set();
	});
	const [pid, version] = rows[0] ?? [];
	if (pid === void 0) throw failure("server-unreachable", "the server did not say who it is");
	if (Number(version) >= 15e4) await announce((sql) => client.query(sql));
	return {
		pid: Number(pid),
		serverVersion: Number(version)
	};
}
function programVariables(settings, request) {
	const { host, hostAddress, port, user, password, tls, options, connectTimeoutMs, channelBinding } = settings;
	const variables = {
		PGHOST: host,
		PGHOSTADDR: hostAddress,
		PGPORT: String(port),
		PGUSER: user,
		PGPASSWORD: password,
		PGDATABASE: request.database ?? settings.database,
		PGSSLMODE: tls.mode,
		PGSSLROOTCERT: tls.rootCertificate,
		PGSSLCERT: tls.certificate,
		PGSSLKEY: tls.key,
		PGAPPNAME: request.application ?? APPLICATION,
		PGOPTIONS: [
			options,
			"-c statement_timeout=0",
			"-c lock_timeout=0",
			"-c idle_in_transaction_session_timeout=0"
		].filter(Boolean).join(" "),
		PGCONNECT_TIMEOUT: String(Math.ceil(connectTimeoutMs / 1e3)),
		PGCHANNELBINDING: channelBinding
	};
	return Object.fromEntries(Object.entries(variables).flatMap(([name, value]) => value === null ? [] : [[name, value]]));
}
export { setPath as a, COUNTING as c, pathOf as i, connectionsMade as l, settingsSql as n, turnTo as o, forgetPath as r, inDoubt as s, serverAt as t, Announcements as u };
