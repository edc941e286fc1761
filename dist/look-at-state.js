import "./rolldown-runtime.js";
import { t as serverAt } from "./server.js";
import { a as readState } from "./state.js";
// src/engine/postgres/look-at-state.ts
async function lookAtState(target, options) {
	await using connection = await serverAt(target.address, options.variables).connect();
	return (await readState(connection))?.row;
}
export { lookAtState };
