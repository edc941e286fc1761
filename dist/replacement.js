import { et as failure, l as isManifest, rt as refusal } from "./domain.js";
import { C as placeOfSchema, I as readKept, M as databaseNamed, b as sessionsThatStay, c as openCopy, m as describeSessions, n as assertUnchanged, r as copyName, v as otherSessions, w as schemaNameAside, y as preparedTransactions } from "./copies.js";
import { a as readRights, n as scopeOf, r as obstacleOfRights } from "./scope-of.js";
import { r as fingerprintLargeObjects } from "./large-objects.js";
import { o as userSchemas } from "./scope.js";
import { _ as string, d as nullable, i as boolean, p as object, r as array } from "./npm-zod.js";
import { n as quoteIdentifier, r as quoteLiteral } from "./identifiers.js";
// src/engine/postgres/make-schemas.ts
const FACTS = `select n.nspname, pg_catalog.pg_get_userbyid(n.nspowner), pg_catalog.obj_description(n.oid, 'pg_namespace'),
    (select coalesce(json_agg(json_build_object('privilege', a.privilege_type, 'grantable', a.is_grantable,
        'grantee', case when a.grantee = 0 then null else pg_catalog.pg_get_userbyid(a.grantee) end) order by a.grantee, a.privilege_type), '[]')
      from pg_catalog.aclexplode(n.nspacl) a where a.grantee <> n.nspowner)::text
  from pg_catalog.pg_namespace n where `;
async function readSchemaFacts(source, scope) {
	return (await source.rows(`${FACTS} ${userSchemas(scope)} and n.nspname !~ '_belay_f_[0-9A-Z]{10}$' order by n.nspname`)).map(([name, owner, comment, grants]) => ({
		name: String(name),
		owner: String(owner),
		comment: comment ?? null,
		grants: JSON.parse(String(grants))
	}));
}
function schemaFactsOf(kept, { schemas }) {
	return readKept(factsShape(), kept, "what its schemas were like").filter(({ name }) => schemas === null || schemas.includes(name));
}
function factsShape() {
	const grant = object({
		grantee: nullable(string()),
		privilege: string(),
		grantable: boolean()
	});
	return array(object({
		name: string(),
		owner: string(),
		comment: nullable(string()),
		grants: array(grant)
	}));
}
const ROLES = "select rolname from pg_catalog.pg_roles where rolname = any ($1::text[])";
async function schemaStatements(target, schemas) {
	const grantees = schemas.flatMap(({ grants }) => grants.flatMap(({ grantee }) => grantee === null ? [] : [grantee]));
	const roles = new Set((await target.rows(ROLES, [grantees])).map(([role]) => role));
	return schemas.flatMap(({ name, owner, comment, grants }) => {
		const schema = quoteIdentifier(name);
		return [
			`create schema ${schema} authorization ${quoteIdentifier(owner)}`,
			...comment === null ? [] : [`comment on schema ${schema} is ${quoteLiteral(comment)}`],
			...grants.filter(({ grantee }) => grantee === null || roles.has(grantee)).map(({ grantee, privilege, grantable }) => `grant ${privilege} on schema ${schema} to ${grantee === null ? "public" : quoteIdentifier(grantee)}${grantable ? " with grant option" : ""}`)
		];
	});
}
// src/engine/postgres/stored-copy.ts
async function storedCopy(store, folder, manifest, run) {
	for (const file of manifest.files) await store.verify(`${folder}/${file.name}`, file);
	return {
		kind: "scratch",
		place: folder,
		runSuffix: run.slice(-10),
		sizeBytes: manifest.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
		madeAt: manifest.takenAt,
		evidence: { stored: manifest }
	};
}
function manifestOf({ evidence, place }) {
	if (typeof evidence !== "object" || evidence === null || !("stored" in evidence)) return null;
	if (isManifest(evidence["stored"])) return evidence["stored"];
	throw failure("copy-unreadable", `what is written of the backup ${place} is no manifest`, { hint: "`belay backups` lists them; `belay restore` reads one from its store" });
}
function storedDump(copy, manifest, store) {
	if (store !== void 0) return {
		store,
		folder: copy.place,
		manifest
	};
	throw failure("store-needed", `the backup ${copy.place} can only be brought back from its store`, { hint: "is `backup.store` in belay.yml still the one that the run used?" });
}
// src/engine/postgres/schema-obstacles.ts
const HOMES = [
	["pg_class", "o.relnamespace"],
	["pg_proc", "o.pronamespace"],
	["pg_type", "o.typnamespace"],
	["pg_constraint", "o.connamespace"],
	["pg_operator", "o.oprnamespace"],
	["pg_opclass", "o.opcnamespace"],
	["pg_opfamily", "o.opfnamespace"],
	["pg_collation", "o.collnamespace"],
	["pg_conversion", "o.connamespace"],
	["pg_statistic_ext", "o.stxnamespace"],
	["pg_ts_config", "o.cfgnamespace"],
	["pg_ts_dict", "o.dictnamespace"],
	["pg_ts_parser", "o.prsnamespace"],
	["pg_ts_template", "o.tmplnamespace"],
	["pg_rewrite", home("pg_class", "relnamespace", "o.ev_class")],
	["pg_trigger", home("pg_class", "relnamespace", "o.tgrelid")],
	["pg_policy", home("pg_class", "relnamespace", "o.polrelid")],
	["pg_attrdef", home("pg_class", "relnamespace", "o.adrelid")],
	["pg_amop", home("pg_opfamily", "opfnamespace", "o.amopfamily")],
	["pg_amproc", home("pg_opfamily", "opfnamespace", "o.amprocfamily")]
];
function home(catalog, namespace, oid) {
	return `(select h.${namespace} from pg_catalog.${catalog} h where h.oid = ${oid})`;
}
const PLACES = HOMES.map(([catalog, namespace]) => `select 'pg_catalog.${catalog}'::regclass::oid as class, o.oid, ${namespace} as home from pg_catalog.${catalog} o`).join(" union all ");
function bound(inside) {
	return `with place as (${PLACES})
  select distinct pg_catalog.pg_describe_object(d.classid, d.objid, 0), pg_catalog.pg_describe_object(d.refclassid, d.refobjid, 0)
  from pg_catalog.pg_depend d join place r on r.class = d.refclassid and r.oid = d.refobjid left join place p on p.class = d.classid and p.oid = d.objid
  where r.home = any ($1::oid[]) and (p.home is null or ${inside}) and d.deptype <> 'e'
    and p.home is distinct from 'pg_toast'::regnamespace
    and not (d.classid = 'pg_catalog.pg_trigger'::regclass
      and exists (select from pg_catalog.pg_trigger t where t.oid = d.objid and t.tgisinternal)) -- of a foreign key out of them, which holds nobody back
    and d.classid not in ('pg_catalog.pg_publication_rel'::regclass, 'pg_catalog.pg_default_acl'::regclass) order by 1, 2`;
}
const BOUND = bound("p.home <> all ($1::oid[])");
const BOUND_ALONE = bound("p.home <> r.home");
const EXTENSIONS = `select e.extname, n.nspname from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
  where n.oid = any ($1::oid[]) order by 1`;
const FOREIGN = `select n.nspname, pg_catalog.pg_get_userbyid(n.nspowner) from pg_catalog.pg_namespace n
  where n.oid = any ($1::oid[]) and not pg_catalog.pg_has_role(n.nspowner, 'USAGE') order by 1`;
const MAY_CREATE = "select pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')";
async function obstaclesToMove(connection, schemas, how = "together") {
	const oids = `{${schemas.join(",")}}`;
	const extensions = await connection.rows(EXTENSIONS, [oids]);
	const bound = await connection.rows(how === "together" ? BOUND : BOUND_ALONE, [oids]);
	const foreign = await connection.rows(FOREIGN, [oids]);
	const [mayCreate] = await connection.rows(MAY_CREATE);
	return [
		...extensions.map(([extension, schema]) => `the extension ${extension} lies in the schema ${schema}`),
		...bound.map(([dependent, on]) => `the ${dependent}, which is not moved, is bound to the ${on}`),
		...foreign.map(([schema, owner]) => `the schema ${schema} belongs to ${owner}`),
		...mayCreate?.[0] === "t" ? [] : ["this role may not create schemas in the database"]
	];
}
// src/engine/postgres/way-schemas.ts
async function planSchemas(place, copy, run, obstacle) {
	await using target = await place.server.connect({ database: place.database });
	const schemas = await schemasOf(target, place);
	const obstacles = await obstaclesToMove(target, schemas.map(({ oid }) => oid));
	if (obstacles.length > 0) throw refusal("replacement-impossible", place.target.tenant === void 0 ? `${place.database} cannot be renamed: ${obstacle}; nor can its schemas be moved aside: ${obstacles.slice(0, 10).join("; ")}` : `${place.target.name} cannot be moved aside alone: ${obstacles.slice(0, 10).join("; ")}`, {
		hint: "mend one of the two, then run `belay recover`",
		facts: {
			rename: obstacle,
			schemas: [...obstacles]
		}
	});
	const moved = schemas.map(({ oid, name }) => ({
		oid,
		name,
		aside: schemaNameAside(name, run)
	}));
	const stored = manifestOf(copy);
	if (stored !== null) return {
		moved,
		made: await schemasOfBackup(place, target, stored, obstacle)
	};
	await using source = await openCopy(place, copy);
	await refuseOtherObjects(place, target, await fingerprintLargeObjects(source, scopeOf(place.target)), obstacle);
	return {
		moved,
		made: (await schemasOf(source, place)).map(({ name }) => name)
	};
}
async function schemasOfBackup(place, target, { tables, engineFacts }, obstacle) {
	const scope = scopeOf(place.target);
	if (scope.schemas === null) await refuseOtherObjects(place, target, tables.find(({ name }) => name === "large objects")?.fingerprint?.value ?? null, obstacle);
	return schemaFactsOf(engineFacts["schemas"], scope).map(({ name }) => name);
}
async function refuseOtherObjects(place, target, before, obstacle) {
	if (await fingerprintLargeObjects(target, scopeOf(place.target)) === before) return;
	throw refusal("replacement-impossible", `${place.database} cannot be renamed: ${obstacle}; nor do its schemas hold all that was written: its large objects are others now`, {
		hint: "take away what keeps the database from being renamed, then run `belay recover`",
		facts: { rename: obstacle }
	});
}
async function schemasOf(connection, place) {
	const condition = userSchemas({ schemas: place.target.schemas ?? null });
	return (await connection.rows(`select n.oid::text, n.nspname from pg_catalog.pg_namespace n where ${condition} and n.nspname !~ '_belay_f_[0-9A-Z]{10}$' order by n.nspname`)).map(([oid, name]) => ({
		oid: String(oid),
		name: String(name)
	}));
}
// src/engine/postgres/replacement.ts
async function planReplacement(connection, place, copy, run) {
	const source = manifestOf(copy) === null ? (await assertUnchanged(connection, copy)).oid : "";
	const target = await databaseNamed(connection, place.database);
	if (target === void 0) throw refusal("target-missing", `there is no database ${place.database}`, { hint: "somebody dropped or renamed it; `belay restore BACKUP --into URL` makes a new one from a backup" });
	const heldOff = target.record?.belay === "held-off";
	const names = {
		run,
		database: place.database,
		target: target.oid,
		open: target.open || heldOff,
		copy: source
	};
	const stored = source === "" ? "there is no copy beside the database, but the backup alone" : null;
	const obstacle = alone(place) ?? await lastingObstacle(connection, place, target) ?? await passingObstacle(connection, target) ?? stored;
	if (obstacle === null) return {
		strategy: "swap",
		way: null,
		why: "nobody uses the database who could not be held off for a moment, so a proven copy takes its name",
		keepAs: copyName(place, "failed", run),
		from: copy,
		names: {
			...names,
			schemas: null
		}
	};
	const schemas = await planSchemas(place, copy, run, obstacle);
	const keeps = schemas.moved.map(({ aside }) => placeOfSchema(place, aside));
	return {
		strategy: "restore",
		way: "schemas",
		why: obstacle,
		keepAs: keeps.join(", "),
		keeps,
		from: copy,
		names: {
			...names,
			schemas: {
				moved: schemas.moved.map((moved) => ({ ...moved })),
				made: schemas.made
			}
		}
	};
}
function alone({ target: { tenant } }) {
	return tenant === void 0 ? null : "the other schemas of the database stay as they are";
}
async function lastingObstacle(connection, place, target) {
	if (!place.canRename) return `Belay's lock lives in ${place.database} itself, and nothing can be renamed from inside (lock.database names another)`;
	const rights = await readRights(connection, target.name);
	return (rights === void 0 ? null : obstacleOfRights(rights)) ?? await boundToDatabase(connection, target);
}
async function boundToDatabase(connection, { name, oid }) {
	const slots = await connection.rows("select slot_name from pg_catalog.pg_replication_slots where database = $1 order by 1", [name]);
	if (slots.length > 0) return `the replication slot ${slots.map(([slot]) => slot).join(", ")} would stay with the database that is moved aside`;
	const subscriptions = await connection.rows("select subname from pg_catalog.pg_subscription where subdbid = $1::oid order by 1", [oid]);
	if (subscriptions.length > 0) return `the subscription ${subscriptions.map(([each]) => each).join(", ")} would stay with the database that is moved aside`;
	return null;
}
async function passingObstacle(connection, target) {
	const staying = sessionsThatStay(await otherSessions(connection, target.oid));
	if (staying.length > 0) return `${describeSessions(staying)} is connected, and this role may not end that`;
	const prepared = await preparedTransactions(connection, target.name);
	if (prepared.length > 0) return `the prepared transaction ${prepared.join(", ")} waits for somebody to commit it or roll it back`;
	return null;
}
function namesOf(place, { names }) {
	if (isNames(names)) {
		if (names.database === place.database) return names;
		throw refusal("wrong-target", `this replacement is of the database ${names.database}, not of ${place.database}`, { hint: "the target's address leads elsewhere than when the run began" });
	}
	throw failure("intent-unreadable", `what the journal says of replacing ${place.database} cannot be read`, { hint: "use the version of Belay that made this run" });
}
function isNames(names) {
	if (typeof names !== "object" || names === null || Array.isArray(names)) return false;
	const { run, database, target, open, copy } = names;
	return [
		run,
		database,
		target,
		copy
	].every((value) => typeof value === "string") && typeof open === "boolean" && "schemas" in names;
}
export { schemasOf as a, storedCopy as c, schemaFactsOf as d, schemaStatements as f, planReplacement as i, storedDump as l, namesOf as n, obstaclesToMove as o, passingObstacle as r, manifestOf as s, lastingObstacle as t, readSchemaFacts as u };
