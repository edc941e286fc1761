import "./rolldown-runtime.js";
import { n as readIdentity } from "./identity.js";
import { r as obstacleToCopies, t as scopeOf } from "./scope-of.js";
import { t as readSchema } from "./schema.js";
import { t as serverAt } from "./server.js";
import { t as readOnlySession } from "./session.js";
// src/engine/postgres/read-view.ts
async function openView(target, options) {
	const server = serverAt(target.address, options.variables);
	const own = await server.connect();
	let asked;
	const [size] = await own.rows("select pg_catalog.pg_database_size(pg_catalog.current_database())::text");
	return {
		session: readOnlySession(() => asked ??= server.connect({ searchPath: "own" })),
		engineVersion: versionOf(own),
		sizeBytes: Number(size?.[0]),
		identity: () => readIdentity(own),
		schema: () => readSchema(own, scopeOf(target)),
		copyObstacle: () => obstacleToCopies(own),
		async [Symbol.asyncDispose]() {
			await own[Symbol.asyncDispose]();
			await (await asked?.catch(() => void 0))?.[Symbol.asyncDispose]();
		}
	};
}
function versionOf({ serverVersion }) {
	return `PostgreSQL ${Math.floor(serverVersion / 1e4)}.${serverVersion % 1e4}`;
}
export { versionOf as n, openView as t };
