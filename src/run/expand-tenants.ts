/** The tenants of an environment's databases: who they are, the databases are asked at run time. */

import type { Environment, TenantsConfig } from "../config/config.ts";
import { BelayError, refusal } from "../domain/error.ts";
import type { Target } from "../domain/target.ts";
import { badTenant, isBelays } from "../domain/tenant-name.ts";
import { firstOf } from "../domain/words.ts";
import type { Ports } from "./ports.ts";
import { tenantOf } from "./tenants.ts";

/**
 * The targets of an environment: its databases, or where it has tenants those, per database the shared schema first, then the tenants
 * in the order of their names. Refuses `tenants-unreadable`, `bad-tenant`, and `tenant-without-schema` naming those that the database lacks.
 */
export async function expandTenants(ports: Ports, environment: Environment): Promise<readonly Target[]> {
  const { tenants, targets } = environment;
  if (tenants === null) return targets;
  const expanded: Target[] = [];
  for (const target of targets) expanded.push(...(await tenantsIn(ports, environment, tenants, target)));
  return expanded;
}

async function tenantsIn(ports: Ports, environment: Environment, configured: TenantsConfig, database: Target): Promise<readonly Target[]> {
  const tenants = await knownTenants(ports, environment, configured, database);
  const { list, shared } = tenants;
  const names = "names" in list ? list.names : await askForNames(ports, database, list.sql, tenants.toldBy);
  const own = [...new Set(names)].filter((name) => name !== shared).sort((a, b) => (a < b ? -1 : 1));
  const wanted = shared !== null && migratesShared(environment) ? [shared, ...own] : own;
  const there = new Set(await ports.engineOf(database).schemas(database));
  const missing = wanted.filter((name) => !there.has(name));
  if (missing.length > 0) throw withoutSchema(environment, database, missing);
  return wanted.map((schema) => tenantOf(tenants, database, schema, wanted.length));
}

interface KnownTenants {
  readonly list: Exclude<TenantsConfig["list"], { readonly told: unknown }>;
  readonly shared: string | null;
  /** Whose query it is, for whoever has to mend it. */
  readonly toldBy: string;
}

/** What belay.yml leaves to the tool is asked of its settings; what it says itself counts. */
export async function knownTenants(
  ports: Ports,
  environment: Environment,
  { list, shared }: TenantsConfig,
  database: Target,
): Promise<KnownTenants> {
  if (!("told" in list)) return { list, shared, toldBy: "tenants.sql" };
  const tool = await ports.toolOf(environment, database);
  if (tool.tenants === undefined) throw new Error(`${tool.name} does not tell tenants`);
  await using reader = await ports.engineOf(database).reader(database, { signal: ports.signal });
  const told = await tool.tenants(reader.session);
  return { list: { sql: told.sql }, shared: shared ?? told.shared, toldBy: `the settings of ${tool.name}` };
}

/** The tool `sql` has files for the shared schema only where they are named; every other tool knows by itself. */
function migratesShared({ migrate: { tool, options } }: Environment): boolean {
  return (tool !== null && tool !== "sql") || options["shared-directory"] !== undefined;
}

async function askForNames(ports: Ports, database: Target, sql: string, toldBy: string): Promise<readonly string[]> {
  try {
    await using reader = await ports.engineOf(database).reader(database, { signal: ports.signal });
    const { rows } = await reader.session.query(sql);
    return rows.filter(([name]) => !(typeof name === "string" && isBelays(name))).map(([name]) => readName(database, name, toldBy));
  } catch (error) {
    if (!(error instanceof BelayError) || error.kind === "refused") throw error;
    throw refusal("tenants-unreadable", `asking ${database.name} for its tenants (${toldBy}): ${error.message}`, {
      hint: "say who they are in belay.yml: tenants.sql, whose first column names the schemas",
      cause: error,
    });
  }
}

function readName(database: Target, value: unknown, toldBy: string): string {
  const name = typeof value === "string" ? value : String(value);
  const flaw = value === null ? "is no name" : badTenant(name);
  if (flaw === null) return name;
  throw refusal("bad-tenant", `${database.name} has a tenant ${JSON.stringify(name)} (${toldBy}), which ${flaw}`, {
    hint: "the first column of the answer has to name schemas of the application's own",
  });
}

function withoutSchema(environment: Environment, database: Target, missing: readonly string[]): BelayError {
  const what = missing.length === 1 ? `the tenant ${missing[0]} has no schema` : `${missing.length} tenants have no schema`;
  return refusal("tenant-without-schema", `${what} in ${database.name}${missing.length === 1 ? "" : `: ${firstOf(missing, 10)}`}`, {
    hint: `make it and migrate it: \`belay migrate ${environment.name} --new ${missing[0]}\`; or take it off the list of tenants`,
    facts: { database: database.name, schemas: missing },
  });
}
