import "./rolldown-runtime.js";
import { l as openRefusal, n as readOnlySession, nt as locate, o as assertReadableFile } from "./reading.js";
import { t as Remote } from "./remote.js";
// src/engine/sqlite/reader.ts
async function openReader(target, options) {
	const place = await locate(target);
	assertReadableFile(place);
	let remote;
	const idle = async () => {
		if (remote?.busy === true) {
			await remote.end();
			remote = void 0;
		}
		try {
			return remote ??= await Remote.start(place.file, options);
		} catch (error) {
			throw openRefusal(place, error);
		}
	};
	return {
		session: readOnlySession(async (sql, parameters) => (await idle()).call("query", sql, parameters, { readOnly: true })),
		[Symbol.asyncDispose]: async () => remote?.[Symbol.asyncDispose]()
	};
}
export { openReader };
