import { A as refusal } from "./domain.js";
import { t as stopIfAborted } from "./stop.js";
import { t as adopt } from "./baseline.js";
import { n as transactStatements, r as migrationError, t as runStatements } from "./run-statements.js";
import { c as listMigrations, d as readUp, i as readHistory, l as load, o as reasonAt, p as checksumOf, r as insertHistory, s as isLoaded, t as CREATE_HISTORY } from "./history2.js";
// src/tool/sql/apply.ts
async function applyMigrations(place, request) {
	const { session, migrations: planned, signal } = request;
	if (planned.length === 0) return;
	const { migrations } = await listMigrations(place);
	const onDisk = new Map(migrations.map((files) => [files.id, files]));
	const { rows, obstacle } = await adopt(place, migrations, await readHistory(session), session);
	if (obstacle !== null) throw refusal(obstacle.code, obstacle.message, obstacle.hint === void 0 ? {} : { hint: obstacle.hint });
	const baseline = rows.map((row) => insertHistory({
		...row,
		durationMs: 0,
		run: request.run
	}, session.dialect));
	const look = (migration) => loadAsPlanned(place, onDisk.get(migration.id), migration, session.dialect);
	let ahead = lookAhead(planned, 0, look);
	for (const [index, migration] of planned.entries()) {
		stopIfAborted(signal);
		const loaded = await ahead();
		ahead = lookAhead(planned, index + 1, look);
		const durationMs = await applyOne(migration, loaded, {
			before: index === 0 ? [CREATE_HISTORY, ...baseline] : [],
			durable: index === planned.length - 1
		}, request);
		request.applied({
			id: migration.id,
			durationMs
		});
	}
}
function lookAhead(items, index, look) {
	const begun = Promise.allSettled(items.slice(index, index + 1).map(look));
	return async () => {
		const [seen] = await begun;
		if (seen === void 0) throw new RangeError(`there is no item ${index}`);
		if (seen.status === "rejected") throw seen.reason;
		return seen.value;
	};
}
async function loadAsPlanned(place, files, migration, dialect) {
	if (files === void 0) throw planChanged(migration, "its file is gone");
	const bytes = await readUp(place, files);
	if (!(bytes instanceof Uint8Array)) throw planChanged(migration, `its file ${bytes.what}`);
	if (checksumOf(bytes) !== migration.sha256) throw planChanged(migration, "its file is another one now");
	const loaded = await load(place, files, bytes, dialect);
	if (!isLoaded(loaded)) throw unfitError(migration, loaded);
	const [problem] = loaded.up.problems;
	if (problem !== void 0) throw unfitError(migration, problem);
	return loaded;
}
const FEW = 8;
async function applyOne(migration, { sha256, up }, { before, durable }, { session, run, signal }) {
	const began = performance.now();
	const appliedAt = new Date().toISOString();
	const record = insertHistory({
		id: migration.id,
		checksum: sha256,
		appliedAt,
		durationMs: { since: appliedAt },
		run
	}, session.dialect);
	const progress = {
		done: 0,
		refused: false
	};
	try {
		if (!up.transaction) {
			await runStatements(session, up.statements, signal, progress, 1);
			await session.transaction(() => session.execute([...before, record]));
		} else if (up.statements.length <= FEW) await transactStatements(session, {
			before,
			statements: up.statements,
			after: [record]
		}, {
			foreignKeys: up.foreignKeys,
			durable
		}, progress);
		else {
			const work = async () => {
				if (before.length > 0) await session.execute(before);
				await runStatements(session, up.statements, signal, progress);
				await session.execute([record]);
			};
			await session.transaction(work, {
				foreignKeys: up.foreignKeys,
				durable
			});
		}
	} catch (error) {
		throw migrationError({
			act: "applying",
			migration: migration.id,
			file: migration.file,
			way: up,
			progress,
			cause: error
		});
	}
	return Math.round(performance.now() - began);
}
function planChanged(migration, how) {
	return refusal("plan-changed", `${migration.id} is not what was planned: ${how}${migration.file === null ? "" : ` (${migration.file})`}`, {
		hint: "look at what changed the file since the plan, then plan again",
		facts: {
			migration: migration.id,
			file: migration.file
		}
	});
}
function unfitError({ id, file }, problem) {
	const { code, message, hint } = reasonAt(file ?? id, problem);
	return refusal(code, message, {
		...hint === void 0 ? {} : { hint },
		facts: {
			migration: id,
			file,
			line: problem.line
		}
	});
}
export { applyMigrations };
