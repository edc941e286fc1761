import "./rolldown-runtime.js";
import { rt as refusal } from "./domain.js";
import { t as stopIfAborted } from "./stop.js";
import { i as migrationError, r as stillWrong, t as runStatements } from "./run-statements.js";
import { _ as checksumOf, a as historyTable, d as isLoaded, f as listMigrations, g as shown, h as readUp, m as readAll, p as load, r as deleteHistory, s as readHistory, u as reasonAt } from "./looking.js";
// src/tool/sql/revert.ts
async function revertMigrations(place, request) {
	const { session, signal } = request;
	const rows = lastApplied(await readHistory(session, place.schema) ?? [], new Set(request.ids));
	const onDisk = new Map((await listMigrations(place)).migrations.map((files) => [files.id, files]));
	const looked = await readAll(rows, (row) => findWayBack(place, onDisk.get(row.id), row, session.dialect));
	const ways = looked.flatMap((found) => found.kind === "way" ? [found] : []);
	const without = looked.flatMap((found) => found.kind === "none" ? [found.id] : []);
	if (without.length > 0) throw notReversible(without);
	for (const way of ways) {
		stopIfAborted(signal);
		request.reverted({
			id: way.id,
			durationMs: await revertOne(way, request, place.schema)
		});
	}
}
function lastApplied(history, ids) {
	const last = history.slice(history.length - Math.min(ids.size, history.length)).reverse();
	const strangers = [...ids].filter((id) => !last.some((row) => row.id === id));
	if (strangers.length === 0) return last;
	const applied = new Set(history.map(({ id }) => id));
	const missing = strangers.filter((id) => !applied.has(id));
	const what = missing.length > 0 ? `${missing.join(", ")} is not applied` : `others were applied after ${strangers.join(", ")}`;
	throw refusal("not-last-applied", `reverting ${[...ids].join(", ")}: ${what}`, {
		hint: last.length === 0 ? "nothing is applied, so there is nothing to revert" : `the last applied are, from the last on: ${last.map(({ id }) => id).join(", ")}`,
		facts: { migrations: strangers }
	});
}
function findWayBack(place, files, row, dialect) {
	const { id } = row;
	if (files === void 0) throw unfit(id, id, {
		...GONE,
		line: null
	});
	const upFile = shown(place, files.up);
	const bytes = readUp(place, files);
	if (!(bytes instanceof Uint8Array)) throw unfit(id, upFile, bytes);
	if (checksumOf(bytes) !== row.checksum) throw unfit(id, upFile, {
		...CHANGED,
		line: null
	});
	const loaded = load(place, files, bytes, dialect);
	if (!isLoaded(loaded)) throw unfit(id, upFile, loaded);
	const file = shown(place, files.down ?? files.up);
	const [problem] = loaded.down?.problems ?? [];
	if (problem !== void 0) throw unfit(id, file, problem);
	if (loaded.down === null || loaded.down.statements.length === 0) return {
		kind: "none",
		id
	};
	return {
		kind: "way",
		id,
		file,
		way: loaded.down
	};
}
const GONE = {
	code: "migration-missing",
	what: "was applied, but has no file any more",
	hint: "bring the file back, or deploy the commit that has it; or go back by a backup"
};
const CHANGED = {
	code: "migration-changed",
	what: "was changed after it was applied, so its way back may not fit what was applied",
	hint: "bring back the file as it was applied, or go back by a backup"
};
async function revertOne({ id, file, way }, { session, signal }, schema) {
	const began = performance.now();
	const progress = {
		done: 0,
		refused: false
	};
	const forget = deleteHistory(id, await historyTable(session, schema));
	try {
		if (way.transaction) {
			const work = async () => {
				await runStatements(session, way.statements, signal, progress);
				await session.execute([forget]);
			};
			await session.transaction(work, { foreignKeys: way.foreignKeys });
		} else {
			await runStatements(session, way.statements, signal, progress, 1);
			await session.execute([forget]);
		}
	} catch (error) {
		const cause = await stillWrong({
			session,
			schema
		}, id, "gone", error);
		if (cause !== null) throw migrationError({
			act: "reverting",
			migration: id,
			file,
			way,
			progress,
			cause
		});
	}
	return Math.round(performance.now() - began);
}
function unfit(migration, file, problem) {
	const { code, message, hint } = reasonAt(file, problem);
	return refusal(code, `reverting ${migration}: ${message}`, {
		...hint === void 0 ? {} : { hint },
		facts: {
			migration,
			file,
			line: problem.line
		}
	});
}
function notReversible(ids) {
	return refusal("not-reversible", `${ids.join(", ")} ${ids.length === 1 ? "has" : "have"} no script for the way back`, {
		hint: "write one (x.down.sql, x/down.sql, or a section below -- migrate:down), or go back by a backup",
		facts: { migrations: [...ids] }
	});
}
export { revertMigrations };
