import "./rolldown-runtime.js";
import { n as readIdentity } from "./identity.js";
import { i as obstacleToCopies, n as scopeOf } from "./scope-of.js";
import { t as readSchema } from "./schema.js";
import { o as userSchemas } from "./scope.js";
import { i as pathOf, o as turnTo, t as serverAt } from "./server.js";
import { n as readOnlySession } from "./session.js";
import { a as readState } from "./state.js";
// src/engine/postgres/read-view.ts
async function openView(target, options) {
	const server = serverAt(target.address, options.variables);
	await using opening = new AsyncDisposableStack();
	const own = opening.use(await server.connect());
	const [size] = await own.rows("select pg_catalog.pg_database_size(pg_catalog.current_database())::text");
	const asked = new Asked(() => server.connect({ searchPath: pathOf(target) }));
	const lookAt = (seen, session) => ({
		session,
		engineVersion: versionOf(own),
		sizeBytes: Number(size?.[0]),
		identity: () => readIdentity(own),
		schema: () => readSchema(own, scopeOf(seen)),
		copyObstacle: () => obstacleToCopies(own),
		state: async () => (await readState(own))?.row,
		tenant: (tenant) => lookAt(tenant, asked.tenantSession(tenant))
	});
	opening.use(asked);
	const closing = opening.move();
	return {
		...lookAt(target, readOnlySession(asked.get)),
		[Symbol.asyncDispose]: () => closing.disposeAsync()
	};
}
var Asked = class {
	#connect;
	#last = Promise.resolve();
	#made = {};
	constructor(connect) {
		this.#connect = connect;
	}
	get = () => this.#made.own ??= this.#connect();
	tenantSession({ tenant }) {
		const path = tenant?.searchPath ?? "none";
		const session = readOnlySession(async () => turnTo(await (this.#made.tenants ??= this.#connect()), path));
		return {
			...session,
			query: (...question) => this.#inTurn(() => session.query(...question))
		};
	}
	#inTurn(ask) {
		const answer = this.#last.then(ask);
		this.#last = answer.catch(() => void 0);
		return answer;
	}
	async [Symbol.asyncDispose]() {
		for (const made of Object.values(this.#made)) await (await made.catch(() => void 0))?.[Symbol.asyncDispose]();
	}
};
async function schemasIn(target, options) {
	await using connection = await serverAt(target.address, options.variables).connect();
	return (await connection.rows(`select n.nspname from pg_catalog.pg_namespace n where ${userSchemas({ schemas: null })} order by n.nspname`)).map(([name]) => String(name));
}
function versionOf({ serverVersion }) {
	return `PostgreSQL ${Math.floor(serverVersion / 1e4)}.${serverVersion % 1e4}`;
}
export { schemasIn as n, versionOf as r, openView as t };
