import "./rolldown-runtime.js";
import { i as writesSince } from "./later-writes.js";
import { t as serverAt } from "./server.js";
// src/engine/postgres/look-at-writes.ts
async function lookAtWrites(target, options, mark) {
	await using connection = await serverAt(target.address, options.variables).connect();
	return await writesSince(connection, mark);
}
export { lookAtWrites };
