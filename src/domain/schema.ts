/** Normalised structure of a database, and what changed between two of them. */

export type SchemaObjectKind =
  | "table"
  | "column"
  | "index"
  | "constraint"
  | "view"
  | "trigger"
  | "setting"
  | "function"
  | "policy"
  | "type"
  | "extension"
  | "sequence"
  | "grant"
  | "comment"
  | "schema"
  | "rule"
  | "statistics"
  | "collation"
  | "operator"
  | "cast"
  | "text search"
  | "foreign server"
  | "event trigger"
  | "publication";

export interface SchemaObject {
  readonly kind: SchemaObjectKind;
  /** Unique within its kind: `Track`, `Track.Rating`, `fk Track(AlbumId)`. */
  readonly name: string;
  /** Everything about it that a migration could change, in one normalised text; equal texts mean equal objects. */
  readonly definition: string;
}

/** Sorted by kind and name; equal snapshots have equal digests. */
export interface SchemaSnapshot {
  readonly objects: readonly SchemaObject[];
}

export interface SchemaDifference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

export function schemaSnapshot(objects: readonly SchemaObject[]): SchemaSnapshot {
  const order = (a: SchemaObject, b: SchemaObject) => compare(a.kind, b.kind) || compare(a.name, b.name);
  return { objects: [...objects].sort(order) };
}

/** What stands in `after` and not in `before`, the reverse, and what both have with another definition: `column Track.Rating`. */
export function schemaDifference(before: SchemaSnapshot, after: SchemaSnapshot): SchemaDifference {
  const old = byLabel(before);
  const now = byLabel(after);
  return {
    added: [...now.keys()].filter((label) => !old.has(label)),
    removed: [...old.keys()].filter((label) => !now.has(label)),
    changed: [...now].filter(([label, definition]) => old.has(label) && old.get(label) !== definition).map(([label]) => label),
  };
}

/** The difference as it is told: of a table that came or went as a whole, neither its columns nor its constraints. Tables first. */
export function toldDifference(before: SchemaSnapshot, after: SchemaSnapshot): SchemaDifference {
  const { added, removed, changed } = schemaDifference(before, after);
  return { added: withoutParts(added, after), removed: withoutParts(removed, before), changed };
}

function withoutParts(labels: readonly string[], { objects }: SchemaSnapshot): string[] {
  const whole = new Set(labels);
  const tables = labels.filter((label) => label.startsWith("table "));
  const all = objects.filter(({ kind }) => kind === "table").map(({ name }) => name);
  const isPart = (label: string) => {
    const table = /^(?:column|constraint) /.test(label) ? tableOf(label, all) : undefined;
    return table !== undefined && whole.has(`table ${table}`);
  };
  return [...tables, ...labels.filter((label) => !label.startsWith("table ") && !isPart(label))];
}

/** Whose `column Track.Rating`, `constraint Track.fk_album`, `constraint pk Track` or `constraint fk Track(AlbumId)` it is: the longest name that fits. */
function tableOf(label: string, tables: readonly string[]): string | undefined {
  const [, name = ""] = /^\w+ (.*)$/s.exec(label) ?? [];
  const [, bearer = ""] = /^constraint \w+ (.*?)(?: #\d+)?$/s.exec(label) ?? [];
  const fits = (table: string) => name.startsWith(`${table}.`) || bearer === table || bearer.startsWith(`${table}(`);
  return tables.filter(fits).toSorted((a, b) => b.length - a.length)[0];
}

export function sameSchema(before: SchemaSnapshot, after: SchemaSnapshot): boolean {
  const { added, removed, changed } = schemaDifference(before, after);
  return added.length + removed.length + changed.length === 0;
}

function byLabel(snapshot: SchemaSnapshot): Map<string, string> {
  return new Map(snapshot.objects.map(({ kind, name, definition }) => [`${kind} ${name}`, definition]));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
