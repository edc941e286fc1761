import { n as readIdentity } from "./identity.js";
import { s as LARGE_OBJECTS } from "./scope.js";
import { r as fingerprintLargeObjects } from "./large-objects.js";
import { _ as string, c as int, d as nullable, h as record, l as literal, p as object, r as array, w as _regex } from "./npm-zod.js";
import { t as readPositions } from "./sequences.js";
import { n as readTables } from "./tables.js";
// src/engine/postgres/later-writes-mark.ts
const RECENT_KINDS = 4096;
function parseMark(value) {
	const text = string();
	const count = int();
	const transaction = string().check(_regex(/^\d+$/));
	const table = object({
		oid: text,
		files: array(text),
		old: count,
		recent: record(text, count)
	});
	return object({
		version: literal(2),
		database: text,
		next: transaction,
		oldest: transaction,
		running: array(transaction),
		schemas: nullable(array(text)),
		tables: record(text, table),
		sequences: record(text, text),
		largeObjects: nullable(text)
	}).safeParse(value).data;
}
// src/engine/postgres/row-age.ts
const FIRST = 3n;
const HASHING = 14e4;
const MOST_LISTED = 1000n;
const FEW = 8n;
function writtenSince(number, now, serverVersion) {
	const passed = now - number;
	if (passed > (serverVersion >= HASHING ? MOST_LISTED : FEW)) return `pg_catalog.age(xmin) between 0 and pg_catalog.age(${xid(number)})`;
	const listed = Array.from({ length: Math.max(0, Number(passed)) }, (_, index) => carried(number + BigInt(index))).filter((each) => each >= FIRST);
	return listed.length === 0 ? "false" : `xmin = any ('{${listed.join(",")}}'::pg_catalog.xid[])`;
}
function xid(number) {
	return `'${carried(number)}'::pg_catalog.xid`;
}
function carried(number) {
	return BigInt.asUintN(32, number);
}
// src/engine/postgres/later-writes.ts
const ONE_SNAPSHOT = "begin isolation level repeatable read, read only";
const MOST_TRANSACTIONS = 2n ** 31n - 2n ** 20n;
async function makeMark(connection, scope) {
	const { live } = await readIdentity(connection);
	return connection.transaction(ONE_SNAPSHOT, async () => {
		const { next, oldest, running } = await readMoment(connection);
		const files = await readFiles(connection);
		const mark = {
			version: 2,
			database: live,
			next: String(next),
			oldest: String(oldest),
			running: running.map(String),
			schemas: scope.schemas,
			sequences: await standaloneSequences(connection, scope),
			largeObjects: await fingerprintLargeObjects(connection, scope)
		};
		const tables = {};
		for (const table of await readTables(connection, {
			...scope,
			include: "all"
		})) {
			const { old, recent, written } = await countByAge(connection, table, mark, next);
			tables[table.label] = {
				oid: table.oid,
				files: files.get(table.oid) ?? [],
				old: old + written,
				recent
			};
		}
		return {
			...mark,
			tables: { ...tables }
		};
	});
}
async function makeMarkOfCopy(connection, scope, rows) {
	const { live } = await readIdentity(connection);
	return connection.transaction(ONE_SNAPSHOT, async () => {
		const { next } = await readMoment(connection);
		const files = await readFiles(connection);
		const tables = {};
		for (const { oid, label, from } of await readTables(connection, {
			...scope,
			include: "all"
		})) {
			const old = rows.get(label) ?? Number((await connection.rows(`select count(*) from ${from}`))[0]?.[0]);
			tables[label] = {
				oid,
				files: files.get(oid) ?? [],
				old,
				recent: {}
			};
		}
		return {
			version: 2,
			database: live,
			next: String(next),
			oldest: String(next),
			running: [],
			schemas: scope.schemas,
			tables,
			sequences: await standaloneSequences(connection, scope),
			largeObjects: await fingerprintLargeObjects(connection, scope)
		};
	});
}
async function writesSince(connection, value) {
	const mark = parseMark(value);
	if (mark === void 0 || (await readIdentity(connection)).live !== mark.database) return null;
	return connection.transaction(ONE_SNAPSHOT, async () => {
		const { next } = await readMoment(connection);
		const passed = next - BigInt(mark.next);
		if (passed < 0n || next - BigInt(mark.oldest) > MOST_TRANSACTIONS) return null;
		const scope = {
			schemas: mark.schemas,
			include: "all"
		};
		if (passed === 0n && mark.oldest === mark.next && !await hasUnlogged(connection)) return await sequencesUsed(connection, scope, mark);
		const files = await readFiles(connection);
		const tables = await readTables(connection, scope);
		const writes = [];
		const unreadable = await readUnreadable(connection);
		for (const table of tables) {
			const unknown = unreadable.has(table.oid);
			writes.push(unknown ? {
				table: table.label,
				written: null,
				gone: null
			} : await writesTo(connection, table, files.get(table.oid) ?? [], mark, next));
		}
		const present = new Set(tables.map(({ label }) => label));
		for (const [label, was] of Object.entries(mark.tables)) if (!present.has(label)) writes.push({
			table: label,
			written: 0,
			gone: was.old + total(was.recent)
		});
		const others = [...await sequencesUsed(connection, scope, mark), ...await largeObjectsWritten(connection, scope, mark)];
		return [...writes.filter((write) => write.written !== 0 || write.gone !== 0), ...others].sort((a, b) => a.table < b.table ? -1 : 1);
	});
}
async function hasUnlogged(connection) {
	return (await connection.rows("select 1 from pg_catalog.pg_class where relpersistence = 'u' and relkind in ('r', 'm') limit 1")).length > 0;
}
async function readUnreadable(connection) {
	const rows = await connection.rows(`select c.oid::text from pg_catalog.pg_class c where c.relkind in ('r', 'p')
     and not (pg_catalog.has_schema_privilege(c.relnamespace, 'USAGE') and pg_catalog.has_table_privilege(c.oid, 'SELECT'))`);
	return new Set(rows.map(([oid]) => oid ?? ""));
}
async function writesTo(connection, table, files, mark, now) {
	const was = mark.tables[table.label];
	const { old, recent, written } = await countByAge(connection, table, mark, now);
	if (was === void 0 || was.oid !== table.oid || was.files.some((file) => !files.includes(file))) return {
		table: table.label,
		written: old + total(recent) + written,
		gone: was === void 0 ? 0 : was.old + total(was.recent)
	};
	return {
		table: table.label,
		written: written + Math.max(0, old - was.old) + more(recent, was.recent),
		gone: Math.max(0, was.old - old) + more(was.recent, recent)
	};
}
function more(these, those) {
	return Object.entries(these).reduce((sum, [kind, rows]) => sum + Math.max(0, rows - (those[kind] ?? 0)), 0);
}
function total(recent) {
	return more(recent, {});
}
async function markOfNow(connection, value) {
	const mark = parseMark(value);
	const { next, oldest } = await readMoment(connection);
	if (mark === void 0 || oldest !== next) return value;
	const tables = Object.entries(mark.tables).map(([label, { old, recent, ...table }]) => [label, {
		...table,
		old: old + total(recent),
		recent: {}
	}]);
	return {
		...mark,
		next: String(next),
		oldest: String(oldest),
		running: [],
		tables: Object.fromEntries(tables)
	};
}
async function readMoment(connection) {
	const [row] = await connection.rows(`select pg_catalog.txid_snapshot_xmax(s)::text, pg_catalog.txid_snapshot_xmin(s)::text,
       array_to_json(array(select x::text from pg_catalog.txid_snapshot_xip(s) x))::text
     from pg_catalog.txid_current_snapshot() s`);
	const [next, oldest, running] = row ?? [];
	const numbers = JSON.parse(running ?? "[]");
	return {
		next: BigInt(next ?? 0),
		oldest: BigInt(oldest ?? 0),
		running: numbers.map(BigInt)
	};
}
async function countByAge(connection, { from }, mark, now) {
	const since = (number) => writtenSince(BigInt(number), now, connection.serverVersion);
	const written = [since(mark.next), ...mark.running.map((number) => `xmin = ${xid(BigInt(number))}`)].join(" or ");
	const before = `not (${since(mark.oldest)})`;
	const [row] = await connection.rows(`select count(*) filter (where ${before}), count(*) filter (where ${written}), count(*) from ${from}`);
	const [old = 0, later = 0, all = 0] = (row ?? []).map(Number);
	if (all === old + later) return {
		old,
		written: later,
		recent: {}
	};
	const kinds = await connection.rows(`select (xmin::text::bigint % ${RECENT_KINDS})::text, count(*) from ${from} where not (${before} or ${written}) group by 1`);
	return {
		old,
		written: later,
		recent: Object.fromEntries(kinds.map(([kind, rows]) => [kind ?? "", Number(rows)]))
	};
}
async function readFiles(connection) {
	const rows = await connection.rows(`select c.oid::text, array_to_json(case when c.relkind = 'r' then array[pg_catalog.pg_relation_filenode(c.oid)::text]
       else array(select t.relid::oid::text || ':' || pg_catalog.pg_relation_filenode(t.relid)::text
         from pg_catalog.pg_partition_tree(c.oid) t where t.isleaf) end)::text
     from pg_catalog.pg_class c where c.relkind in ('r', 'p')`);
	return new Map(rows.map(([table, files]) => [table ?? "", JSON.parse(files ?? "[]")]));
}
async function standaloneSequences(connection, scope) {
	const positions = await readPositions(connection, scope);
	return Object.fromEntries(positions.filter(({ owned }) => !owned).map(({ label, position }) => [label, position]));
}
async function largeObjectsWritten(connection, scope, mark) {
	return await fingerprintLargeObjects(connection, scope) === mark.largeObjects ? [] : [{
		table: LARGE_OBJECTS,
		written: null,
		gone: null
	}];
}
async function sequencesUsed(connection, scope, mark) {
	const now = await standaloneSequences(connection, scope);
	return Object.keys(now).filter((label) => now[label] !== mark.sequences[label]).map((label) => ({
		table: `sequence ${label}`,
		written: null,
		gone: null
	}));
}
export { writtenSince as a, writesSince as i, makeMarkOfCopy as n, markOfNow as r, makeMark as t };
