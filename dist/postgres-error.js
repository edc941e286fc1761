import { $ as BelayError, et as failure, rt as refusal, tt as messageOf } from "./domain.js";
// src/engine/postgres/postgres-error.ts
function sqlstateOf(error) {
	if (error instanceof BelayError) {
		const known = error.facts["sqlstate"];
		return typeof known === "string" ? known : null;
	}
	const code = error instanceof Error && "code" in error ? error.code : void 0;
	return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}
const LOCK_NOT_AVAILABLE = "55P03";
const DEADLOCK = "40P01";
const FOREIGN_KEY = "23503";
const CANCELLED = "57014";
const WHOLE_ROWS = /^(?:23502|23514|44000)$/;
function statementError(error, facts = {}) {
	if (error instanceof BelayError || !(error instanceof Error)) return error;
	const sqlstate = sqlstateOf(error);
	if (sqlstate === null || isEndOfSession(sqlstate)) return connectionLost(error, facts);
	const { detail, table, schema, constraint, position } = error;
	const words = detail === void 0 || WHOLE_ROWS.test(sqlstate) ? error.message : `${error.message} (${detail})`;
	const details = {
		cause: error,
		facts: {
			...facts,
			sqlstate,
			...table === void 0 ? {} : { table: schema === void 0 || schema === "public" ? table : `${schema}.${table}` },
			...constraint === void 0 ? {} : { constraint },
			...position === void 0 ? {} : { position: Number(position) }
		}
	};
	const known = KNOWN.find(({ states }) => states.test(sqlstate));
	if (known === void 0) return failure("sql-failed", words, details);
	return failure(known.code, words, known.hint === void 0 ? details : {
		...details,
		hint: known.hint
	});
}
const KNOWN = [
	{
		states: new RegExp(FOREIGN_KEY),
		code: "foreign-key-violation"
	},
	{
		states: new RegExp(`${LOCK_NOT_AVAILABLE}|${DEADLOCK}`),
		code: "target-locked",
		hint: "wait until the other session is done, or end it"
	},
	{
		states: new RegExp(CANCELLED),
		code: "statement-cancelled",
		hint: "if a time-out ended it, allow more time where that is set; else somebody cancelled it"
	},
	{
		states: /^(53100|53200|58030)$/,
		code: "no-space",
		hint: "make room on the server's disk, then run again"
	},
	{
		states: /^25006$/,
		code: "target-read-only",
		hint: "set `default_transaction_read_only` off where it is on, for the role, the database or the server; on a server that only repeats another's writes, name that one"
	},
	{
		states: /^(XX001|XX002)$/,
		code: "target-damaged",
		hint: "restore a backup; look at the server's disk and log before anything else"
	}
];
function isEndOfSession(sqlstate) {
	return /^(57P0[1-5]|25P0[34]|08...)$/.test(sqlstate);
}
function connectionLost(error, facts = {}) {
	const sqlstate = sqlstateOf(error);
	return failure("connection-lost", `the connection to PostgreSQL was lost: ${messageOf(error)}`, {
		hint: "look whether the server runs, and at its log; then run again",
		cause: error,
		facts: sqlstate === null ? facts : {
			...facts,
			sqlstate
		}
	});
}
function isConnectionLost(error) {
	return error instanceof BelayError && error.code === "connection-lost";
}
function isInDoubt(error) {
	return error instanceof BelayError && error.code === "commit-in-doubt";
}
function shownServer({ host, port }) {
	return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
function connectError(error, settings, database) {
	if (error instanceof BelayError || !(error instanceof Error)) return error;
	const where = shownServer(settings);
	const sqlstate = sqlstateOf(error);
	const code = "code" in error && typeof error.code === "string" ? error.code : null;
	const facts = {
		...sqlstate === null ? {} : { sqlstate },
		server: where
	};
	const known = sqlstate === null ? void 0 : NO_ENTRY.find(({ states }) => states.test(sqlstate));
	if (known !== void 0) return refusal(known.code, `${known.what(database, where, settings.user)}: ${error.message}`, {
		hint: known.hint,
		cause: error,
		facts
	});
	if (sqlstate === null && isAboutTls(error, code)) return refusal("tls-refused", `${where} cannot be reached safely: ${error.message}`, {
		hint: `look at sslmode (it is ${settings.tls.mode}) and sslrootcert in the address, and at the server's certificate`,
		cause: error,
		facts
	});
	const words = code === "ENOENT" ? `there is no socket of a server (${error.message})` : error.message;
	return refusal("server-unreachable", `PostgreSQL at ${where} cannot be reached: ${words}`, {
		hint: "look whether the server runs, and at host and port in the address",
		cause: error,
		facts
	});
}
function isAboutTls(error, code) {
	return /certificate|SSL|TLS/i.test(error.message) || /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED)/.test(code ?? "");
}
const NO_ENTRY = [
	{
		states: /^3D000$/,
		code: "target-missing",
		what: (database, server) => `there is no database ${database} at ${server}`,
		hint: "correct `target` in belay.yml, or create the database first"
	},
	{
		states: /^28(000|P01)$/,
		code: "login-refused",
		what: (database, server, user) => `${server} does not let ${user} into ${database}`,
		hint: "look at user and password in the address (or ~/.pgpass, which only its owner may read), and at the server's pg_hba.conf"
	},
	{
		states: /^42501$/,
		code: "login-refused",
		what: (database, server, user) => `${user} may not connect to ${database} at ${server}`,
		hint: "grant it: `GRANT CONNECT ON DATABASE … TO …`"
	},
	{
		states: /^57P0[123]$/,
		code: "server-starting",
		what: (_, server) => `the server at ${server} takes no connections now`,
		hint: "it starts, stops or recovers: wait a little, then run again"
	},
	{
		states: /^53300$/,
		code: "too-many-connections",
		what: (database, server) => `${server} has no connection left for ${database}`,
		hint: "close some, or raise max_connections or the limit of the role or database; Belay needs about six"
	},
	{
		states: /^55000$/,
		code: "target-closed",
		what: (database, server) => `the database ${database} at ${server} takes no connections`,
		hint: "after a crash of Belay: `belay recover`; else `ALTER DATABASE … ALLOW_CONNECTIONS true`"
	}
];
export { shownServer as a, isInDoubt as i, connectionLost as n, sqlstateOf as o, isConnectionLost as r, statementError as s, connectError as t };
