/**
 * Extensions come back in the version that they had. A dump names none, so that a restore would make the server's newest, whose objects are
 * others than those that were backed up.
 */

import type { JsonValue } from "../../domain/canonical-json.ts";
import type { ArchiveEntry } from "./archive-list.ts";
import type { Connection } from "./connection.ts";
import { quoteIdentifier, quoteLiteral } from "./identifiers.ts";

/** As manifests keep it. */
export type InstalledExtension = {
  readonly name: string;
  readonly version: string;
  readonly schema: string;
  readonly schemaOwner: string;
};

const FIRST_OF_USERS = 16384;

/** In the order in which they were made: what one of them needs comes before it. */
export async function readExtensions(connection: Connection): Promise<readonly InstalledExtension[]> {
  const rows = await connection.rows(
    `select e.extname, e.extversion, n.nspname, pg_catalog.pg_get_userbyid(n.nspowner)
     from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace where e.oid >= ${FIRST_OF_USERS} order by e.oid`,
  );
  return rows.map(([name, version, schema, schemaOwner]) => ({
    name: String(name),
    version: String(version),
    schema: String(schema),
    schemaOwner: String(schemaOwner),
  }));
}

/** Of a manifest; older ones name none. */
export function parseExtensions(value: JsonValue | undefined): readonly InstalledExtension[] {
  return Array.isArray(value) ? value.filter(isExtension) : [];
}

function isExtension(value: JsonValue): value is InstalledExtension {
  if (typeof value !== "object" || value === null) return false;
  const kept = Object.entries(value).filter(([, each]) => typeof each === "string");
  return ["name", "version", "schema", "schemaOwner"].every((key) => kept.some(([name]) => name === key));
}

export interface Pinning {
  /** What a restore leaves out on purpose. */
  readonly lacking: readonly ArchiveEntry[];
  readonly withoutOwners: boolean;
}

/**
 * Makes the extensions in an empty database where one of them is not in the version that a restore would make, and this server has the
 * right one. Answers what the restore has to leave out, since it is there now; what it makes "if not exists" it passes over by itself.
 */
export async function pinExtensions(
  into: Connection,
  extensions: readonly InstalledExtension[],
  { lacking, withoutOwners }: Pinning,
): Promise<readonly ArchiveEntry[]> {
  const wanted = extensions.filter(({ name }) => !lacking.some((entry) => entry.kind === "EXTENSION" && entry.name === name));
  const offered = await readOffered(into);
  const isThere = ({ name, version }: InstalledExtension) => offered.versions.has(`${name} ${version}`);
  if (!wanted.some((extension) => offered.usual.get(extension.name) !== extension.version && isThere(extension))) return [];
  const schemas = new Map(wanted.flatMap(({ schema, schemaOwner }) => (OF_EVERY_DATABASE.includes(schema) ? [] : [[schema, schemaOwner]])));
  for (const [schema, owner] of schemas) {
    const whose = withoutOwners ? "" : ` authorization ${quoteIdentifier(owner)}`;
    await into.run(`create schema ${quoteIdentifier(schema)}${whose}`);
  }
  for (const extension of wanted) {
    const version = isThere(extension) ? ` version ${quoteLiteral(extension.version)}` : "";
    await into.run(`create extension ${quoteIdentifier(extension.name)} schema ${quoteIdentifier(extension.schema)}${version}`);
  }
  return [...schemas].map(([name, owner]) => ({ kind: "SCHEMA", name, owner }));
}

const OF_EVERY_DATABASE: readonly string[] = ["public", "pg_catalog"];

interface Offered {
  /** By name, the version that is made where none is asked for. */
  readonly usual: ReadonlyMap<string, string>;
  /** `hstore 1.4` */
  readonly versions: ReadonlySet<string>;
}

async function readOffered(connection: Connection): Promise<Offered> {
  const usual = await connection.rows("select name, default_version from pg_catalog.pg_available_extensions");
  const versions = await connection.rows("select name || ' ' || version from pg_catalog.pg_available_extension_versions");
  return {
    usual: new Map(usual.map(([name, version]) => [String(name), String(version)])),
    versions: new Set(versions.map(([each]) => String(each))),
  };
}
