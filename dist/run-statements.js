import { $ as BelayError, et as failure, tt as messageOf } from "./domain.js";
import { l as placeOf, s as readHistory } from "./looking.js";
import { t as stopIfAborted } from "./stop.js";
import { setImmediate } from "node:timers/promises";
// src/tool/sql/failure.ts
const EXCERPT = 200;
function migrationError({ act, migration, file, way, progress: { done, refused }, cause }) {
	if (!(cause instanceof BelayError)) return cause;
	const statement = refused ? way.statements[done] : void 0;
	const place = placeOf(file ?? migration, statement?.line ?? null);
	const excerpt = statement === void 0 ? "" : `; the statement: ${shorten(statement.text)}`;
	const left = way.transaction || done === 0 ? "" : `; ${done} of ${way.statements.length} statements had run, without a transaction`;
	const hint = cause.hint ?? (statement === void 0 ? void 0 : `mend ${place}, then run again`);
	return new BelayError(cause.kind, cause.code === "sql-failed" || cause.code === "target-locked" && left !== "" ? "migration-failed" : cause.code, `${act} ${migration} (${place}): ${messageOf(cause)}${excerpt}${left}`, {
		...hint === void 0 ? {} : { hint },
		cause,
		facts: {
			...cause.facts,
			migration,
			file,
			line: statement?.line ?? null,
			statement: statement === void 0 ? null : shorten(statement.text),
			statementsRun: done,
			statements: way.statements.length
		}
	});
}
function shorten(text) {
	const line = text.replace(/\s+/g, " ");
	return line.length > EXCERPT ? `${[...line].slice(0, EXCERPT).join("")}…` : line;
}
// src/tool/sql/in-doubt.ts
async function stillWrong({ session, schema }, id, committed, error) {
	if (!(error instanceof BelayError) || error.code !== "commit-in-doubt") return error;
	try {
		return ((await readHistory(session, schema))?.some((row) => row.id === id) ?? false) === (committed === "there") ? null : notCommitted(error);
	} catch (asked) {
		return failure(error.code, `${error.message}; asked again: ${messageOf(asked)}`, {
			...error.hint === void 0 ? {} : { hint: error.hint },
			cause: error,
			facts: error.facts
		});
	}
}
function notCommitted(error) {
	return failure("connection-lost", `the connection was lost before the commit, and the database has nothing of it: ${messageOf(error.cause)}`, {
		hint: "look whether the server runs, and at its log; then run again",
		cause: error,
		facts: error.facts
	});
}
// src/tool/sql/run-statements.ts
const QUICK_MS = 20;
const FIRST_BATCH = 8;
const LARGEST_BATCH = 512;
async function runStatements(session, statements, signal, progress, largest = LARGEST_BATCH) {
	for (let size = Math.min(FIRST_BATCH, largest); progress.done < statements.length;) {
		const batch = statements.slice(progress.done, progress.done + size);
		const began = performance.now();
		await runBatch(session, batch, progress);
		size = performance.now() - began > QUICK_MS ? Math.max(1, size >> 1) : Math.min(size * 2, largest);
		if (progress.done < statements.length) await setImmediate();
		stopIfAborted(signal);
	}
}
async function runBatch(session, batch, progress) {
	try {
		await session.execute(batch.map(({ text }) => text));
		progress.done += batch.length;
	} catch (error) {
		const failed = failedStatement(error);
		progress.refused = failed !== null;
		progress.done += failed ?? 0;
		throw error;
	}
}
async function transactStatements(session, { before, statements, after }, options, progress) {
	try {
		const tookMs = await session.transact([
			...before,
			...statements.map(({ text }) => text),
			...after
		], options);
		progress.done = statements.length;
		return tookMs;
	} catch (error) {
		const failed = failedStatement(error);
		const own = failed === null ? statements.length : failed - before.length;
		progress.done = Math.min(Math.max(own, 0), statements.length);
		progress.refused = own >= 0 && own < statements.length;
		throw error;
	}
}
function failedStatement(error) {
	const failed = error instanceof BelayError ? error.facts["statement"] : void 0;
	return typeof failed === "number" ? failed : null;
}
export { migrationError as i, transactStatements as n, stillWrong as r, runStatements as t };
