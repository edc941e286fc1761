import { et as failure, rt as refusal, tt as messageOf } from "./domain.js";
import { join, relative, resolve, sep } from "node:path";
import { readdir } from "node:fs/promises";
// src/tool/program/directory.ts
async function migrationFolder({ directory, options }, usual) {
	const given = options["directory"];
	const path = resolve(directory, typeof given === "string" ? given : usual);
	try {
		return {
			path,
			names: (await readdir(path, { withFileTypes: true })).filter((entry) => entry.isFile() || entry.isSymbolicLink()).map(({ name }) => name)
		};
	} catch (error) {
		throw refusal("migrations-directory", `reading the migrations in ${path}: ${messageOf(error)}`, {
			hint: "say with migrate.directory where they lie, relative to where the tool starts (migrate.project)",
			cause: error,
			facts: { directory: path }
		});
	}
}
function fileIn({ root }, folder, name) {
	return relative(root, join(folder.path, name)).replaceAll(sep, "/");
}
function sharedIds(files) {
	return [...Map.groupBy(files, ({ id }) => id)].flatMap(([id, same]) => {
		if (same.length < 2) return [];
		return [{
			code: "duplicate-migration",
			message: `${same.map(({ file }) => file).join(" and ")} are both ${id}`,
			hint: "give each a number of its own, or delete the one that is left over"
		}];
	});
}
function withoutFile(id) {
	return {
		code: "migration-missing",
		message: `${id} was applied, but has no file any more`,
		hint: "bring the file back, or deploy the commit that has it"
	};
}
// src/tool/program/record.ts
function namedTable(usual, option) {
	if (typeof option !== "string") return usual;
	const dot = option.lastIndexOf(".");
	return dot < 0 ? {
		...usual,
		name: option
	} : {
		...usual,
		schema: option.slice(0, dot),
		name: option.slice(dot + 1)
	};
}
async function readRecord({ session, place }, table) {
	const found = await findTable(session, table);
	const outside = outsideOf(place.target, found?.schema ?? table.schema);
	if (outside !== null) return { obstacle: notOwned(table, outside) };
	if (found === null) {
		const others = await lookalikes(session, table);
		return others.length === 0 ? { rows: null } : { obstacle: elsewhere(table, others) };
	}
	try {
		const { rows } = await session.query(`select ${table.read.join(", ")} from ${found.path} order by ${table.order}`);
		return { rows };
	} catch (error) {
		throw failure("history-unreadable", `reading the table ${shown(table)}: ${messageOf(error)}`, {
			hint: "if it is not the migration tool's, say with migrate.table which one is",
			cause: error
		});
	}
}
async function findTable(session, { schema, name }) {
	if (session.dialect === "sqlite") {
		const { rows } = await session.query(`select name from sqlite_schema where type = 'table' and lower(name) = lower(${literal(name)})`);
		return rows.length === 0 ? null : {
			schema: null,
			path: quoted(name)
		};
	}
	const path = schema === null ? quoted(name) : `${quoted(schema)}.${quoted(name)}`;
	const { rows } = await session.query(`select n.nspname, c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.oid = pg_catalog.to_regclass(${literal(path)})`);
	const [row] = rows;
	return row === void 0 ? null : {
		schema: String(row[0]),
		path: `${quoted(String(row[0]))}.${quoted(String(row[1]))}`
	};
}
const COLUMNS = {
	sqlite: `select m.name, (select group_concat(lower(i.name)) from pragma_table_info(m.name) i) from sqlite_schema m where m.type = 'table'`,
	postgres: `select n.nspname || '.' || c.relname, (select pg_catalog.string_agg(pg_catalog.lower(a.attname), ',')
      from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'belay')`
};
async function lookalikes(session, { columns }) {
	if (columns.length < 2) return [];
	const wanted = [...columns].sort().join(",");
	const { rows } = await session.query(COLUMNS[session.dialect]);
	return rows.flatMap(([name, list]) => String(list).split(",").sort().join(",") === wanted ? [String(name)] : []);
}
function outsideOf({ schemas }, schema) {
	return schema === null || schemas === void 0 || schemas.includes(schema) ? null : schema;
}
function notOwned(table, schema) {
	return {
		code: "record-not-owned",
		message: `the record of applied migrations, ${shown(table)}, lies in the schema ${schema}, which is none of the target's: a rollback would leave it as it is`,
		hint: `add ${schema} to target.schemas in belay.yml`
	};
}
function elsewhere(table, others) {
	return {
		code: "record-elsewhere",
		message: `there is no table ${shown(table)}, and ${others.join(" and ")} ${others.length === 1 ? "looks" : "look"} like the record of applied migrations`,
		hint: `say which it is in belay.yml: \`table: ${others[0] ?? ""}\` under migrate; or drop what is left over`
	};
}
function shown({ schema, name }) {
	return schema === null ? name : `${schema}.${name}`;
}
function quoted(name) {
	return `"${name.replaceAll("\"", "\"\"")}"`;
}
function literal(text) {
	return `'${text.replaceAll("'", "''")}'`;
}
export { sharedIds as a, migrationFolder as i, readRecord as n, withoutFile as o, fileIn as r, namedTable as t };
