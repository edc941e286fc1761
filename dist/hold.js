import "./rolldown-runtime.js";
import { $ as BelayError, C as unfinished, M as NO_DIFFERENCE, O as makeRunId, R as schemaDifference, V as canonicalJson, b as assertFence, et as failure, j as shownName, rt as refusal, s as decryptCommands, tt as messageOf, x as lockLost } from "./domain.js";
import { t as OneWorkspace } from "./one-workspace.js";
import { n as quoteIdentifier, r as quoteLiteral, t as qualified } from "./identifiers.js";
import { a as unreadableLargeObjects, c as fingerprintRows, d as hashOf, f as hashOfText, g as textOf, h as rowText, i as readLargeObjects, l as fingerprintTables, m as keySeed, n as countLargeObjects, p as keyHash, s as columnNamed, t as LARGE_OBJECT_TABLE, u as partOfFingerprint } from "./large-objects.js";
import { c as labelOf, s as LARGE_OBJECTS, u as pinOutput } from "./scope.js";
import { n as readTables, t as readMaterialisedViews } from "./tables.js";
import { t as readSchema } from "./schema.js";
import { c as storedCopy, d as schemaFactsOf, f as schemaStatements, i as planReplacement, l as storedDump, n as namesOf, r as passingObstacle, s as manifestOf, u as readSchemaFacts } from "./replacement.js";
import { a as readRights, i as obstacleToCopies, n as scopeOf, t as replacedScope } from "./scope-of.js";
import { A as settingsRefused, C as listArchive, D as runProgram, E as finishProgram, F as rowsDiffer, M as firstDifference, N as manifestTables, O as applyDatabaseSettings, P as readContent, S as together, T as callOf, _ as BACKUP_FILE, a as archiveOf, b as dumpInto, c as lacksOf, d as storeVariables, f as readDatabaseSettings, g as readExtensions, h as pinExtensions, i as listElsewhere, j as WHOLE, k as settingStatements, l as SETTINGS_FILE, m as restoreArchive, n as makeScratch, o as assertRows, p as listFile, r as discardElsewhere, s as fetchBackup, t as disposeQuietly, u as settingsOf, v as decompressed, w as listWithout, x as metered, y as dumpCall } from "./scratch.js";
import { A as assertDatabase, E as createDatabaseSql, F as noteOn, I as readKept, M as databaseNamed, N as databaseOf, S as noteAside, _ as letInAgain, a as discardCopy, b as sessionsThatStay, c as openCopy, d as allowConnections, f as awaitLeaving, g as holdOff, h as endSessions, i as describeCopy, j as copyRecord, l as openCopyBy, m as describeSessions, n as assertUnchanged, o as listCopies, p as awaitMakingWay, r as copyName, s as markCopy, t as administer, u as openForProgram, v as otherSessions, x as targetBusy } from "./copies.js";
import { _ as string, p as object, r as array } from "./npm-zod.js";
import { a as writtenSince, i as writesSince, n as makeMarkOfCopy, r as markOfNow, t as makeMark } from "./later-writes.js";
import { i as refuseStandby, n as connectTo, r as locate } from "./locate2.js";
import { i as patiently, n as TargetLock, t as LOCK_APPLICATION } from "./lock.js";
import { i as isInDoubt, o as sqlstateOf, r as isConnectionLost } from "./postgres-error.js";
import { a as readState, i as overwriteState, n as holdFence, o as writeState, r as nextFence, t as fenceStatement } from "./state.js";
import { t as findPrograms } from "./programs.js";
import { t as acceptedLacks } from "./accepted-lacks.js";
import { a as setPath, l as connectionsMade, n as settingsSql, u as Announcements } from "./server.js";
import { i as writingSession, r as sessionOn, t as Line } from "./session.js";
import { n as readSequences } from "./sequences.js";
import { n as readIdentity } from "./identity.js";
import { n as endOwnGroup } from "./process-group2.js";
import { r as versionOf } from "./read-view2.js";
import { createHash, randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
// src/engine/postgres/row-keys.ts
async function readKeys(connection, end, removed, changed) {
	const gone = await keysOf(connection, end, removed, 10);
	return [...gone, ...await keysOf(connection, end, changed, 10 - gone.length)];
}
async function keysOf(connection, { from, key }, hashes, most) {
	if (hashes.length === 0 || most <= 0) return [];
	const wanted = hashes.map((hash) => `'${BigInt.asIntN(64, BigInt(`0x${hash}`))}'::int8`);
	const parts = key.map((column) => `pg_catalog.left(${textOf(column)}, 61)`);
	const order = key.map(({ name }) => quoteIdentifier(name)).join(", ");
	return (await connection.rows(`select ${parts.join(", ")} from ${from} where ${keyHash(key)} = any (array[${wanted.join(", ")}]) order by ${order} limit ${most}`)).map((row) => shownKey(key, row));
}
function shownKey(key, row) {
	return key.map((column, index) => `${shownName(column.name)}=${shownValue(row[index] ?? "", column.bare)}`).join(", ");
}
function shownValue(value, bare) {
	const characters = [...value];
	const cut = characters.slice(0, 60).join("");
	return (bare ? cut : `'${cut.replaceAll("'", "''")}'`) + (characters.length > 60 ? "…" : "");
}
// src/engine/postgres/row-groups.ts
const DIGITS = 16;
const GROUP_CHARACTERS = 25e3;
const FETCH_CHARACTERS = 1e5;
const MOST_BITS = 16;
const MOST_SUMS = 32;
function groupBits(rows, hashes) {
	const rowsAGroup = Math.max(1, GROUP_CHARACTERS / recordLength(hashes));
	return Math.min(MOST_BITS, Math.max(0, Math.ceil(Math.log2(rows / rowsAGroup))));
}
function recordLength(hashes) {
	return DIGITS * (1 + hashes);
}
async function differingGroups(before, after, bits) {
	if (bits === 0 || before.hashes > MOST_SUMS) return null;
	const [old, now] = await Promise.all([groupSums(before, bits), groupSums(after, bits)]);
	const differing = [...new Set([...old.keys(), ...now.keys()])].filter((group) => old.get(group) !== now.get(group));
	return differing.length > 2 ** (bits - 1) ? null : differing;
}
async function groupSums(source, bits) {
	const sums = [
		"count(*)",
		"sum(h)",
		...hashNames(source).map((name) => `sum(${name})`)
	];
	const rows = await source.connection.rows(`select ${groupNumber(bits)} as g, array[${sums.join(", ")}]::text from (${source.records}) r group by 1`);
	return new Map(rows.map(([group, said]) => [Number(group), said ?? ""]));
}
async function* readGroups(source, bits, only) {
	const { connection } = source;
	const record = ["h", ...hashNames(source).map((name) => `coalesce(${name}, 0)`)].map((hash) => `pg_catalog.int8send(${hash})`).join(" || ");
	const filter = only === null ? "" : ` where ${groupNumber(bits)} = any (array[${only.join(", ")}]::int8[])`;
	await connection.rows("select pg_catalog.set_config('enable_hashagg', 'off', true)");
	await connection.run(`declare belay_groups no scroll cursor for
     select g, pg_catalog.string_agg(record, '') from (select ${groupNumber(bits)} as g, ${record} as record from (${source.records}) r${filter}) s
     group by g order by g`);
	const atOnce = Math.ceil(FETCH_CHARACTERS / GROUP_CHARACTERS);
	for (;;) {
		const rows = await connection.rows(`fetch forward ${atOnce} from belay_groups`);
		for (const [group, records] of rows) yield {
			number: Number(group),
			records: (records ?? "").slice(2)
		};
		if (rows.length < atOnce) break;
	}
	await connection.run("close belay_groups; set local enable_hashagg to default");
}
function hashNames({ hashes }) {
	return Array.from({ length: hashes }, (_, index) => `x${index}`);
}
function groupNumber(bits) {
	return bits === 0 ? "0::int8" : `h >> ${64 - bits}`;
}
// src/engine/postgres/compare-rows.ts
async function compareRows(before, after, ends, differing, rows) {
	const keyed = ends.before.key.length > 0;
	const names = keyed ? new Set(ends.before.key.map(({ name }) => name)) : new Set();
	const columns = differing.filter((name) => !names.has(name));
	const source = (connection, end) => keyed ? keyedRecords(connection, end, columns) : wholeRecords(connection, end);
	const [old, now] = [source(before, ends.before), source(after, ends.after)];
	const bits = groupBits(rows, old.hashes);
	const only = await differingGroups(old, now, bits);
	const tally = keyed ? new KeyedTally(columns) : new WholeTally();
	for await (const [was, is] of paired(readGroups(old, bits, only), readGroups(now, bits, only))) tally.add(recordsOf(was, old.hashes), recordsOf(is, old.hashes));
	const { removedKeys, changedKeys, ...counts } = tally.result();
	return {
		...counts,
		keys: await readKeys(before, ends.before, removedKeys, changedKeys)
	};
}
function keyedRecords(connection, end, columns) {
	const seed = keySeed(end.key);
	const hashes = end.columns.filter(({ name }) => columns.includes(name)).map((column, index) => `, ${hashOf(column, seed)} as x${index}`);
	return {
		connection,
		records: `select ${keyHash(end.key)} as h${hashes.join("")} from ${end.from}`,
		hashes: hashes.length
	};
}
function wholeRecords(connection, { from, columns }) {
	const text = rowText(columns);
	return {
		connection,
		records: `select h, x0, count(*) as x1 from (${`select ${hashOfText(text, "0")} as h, ${hashOfText(text, "1")} as x0 from ${from}`}) w group by h, x0`,
		hashes: 2
	};
}
function recordsOf(group, hashes) {
	const found = new Map();
	const length = recordLength(hashes);
	for (let start = 0; start < group.length; start += length) {
		const hash = group.slice(start, start + 16);
		let key = hash;
		for (let more = 1; found.has(key); more += 1) key = `${hash}#${more}`;
		found.set(key, group.slice(start + 16, start + length));
	}
	return found;
}
var KeyedTally = class {
	#columns;
	#changedColumns = new Set();
	#removedKeys = [];
	#changedKeys = [];
	#added = 0;
	#removed = 0;
	#changed = 0;
	constructor(columns) {
		this.#columns = columns;
	}
	add(was, is) {
		let common = 0;
		for (const [key, old] of was) {
			const now = is.get(key);
			if (now === void 0) {
				this.#removed += 1;
				note(this.#removedKeys, key);
				continue;
			}
			common += 1;
			if (old !== now) this.#change(key, old, now);
		}
		this.#added += is.size - common;
	}
	#change(key, old, now) {
		this.#changed += 1;
		note(this.#changedKeys, key);
		if (this.#changedColumns.size === this.#columns.length) return;
		for (let column = 0; column < this.#columns.length; column += 1) {
			const place = column * 16;
			if (old.slice(place, place + 16) !== now.slice(place, place + 16)) this.#changedColumns.add(column);
		}
	}
	result() {
		return {
			added: this.#added,
			removed: this.#removed,
			changed: this.#changed,
			columnsChanged: this.#columns.filter((_, index) => this.#changedColumns.has(index)),
			removedKeys: this.#removedKeys,
			changedKeys: this.#changedKeys
		};
	}
};
var WholeTally = class {
	#added = 0;
	#removed = 0;
	add(was, is) {
		const [old, now] = [counted(was), counted(is)];
		for (const [row, count] of old) this.#removed += Math.max(0, count - (now.get(row) ?? 0));
		for (const [row, count] of now) this.#added += Math.max(0, count - (old.get(row) ?? 0));
	}
	result() {
		return {
			added: this.#added,
			removed: this.#removed,
			changed: 0,
			columnsChanged: [],
			removedKeys: [],
			changedKeys: []
		};
	}
};
function counted(records) {
	return new Map([...records].map(([key, rest]) => [key.slice(0, 16) + rest.slice(0, 16), Number.parseInt(rest.slice(16), 16)]));
}
function note(keys, key) {
	if (keys.length < 10) keys.push(key.slice(0, 16));
}
async function* paired(before, after) {
	let [old, now] = await Promise.all([before.next(), after.next()]);
	while (old.done !== true || now.done !== true) {
		const [was, is] = [old.done === true ? null : old.value, now.done === true ? null : now.value];
		const number = Math.min(was?.number ?? 1e400, is?.number ?? 1e400);
		const [takeOld, takeNow] = [was?.number === number, is?.number === number];
		yield [takeOld ? was?.records ?? "" : "", takeNow ? is?.records ?? "" : ""];
		[old, now] = await Promise.all([takeOld ? before.next() : old, takeNow ? after.next() : now]);
	}
}
// src/engine/postgres/table-ends.ts
function tableEnds(before, after) {
	const old = new Set(before.columns.map(({ name }) => name));
	const now = new Set(after.columns.map(({ name }) => name));
	const common = after.columns.flatMap(({ name }) => old.has(name) ? [name] : []);
	const key = commonKey(before, after);
	const end = (table, other) => {
		const named = (name) => comparable(columnNamed(table, name), columnNamed(other, name));
		return {
			from: table.from,
			key: key.map(named),
			columns: common.map(named)
		};
	};
	return {
		before: end(before, after),
		after: end(after, before),
		columnsAdded: [...now].filter((name) => !old.has(name)),
		columnsDropped: [...old].filter((name) => !now.has(name))
	};
}
function commonKey(before, after) {
	const said = (key) => JSON.stringify([...key].sort());
	const old = new Set(before.keys.map(said));
	return after.keys.find((key) => old.has(said(key))) ?? [];
}
function comparable(column, other) {
	return column.kind === other.kind ? column : {
		...column,
		kind: "other"
	};
}
// src/engine/postgres/compare.ts
const ONE_SNAPSHOT$1 = "begin isolation level repeatable read, read only";
async function compareDatabases(before, after, scope, known = new Map()) {
	return inSnapshots(before, after, async () => {
		const [old, now] = await bothEnds(before, after, (connection) => readTables(connection, scope));
		const views = await compareViews(before, after, scope);
		const oldByLabel = new Map(old.map((table) => [table.label, table]));
		const nowByLabel = new Map(now.map((table) => [table.label, table]));
		const found = [...views];
		found.push(...await compareLargeObjects(before, after, scope));
		for (const label of new Set([...oldByLabel.keys(), ...nowByLabel.keys()])) found.push(await compareTable({
			before,
			after,
			known
		}, label, oldByLabel.get(label), nowByLabel.get(label)));
		return { tables: found.sort((a, b) => a.name < b.name ? -1 : 1) };
	});
}
function inSnapshots(before, after, work) {
	const pinned = async () => {
		await bothEnds(before, after, pinOutput);
		return work();
	};
	return before.transaction(ONE_SNAPSHOT$1, () => after.transaction(ONE_SNAPSHOT$1, pinned));
}
function bothEnds(before, after, ask) {
	return Promise.all([ask(before), ask(after)]);
}
async function compareTable({ before, after, known }, name, old, now) {
	if (old === void 0 || now === void 0) {
		const rowsBefore = old === void 0 ? null : await countRows(before, old.from);
		const rowsAfter = now === void 0 ? null : await countRows(after, now.from);
		return {
			...withoutDifference(name, rowsBefore, rowsAfter),
			added: rowsAfter ?? 0,
			removed: rowsBefore ?? 0
		};
	}
	const ends = tableEnds(old, now);
	const { columnsAdded, columnsDropped } = ends;
	const { rowsBefore, rowsAfter, rows } = await compareEnds(before, after, ends, knownEnd(known.get(name), old, ends));
	return {
		name,
		rowsBefore,
		rowsAfter,
		...rows,
		columnsAdded,
		columnsDropped,
		...columnsDropped.length === 0 ? {} : { valuesDropped: await countValues(before, old.from, columnsDropped) }
	};
}
async function compareLargeObjects(before, after, scope) {
	if ((await bothEnds(before, after, (connection) => readLargeObjects(connection, scope))).every((found) => found.length === 0)) return [];
	const [[unread], [unreadNow]] = await bothEnds(before, after, unreadableLargeObjects);
	const unreadable = unread ?? unreadNow;
	if (unreadable === void 0) return [await compareTable({
		before,
		after,
		known: new Map()
	}, LARGE_OBJECTS, LARGE_OBJECT_TABLE, LARGE_OBJECT_TABLE)];
	const [old, now] = await bothEnds(before, after, countLargeObjects);
	return [{
		...withoutDifference(LARGE_OBJECTS, old, now),
		unproven: `this role may not read all of them, number ${unreadable} for one`
	}];
}
function knownEnd(whole, old, { before }) {
	return whole === void 0 ? null : partOfFingerprint(whole, old, before.key, before.columns);
}
async function compareEnds(before, after, ends, known) {
	const [old, now] = await Promise.all([known ?? fingerprintRows(before, ends.before.from, ends.before.key, ends.before.columns), fingerprintRows(after, ends.after.from, ends.after.key, ends.after.columns)]);
	const counts = {
		rowsBefore: old.rows,
		rowsAfter: now.rows
	};
	if (old.whole === now.whole) return {
		...counts,
		rows: NO_DIFFERENCE
	};
	const differing = [...now.columns].flatMap(([name, facts]) => old.columns.get(name) === facts ? [] : [name]);
	return {
		...counts,
		rows: await compareRows(before, after, ends, differing, Math.max(old.rows, now.rows))
	};
}
async function compareViews(before, after, scope) {
	const ask = async (connection) => {
		const counts = new Map();
		for (const { label, from } of await readMaterialisedViews(connection, scope)) counts.set(label, await countRows(connection, from));
		return counts;
	};
	const [old, now] = await bothEnds(before, after, ask);
	return [...old].flatMap(([name, rows]) => {
		const rowsNow = now.get(name);
		return rowsNow === void 0 ? [] : [withoutDifference(name, rows, rowsNow)];
	});
}
function withoutDifference(name, rowsBefore, rowsAfter) {
	return {
		name,
		rowsBefore,
		rowsAfter,
		...NO_DIFFERENCE,
		columnsAdded: [],
		columnsDropped: []
	};
}
async function countRows(connection, from) {
	const [row] = await connection.rows(`select count(*) from ${from}`);
	return Number(row?.[0]);
}
async function countValues(connection, from, columns) {
	const counts = columns.map((column) => `count(${quoteIdentifier(column)})`);
	const [row] = await connection.rows(`select ${counts.join(", ")} from ${from}`);
	return Object.fromEntries(columns.map((column, index) => [column, Number(row?.[index])]));
}
// src/engine/postgres/labels-in-scope.ts
const LABEL = /^(?:("(?:[^"]|"")*"|[^."]+)\.)?("(?:[^"]|"")*"|[^."]+)$/;
function belongsTo(label, { schemas, include = "application" }) {
	if (label === "large objects") return schemas === null;
	const [, schema = "public", name = ""] = LABEL.exec(label) ?? [];
	return (schemas === null || schemas.includes(plain(schema))) && (include === "all" || plain(name) !== "belay_migrations");
}
function plain(part) {
	return part.startsWith("\"") ? part.slice(1, -1).replaceAll("\"\"", "\"") : part;
}
// src/engine/postgres/stored-facts.ts
async function storedFacts(connection, schema, { fingerprints }) {
	const schemas = await readSchemaFacts(connection, { schemas: null });
	const needed = await obstacleToCopies(connection) !== null;
	const columns = Object.fromEntries([...fingerprints].map(([label, table]) => [label, Object.fromEntries(table.columns)]));
	return {
		schemas: schemas.map((each) => ({
			...each,
			grants: each.grants.map((grant) => ({ ...grant }))
		})),
		schemaSha256: schemaSha256(schema),
		...needed ? { columns } : {}
	};
}
function schemaSha256({ objects }) {
	return createHash("sha256").update(canonicalJson(objects)).digest("hex");
}
function columnFactsOf(facts, label) {
	const { columns } = facts;
	if (typeof columns !== "object" || columns === null || Array.isArray(columns)) return void 0;
	const table = columns[label];
	if (typeof table !== "object" || table === null || Array.isArray(table)) return void 0;
	return Object.keys(table).length === 0 ? void 0 : table;
}
// src/engine/postgres/compare-stored.ts
const ONE_SNAPSHOT = "begin isolation level repeatable read, read only";
function compareWithStored(after, manifest, scope) {
	return after.transaction(ONE_SNAPSHOT, async () => {
		const schema = await readSchema(after, { schemas: scope.schemas });
		const tables = [...await readTables(after, scope), ...await readLargeObjects(after, scope)];
		const now = await fingerprintTables(after, tables);
		const was = new Map(manifest.tables.filter(({ name }) => belongsTo(name, scope)).map((table) => [table.name, table]));
		const serverMajor = Math.floor(after.serverVersion / 1e4);
		const found = [...was.values()].flatMap((table) => now.has(table.name) ? [] : [dropped(table)]);
		for (const table of tables) {
			const fingerprint = now.get(table.label);
			if (fingerprint === void 0) continue;
			const before = was.get(table.label);
			found.push(before === void 0 ? made(table, fingerprint) : compared(before, columnFactsOf(manifest.engineFacts, table.label), table, fingerprint, serverMajor));
		}
		const sameSchema = manifest.engineFacts["schemaSha256"] === schemaSha256(schema);
		return {
			data: { tables: found.sort((a, b) => a.name < b.name ? -1 : 1) },
			sameSchema,
			missing: []
		};
	});
}
function dropped({ name, rows }) {
	return {
		...same(name, rows),
		rowsAfter: null,
		removed: rows
	};
}
function made({ label }, { rows }) {
	return {
		...same(label, rows),
		rowsBefore: null,
		added: rows
	};
}
function same(name, rows) {
	return {
		name,
		rowsBefore: rows,
		rowsAfter: rows,
		...NO_DIFFERENCE,
		columnsAdded: [],
		columnsDropped: []
	};
}
function compared({ name, rows, fingerprint }, old, table, now, serverMajor) {
	const counts = {
		...same(name, rows),
		rowsAfter: now.rows,
		added: Math.max(0, now.rows - rows),
		removed: Math.max(0, rows - now.rows)
	};
	if (!(fingerprint?.algorithm === "keyed-column-sums-1" && fingerprint.serverMajor === serverMajor)) return {
		...counts,
		unproven: "the backup's fingerprint was made in another way"
	};
	if (fingerprint.value === now.whole) return counts;
	if (old === void 0 || now.columns.size === 0) return {
		...counts,
		unproven: UNTOLD
	};
	const columns = {
		columnsAdded: [...now.columns.keys()].filter((column) => !(column in old)),
		columnsDropped: Object.keys(old).filter((column) => !now.columns.has(column))
	};
	const valuesDropped = Object.fromEntries(columns.columnsDropped.map((column) => [column, Number(old[column]?.split(":")[0])]));
	const whole = {
		...counts,
		...columns,
		...columns.columnsDropped.length === 0 ? {} : { valuesDropped }
	};
	const differing = [...now.columns].flatMap(([column, facts]) => column in old && old[column] !== facts ? [column] : []);
	if (differing.length === 0 && now.rows === rows && now.columns.size > columns.columnsAdded.length) return whole;
	return differing.length > 0 && (table.keys[0] ?? []).every((column) => column in old && !differing.includes(column)) ? {
		...whole,
		changed: 1,
		columnsChanged: differing,
		unproven: UNTOLD
	} : {
		...whole,
		unproven: UNTOLD
	};
}
const UNTOLD = "it is no longer what was backed up, and which rows differ only a copy of the backup could tell";
// src/engine/postgres/left-out.ts
function keptLeftOut(all) {
	return all.map(({ said, labels }) => ({
		said,
		labels: [...labels]
	}));
}
function leftOutOf({ engineFacts }) {
	return parse(engineFacts["leftOut"]);
}
function leftOutOfReference(reference) {
	return "backup" in reference ? leftOutOf(reference.backup.manifest) : leftOutOfCopy(reference.copy);
}
function withLacks(copy, leftOut, refused = []) {
	const lacks = [...leftOut.map(({ said }) => said), ...refused];
	if (lacks.length === 0) return copy;
	const { evidence } = copy;
	const known = typeof evidence === "object" && evidence !== null && !Array.isArray(evidence) ? evidence : {};
	return {
		...copy,
		lacks,
		evidence: leftOut.length === 0 ? evidence : {
			...known,
			leftOut: keptLeftOut(leftOut)
		}
	};
}
function sameButForLeftOut(reference, after, leftOut) {
	const { added, removed, changed } = schemaDifference(reference, after);
	const labels = new Set(leftOut.flatMap((each) => each.labels));
	return removed.length + changed.length === 0 && added.every((label) => labels.has(label));
}
function missingIn({ objects }, leftOut) {
	const there = new Set(objects.map(({ kind, name }) => `${kind} ${name}`));
	return leftOut.filter(({ labels: [thing] }) => thing === void 0 || !there.has(thing)).map(({ said }) => said);
}
function leftOutOfCopy(copy) {
	const manifest = manifestOf(copy);
	if (manifest !== null) return leftOutOf(manifest);
	const { evidence } = copy;
	return typeof evidence === "object" && evidence !== null && "leftOut" in evidence ? parse(evidence["leftOut"]) : [];
}
function parse(kept) {
	if (kept === void 0) return [];
	return readKept(array(object({
		said: string(),
		labels: array(string())
	})), kept, "what it lacks");
}
// src/engine/postgres/orphans.ts
const LIMIT_MS = 1e4;
const POLL_MS = 50;
function applicationOf(run) {
	return `belay-${run}`;
}
async function endOrphans(connection, run) {
	await endSessionsOf(connection, "a.application_name = $1", applicationOf(run), `of run ${run}, which died`);
}
async function endSession(connection, pid, run) {
	await endSessionsOf(connection, `a.application_name = '${applicationOf(run).replaceAll("'", "''")}' and a.pid = $1::int4`, String(pid), "of this run");
}
async function endSessionsOf(connection, which, value, whose) {
	const sessions = `from pg_catalog.pg_stat_activity a where ${which} and a.pid <> pg_catalog.pg_backend_pid()`;
	const deadline = performance.now() + LIMIT_MS;
	for (;;) {
		const alive = await connection.rows(`select a.pid::text ${sessions}`, [value]);
		if (alive.length === 0) return;
		const pids = alive.map(([pid]) => pid).join(", ");
		if (performance.now() > deadline) throw stillThere(pids, whose, "it outlives pg_terminate_backend");
		try {
			await connection.rows(`select pg_catalog.pg_terminate_backend(a.pid) ${sessions}`, [value]);
		} catch (error) {
			throw stillThere(pids, whose, messageOf(error), error);
		}
		await setTimeout(POLL_MS);
	}
}
function stillThere(pids, whose, why, cause) {
	return failure("orphans-alive", `ending the sessions ${whose} (pid ${pids} of the server): ${why}`, {
		hint: "end them as a role that may: `select pg_terminate_backend(…)`; they may still write",
		cause
	});
}
// src/engine/postgres/restore-aside.ts
async function restoreAside(place, store, folder, manifest, run, progress, { recordProcess, signal } = {}) {
	const settings = await settingsOf(store, folder, manifest);
	const scratch = await makeScratch({
		...place,
		options: {
			...place.options,
			scratch: null
		}
	}, "scratch", run, settings);
	try {
		const application = `belay-${run}`;
		const { variables } = place.options;
		const call = {
			server: place.server,
			database: scratch.name,
			application,
			variables,
			record: recordProcess,
			signal
		};
		const total = manifest.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
		const serverMajor = Math.floor(scratch.admin.serverVersion / 1e4);
		await fetchBackup({
			store,
			folder,
			manifest
		}, call, {
			serverMajor,
			pinVersions: true,
			told: (done) => progress?.(done, total)
		});
		{
			await using connection = await place.server.connect({
				database: scratch.name,
				application,
				...signal === void 0 ? {} : { signal }
			});
			await connection.run("analyze");
			await assertRows(connection, {
				store,
				folder,
				manifest
			});
		}
		const refused = await applyDatabaseSettings(scratch.admin, scratch.name, settings);
		const copy = withLacks(await describeCopy(place, scratch.name), leftOutOf(manifest), settingsRefused(refused));
		scratch.keep();
		return copy;
	} finally {
		await disposeQuietly(scratch);
	}
}
// src/engine/postgres/reference.ts
async function inCopy(place, reference, comparing, work) {
	if ("copy" in reference) {
		await using before = await openCopy(place, reference.copy, comparing.application);
		return await work(before);
	}
	const { store, folder, manifest } = reference.backup;
	const copy = await restoreAside(place, store, folder, manifest, makeRunId(new Date(), randomBytes(10)), void 0, comparing);
	try {
		await using before = await openCopy(place, copy, comparing.application);
		return await work(before);
	} finally {
		await discardCopy(place, copy);
	}
}
// src/engine/postgres/carry-state.ts
async function carryState(admin, place, copy, run) {
	const application = `belay-${run}`;
	const reading = stateOf(place, application);
	const read = Promise.allSettled([reading]);
	try {
		await using into = await openCopyBy(admin, place, copy, application);
		await overwriteState(into, await reading);
	} finally {
		await read;
	}
}
async function stateOf(place, application) {
	await using source = await place.server.connect({
		database: place.database,
		application
	});
	return await readState(source);
}
// src/engine/postgres/swap.ts
async function replaceByRename(place, intent, names, owner) {
	const swap = {
		place,
		intent,
		names,
		owner
	};
	try {
		await using connection = await administer(place, `belay-${names.run}`);
		if (await isDone$1(connection, names)) return;
		await letInAgain(connection, place.database);
		await exchange(connection, swap);
	} catch (error) {
		if (!await settle(swap, error)) throw guardFailed(error) ? lockLost() : error;
	}
}
async function exchange(connection, swap) {
	const { place, names, owner } = swap;
	const target = await assertStartingPoint$1(connection, swap);
	const obstacle = await patientObstacle(connection, target);
	if (obstacle !== null) throw targetBusy(place.database, obstacle);
	await together(void 0, () => [owner.assertOwner(), carryState(connection, place, swap.intent.from, names.run)]);
	const copy = await assertUnchanged(connection, swap.intent.from);
	assertEnded(copy.name, await endSessions(connection, copy));
	await awaitMakingWay(connection, target);
	if (await renamedQuietly(connection, swap, target, copy)) return;
	await holdOff(connection, target, names.run, owner.guard);
	assertEnded(place.database, await endSessions(connection, target));
	await renamedInTime(connection, swap, copy);
}
function assertEnded(database, staying) {
	if (staying.length > 0) throw targetBusy(database, `${describeSessions(staying)} will not go`);
}
const PATIENCE_MS = 1e3;
async function patientObstacle(connection, target) {
	for (const deadline = performance.now() + PATIENCE_MS;; await setTimeout(20)) {
		const obstacle = await passingObstacle(connection, target);
		if (obstacle === null || performance.now() > deadline) return obstacle;
	}
}
const FIRST_TRY_MS = 20;
const LAST_TRY_MS = 1280;
async function renamedInTime(connection, swap, copy) {
	for (let tryMs = FIRST_TRY_MS;; tryMs *= 2) try {
		return await rename(connection, swap, copy, tryMs);
	} catch (error) {
		if (!isBusy(error)) throw error;
		if (tryMs >= LAST_TRY_MS) throw targetBusy(swap.place.database, messageOf(error), error);
	}
}
async function rename(connection, swap, copy, limitMs) {
	await connection.run(`set statement_timeout = ${limitMs}`);
	await connection.run(renames(swap, copy));
}
async function renamedQuietly(connection, swap, target, copy) {
	if ((await otherSessions(connection, target.oid)).length > 0) return false;
	try {
		await rename(connection, swap, copy, FIRST_TRY_MS);
		return true;
	} catch (error) {
		if (isBusy(error)) return false;
		throw error;
	}
}
function renames({ place, intent, names, owner }, copy) {
	const { database } = place;
	const kept = copyRecord(database, "failed", names.run, null);
	return [
		...owner.guard === void 0 ? [] : [owner.guard],
		nameCheck(database, names.target),
		nameCheck(copy.name, names.copy),
		`alter database ${quoteIdentifier(database)} rename to ${quoteIdentifier(intent.keepAs)}`,
		`alter database ${quoteIdentifier(copy.name)} rename to ${quoteIdentifier(database)}`,
		allowConnections(intent.keepAs, true),
		allowConnections(database, names.open),
		noteOn(intent.keepAs, kept),
		noteOn(database, copy.comment)
	].join(";\n");
}
function nameCheck(name, oid) {
	const check = `if (select d.oid from pg_catalog.pg_database d where d.datname = ${quoteLiteral(name)}) is distinct from ${quoteLiteral(oid)}::pg_catalog.oid
    then raise exception using message = 'the name leads to another database than before'; end if;`;
	return `do ${quoteLiteral(`begin ${check} end`)}`;
}
function isBusy(error) {
	return error instanceof BelayError && (error.facts["sqlstate"] === "55006" || error.facts["sqlstate"] === "57014");
}
function guardFailed(error) {
	return error instanceof BelayError && error.facts["sqlstate"] === "22012";
}
async function isDone$1(connection, names) {
	return (await databaseOf(connection, names.copy))?.name === names.database;
}
async function assertStartingPoint$1(connection, { place, intent, names }) {
	await assertUnchanged(connection, intent.from);
	const target = await assertDatabase(connection, place.database);
	if (target.oid !== names.target) throw failure("target-changed", `${place.database} is no longer the database that was to be replaced`, {
		hint: "somebody put another database in its place; look at both before anything else",
		facts: {
			expected: names.target,
			found: target.oid
		}
	});
	if (await databaseNamed(connection, intent.keepAs) !== void 0) throw failure("aside-name-taken", `there is a database ${intent.keepAs} already, and it is not the one that is to be kept`, { hint: "rename it, then run `belay recover`" });
	return target;
}
async function settle({ place, names }, error) {
	try {
		await using connection = await administer(place, `belay-${names.run}`);
		if (await isDone$1(connection, names)) return true;
		await letInAgain(connection, place.database);
		return false;
	} catch (unasked) {
		throw failure("replacement-in-doubt", `${messageOf(error)}; whether ${place.database} was replaced cannot be asked: ${messageOf(unasked)}`, {
			hint: "when the server is back, run `belay recover`: it looks, lets sessions in where they are held off, and finishes",
			cause: error
		});
	}
}
// src/engine/postgres/publications.ts
const OWN = "pg_catalog.pg_has_role(p.pubowner, 'USAGE')";
const FROM = `from pg_catalog.pg_publication p join pg_catalog.pg_publication_rel r on r.prpubid = p.oid
  join pg_catalog.pg_class c on c.oid = r.prrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace`;
async function leavePublications(target, schemas) {
	return (await target.rows(`select p.pubname, n.nspname, c.relname ${FROM} where n.oid = any ($1::oid[]) and ${OWN} order by 1, 2, 3`, [schemas])).map(([publication, schema, table]) => alter(publication, "drop", schema, table));
}
async function joinPublications(source, target, schemas) {
	const own = await target.rows(`select p.pubname from pg_catalog.pg_publication p where ${OWN}`);
	const names = new Set(own.map(([name]) => name));
	const partly = source.serverVersion >= 15e4 ? `(select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_catalog.pg_attribute a where a.attrelid = r.prrelid and a.attnum = any (r.prattrs)),
         pg_catalog.pg_get_expr(r.prqual, r.prrelid)` : "null, null";
	return (await source.rows(`select p.pubname, n.nspname, c.relname, ${partly} ${FROM} where n.nspname = any ($1::text[]) order by 1, 2, 3`, [schemas])).filter(([publication]) => names.has(publication ?? "")).map(([publication, schema, table, columns, condition]) => {
		const only = typeof columns === "string" ? ` (${columns})` : "";
		return `${alter(publication, "add", schema, table)}${only}${typeof condition === "string" ? ` where (${condition})` : ""}`;
	});
}
function alter(publication, how, schema, table) {
	return `alter publication ${quoteIdentifier(String(publication))} ${how} table only ${qualified(String(schema), String(table))}`;
}
// src/engine/postgres/schemas-as-sql.ts
function schemasAsSql(call, wanted) {
	const stored = manifestOf(wanted.from);
	return stored === null ? ofDatabase(call, wanted) : ofBackup(call, wanted, storedDump(wanted.from, stored, wanted.store));
}
async function* ofDatabase(call, { place, from, made, programs, act }) {
	const patterns = made.map((schema) => `--schema=${quoteIdentifier(schema)}`);
	const argv = [
		programs.dump,
		"--format=custom",
		"--compress=0",
		"--no-password",
		...patterns
	];
	const dump = callOf({
		...call,
		database: from.place
	}, argv, act, "restore-failed");
	const script = callOf(call, restoreArgv(programs, made), act, "restore-failed");
	yield* runProgram({
		...script,
		input: openForProgram(place, from, call.application, runProgram(dump))
	});
}
async function* ofBackup(call, { made, programs, act }, dump) {
	const { entries, withoutOwners } = lacksOf(dump.manifest);
	const list = entries.length === 0 ? void 0 : listWithout(await listArchive(archiveOf(dump), call, programs), entries);
	await using file = list === void 0 ? null : await listFile(list);
	const argv = [
		...restoreArgv(programs, made),
		...withoutOwners ? ["--no-owner"] : [],
		...file === null ? [] : [`--use-list=${file.path}`]
	];
	const archive = archiveOf(dump)[Symbol.asyncIterator]();
	try {
		yield* runProgram({
			...callOf(call, argv, act, "restore-failed"),
			input: allOf(archive)
		});
		for await (const _ of allOf(archive));
	} finally {
		await archive.return?.();
	}
}
async function* allOf(bytes) {
	for (let next = await bytes.next(); next.done !== true; next = await bytes.next()) yield next.value;
}
function restoreArgv({ restore }, made) {
	return [
		restore,
		"--file=-",
		...made.map((schema) => `--schema=${schema}`)
	];
}
// src/engine/postgres/replace-schemas.ts
const LOCK_WAIT_MS = 5e3;
async function replaceSchemas(place, intent, names, schemas, owner) {
	const application = `belay-${names.run}`;
	await using target = await place.server.connect({
		database: place.database,
		application
	});
	if (await isDone(target, schemas)) return;
	await assertStartingPoint(target, place, schemas);
	const before = [
		"begin",
		`set local lock_timeout = ${LOCK_WAIT_MS}`,
		...owner.guard === void 0 ? [] : [owner.guard],
		...await lockTables(target, schemas.moved),
		...await leavePublications(target, oids(schemas.moved)),
		...schemas.moved.flatMap(({ name, aside }) => [`alter schema ${quoteIdentifier(name)} rename to ${quoteIdentifier(aside)}`]),
		...await foreignKeysLetGo(target, schemas.moved),
		...await schemaStatements(target, await factsOf(place, intent.from, schemas, application)),
		...schemas.moved.map(({ aside }) => noteAside(aside, new Date().toISOString()))
	];
	const after = await publicationsOf(place, intent.from, schemas, target, application);
	await owner.assertOwner();
	const programs = await findPrograms(Math.floor(target.serverVersion / 1e4), place.options.variables);
	await together(void 0, (signal) => [pour(place, intent, schemas, {
		programs,
		application,
		before,
		after,
		signal,
		store: owner.store
	})]);
	await assertDone(target, place, schemas);
	await target.run("analyze");
}
async function assertDone(target, { database }, schemas) {
	if (await isDone(target, schemas)) return;
	throw failure("restore-failed", `restoring the schemas of ${database}: psql ended well and committed nothing`, { hint: "the database is what it was; report this with the versions of psql and of the server" });
}
async function factsOf(place, from, { made }, application) {
	const stored = manifestOf(from);
	if (stored !== null) return schemaFactsOf(stored.engineFacts["schemas"], { schemas: made });
	await using source = await openCopy(place, from, application);
	return await readSchemaFacts(source, { schemas: made });
}
async function publicationsOf(place, from, { made }, target, application) {
	if (manifestOf(from) !== null) return [];
	await using source = await openCopy(place, from, application);
	return await joinPublications(source, target, made);
}
async function pour(place, { from }, { made }, pouring) {
	const { programs, application, before, signal } = pouring;
	const call = {
		server: place.server,
		application,
		variables: place.options.variables,
		signal
	};
	const act = `restoring the schemas of ${place.database}`;
	const psql = callOf({
		...call,
		database: place.database
	}, [
		programs.psql,
		"--no-psqlrc",
		"--quiet",
		"--no-password",
		"--set=ON_ERROR_STOP=1",
		"--set=VERBOSITY=verbose",
		"--output=/dev/null"
	], act, "restore-failed");
	async function* input() {
		yield Buffer.from(`${before.join(";\n")};\n`);
		if (made.length > 0) yield* schemasAsSql({
			...call,
			database: place.database
		}, {
			place,
			from,
			made,
			programs,
			act,
			store: pouring.store
		});
		yield Buffer.from(`\n${[...pouring.after, "commit"].map((statement) => `${statement};\n`).join("")}`);
	}
	await finishProgram(errorsNamed(place, {
		...psql,
		input: input()
	}));
}
function errorsNamed({ database }, request) {
	return {
		...request,
		failed: (end) => {
			if (/\b55P03\b/.test(end.stderr)) return targetBusy(database, "somebody works on its tables", request.failed(end));
			return /\b22012\b/.test(end.stderr) ? lockLost() : request.failed(end);
		}
	};
}
async function lockTables(target, moved) {
	const tables = (await target.rows(`select n.nspname, c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.oid = any ($1::oid[]) and c.relkind in ('r', 'p') and not c.relispartition order by 1, 2`, [oids(moved)])).map(([schema, table]) => qualified(String(schema), String(table)));
	return tables.length === 0 ? [] : [`lock table ${tables.join(", ")} in access exclusive mode`];
}
async function foreignKeysLetGo(target, moved) {
	const rows = await target.rows(`select c.relnamespace::text, c.relname, k.conname from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid
       join pg_catalog.pg_class r on r.oid = k.confrelid
     where k.contype = 'f' and k.conparentid = 0 and k.coninhcount = 0 and c.relnamespace = any ($1::oid[]) and r.relnamespace <> all ($1::oid[])
     order by 1, 2, 3`, [oids(moved)]);
	const aside = new Map(moved.map((schema) => [schema.oid, schema.aside]));
	return rows.map(([schema, table, key]) => `alter table ${qualified(aside.get(String(schema)) ?? "", String(table))} drop constraint ${quoteIdentifier(String(key))}`);
}
async function isDone(target, { moved, made }) {
	const names = await namesNow(target, moved);
	if (moved.length > 0) return moved.every(({ oid, aside }) => names.get(oid) === aside);
	const rows = await target.rows("select nspname from pg_catalog.pg_namespace where nspname = any ($1::text[])", [made]);
	return made.length === rows.length;
}
async function assertStartingPoint(target, { database }, { moved }) {
	const names = await namesNow(target, moved);
	const strange = moved.filter(({ oid, name }) => names.get(oid) !== name);
	if (strange.length === 0) return;
	throw failure("target-changed", `in ${database} the schema ${strange.map(({ name }) => name).join(", ")} is no longer the one that was to be replaced`, { hint: "somebody renamed or dropped it; look at the database before anything else" });
}
async function namesNow(target, moved) {
	const rows = await target.rows("select oid::text, nspname from pg_catalog.pg_namespace where oid = any ($1::oid[])", [oids(moved)]);
	return new Map(rows.map(([oid, name]) => [String(oid), String(name)]));
}
function oids(moved) {
	return `{${moved.map(({ oid }) => oid).join(",")}}`;
}
// src/engine/postgres/replace.ts
async function replaceTarget(place, intent, owner) {
	const names = namesOf(place, intent);
	if (intent.strategy === "swap") return replaceByRename(place, intent, names, owner);
	if (intent.way === "schemas" && names.schemas !== null) return replaceSchemas(place, intent, names, names.schemas, owner);
	throw failure("intent-unreadable", `PostgreSQL knows no way "${intent.way}" to restore`, { hint: "use the version of Belay that made this run" });
}
// src/engine/postgres/clone.ts
async function templateClone(place, connection, run) {
	const name = copyName(place, "clone", run);
	const target = await assertDatabase(connection, place.database);
	const others = await otherSessions(connection, target.oid);
	const staying = sessionsThatStay(others);
	if (staying.length > 0) throw impossible(place, `${describeSessions(staying)} is connected, and this role may not end that`);
	try {
		if (others.some(({ user }) => user !== null)) await cloneHoldingOff(place, connection, target, name, run);
		else await createClone(connection, target, name);
		await markCopy(connection, place, name, "clone", run);
		const refused = await applyDatabaseSettings(connection, name, await readDatabaseSettings(connection));
		return withLacks(await describeCopy(place, name), [], settingsRefused(refused));
	} catch (error) {
		await discardCopy(place, {
			kind: "clone",
			place: name,
			runSuffix: run.slice(-10),
			sizeBytes: 0,
			madeAt: "",
			evidence: null
		}).catch(() => void 0);
		throw error;
	}
}
async function cloneHoldingOff(place, connection, target, name, run) {
	if (!place.canRename) {
		if (!await awaitLeaving(connection, target)) throw impossible(place, `others are connected, and from inside ${place.database} they cannot be held off (lock.database names another)`);
		return createClone(connection, target, name);
	}
	await using admin = await administer(place, `belay-${run}`);
	await holdOff(admin, target, run);
	try {
		const left = await endSessions(admin, target, [connection.pid]);
		if (left.length > 0) throw impossible(place, `${describeSessions(left)} will not go`);
		await createClone(connection, target, name);
	} finally {
		await letInAgain(admin, place.database);
	}
}
function impossible({ database }, why) {
	return refusal("clone-impossible", `${database} cannot be cloned: ${why}`, { hint: "stop what uses the database (app.stop), or prove backups by a restore (`backup.proof: restore`): the restored copy is the clone then" });
}
const FILE_COPY_BYTES = 67108864;
async function createClone(connection, { oid, name: target }, name) {
	const [row] = await connection.rows("select pg_catalog.pg_database_size($1::oid)", [oid]);
	const large = Number(row?.[0] ?? 0) >= FILE_COPY_BYTES;
	const create = `create database ${quoteIdentifier(name)} template ${quoteIdentifier(target)}`;
	if (large && connection.serverVersion >= 18e4 && await sharingBlocks(connection, create)) return;
	await connection.run(large && connection.serverVersion >= 15e4 ? `${create} strategy file_copy` : create);
}
async function sharingBlocks(connection, create) {
	try {
		await connection.run("set file_copy_method = clone");
		await connection.run(`${create} strategy file_copy`);
		return true;
	} catch (error) {
		const sqlstate = error instanceof BelayError ? error.facts["sqlstate"] : void 0;
		if (typeof sqlstate === "string" && CANNOT_SHARE.test(sqlstate)) return false;
		throw error;
	} finally {
		await connection.run("reset file_copy_method").catch(() => void 0);
	}
}
const CANNOT_SHARE = /^(?:22023|0A000|58\d\d\d|XX000)$/;
// src/engine/postgres/prove-restored.ts
async function proveByRestoring(work, run, stored, before, kind, told) {
	const { place } = work.source;
	const scratch = await makeScratch(place, kind, run, before.settings);
	try {
		await restoreStored(work, stored, scratch, told);
		await assertSameContent(work, before, scratch, {
			analyse: kind === "clone",
			differs: unproven
		});
		if (kind === "scratch") return {
			proof: "restored",
			lacks: await settingsLackingIn(place, before, scratch),
			clone: null
		};
		return {
			proof: "restored",
			...await keepAsClone(place, before, scratch, work.lacks)
		};
	} finally {
		await disposeQuietly(scratch);
	}
}
async function settingsLackingIn({ options }, before, { admin, name }) {
	return options.scratch === null ? settingsRefused(await applyDatabaseSettings(admin, name, before.settings)) : [];
}
async function restoreStored(work, stored, scratch, told) {
	const { call, source, lacks } = work;
	const serverMajor = Math.floor(scratch.admin.serverVersion / 1e4);
	const programs = serverMajor > work.programs.major ? await findPrograms(serverMajor, source.place.options.variables) : work.programs;
	const into = {
		...call,
		server: scratch.server,
		database: scratch.name
	};
	const dump = async function* () {
		yield* decompressed(await stored(), unproven);
	};
	const left = await leftOut(work, scratch);
	const list = left.length === 0 ? void 0 : listWithout(await listArchive(dump(), into, programs), left);
	await restoreArchive(metered(dump(), told), into, {
		programs,
		serverMajor,
		list,
		withoutOwners: lacks.withoutOwners
	});
}
async function leftOut({ call, source, lacks }, { server, name }) {
	const extensions = await readExtensions(source.connection);
	if (extensions.length === 0) return lacks.entries;
	await using connection = await server.connect({
		database: name,
		application: call.application
	});
	const { entries, withoutOwners } = lacks;
	return [...entries, ...await pinExtensions(connection, extensions, {
		lacking: entries,
		withoutOwners
	})];
}
async function assertSameContent({ call, source, lacks }, before, { server, name }, { analyse, differs }) {
	const signal = source.signal === void 0 ? {} : { signal: source.signal };
	await using connection = await server.connect({
		database: name,
		application: call.application,
		...signal
	});
	if (analyse) await connection.run("analyze");
	const difference = firstDifference(before.content, await readContent(connection), {
		lacking: lacks.labels,
		withoutOwners: lacks.withoutOwners,
		sequencesAfter: before.sequencesAfter
	});
	if (difference !== void 0) throw differs(difference);
}
async function keepAsClone(place, before, scratch, { leftOut }) {
	const lacks = settingsRefused(await applyDatabaseSettings(scratch.admin, scratch.name, before.settings));
	const clone = withLacks(await describeCopy(place, scratch.name), leftOut, lacks);
	scratch.keep();
	return {
		clone,
		lacks
	};
}
function unproven(why) {
	return failure("backup-unproven", `the backup does not hold what the database holds: ${why}`, { hint: "nothing was migrated; look at the store and at what else writes to the database, then run again" });
}
// src/engine/postgres/snapshot.ts
const BEGIN = "begin isolation level repeatable read, read only";
async function openSnapshot(server, request) {
	await using opening = new AsyncDisposableStack();
	const exporter = opening.use(await server.connect(request));
	await exporter.run(BEGIN);
	const [row] = await exporter.rows("select pg_catalog.pg_export_snapshot()");
	const id = String(row?.[0]);
	const sessions = opening.move();
	return {
		id,
		async connect(more = {}) {
			const connection = sessions.use(await server.connect({
				...request,
				...more
			}));
			await connection.run(BEGIN);
			await connection.run(`set transaction snapshot '${id}'`);
			return connection;
		},
		[Symbol.asyncDispose]: () => sessions.disposeAsync()
	};
}
// src/engine/postgres/unwritten.ts
async function boundaryOf(inSnapshot) {
	const [row] = await inSnapshot.rows(`select pg_catalog.txid_snapshot_xmin(s) = pg_catalog.txid_snapshot_xmax(s), pg_catalog.txid_snapshot_xmax(s)::text
     from pg_catalog.txid_current_snapshot() s`);
	return row?.[0] === "t" ? String(row[1]) : null;
}
async function isUnwritten(connection, content, boundary) {
	return connection.transaction("begin isolation level repeatable read, read only", async () => hasRowsOf(connection, content, boundary));
}
async function hasRowsOf(connection, { fingerprints }, boundary) {
	const tables = await readTables(connection, WHOLE);
	const objects = await readLargeObjects(connection, WHOLE);
	if (tables.length + objects.length !== fingerprints.size) return false;
	const [moment] = await connection.rows("select pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot())::text");
	const since = writtenSince(BigInt(boundary), BigInt(moment?.[0] ?? 0), connection.serverVersion);
	for (const { label, from } of tables) {
		const [row] = await connection.rows(`select count(*), count(*) filter (where ${since}) from ${from}`);
		if (row?.[0] !== String(fingerprints.get(label)?.rows) || row[1] !== "0") return false;
	}
	const read = await fingerprintTables(connection, objects);
	return objects.every(({ label }) => read.get(label)?.whole === fingerprints.get(label)?.whole);
}
// src/engine/postgres/clone-of-snapshot.ts
async function cloneOf(work, run, before) {
	const { place, connection } = work.source;
	let clone;
	try {
		clone = await templateClone(place, connection, run);
	} catch (error) {
		if (!(error instanceof BelayError) || error.code !== "clone-impossible") throw error;
		return await cloneThroughDump(work, run, before);
	}
	try {
		await using copy = await openCopy(place, clone, work.call.application);
		const nothing = {
			lacking: [],
			withoutOwners: false,
			sequencesAfter: before.sequencesAfter
		};
		const { content, boundary } = before;
		const same = boundary !== null && await isUnwritten(copy, content, boundary);
		const difference = firstDifference(content, await readContent(copy, same ? content.fingerprints : void 0), nothing);
		if (difference !== void 0) throw differs(difference);
	} catch (error) {
		await disposeQuietly({ [Symbol.asyncDispose]: () => discardCopy(place, clone) });
		throw error;
	}
	return {
		clone,
		lacks: clone.lacks ?? []
	};
}
async function cloneThroughDump(work, run, before) {
	const { call, programs, source } = work;
	const scratch = await makeScratch(source.place, "clone", run, before.settings);
	try {
		await using snapshot = await openSnapshot(call.server, {
			database: call.database,
			application: call.application
		});
		const into = {
			...call,
			server: scratch.server,
			database: scratch.name
		};
		const serverMajor = Math.floor(scratch.admin.serverVersion / 1e4);
		const { withoutOwners } = work.lacks;
		const dump = () => runProgram(dumpCall(programs, call, snapshot.id));
		const left = await leftOut(work, scratch);
		const list = left.length === 0 ? void 0 : listWithout(await listArchive(dump(), into, programs), left);
		await restoreArchive(dump(), into, {
			programs,
			serverMajor,
			list,
			withoutOwners
		});
		await assertSameContent(work, before, scratch, {
			analyse: true,
			differs
		});
		return await keepAsClone(source.place, before, scratch, work.lacks);
	} finally {
		await disposeQuietly(scratch);
	}
}
function differs(why) {
	return failure("clone-differs", `the copy for the way back is not what was backed up: ${why}; somebody writes to the database`, { hint: "stop what writes to it (app.stop), or let the backup be proven by a restore beside it, which then is the copy: `backup.proof: restore`" });
}
// src/engine/postgres/manifest.ts
const ROLES = `select distinct pg_catalog.pg_get_userbyid(d.refobjid) from pg_catalog.pg_shdepend d
  where d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
    and (d.dbid = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
      or (d.classid = 'pg_catalog.pg_database'::pg_catalog.regclass and d.objid = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())))
  order by 1`;
async function manifestFacts(connection, settings, lacks) {
	const roles = (await connection.rows(ROLES)).map(([role]) => String(role));
	return {
		lacking: lacks.entries.map((entry) => ({ ...entry })),
		withoutOwners: lacks.withoutOwners,
		leftOut: keptLeftOut(lacks.leftOut),
		serverVersion: connection.serverVersion,
		database: connection.database,
		extensions: (await readExtensions(connection)).map((each) => ({ ...each })),
		roles: [...new Set([...roles, settings.owner])].sort(),
		settings: {
			...settings,
			grants: settings.grants?.map((grant) => ({ ...grant })) ?? null,
			variables: []
		}
	};
}
function restoreCommands(database, settings, encryption) {
	const name = restoredName(database);
	const psql = (into, statements) => [
		"psql",
		"--no-psqlrc",
		"--set=ON_ERROR_STOP=1",
		`--dbname=${shellQuote(into)}`,
		...statements.map((sql) => `--command=${shellQuote(sql)}`)
	].join(" ");
	const hasVariables = settings.variables.length > 0;
	return [
		...decryptCommands([BACKUP_FILE, ...hasVariables ? [SETTINGS_FILE] : []], encryption),
		`zstd --decompress ${BACKUP_FILE} -o database.dump`,
		psql("postgres", [createDatabaseSql(name, settings)]),
		`pg_restore --exit-on-error --jobs=2 --dbname=${shellQuote(name)} database.dump`,
		psql("postgres", settingStatements(name, settings)),
		...hasVariables ? [`psql --no-psqlrc --set=ON_ERROR_STOP=1 --set=database=${shellQuote(name)} --dbname=postgres --file=${SETTINGS_FILE}`] : [],
		psql(name, ["analyze"])
	];
}
const NAME_BYTES = 63;
function restoredName(database) {
	const suffix = "_restored";
	let kept = database.replaceAll(/[^\w-]/gu, "_");
	while (Buffer.byteLength(kept + suffix) > NAME_BYTES) kept = kept.slice(0, -1);
	return kept + suffix;
}
function shellQuote(text) {
	return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
// src/engine/postgres/observer.ts
function observingSession(connection, searchPath) {
	const session = sessionOn(connection);
	let open = null;
	return {
		...session,
		async query(sql, parameters = []) {
			while (open !== null) {
				await connection.cancel();
				await open;
			}
			const answer = inSavepoint(connection, async () => {
				if (searchPath !== void 0) await connection.run(`select ${setPath(searchPath)}`);
				return session.query(sql, parameters);
			});
			open = answer.then(() => void 0, () => void 0).then(() => void (open = null));
			return answer;
		}
	};
}
async function inSavepoint(connection, ask) {
	await connection.run("savepoint belay_question");
	try {
		return await ask();
	} finally {
		if (!connection.lost.aborted) await connection.run("rollback to savepoint belay_question");
	}
}
// src/engine/postgres/copy-counter.ts
const NEWLINE = 10;
const DOUBLE_QUOTE = 34;
const SINGLE_QUOTE = 39;
const DASH = 45;
const SEMICOLON = 59;
const BACKSLASH = 92;
const DOT = 46;
const COPY = /^COPY ("(?:[^"]|"")*"|[^\s."(]+)\.("(?:[^"]|"")*"|[^\s."(]+)\s/;
const LARGE_OBJECT = "SELECT pg_catalog.lo_open(";
const KEPT = 1024;
var CopyCounter = class {
	rows = new Map();
	largeObjects = 0;
	#place = "between";
	#quote = 0;
	#statement = "";
	#table = "";
	#count = 0;
	#rest = null;
	push(bytes) {
		const given = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
		const chunk = this.#rest === null ? given : Buffer.concat([this.#rest, given]);
		this.#rest = null;
		for (let at = 0; at < chunk.length;) at = this.#step(chunk, at);
	}
	get whole() {
		return this.#rest === null && this.#place === "between";
	}
	#step(chunk, at) {
		switch (this.#place) {
			case "between": return this.#between(chunk, at);
			case "statement": return this.#inStatement(chunk, at);
			case "line": return this.#toEndOfLine(chunk, at, "between");
			case "rows": return this.#inRows(chunk, at);
			case "row": return this.#toEndOfLine(chunk, at, "rows");
		}
	}
	#between(chunk, at) {
		const byte = chunk[at];
		if (byte === NEWLINE) return at + 1;
		if (byte === BACKSLASH) this.#place = "line";
		else if (byte !== DASH) this.#begin();
		else if (at + 1 === chunk.length) return this.#keep(chunk, at);
		else if (chunk[at + 1] === DASH) this.#place = "line";
		else this.#begin();
		return at;
	}
	#begin() {
		this.#place = "statement";
		this.#statement = "";
		this.#quote = 0;
	}
	#inStatement(chunk, at) {
		if (this.#quote !== 0) {
			const end = chunk.indexOf(this.#quote, at);
			const next = end === -1 ? chunk.length : end + 1;
			if (end !== -1) this.#quote = 0;
			return this.#take(chunk, at, next);
		}
		let end = at;
		while (end < chunk.length) {
			const byte = chunk[end++];
			if (byte === SINGLE_QUOTE || byte === DOUBLE_QUOTE) {
				this.#quote = byte;
				return this.#take(chunk, at, end);
			}
			if (byte === SEMICOLON) {
				this.#take(chunk, at, end);
				this.#finish();
				return end;
			}
		}
		return this.#take(chunk, at, end);
	}
	#take(chunk, from, to) {
		const room = KEPT - this.#statement.length;
		if (room > 0) this.#statement += chunk.toString("latin1", from, Math.min(to, from + room));
		return to;
	}
	#finish() {
		const copy = COPY.exec(Buffer.from(this.#statement, "latin1").toString("utf8"));
		this.#place = copy === null ? "between" : "row";
		if (this.#statement.startsWith(LARGE_OBJECT)) this.largeObjects++;
		if (copy === null) return;
		this.#table = tableKey(unquoted(copy[1]), unquoted(copy[2]));
		this.#count = -1;
	}
	#toEndOfLine(chunk, at, next) {
		const end = chunk.indexOf(NEWLINE, at);
		if (end === -1) return chunk.length;
		if (next === "rows") this.#count++;
		this.#place = next;
		return end + 1;
	}
	#inRows(chunk, from) {
		let at = from;
		while (at < chunk.length) {
			if (chunk[at] === BACKSLASH) {
				if (chunk.length - at < 3) return this.#keep(chunk, at);
				if (chunk[at + 1] === DOT && chunk[at + 2] === NEWLINE) return this.#endRows(at + 3);
			}
			const end = chunk.indexOf(NEWLINE, at);
			if (end === -1) {
				this.#place = "row";
				return chunk.length;
			}
			this.#count++;
			at = end + 1;
		}
		return at;
	}
	#endRows(next) {
		this.rows.set(this.#table, (this.rows.get(this.#table) ?? 0) + this.#count);
		this.#place = "between";
		return next;
	}
	#keep(chunk, at) {
		this.#rest = Buffer.from(chunk.subarray(at));
		return chunk.length;
	}
};
function tableKey(schema, name) {
	return JSON.stringify([schema, name]);
}
function unquoted(name = "") {
	return name.startsWith("\"") ? name.slice(1, -1).replaceAll("\"\"", "\"") : name;
}
// src/engine/postgres/prove-read.ts
async function proveByReading(work, stored, before, told) {
	const { call, programs } = work;
	const counter = new CopyCounter();
	const request = callOf(call, [
		programs.restore,
		"--data-only",
		"--file=-"
	], "reading the dump back", "backup-unproven");
	for await (const bytes of runProgram({
		...request,
		input: metered(decompressed(await stored(), unproven), told)
	})) counter.push(bytes);
	if (!counter.whole) throw unproven("the dump ends inside a table");
	for (const [label, { rows }] of before.content.fingerprints) {
		const dumped = (before.parts.get(label) ?? []).map((part) => counter.rows.get(part));
		const found = label === "large objects" ? counter.largeObjects : dumped.reduce((sum, count) => sum + (count ?? 0), 0);
		if (found !== rows) throw unproven(rowsDiffer(label, rows, found));
	}
}
async function readParts(connection) {
	const rows = await connection.rows(`
    select rn.nspname, r.relname, pn.nspname, p.relname
    from pg_catalog.pg_class r join pg_catalog.pg_namespace rn on rn.oid = r.relnamespace
    cross join lateral (select r.oid as relid where r.relkind = 'r' union all
      select t.relid::oid from pg_catalog.pg_partition_tree(r.oid) t where r.relkind = 'p' and t.isleaf) parts
    join pg_catalog.pg_class p on p.oid = parts.relid join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
    where r.relkind in ('r', 'p')`);
	const parts = new Map();
	for (const [rootSchema, root, schema, name] of rows) {
		const label = labelOf(String(rootSchema), String(root));
		parts.set(label, [...parts.get(label) ?? [], tableKey(String(schema), String(name))]);
	}
	return parts;
}
// src/engine/postgres/backup.ts
async function takeBackup(source, request) {
	if (request.into === null && !request.clone) throw new Error("neither a backup nor a clone is asked for");
	try {
		return await backUp(await prepare(source, request), request);
	} catch (error) {
		await disposeQuietly({ [Symbol.asyncDispose]: async () => request.into?.store.remove(request.into.folder) });
		throw error;
	}
}
async function prepare(source, { run, proof, into }) {
	const { place, connection } = source;
	return {
		source,
		programs: await findPrograms(Math.floor(connection.serverVersion / 1e4), place.options.variables),
		lacks: await acceptedLacks(source, proof === "restore" && into !== null),
		call: {
			server: place.server,
			database: place.database,
			application: `belay-${run}`,
			variables: place.options.variables,
			record: source.recordProcess,
			signal: source.signal
		}
	};
}
async function backUp(work, request) {
	const { source, programs } = work;
	const halves = progressOf(request, await sizeOf(source.connection));
	const { observed, schema, before, files } = await fromSnapshot(work, request, halves.first);
	const { proof, clone, lacks } = await prove(work, request, before, files, halves.second);
	if (clone !== null) source.proven?.(clone, before.content.fingerprints);
	return {
		observed,
		schema,
		tables: manifestTables(before.content),
		sequences: before.content.sequences,
		files,
		proof,
		clone,
		engineVersion: source.engineVersion,
		toolVersions: request.into === null ? {} : { pg_dump: programs.version },
		compression: "zstd",
		lacks: [...work.lacks.described, ...lacks],
		restore: restoreCommands(source.place.database, before.settings, request.into?.store.encryption ?? "none"),
		engineFacts: {
			...await manifestFacts(source.connection, before.settings, work.lacks),
			...await storedFacts(source.connection, schema, before.content)
		},
		identity: source.identity
	};
}
async function fromSnapshot(work, request, told) {
	const { source, call } = work;
	await using snapshot = await openSnapshot(call.server, {
		database: call.database,
		application: call.application,
		...signalOf(source)
	});
	const observer = await snapshot.connect({ searchPath: "own" });
	const observed = await request.observe(observingSession(observer), (tenant) => ({
		session: observingSession(observer, tenant.tenant?.searchPath),
		schema: () => readSchema(observer, scopeOf(tenant))
	}));
	const [files, seen] = await together(source.signal, (signal) => [request.into === null ? Promise.resolve([]) : dumpedFile(request.into, {
		...work,
		call: {
			...call,
			signal
		}
	}, snapshot, told), snapshot.connect({ signal }).then((reader) => look(reader, source))]);
	const sequencesAfter = await readSequences(await snapshot.connect(), WHOLE);
	const settingsFile = request.into === null ? [] : await storeVariables(request.into, seen.before.settings);
	return {
		...seen,
		observed,
		files: [...files, ...settingsFile],
		before: {
			...seen.before,
			sequencesAfter
		}
	};
}
async function look(connection, { scope }) {
	const schema = await readSchema(connection, scope);
	const settings = await readDatabaseSettings(connection);
	const parts = await readParts(connection);
	const boundary = await boundaryOf(connection);
	return {
		schema,
		before: {
			content: await readContent(connection),
			parts,
			boundary,
			settings,
			sequencesAfter: {}
		}
	};
}
async function dumpedFile(into, work, { id }, told) {
	return [await dumpInto(into, work.programs, work.call, id, {
		sizeBytes: await sizeOf(work.source.connection),
		told
	})];
}
async function prove(work, { into, proof, clone, run }, before, [file], told) {
	const cloned = () => cloneOf(work, run, before);
	if (into === null || file === void 0) return {
		proof: "restored",
		...await cloned()
	};
	const stored = () => into.store.get(`${into.folder}/${file.name}`, file);
	if (proof === "read") {
		await proveByReading(work, stored, before, told);
		return {
			proof: "read",
			lacks: [],
			clone: null,
			...clone ? await cloned() : {}
		};
	}
	const restoredBeside = clone && work.source.place.options.scratch === null;
	const proven = await proveByRestoring(work, run, stored, before, restoredBeside ? "clone" : "scratch", told);
	return clone && !restoredBeside ? {
		...proven,
		...await cloned()
	} : proven;
}
function progressOf({ progress }, size) {
	const tell = (from) => (bytes) => progress?.(from + Math.min(bytes, size), 2 * size);
	return {
		first: tell(0),
		second: tell(size)
	};
}
async function sizeOf(connection) {
	const [row] = await connection.rows("select pg_catalog.pg_database_size(pg_catalog.current_database())::text");
	return Number(row?.[0] ?? 0);
}
function signalOf({ signal }) {
	return signal === void 0 ? {} : { signal };
}
// src/engine/postgres/blockers.ts
const LOOK_EVERY_MS$1 = 250;
const BLOCKING = `select a.pid, a.usename, coalesce(a.application_name, ''), a.state
  from pg_catalog.unnest(pg_catalog.pg_blocking_pids($1::int4)) as b (pid) join pg_catalog.pg_stat_activity a on a.pid = b.pid`;
async function namingBlockers(pid, look, work) {
	let holder = null;
	let looking = Promise.resolve();
	let busy = false;
	const timer = setInterval(() => {
		if (busy) return;
		busy = true;
		looking = askWho(pid, look).then((found) => void (holder = found ?? holder)).catch(() => void 0).finally(() => void (busy = false));
	}, LOOK_EVERY_MS$1);
	try {
		return await work();
	} catch (error) {
		await looking;
		throw error instanceof BelayError && error.code === "target-locked" ? named(error, holder) : error;
	} finally {
		clearInterval(timer);
	}
}
async function askWho(pid, look) {
	const rows = await (await look()).rows(BLOCKING, [pid]);
	return rows.length === 0 ? null : rows.map(describe).join(", ");
}
function describe([pid, user, application, state]) {
	const what = [
		user,
		application,
		state
	].filter((part) => part !== null && part !== void 0 && part !== "");
	return what.length === 0 ? `pid ${pid}` : `pid ${pid} (${what.join(", ")})`;
}
function named(error, holder) {
	if (holder === null) return error;
	return new BelayError(error.kind, error.code, `${error.message}: held by ${holder}`, {
		...error.hint === void 0 ? {} : { hint: error.hint },
		cause: error,
		facts: {
			...error.facts,
			holder
		}
	});
}
// src/engine/postgres/onlooker.ts
const LEAVING_MS = 2e3;
const AGAIN_MS$1 = 200;
const LOOKS = 5;
const STRANGERS = `select a.pid::text, a.usename, coalesce(a.application_name, ''), coalesce(a.backend_start::text, ''),
    case when a.state is null then 'hidden' when a.state not in ('idle', 'disabled') or a.state_change >= $3::timestamptz then 'busy' end
  from pg_catalog.pg_stat_activity a
  where a.datname = $1 and a.usesysid is not null and coalesce(a.backend_type, '') <> 'walsender'
    and coalesce(a.application_name, '') not in ('belay', 'belay-lock', $2) and a.pid <> pg_catalog.pg_backend_pid()
  order by a.pid`;
const COUNT = `select pg_catalog.concat_ws(' ', d.stats_reset, w.stats_reset), d.sessions::text
  from pg_catalog.pg_stat_database d, pg_catalog.pg_stat_bgwriter w where d.datname = $1`;
var Onlooker = class {
	#place;
	#application;
	#look;
	#announced;
	constructor(place, application, look, inside) {
		this.#place = place;
		this.#application = application;
		this.#look = look;
		this.#announced = new Announcements(inside);
	}
	async arrive() {
		const count = await this.#countSettled();
		const [row] = await this.#rows("select pg_catalog.clock_timestamp()::text", []);
		const since = String(row?.[0]);
		return {
			since,
			present: (await this.#strangers(since)).map(({ key }) => key),
			count
		};
	}
	async countAgain(visits) {
		return {
			...visits,
			count: await this.#countSettled()
		};
	}
	async present({ since, present }) {
		const strangers = await this.#strangers(since);
		const { database, server } = this.#place;
		const told = (which) => strangers.filter(({ does }) => does === which).map(({ shown }) => shown);
		const [busy, hidden] = [told("busy").join(", "), told("hidden").join(", ")];
		if (busy !== "") return `${busy} worked in ${database} after the backup`;
		if (hidden !== "") return `${hidden} is connected to ${database}, and the role ${server.settings.user} may not see whether it works (grant pg_read_all_stats)`;
		const gone = present.filter((key) => !strangers.some((stranger) => stranger.key === key));
		if (gone.length === 0) return null;
		return `pid ${gone.map((key) => key.split("/")[0]).join(", ")} was connected to ${database} at the backup and has left since`;
	}
	async since(visits) {
		const there = await this.present(visits);
		if (there !== null || visits.count === null) return there;
		const more = await this.#moreAtLast(visits.count);
		if (more === 0) return null;
		const { database } = this.#place;
		if (more === null) return `the server lost its count of sessions, as in a crash: who came and went in ${database} cannot be told`;
		return `${more === 1 ? "1 other session" : more > 0 ? `${more} other sessions` : "other sessions"} came and went in ${database} after the backup`;
	}
	async #moreAtLast(before) {
		for (let looks = 1;; looks++) {
			const more = await this.#more(before);
			if (more === 0 || more === null || looks === LOOKS) return more;
			await setTimeout(AGAIN_MS$1);
		}
	}
	async #more(before) {
		const now = await this.#count();
		if (now === null) return 0;
		return now.era === before.era ? now.all - before.all - (now.ours - before.ours) : null;
	}
	async #countSettled() {
		const deadline = performance.now() + LEAVING_MS;
		for (let last = await this.#count();;) {
			await setTimeout(20);
			const now = await this.#count();
			const settled = now?.all === last?.all && now?.ours === last?.ours;
			if (last === null || now === null || settled || performance.now() > deadline) return now;
			last = now;
		}
	}
	async #count() {
		const connection = await this.#look();
		if (connection.serverVersion < 15e4) return null;
		const { settings } = this.#place.server;
		const announced = await this.#announced.heard();
		const [row] = await connection.rows(COUNT, [this.#place.database]);
		return {
			era: String(row?.[0]),
			all: Number(row?.[1]),
			ours: connectionsMade(settings, this.#place.database) + announced
		};
	}
	async #strangers(since) {
		return (await this.#rows(STRANGERS, [
			this.#place.database,
			this.#application,
			since
		])).map(([pid, user, application, started, does]) => ({
			key: `${pid}/${started}`,
			shown: `pid ${pid} (${[user, application].filter((part) => part !== null && part !== "").join(", ")})`,
			does: does === "busy" || does === "hidden" ? does : null
		}));
	}
	async #rows(sql, parameters) {
		return (await this.#look()).rows(sql, parameters);
	}
};
// src/engine/postgres/presence.ts
const LOOK_EVERY_MS = 1e3;
var Presence = class {
	#onlooker;
	#lockBroken;
	#visits;
	#strangers = [];
	#seen = null;
	#timer;
	#working = 0;
	constructor(onlooker, lockBroken) {
		this.#onlooker = onlooker;
		this.#lockBroken = lockBroken;
	}
	async begin() {
		clearInterval(this.#timer);
		this.#strangers = [];
		this.#seen = null;
		this.#visits = await this.#onlooker.arrive();
		this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
		this.#timer.unref();
	}
	async strangers() {
		if (this.#visits === void 0) throw noBackupYet();
		if (this.#working > 0) return this.#strangers;
		const found = this.#seen ?? await this.#onlooker.since(this.#visits);
		if (found === null) return this.#strangers;
		this.#visits = await this.#onlooker.arrive();
		this.#seen = null;
		this.#strangers.push(found);
		return this.#strangers;
	}
	async watch(ours, work) {
		await this.strangers();
		const broken = this.#lockBroken();
		let ended = Promise.resolve();
		const end = () => void (ended = Promise.all(ours().map((group) => endOwnGroup(group, "migrate"))));
		if (broken.aborted) throw broken.reason;
		broken.addEventListener("abort", end, { once: true });
		this.#working++;
		try {
			await work();
			broken.throwIfAborted();
		} catch (error) {
			throw broken.aborted ? broken.reason : error;
		} finally {
			broken.removeEventListener("abort", end);
			await ended;
			await this.#look();
			this.#working--;
			if (this.#working === 0 && this.#visits !== void 0) this.#visits = await this.#onlooker.countAgain(this.#visits);
		}
	}
	[Symbol.dispose]() {
		clearInterval(this.#timer);
	}
	async #look() {
		const visits = this.#visits;
		if (visits === void 0 || this.#seen !== null) return;
		const found = await this.#onlooker.present(visits).catch((error) => `who was connected meanwhile could not be told: ${messageOf(error)}`);
		if (visits === this.#visits) this.#seen ??= found;
	}
};
function noBackupYet() {
	return refusal("no-backup-yet", "whether anybody else wrote is known only after a backup of this workspace", { hint: "take the backup first" });
}
// src/engine/postgres/reconnecting.ts
var Reconnecting = class {
	#connect;
	#current = null;
	#lost = null;
	#closed = false;
	constructor(connect) {
		this.#connect = connect;
	}
	get = () => {
		if (this.#closed) return Promise.reject(failure("connection-closed", "this connection was closed"));
		this.#current = this.#soundOne(this.#current);
		return this.#current;
	};
	async letGo() {
		const current = this.#current;
		this.#current = null;
		this.#lost = null;
		await (await current?.catch(() => null))?.[Symbol.asyncDispose]();
	}
	[Symbol.asyncDispose]() {
		this.#closed = true;
		return this.letGo();
	}
	async #soundOne(last) {
		const current = await last?.catch(() => null) ?? null;
		if (current !== null && !current.lost.aborted) return current;
		this.#lost = current ?? this.#lost;
		const made = await this.#connect(this.#lost);
		this.#lost = null;
		return made;
	}
};
// src/engine/postgres/under-lock.ts
const AGAIN_MS = 300;
const CANCELLED = "57014";
async function underLock(connection, broken, work) {
	broken.throwIfAborted();
	const settled = new AbortController();
	let ended = Promise.resolve();
	const end = () => void (ended = cancelUntil(settled.signal, connection));
	broken.addEventListener("abort", end, { once: true });
	try {
		return await work();
	} catch (error) {
		throw broken.aborted && sqlstateOf(error) === CANCELLED ? broken.reason : error;
	} finally {
		broken.removeEventListener("abort", end);
		settled.abort();
		await ended;
	}
}
async function cancelUntil(settled, connection) {
	while (!settled.aborted) {
		await connection.cancel().catch(() => void 0);
		await setTimeout(AGAIN_MS, void 0, { signal: settled }).catch(() => void 0);
	}
}
// src/engine/postgres/disturbance.ts
var Disturbance = class {
	#source;
	#before;
	#found = null;
	#harmless = 0;
	constructor(source) {
		this.#source = source;
	}
	async begin(before) {
		this.#before = before;
		this.#found = null;
		this.#harmless = 0;
		if (await this.written()) this.#found = "somebody wrote to the database while it was backed up";
	}
	async find() {
		if (this.#before === void 0) throw noBackupYet();
		if (this.#found !== null) return this.#found;
		const strangers = await this.#source.presence.strangers();
		const known = strangers.length;
		const [first] = strangers.slice(this.#harmless);
		if (first === void 0) return null;
		if (await this.written()) this.#found = first;
		else this.#harmless = known;
		return this.#found;
	}
	async watch(ours, work) {
		await this.find();
		await this.#source.presence.watch(ours, work);
	}
	async written() {
		const before = this.#before;
		if (before === void 0) throw noBackupYet();
		const control = await this.#source.control();
		const mark = await markOfNow(control, before.mark);
		const schema = await readSchema(control, this.#source.scope);
		if (canonicalJson(schema) !== canonicalJson(before.schema)) return true;
		const writes = await writesSince(control, before.mark);
		if (writes === null || writes.length > 0) return true;
		this.#before = {
			...before,
			mark
		};
		return false;
	}
};
// src/engine/postgres/workspace-part.ts
var WorkspacePart = class {
	scope;
	replaced;
	workspace;
	before = null;
	#shared;
	#disturbance;
	#mark = null;
	constructor(shared, target, session) {
		const { presence, control, engineVersion, place } = shared;
		this.scope = scopeOf(target);
		this.replaced = replacedScope({
			...place,
			target
		});
		this.#shared = shared;
		this.#disturbance = new Disturbance({
			presence,
			control,
			scope: this.scope
		});
		this.workspace = {
			session,
			engineVersion,
			identity: async () => readIdentity(await control()),
			schema: async () => readSchema(await control(), this.scope),
			compare: (reference) => this.#compare(reference),
			disturbance: () => this.#disturbance.find(),
			watch: (ours, work) => this.#disturbance.watch(ours, work),
			written: () => this.#disturbance.written(),
			mark: async () => makeMark(await control(), this.replaced)
		};
	}
	async beforeBackup() {
		const { control } = this.#shared;
		this.#mark = await makeMark(await control(), this.replaced);
	}
	async begin() {
		if (this.before === null) throw new Error("a backup that nothing was looked at before");
		await this.#disturbance.begin({
			mark: this.#mark,
			schema: this.before
		});
	}
	async #compare(reference) {
		const { place, options, control, known } = this.#shared;
		const after = await control();
		if ("backup" in reference && await obstacleToCopies(after) !== null) return (await compareWithStored(after, reference.backup.manifest, this.scope)).data;
		return await inCopy(place, reference, {
			...options,
			application: applicationOf(options.run)
		}, async (before) => compareDatabases(before, await control(), this.scope, "copy" in reference ? known.get(reference.copy.place) : void 0));
	}
};
// src/engine/postgres/workspace.ts
async function openWorkspace(place, owner, options) {
	const { run, signal, recordProcess } = options;
	const application = applicationOf(run);
	const request = {
		application,
		...signal === void 0 ? {} : { signal }
	};
	const { server, database, lockDatabase, target } = place;
	await using opening = new AsyncDisposableStack();
	const beside = opening.use(new Reconnecting(() => patiently(server, () => server.connect({
		application,
		database: lockDatabase
	}))));
	const control = opening.use(new Reconnecting(() => patiently(server, () => server.connect({
		...request,
		database
	}))));
	const writer = opening.use(new Reconnecting(async (lost) => {
		if (lost !== null) await endSession(await beside.get(), lost.pid, run);
		return connectWriter(place, request);
	}));
	await refuseStandby(await control.get());
	const engineVersion = versionOf(await control.get());
	const presence = opening.use(new Presence(new Onlooker(place, application, beside.get, control.get), owner.lockBroken));
	const line = new Line();
	const sessionOf = ({ tenant }) => writingSession(writer.get, {
		...writerOptions(place, owner, beside.get),
		...tenant === void 0 ? {} : { searchPath: tenant.searchPath }
	}, line);
	const shared = {
		place,
		options,
		engineVersion,
		control: control.get,
		presence,
		known: new Map()
	};
	const partOf = (target) => new WorkspacePart(shared, target, sessionOf(target));
	const whole = partOf(target);
	const tenants = new Map();
	const closing = opening.move();
	return {
		...whole.workspace,
		async backup(backup) {
			const parts = tenants.size === 0 ? [whole] : [...tenants.values()];
			for (const part of parts) await part.beforeBackup();
			whole.before = await whole.workspace.schema();
			const identity = await readIdentity(await control.get());
			await writer.letGo();
			const proven = (clone, fingerprints) => void shared.known.set(clone.place, fingerprints);
			const { scope } = whole;
			const taken = await takeBackup({
				place,
				connection: await control.get(),
				scope,
				engineVersion,
				identity,
				recordProcess,
				proven,
				signal
			}, {
				...backup,
				observe: async (session, tenant) => {
					for (const [seen, part] of tenants) part.before = await tenant(seen).schema();
					return backup.observe(session, tenant);
				}
			});
			await presence.begin();
			for (const part of parts) await part.begin();
			if (taken.clone === null || tenants.size > 0) return taken;
			await using clone = await openCopy(place, taken.clone, application);
			const rows = new Map(taken.tables.map(({ name, rows }) => [name, rows]));
			return {
				...taken,
				cloneMark: await makeMarkOfCopy(clone, whole.replaced, rows)
			};
		},
		tenant(tenant) {
			const part = tenants.get(tenant) ?? partOf(tenant);
			tenants.set(tenant, part);
			return {
				...part.workspace,
				backup: noBackupOfItsOwn,
				tenant: noBackupOfItsOwn,
				[Symbol.asyncDispose]: () => Promise.resolve()
			};
		},
		[Symbol.asyncDispose]: () => closing.disposeAsync()
	};
}
function noBackupOfItsOwn() {
	throw new Error("a tenant has its database's backup, and no tenants of its own");
}
function writerOptions(place, owner, beside) {
	return {
		fence: owner.fence,
		around: (connection, work) => underLock(connection, owner.lockBroken(), () => namingBlockers(connection.pid, beside, work)),
		lockTimeoutMs: place.options.lockTimeoutMs,
		restore: (connection) => connection.run(`reset session authorization; reset role; reset all; ${settingsSql({ searchPath: "own" })}; ${lockTimeout(place)}`)
	};
}
function lockTimeout({ options }) {
	return `set lock_timeout = ${options.lockTimeoutMs}`;
}
async function connectWriter(place, request) {
	const { server, database } = place;
	const connection = await patiently(server, () => server.connect({
		...request,
		database,
		searchPath: "own"
	}));
	try {
		await connection.run(lockTimeout(place));
	} catch (error) {
		await connection[Symbol.asyncDispose]();
		throw error;
	}
	return connection;
}
// src/engine/postgres/hold.ts
async function holdTarget(target, waitMs, options) {
	const located = await locate(target, options, { application: LOCK_APPLICATION });
	try {
		await refuseStandby(located.connection);
		const lock = await TargetLock.take(located, waitMs);
		await letInAgain(lock.connection, located.place.database);
		return holdOn(located.place, lock, await takeOver(located.place, lock));
	} catch (error) {
		await located[Symbol.asyncDispose]();
		throw error;
	}
}
async function takeOver(place, lock) {
	try {
		await using connection = await connectTo(place);
		const last = (await readState(connection))?.row;
		if (unfinished(last)) await endOrphans(lock.connection, last.run);
		return await nextFence(connection, place.lockDatabase);
	} catch (error) {
		if (error instanceof BelayError && error.code === "target-missing") return {
			fence: 1,
			state: void 0
		};
		throw error;
	}
}
function holdOn(place, lock, taken, row = { recorded: taken.state !== void 0 }) {
	const { target } = place;
	const { fence, state } = taken;
	const scope = scopeOf(target);
	const workspace = new OneWorkspace(place.database);
	const whileHeld = async ({ recordProcess, signal }, work) => {
		await lock.assertHeld();
		const { broken } = lock;
		const either = signal === void 0 ? broken : AbortSignal.any([signal, broken]);
		try {
			return await work({
				...recordProcess === void 0 ? {} : { recordProcess },
				signal: either
			});
		} catch (error) {
			throw broken.aborted ? broken.reason : error;
		}
	};
	const makesCopies = async () => (await readRights(lock.connection, place.database))?.createsDatabases !== false;
	const assertOwner = async () => {
		await lock.assertHeld();
		await using connection = await connectTo(place);
		assertFence((await readState(connection))?.row, row.recorded ? fence : null);
	};
	const owner = {
		fence: {
			begin: async (connection) => {
				if (row.recorded) await holdFence(connection, fence);
			},
			statement: () => row.recorded ? fenceStatement(fence) : null,
			lost: () => lockLost()
		},
		lockBroken: () => lock.broken
	};
	const hold = {
		target,
		get database() {
			return hold;
		},
		fence,
		state,
		tenant: (tenant) => ({
			...holdOn({
				...place,
				target: tenant
			}, lock, taken, row),
			database: hold,
			[Symbol.asyncDispose]: () => Promise.resolve()
		}),
		async writeState(written) {
			const write = async () => {
				await lock.assertHeld();
				await using connection = await connectTo(place);
				await writeState(connection, {
					...written,
					fence
				}, {
					lockDatabase: place.lockDatabase,
					first: !row.recorded
				});
			};
			try {
				await write();
			} catch (error) {
				if (!isInDoubt(error) && !isConnectionLost(error)) throw error;
				await patiently(place.server, write);
			}
			row.recorded = true;
		},
		assertOwner,
		work: (options) => workspace.open(() => openWorkspace(place, owner, options)),
		copies: async () => [...await listCopies(place), ...await listElsewhere(place)],
		async discard(copy) {
			if (!await discardElsewhere(place, copy)) await discardCopy(place, copy);
		},
		restoreAside: async (store, folder, manifest, run, watch = {}) => await makesCopies() ? await whileHeld(watch, (held) => restoreAside(place, store, folder, manifest, run, watch.progress, held)) : await storedCopy(store, folder, manifest, run),
		async planReplacement(copy, run) {
			workspace.assertNone();
			return planReplacement(lock.connection, place, copy, run);
		},
		async replace(intent, store) {
			workspace.assertNone();
			await lock.assertHeld();
			await replaceTarget(place, intent, {
				assertOwner,
				guard: lock.guard,
				store
			});
		},
		async compareWith(reference, watch = {}) {
			workspace.assertNone();
			const whole = {
				...scope,
				include: "all"
			};
			if ("backup" in reference && !await makesCopies()) {
				await using after = await connectTo(place);
				return await compareWithStored(after, reference.backup.manifest, whole);
			}
			const leftOut = leftOutOfReference(reference);
			const compare = async (before) => {
				await using after = await connectTo(place);
				return {
					data: await compareDatabases(before, after, whole),
					sameSchema: sameButForLeftOut(await readSchema(before, whole), await readSchema(after, whole), leftOut),
					missing: leftOut.length === 0 ? [] : missingIn(await readSchema(after, WHOLE), leftOut)
				};
			};
			return await whileHeld(watch, (held) => inCopy(place, reference, {
				application: "belay",
				...held
			}, compare));
		},
		async laterWrites(mark) {
			await using connection = await connectTo(place);
			return await writesSince(connection, mark);
		},
		[Symbol.asyncDispose]: () => lock[Symbol.asyncDispose]()
	};
	return hold;
}
export { holdTarget };
