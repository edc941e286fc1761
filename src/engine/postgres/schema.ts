/** The structure of a database, as its catalogs tell it, normalised so that a dump and its restore give the same. */

import { schemaSnapshot, type SchemaObject, type SchemaSnapshot } from "../../domain/schema.ts";
import type { Connection } from "./connection.ts";
import { pinOutput } from "./output-settings.ts";
import { readCatalog } from "./schema-catalog.ts";
import { COMMENTS, SCHEMAS } from "./schema-comments.ts";
import { CONSTRAINTS, INDEXES, STATISTICS } from "./schema-constraints.ts";
import { CASTS, COLLATIONS, EVENT_TRIGGERS, EXTENSIONS, FOREIGN_SERVERS, OPERATORS, PUBLICATIONS, TEXT_SEARCH } from "./schema-database.ts";
import { AGGREGATES, FUNCTIONS } from "./schema-functions.ts";
import { DEFAULT_PRIVILEGES, GRANTS } from "./schema-grants.ts";
import { COLUMNS, TABLES } from "./schema-tables.ts";
import { SEQUENCES, TYPES } from "./schema-types.ts";
import { POLICIES, RULES, TRIGGERS, VIEWS } from "./schema-views.ts";
import type { Scope } from "./scope.ts";

const CATALOGS = [
  AGGREGATES,
  CASTS,
  COLLATIONS,
  COLUMNS,
  COMMENTS,
  CONSTRAINTS,
  DEFAULT_PRIVILEGES,
  EVENT_TRIGGERS,
  EXTENSIONS,
  FOREIGN_SERVERS,
  FUNCTIONS,
  GRANTS,
  INDEXES,
  OPERATORS,
  POLICIES,
  PUBLICATIONS,
  RULES,
  SCHEMAS,
  SEQUENCES,
  STATISTICS,
  TABLES,
  TEXT_SEARCH,
  TRIGGERS,
  TYPES,
  VIEWS,
];

/**
 * Objects by kind: `table Review`, `column Track.Rating`, `column audit.log.at`, `constraint Track.Track_pkey`, `function f(integer)`,
 * `grant on table Review`, `comment on table public.Review`. Indexes that a constraint brought are part of it. To be asked in a
 * transaction with one snapshot where it has to fit the rows.
 */
export async function readSchema(connection: Connection, scope: Scope): Promise<SchemaSnapshot> {
  await pinOutput(connection);
  const objects: SchemaObject[] = [];
  for (const catalog of CATALOGS) objects.push(...(await readCatalog(connection, scope, catalog)));
  return schemaSnapshot(objects);
}
