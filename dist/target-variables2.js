import "./rolldown-runtime.js";
import { it as usageError } from "./domain.js";
// src/tool/target-variables.ts
function targetVariables(target, { path, urlVariable, variables, writeUrl = asConfigured }) {
	const isUrl = target.engine !== "sqlite";
	const seen = path ?? target.address;
	const url = writeUrl({
		engine: target.engine,
		address: isUrl ? target.address : seen
	});
	const told = {
		BELAY_DATABASE_URL: url,
		...isUrl ? {} : { BELAY_DATABASE_PATH: seen }
	};
	if (urlVariable !== null) told[urlVariable] = url;
	const wanted = Object.entries(variables);
	if (wanted.length === 0) return told;
	const parts = isUrl ? {
		...partsOfUrl(target.address),
		url
	} : {
		url,
		path: seen,
		name: seen
	};
	for (const [name, part] of wanted) {
		const value = parts[part];
		if (value === void 0) throw noSuchPart(name, part, parts);
		told[name] = value;
	}
	return told;
}
function asConfigured({ engine, address }) {
	return engine === "sqlite" ? `${engine}:${address}` : address;
}
function sessionVariables({ engine, tenant }, { lockTimeoutMs }, inherited) {
	if (engine !== "postgres") return {};
	const { PGOPTIONS = "" } = inherited;
	return { PGOPTIONS: `${PGOPTIONS} -c lock_timeout=${lockTimeoutMs}${tenant === void 0 ? "" : ` -c search_path=${escaped(searchPathOf(tenant.searchPath))}`}`.trim() };
}
function tenantVariables({ tenant }) {
	return tenant === void 0 ? {} : {
		BELAY_SCHEMA: tenant.schema,
		BELAY_TENANT: tenant.schema
	};
}
function searchPathOf(schemas) {
	return schemas.map((schema) => `"${schema.replaceAll("\"", "\"\"")}"`).join(",");
}
function escaped(value) {
	return value.replace(/[\\\s]/g, "\\$&");
}
function runVariables(run) {
	return { PGAPPNAME: `belay-${run}` };
}
const ASKING = { PGAPPNAME: "belay" };
function noSuchPart(variable, part, parts) {
	return usageError("no-such-part", `migrate.variables.${variable} asks for the ${part}, which the target does not have`, {
		hint: `it has ${Object.keys(parts).join(", ")}`,
		facts: { variable }
	});
}
const URL_PARTS = /^[^:]+:\/\/(?:([^:@/?#]*)(?::([^@/?#]*))?@)?(\[[^\]]*\]|[^:/?#,]*)(?::(\d+))?(?:\/([^?#]*))?(?:\?([^#]*))?$/;
function partsOfUrl(url) {
	const match = URL_PARTS.exec(url);
	if (match === null) throw unreadable();
	const [, user = "", password = "", host = "", port = "", name = "", query = ""] = match;
	const options = new URLSearchParams(query);
	return {
		url,
		host: host === "" ? options.get("host") ?? "" : decoded(host.replace(/^\[|\]$/g, "")),
		port: port === "" ? options.get("port") ?? "5432" : port,
		name: decoded(name),
		user: decoded(user),
		password: decoded(password)
	};
}
function decoded(text) {
	try {
		return decodeURIComponent(text);
	} catch (error) {
		throw unreadable(error);
	}
}
function unreadable(cause) {
	return usageError("url-without-parts", "the target's URL cannot be taken apart for migrate.variables", {
		hint: "write it as postgres://user:password@host:port/name, with percent codes for @ : / ? # and % in user and password",
		cause
	});
}
export { tenantVariables as a, targetVariables as i, runVariables as n, sessionVariables as r, ASKING as t };
