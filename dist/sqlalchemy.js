import { n as localFile } from "./python.js";
import { join } from "node:path";
import { readFile } from "node:fs/promises";
// src/tool/program/tools/alembic-history.ts
const REVISION = /^Rev: (\S+)((?: \([a-z ]+\))*)$/;
const FIELD = /^(Parent|Merges|Also depends on|Path): (.*)$/;
function parseHistory(printed) {
	const entries = [];
	for (const line of printed.split(/\r?\n/)) {
		const [, id, marks = ""] = REVISION.exec(line) ?? [];
		if (id !== void 0) entries.push({
			id,
			marks,
			fields: new Map()
		});
		const [, name, value] = FIELD.exec(line) ?? [];
		if (name !== void 0 && value !== void 0) entries.at(-1)?.fields.set(name, value);
	}
	return entries.toReversed().map(({ id, marks, fields }) => ({
		id,
		after: [
			"Parent",
			"Merges",
			"Also depends on"
		].flatMap((name) => namesIn(fields.get(name))),
		joins: fields.has("Merges"),
		isHead: marks.includes("(head)"),
		path: fields.get("Path") ?? null
	}));
}
function namesIn(list) {
	if (list === void 0 || list === "<base>") return [];
	return list.split(",").flatMap((name) => name.trim() === "" ? [] : [name.trim()]);
}
function upTo(revisions, heads) {
	const wanted = new Set(heads);
	const found = [];
	for (const { id, after } of revisions.toReversed()) {
		if (!wanted.has(id)) continue;
		for (const parent of after) wanted.add(parent);
		found.push(id);
	}
	return found.reverse();
}
// src/tool/program/tools/alembic-record.ts
const FIND = {
	sqlite: `select null, m.name from sqlite_schema m where m.type = 'table' and (select group_concat(name) from pragma_table_info(m.name)) = 'version_num'`,
	postgres: `select n.nspname, c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname !~ '^pg_' and (select array_agg(a.attname::text) from pg_catalog.pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) = '{version_num}'`
};
async function readVersionTable(session) {
	const { rows } = await session.query(FIND[session.dialect]);
	const tables = rows.map(([schema, name]) => ({
		schema: schema === null ? null : String(schema),
		name: String(name)
	}));
	const usual = tables.filter(({ name }) => name === "alembic_version");
	const candidates = usual.length > 0 ? usual : tables;
	const [first] = candidates;
	if (first === void 0) return { heads: [] };
	if (candidates.length > 1) return { obstacle: several(candidates.map(shown)) };
	return { heads: (await session.query(`select version_num from ${[first.schema, first.name].flatMap((part) => part === null ? [] : quoted(part)).join(".")}`)).rows.map(([version]) => String(version)) };
}
function several(names) {
	return {
		code: "several-version-tables",
		message: `Alembic's record is not clear: ${names.join(" and ")} both look like it`,
		hint: "name the schemas that are the target's (target.schemas), or drop the table that is left over"
	};
}
function shown({ schema, name }) {
	return schema === null ? name : `${schema}.${name}`;
}
function quoted(name) {
	return `"${name.replaceAll("\"", "\"\"")}"`;
}
// src/tool/program/tools/alembic-look.ts
async function revisionFiles(place, printed) {
	const revisions = parseHistory(printed);
	return {
		known: await Promise.all(revisions.map((revision) => knownOf(place, revision))),
		obstacles: headObstacles(revisions)
	};
}
async function knownOf(place, { id, after, joins, path }) {
	const file = path === null ? null : await localFile(place, path);
	const text = file === null ? null : await readFile(join(place.root, file), "utf8");
	return {
		id,
		files: file === null ? [] : [file],
		oneWay: joins ? "it joins branches" : oneWayOf(text),
		sql: null,
		after
	};
}
const DOWNGRADE = /^(?:async )?def downgrade\b[^\n]*:[ \t]*(.*(?:\r?\n(?:[ \t]+.*|[ \t]*(?:#.*)?))*)/m;
function oneWayOf(text) {
	if (text === null) return null;
	const body = DOWNGRADE.exec(text)?.[1];
	if (body === void 0) return "it has no downgrade()";
	const statements = body.replace(/"""[^]*?"""|'''[^]*?'''/g, "").split(/\r?\n/).map((line) => line.replace(/#.*/, "").trim()).filter((line) => line !== "");
	if (statements.every((line) => line === "pass" || line === "..." || line === "return")) return "its downgrade() does nothing";
	return statements[0]?.startsWith("raise") === true ? "its downgrade() refuses" : null;
}
function headObstacles(revisions) {
	const heads = revisions.filter(({ isHead }) => isHead).map(({ id }) => id);
	if (heads.length < 2) return [];
	return [{
		code: "several-heads",
		message: `the migrations have ${heads.length} ends (${heads.join(", ")}): which comes first is not decided`,
		hint: `join them in a revision of its own: alembic merge -m "…" ${heads.join(" ")}`
	}];
}
async function appliedRevisions({ session }, { known }) {
	const record = await readVersionTable(session);
	if ("obstacle" in record) return {
		ids: [],
		obstacles: [record.obstacle]
	};
	const lost = record.heads.filter((head) => !known.some(({ id }) => id === head));
	return {
		ids: [...upTo(asRevisions(known), record.heads), ...lost],
		obstacles: lost.map(missing)
	};
}
function asRevisions(known) {
	return known.map(({ id, after = [] }) => ({
		id,
		after,
		joins: false,
		isHead: false,
		path: null
	}));
}
function missing(id) {
	return {
		code: "migration-missing",
		message: `the database stands at revision ${id}, which no file here has`,
		hint: "bring the file back, or deploy the commit that has it; alembic cannot go on from a revision that it does not know"
	};
}
function seenRevisions(printed, { known }) {
	const ids = new Set(known.map(({ id }) => id));
	const heads = printed.split(/\r?\n/).flatMap((line) => /^(\S+)(?: \([a-z ]+\))*$/.exec(line)?.[1] ?? []);
	return upTo(asRevisions(known), heads.filter((head) => ids.has(head)));
}
function below({ after = [] }) {
	return after[0] ?? "base";
}
// src/tool/program/tools/sqlalchemy.ts
function sqlalchemyUrl({ engine, address }) {
	return engine === "sqlite" ? `sqlite:///${address}` : address.replace(/^postgres:/, "postgresql:");
}
export { seenRevisions as a, revisionFiles as i, appliedRevisions as n, below as r, sqlalchemyUrl as t };
