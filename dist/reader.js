import "./rolldown-runtime.js";
import { i as pathOf, t as serverAt } from "./server.js";
import { n as readOnlySession } from "./session.js";
// src/engine/postgres/reader.ts
async function openReader(target, options, { signal }) {
	const server = serverAt(target.address, options.variables);
	const connect = () => server.connect({
		searchPath: pathOf(target),
		signal
	});
	let connection = await connect();
	let busy = false;
	return {
		session: {
			...readOnlySession(async () => connection),
			async query(sql, parameters) {
				if (busy || connection.lost.aborted) {
					await connection[Symbol.asyncDispose]();
					connection = await connect();
				}
				const mine = connection;
				busy = true;
				try {
					return await readOnlySession(async () => mine).query(sql, parameters);
				} finally {
					if (mine === connection) busy = false;
				}
			}
		},
		[Symbol.asyncDispose]: () => connection[Symbol.asyncDispose]()
	};
}
export { openReader };
