import "./rolldown-runtime.js";
import { $ as BelayError, X as firstOf, h as isBelays, m as badTenant, rt as refusal } from "./domain.js";
import { j as tenantOf } from "./looking.js";
// src/run/expand-tenants.ts
async function expandTenants(ports, environment) {
	const { tenants, targets } = environment;
	if (tenants === null) return targets;
	const expanded = [];
	for (const target of targets) expanded.push(...await tenantsIn(ports, environment, tenants, target));
	return expanded;
}
async function tenantsIn(ports, environment, configured, database) {
	const tenants = await knownTenants(ports, environment, configured, database);
	const { list, shared } = tenants;
	const names = "names" in list ? list.names : await askForNames(ports, database, list.sql, tenants.toldBy);
	const own = [...new Set(names)].filter((name) => name !== shared).sort((a, b) => a < b ? -1 : 1);
	const wanted = shared !== null && migratesShared(environment) ? [shared, ...own] : own;
	const there = new Set(await ports.engineOf(database).schemas(database));
	const missing = wanted.filter((name) => !there.has(name));
	if (missing.length > 0) throw withoutSchema(environment, database, missing);
	return wanted.map((schema) => tenantOf(tenants, database, schema, wanted.length));
}
async function knownTenants(ports, environment, { list, shared }, database) {
	if (!("told" in list)) return {
		list,
		shared,
		toldBy: "tenants.sql"
	};
	const tool = await ports.toolOf(environment, database);
	if (tool.tenants === void 0) throw new Error(`${tool.name} does not tell tenants`);
	await using reader = await ports.engineOf(database).reader(database, { signal: ports.signal });
	const told = await tool.tenants(reader.session);
	return {
		list: { sql: told.sql },
		shared: shared ?? told.shared,
		toldBy: `the settings of ${tool.name}`
	};
}
function migratesShared({ migrate: { tool, options } }) {
	return tool !== null && tool !== "sql" || options["shared-directory"] !== void 0;
}
async function askForNames(ports, database, sql, toldBy) {
	try {
		await using reader = await ports.engineOf(database).reader(database, { signal: ports.signal });
		const { rows } = await reader.session.query(sql);
		return rows.filter(([name]) => !(typeof name === "string" && isBelays(name))).map(([name]) => readName(database, name, toldBy));
	} catch (error) {
		if (!(error instanceof BelayError) || error.kind === "refused") throw error;
		throw refusal("tenants-unreadable", `asking ${database.name} for its tenants (${toldBy}): ${error.message}`, {
			hint: "say who they are in belay.yml: tenants.sql, whose first column names the schemas",
			cause: error
		});
	}
}
function readName(database, value, toldBy) {
	const name = typeof value === "string" ? value : String(value);
	const flaw = value === null ? "is no name" : badTenant(name);
	if (flaw === null) return name;
	throw refusal("bad-tenant", `${database.name} has a tenant ${JSON.stringify(name)} (${toldBy}), which ${flaw}`, { hint: "the first column of the answer has to name schemas of the application's own" });
}
function withoutSchema(environment, database, missing) {
	const what = missing.length === 1 ? `the tenant ${missing[0]} has no schema` : `${missing.length} tenants have no schema`;
	return refusal("tenant-without-schema", `${what} in ${database.name}${missing.length === 1 ? "" : `: ${firstOf(missing, 10)}`}`, {
		hint: `make it and migrate it: \`belay migrate ${environment.name} --new ${missing[0]}\`; or take it off the list of tenants`,
		facts: {
			database: database.name,
			schemas: missing
		}
	});
}
export { knownTenants as n, expandTenants as t };
