// src/engine/postgres/rights.ts
const RIGHTS = `select r.rolname, r.rolsuper, r.rolcreatedb, pg_catalog.pg_has_role(d.datdba, 'USAGE'), pg_catalog.pg_get_userbyid(d.datdba),
    pg_catalog.pg_has_role('pg_signal_backend', 'USAGE'), r.rolbypassrls
  from pg_catalog.pg_roles r, pg_catalog.pg_database d where r.rolname = current_user and d.datname = $1`;
async function readRights(connection, database) {
	const [row] = await connection.rows(RIGHTS, [database]);
	if (row === void 0) return void 0;
	const [role, superuser, createsDatabases, owns, owner, endsOthers, bypasses] = row;
	return {
		role: String(role),
		superuser: superuser === "t",
		createsDatabases: superuser === "t" || createsDatabases === "t",
		owns: owns === "t",
		owner: String(owner),
		endsOthers: superuser === "t" || endsOthers === "t",
		bypassesRowSecurity: superuser === "t" || bypasses === "t"
	};
}
async function obstacleToCopies(connection) {
	const rights = await readRights(connection, connection.database);
	return rights === void 0 || rights.createsDatabases ? null : `the role ${rights.role} may not create databases`;
}
function obstacleOfRights({ role, createsDatabases, owns, superuser, owner }) {
	if (!createsDatabases) return `the role ${role} may not create databases (alter role … createdb)`;
	if (!owns && !superuser) return `the role ${role} has not the rights of ${owner}, who owns the database`;
	return null;
}
// src/engine/postgres/scope-of.ts
function scopeOf({ schemas }) {
	return { schemas: schemas ?? null };
}
function replacedScope({ target, canRename }) {
	return canRename && target.tenant === void 0 ? { schemas: null } : scopeOf(target);
}
export { readRights as a, obstacleToCopies as i, scopeOf as n, obstacleOfRights as r, replacedScope as t };
