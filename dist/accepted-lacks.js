import { rt as refusal } from "./domain.js";
import { k as mayMakeFor } from "./copies.js";
import { c as labelOf } from "./scope.js";
import { t as serverAt } from "./server.js";
// src/engine/postgres/unrestorable.ts
const own = (catalog, oid) => `not exists (select 1 from pg_catalog.pg_depend e where e.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass and e.objid = ${oid} and e.deptype = 'e')`;
const identity = (catalog, oid) => `(select i.type || ' ' || i.identity from pg_catalog.pg_identify_object('pg_catalog.${catalog}'::pg_catalog.regclass, ${oid}, 0) i)`;
const OF_NO_TYPE = "not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'i')";
const FIRST_OF_USERS = 16384;
const userOf = (column) => `pg_catalog.pg_get_userbyid(${column})`;
const byRole = (kind) => (role) => `name another server or role for proofs (\`backup.scratch\`), make ${role} a superuser, or accept it: \`backup.may-lack: [${kind}]\``;
const wholePublications = (version) => {
	const schemas = version >= 15e4 ? "or exists (select 1 from pg_catalog.pg_publication_namespace n where n.pnpubid = p.oid)" : "";
	return `select p.pubname, ${userOf("p.pubowner")}, null, ${identity("pg_publication", "p.oid")} from pg_catalog.pg_publication p where p.puballtables ${schemas} order by 1`;
};
const owners = (version) => `select min(o.thing), o.owner, min(n.nspname) filter (where not pg_catalog.pg_has_role(r.oid, n.nspowner, 'USAGE')),
      min(n.nspname) filter (where ${userOf("n.nspowner")} = 'pg_database_owner') from (
    select 'table ' || c.relname, ${userOf("c.relowner")}, c.relnamespace from pg_catalog.pg_class c
      where c.oid >= ${FIRST_OF_USERS} and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and c.relnamespace not in (select oid from pg_catalog.pg_namespace where nspname ~ '^pg_(toast|temp)')
        and ${own("pg_class", "c.oid")}
    union all select 'schema ' || n.nspname, ${userOf("n.nspowner")}, null from pg_catalog.pg_namespace n
      where (n.oid >= ${FIRST_OF_USERS} ${version >= 15e4 ? "or n.nspname = 'public'" : ""}) and n.nspname !~ '^pg_' and ${own("pg_namespace", "n.oid")}
    union all select 'function ' || p.proname, ${userOf("p.proowner")}, p.pronamespace from pg_catalog.pg_proc p
      where p.oid >= ${FIRST_OF_USERS} and ${own("pg_proc", "p.oid")} and ${OF_NO_TYPE}
    union all select 'type ' || t.typname, ${userOf("t.typowner")}, t.typnamespace from pg_catalog.pg_type t
      where t.oid >= ${FIRST_OF_USERS} and t.typtype in ('d', 'e', 'r') and ${own("pg_type", "t.oid")}
    union all select 'large object ' || l.oid, ${userOf("l.lomowner")}, null from pg_catalog.pg_largeobject_metadata l
    union all select 'default privileges of ' || ${userOf("a.defaclrole")}, ${userOf("a.defaclrole")}, null from pg_catalog.pg_default_acl a
  ) o(thing, owner, home) left join pg_catalog.pg_namespace n on n.oid = o.home left join pg_catalog.pg_roles r on r.rolname = o.owner
  where o.owner <> 'pg_database_owner' group by o.owner order by o.owner`;
const UNRESTORABLE = [
	{
		kind: "extensions",
		noun: "extension",
		archive: "EXTENSION",
		needs: "extension",
		sql: `select extname, ${userOf("extowner")}, extversion, ${identity("pg_extension", "oid")} from pg_catalog.pg_extension where oid >= ${FIRST_OF_USERS} order by 1`,
		fix: (_role, name) => `install it on the server where backups are proven, or let a role prove them that may create it (\`backup.scratch\`), or, where nothing uses it, accept restores without it: \`backup.may-lack: [extensions]\` (${name})`
	},
	{
		kind: "owners",
		noun: "the owner of",
		archive: null,
		needs: "membership",
		sql: owners,
		fix: byRole("owners")
	},
	{
		kind: "event-triggers",
		noun: "event trigger",
		archive: "EVENT TRIGGER",
		needs: "superuser",
		sql: `select t.evtname, ${userOf("t.evtowner")}, null, ${identity("pg_event_trigger", "t.oid")} from pg_catalog.pg_event_trigger t where ${own("pg_event_trigger", "t.oid")} order by 1`,
		fix: byRole("event-triggers")
	},
	{
		kind: "publications",
		noun: "publication",
		archive: "PUBLICATION",
		needs: "superuser",
		sql: wholePublications,
		fix: byRole("publications")
	},
	{
		kind: "foreign-data-wrappers",
		noun: "foreign data wrapper",
		archive: "FOREIGN DATA WRAPPER",
		needs: "superuser",
		sql: `select w.fdwname, ${userOf("w.fdwowner")}, null, ${identity("pg_foreign_data_wrapper", "w.oid")} from pg_catalog.pg_foreign_data_wrapper w where ${own("pg_foreign_data_wrapper", "w.oid")} order by 1`,
		fix: byRole("foreign-data-wrappers")
	},
	{
		kind: "languages",
		noun: "language",
		archive: "PROCEDURAL LANGUAGE",
		needs: "superuser",
		sql: `select l.lanname, ${userOf("l.lanowner")}, null, ${identity("pg_language", "l.oid")} from pg_catalog.pg_language l where l.oid >= ${FIRST_OF_USERS} and ${own("pg_language", "l.oid")} order by 1`,
		fix: byRole("languages")
	},
	{
		kind: "functions",
		noun: "function",
		archive: "FUNCTION",
		needs: "superuser",
		sql: `select p.proname || '(' || pg_catalog.oidvectortypes(p.proargtypes) || ')', ${userOf("p.proowner")}, null, ${identity("pg_proc", "p.oid")},
        n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid), case p.prokind when 'p' then 'PROCEDURE' else 'FUNCTION' end,
        quote_ident(p.proname)
      from pg_catalog.pg_proc p join pg_catalog.pg_language l on l.oid = p.prolang join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      where p.oid >= ${FIRST_OF_USERS} and not l.lanpltrusted and l.lanname <> 'sql' and p.prokind <> 'a' and ${own("pg_proc", "p.oid")}
        and ${OF_NO_TYPE}
      order by 1`,
		fix: byRole("functions")
	},
	{
		kind: "subscriptions",
		noun: "subscription",
		archive: "SUBSCRIPTION",
		needs: "nothing",
		sql: `select s.subname, ${userOf("s.subowner")}, null, ${identity("pg_subscription", "s.oid")} from pg_catalog.pg_subscription s
      where s.subdbid = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database()) order by 1`,
		fix: () => "it stands in the backup and is made again by hand after a restore; accept that: `backup.may-lack: [subscriptions]`"
	}
];
// src/engine/postgres/restored-owners.ts
function ownerLack([thing, ownerName, granted, ofDatabase], restorer) {
	const { role, superuser, roles, serverVersion, keepsOwner } = restorer;
	const owner = String(ownerName);
	const orAccept = `accept that everything restored belongs to ${role}: \`backup.may-lack: [owners]\``;
	const actsAs = roles.get(owner);
	if (actsAs === void 0) return {
		why: `the server has no role ${owner}`,
		fix: `create the role ${owner} there, or ${orAccept}`
	};
	if (superuser) return null;
	if (!actsAs) return {
		why: `the role ${role} is no member of ${owner}`,
		fix: `grant ${owner} to ${role}, or ${orAccept}`
	};
	const closed = (schema) => typeof schema === "string" && !(schema === "public" && serverVersion < 15e4);
	if (closed(granted)) return {
		why: `${owner} may create in the schema ${granted} by a grant only, and a restore makes what is ${owner}'s before it grants anything`,
		fix: `give ${thing} and what else is ${owner}'s there to the owner of the schema, or ${orAccept}`
	};
	if (closed(ofDatabase) && !keepsOwner && owner !== role) return {
		why: `the role ${role} has not the rights of the database's owner, and ${owner} may not create in the schema ${ofDatabase} of a database of ${role}'s`,
		fix: `let a role restore that has the rights of the database's owner, as a member that inherits them; or ${orAccept}`
	};
	return null;
}
// src/engine/postgres/cannot-restore.ts
function describeLack({ what, why }) {
	return `${what} is in the backup, and cannot be restored by this role: ${why}`;
}
async function cannotRestore(source, restorer = source) {
	const [database] = await source.rows(OWNER);
	const who = await restorerOf(restorer, String(database?.[0]));
	const found = [];
	for (const kind of UNRESTORABLE) {
		if (kind.needs === "superuser" && who.superuser) continue;
		const sql = typeof kind.sql === "string" ? kind.sql : kind.sql(source.serverVersion);
		if (sql === null) continue;
		for (const row of await source.rows(sql)) {
			const [name = ""] = row.map(String);
			const lack = kind.needs === "membership" ? ownerLack(row, who) : lackOf(kind, row, who);
			if (lack === null) continue;
			const called = labelIn(kind.noun, row);
			found.push({
				kind: kind.kind,
				what: `${kind.noun} ${name}`,
				...lack,
				entries: kind.archive === null ? null : entriesOf(kind.archive, row),
				labels: kind.archive === null ? [] : [
					called,
					`grant on ${called}`,
					`comment on ${row[3] ?? called}`
				]
			});
		}
	}
	return found;
}
function routineOf([, , , , schema, name, parameters, keyword, quoted]) {
	if (typeof schema !== "string") return void 0;
	return {
		schema,
		name: String(name),
		parameters: String(parameters),
		keyword: String(keyword),
		quoted: String(quoted)
	};
}
function labelIn(noun, row) {
	const routine = routineOf(row);
	return `${noun} ${routine === void 0 ? row[0] : `${labelOf(routine.schema, routine.name)}(${routine.parameters})`}`;
}
function entriesOf(kind, row) {
	const [name, owner] = [String(row[0]), String(row[1])];
	const routine = routineOf(row);
	if (routine === void 0) return [{
		kind,
		name,
		owner: kind === "EXTENSION" ? "" : owner
	}];
	const { schema, keyword, quoted, parameters } = routine;
	const about = {
		schema,
		name: `${keyword} ${quoted}(${parameters})`,
		owner
	};
	return [
		{
			kind: keyword,
			schema,
			name,
			owner
		},
		{
			kind: "COMMENT",
			...about
		},
		{
			kind: "ACL",
			...about
		}
	];
}
function lackOf(kind, row, who) {
	const why = reasonOf(kind.needs, row, who);
	return why === null ? null : {
		why,
		fix: kind.fix(who.role, String(row[0]), String(row[1]))
	};
}
function reasonOf(needs, [name, , needed], who) {
	switch (needs) {
		case "superuser": return "only a superuser may create it";
		case "nothing": return "a copy would use its original's replication slot";
		case "extension": {
			const can = who.extensions.get(`${name} ${needed}`);
			if (can === void 0) return `version ${needed} is not installed on the server`;
			return can ? null : "it is not trusted: only a superuser may create it";
		}
		case "membership": return null;
	}
}
const MANAGERS = [
	"rds_superuser",
	"cloudsqlsuperuser",
	"azure_pg_admin",
	"alloydbsuperuser"
];
const OWNER = "select pg_catalog.pg_get_userbyid(datdba) from pg_catalog.pg_database where datname = pg_catalog.current_database()";
async function restorerOf(connection, owner) {
	const membership = connection.serverVersion >= 16e4 ? "SET" : "MEMBER";
	const [me] = await connection.rows("select r.rolname, r.rolsuper::text from pg_catalog.pg_roles r where r.rolname = current_user");
	const roles = await connection.rows(`select rolname, pg_catalog.pg_has_role(oid, '${membership}')::text from pg_catalog.pg_roles`);
	const trusted = connection.serverVersion >= 13e4 ? "v.trusted or not v.superuser" : "not v.superuser";
	const extensions = await connection.rows(`select v.name, v.version, (${trusted})::text from pg_catalog.pg_available_extension_versions v`);
	const superuser = me?.[1] === "true";
	const acts = new Map(roles.map(([name, can]) => [String(name), can === "true"]));
	const manages = superuser || MANAGERS.some((name) => acts.get(name) === true);
	return {
		role: String(me?.[0]),
		superuser: manages,
		serverVersion: connection.serverVersion,
		keepsOwner: await mayMakeFor(connection, owner),
		roles: acts,
		extensions: new Map(extensions.map(([name, version, can]) => [`${name} ${version}`, manages || can === "true"]))
	};
}
// src/engine/postgres/accepted-lacks.ts
async function acceptedLacks({ place, connection }, willBeRestored) {
	const { mayLack } = place.options;
	const found = await cannotRestoreAt(place, connection);
	const refused = found.filter(({ kind }) => !mayLack.includes(kind));
	if (willBeRestored && refused[0] !== void 0) throw cannot(place.database, refused[0], refused);
	const accepted = found.filter(({ kind }) => mayLack.includes(kind));
	return {
		entries: accepted.flatMap(({ entries }) => entries ?? []),
		labels: accepted.flatMap(({ labels }) => labels),
		withoutOwners: accepted.some(({ entries }) => entries === null),
		leftOut: accepted.map((lack) => ({
			said: describeLack(lack),
			labels: lack.labels
		})),
		described: found.map(describeLack)
	};
}
async function cannotRestoreAt({ options: { scratch, variables } }, source) {
	await using elsewhere = scratch === null ? null : await serverAt(scratch, variables).connect();
	return await cannotRestore(source, elsewhere ?? source);
}
function cannot(database, { fix }, all) {
	const list = all.map(({ what, why }) => `${what} (${why})`).join(", ");
	return refusal("cannot-restore", `a backup of ${database} could not be restored as it is: ${list}`, { hint: fix });
}
export { cannotRestoreAt as n, describeLack as r, acceptedLacks as t };
