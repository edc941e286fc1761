import { V as canonicalJson } from "./domain.js";
import { n as quoteIdentifier } from "./identifiers.js";
import { s as LARGE_OBJECTS, u as pinOutput } from "./scope.js";
import { createHash } from "node:crypto";
// src/engine/postgres/value-hash.ts
function textOf(column) {
	const name = quoteIdentifier(column.name);
	const value = column.castTo === null ? name : `${name}::${column.castTo}`;
	if (column.kind === "text") return `${name}::text`;
	if (column.output === null) return `case when ${name} is not null then pg_catalog.textin(pg_catalog.record_out(row(${value}))) end`;
	return `pg_catalog.textin(pg_catalog.${quoteIdentifier(column.output)}(${value}))`;
}
function hashOf(column, seed) {
	const name = quoteIdentifier(column.name);
	switch (column.kind) {
		case "int2":
		case "int4": return `pg_catalog.hash${column.kind}extended(${name}, ${seed})`;
		case "int8": return `pg_catalog.hashint4extended((${name} >> 32)::int4, pg_catalog.hashint8extended(${name}, ${seed}))`;
		case "bool": return `pg_catalog.hashint4extended(${name}::int4, ${seed})`;
		case "oid": return `pg_catalog.hashoidextended(${name}, ${seed})`;
		case "uuid": return `pg_catalog.uuid_hash_extended(${name}, ${seed})`;
		case "date": return `case when pg_catalog.isfinite(${name}) then pg_catalog.hashint4extended(${name} - date '2000-01-01', ${seed}) else ${hashOfText(textOf(column), seed)} end`;
		default: return hashOfText(textOf(column), seed);
	}
}
function hashOfText(text, seed) {
	return `pg_catalog.hashtextextended(${text} collate "C", ${seed})`;
}
function keyHash(key) {
	return key.reduce((seed, column) => hashOf(column, seed), "0");
}
function keySeed(key) {
	const [first, ...others] = key;
	if (first === void 0 || first.kind !== "int2" && first.kind !== "int4") return keyHash(key);
	return others.reduce((seed, column) => hashOf(column, seed), `${quoteIdentifier(first.name)}::int8`);
}
function rowText(columns) {
	return `pg_catalog.textin(pg_catalog.record_out(row(${columns.map(({ name }) => quoteIdentifier(name)).join(", ")})))`;
}
// src/engine/postgres/fingerprint.ts
const FINGERPRINT_ALGORITHM = "keyed-column-sums-1";
const COLUMNS_A_SCAN = 800;
async function fingerprintTables(connection, tables) {
	await pinOutput(connection);
	const found = new Map();
	for (const table of tables) {
		const key = table.keys[0]?.map((name) => columnNamed(table, name)) ?? [];
		found.set(table.label, await fingerprintRows(connection, table.from, key, table.columns));
	}
	return found;
}
async function fingerprintRows(connection, from, key, columns) {
	const names = key.map(({ name }) => name);
	if (key.length === 0) {
		const [rows = "0", ...sums] = await numbers(connection, from, ["count(*)::text", ...[0, 1].map((seed) => sum(hashOfText(rowText(columns), String(seed))))]);
		return fingerprint(Number(rows), names, new Map(), [columns.map(({ name }) => name), sums]);
	}
	const seed = keySeed(key);
	const found = new Map();
	let rows = 0;
	for (let first = 0; first < columns.length; first += COLUMNS_A_SCAN) {
		const some = columns.slice(first, first + COLUMNS_A_SCAN);
		const [count, ...sums] = await numbers(connection, from, ["count(*)::text", ...some.flatMap((column) => facts(column, seed))]);
		rows = Number(count);
		some.forEach((column, index) => found.set(column.name, `${sums[2 * index]}:${sums[2 * index + 1]}`));
	}
	return fingerprint(rows, names, found, []);
}
function partOfFingerprint(whole, table, key, columns) {
	const names = key.map(({ name }) => name);
	if (![...key, ...columns].every(({ name, kind }) => columnNamed(table, name).kind === kind) || !sameNames(names, table.keys[0] ?? [])) return null;
	if (key.length === 0) return sameNames(namesOf(columns), namesOf(table.columns)) ? whole : null;
	const found = new Map();
	for (const { name } of columns) {
		const facts = whole.columns.get(name);
		if (facts === void 0) return null;
		found.set(name, facts);
	}
	return fingerprint(whole.rows, names, found, []);
}
function namesOf(columns) {
	return columns.map(({ name }) => name);
}
function sameNames(some, others) {
	return some.length === others.length && some.every((name, index) => name === others[index]);
}
function columnNamed(table, name) {
	const column = table.columns.find((candidate) => candidate.name === name);
	if (column === void 0) throw new Error(`the table ${table.label} has no column ${name}`);
	return column;
}
function facts(column, seed) {
	return [`count(${quoteIdentifier(column.name)})::text`, sum(hashOf(column, seed))];
}
function sum(hash) {
	return `coalesce(sum(${hash}), 0)::text`;
}
async function numbers(connection, from, expressions) {
	const [row = []] = await connection.rows(`select ${expressions.join(", ")} from ${from}`);
	return row.map((value) => value ?? "0");
}
function fingerprint(rows, key, columns, whole) {
	const said = [
		rows,
		key,
		[...columns].sort(([a], [b]) => a < b ? -1 : 1),
		whole
	];
	return {
		rows,
		columns,
		whole: createHash("sha256").update(canonicalJson(said)).digest("hex")
	};
}
// src/engine/postgres/large-objects.ts
const PART = 262144;
const column = (name, kind) => ({
	name,
	kind,
	castTo: null,
	output: `${kind}out`,
	bare: true,
	notNull: true
});
const LOID = column("loid", "oid");
const CONTENT = `(with recursive parts(loid, place, length, hash) as (
    select m.oid, 0::int8, pg_catalog.length(p.bytes), ${hashOfText("pg_catalog.encode(p.bytes, 'hex')", "0")}
      from pg_catalog.pg_largeobject_metadata m cross join lateral (select pg_catalog.lo_get(m.oid, 0, ${PART}) as bytes offset 0) p
    union all
    select o.loid, o.place + 1, pg_catalog.length(p.bytes), ${hashOfText("pg_catalog.encode(p.bytes, 'hex')", "o.place + 1")}
      from parts o cross join lateral (select pg_catalog.lo_get(o.loid, (o.place + 1) * ${PART}, ${PART}) as bytes offset 0) p
      where o.length = ${PART})
  select p.loid, pg_catalog.sum(p.length)::int8 as bytes,
    pg_catalog.hash_numeric_extended(pg_catalog.sum(p.hash), 0) as content from parts p group by p.loid) large_objects`;
const LARGE_OBJECT_TABLE = {
	oid: "2613",
	schema: "pg_catalog",
	name: "pg_largeobject",
	label: LARGE_OBJECTS,
	from: CONTENT,
	columns: [
		LOID,
		column("bytes", "int8"),
		column("content", "int8")
	],
	keys: [["loid"]]
};
async function readLargeObjects(connection, { schemas }) {
	if (schemas !== null) return [];
	const [found] = await connection.rows("select 1 from pg_catalog.pg_largeobject_metadata limit 1");
	return found === void 0 ? [] : [LARGE_OBJECT_TABLE];
}
async function fingerprintLargeObjects(connection, scope) {
	const [table] = await readLargeObjects(connection, scope);
	if (table === void 0 || (await unreadableLargeObjects(connection)).length > 0) return null;
	return (await fingerprintRows(connection, table.from, [LOID], table.columns)).whole;
}
const UNREADABLE = `select m.oid::text from pg_catalog.pg_largeobject_metadata m
  where pg_catalog.current_setting('lo_compat_privileges') = 'off'
    and not (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = current_user)
    and not exists (select from pg_catalog.aclexplode(coalesce(m.lomacl, pg_catalog.acldefault('L', m.lomowner))) a
      where a.privilege_type = 'SELECT' and (a.grantee = 0 or pg_catalog.pg_has_role(a.grantee, 'USAGE')))
  order by m.oid limit 10`;
async function unreadableLargeObjects(connection) {
	return (await connection.rows(UNREADABLE)).map(([loid]) => String(loid));
}
async function countLargeObjects(connection) {
	const [row] = await connection.rows("select count(*) from pg_catalog.pg_largeobject_metadata");
	return Number(row?.[0]);
}
export { unreadableLargeObjects as a, fingerprintRows as c, hashOf as d, hashOfText as f, textOf as g, rowText as h, readLargeObjects as i, fingerprintTables as l, keySeed as m, countLargeObjects as n, FINGERPRINT_ALGORITHM as o, keyHash as p, fingerprintLargeObjects as r, columnNamed as s, LARGE_OBJECT_TABLE as t, partOfFingerprint as u };
