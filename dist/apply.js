import "./rolldown-runtime.js";
import { rt as refusal } from "./domain.js";
import { t as stopIfAborted } from "./stop.js";
import { _ as checksumOf, a as historyTable, c as adopt, d as isLoaded, f as listMigrations, h as readUp, i as historyAround, n as createHistory, o as insertHistory, p as load, s as readHistory, u as reasonAt } from "./looking.js";
import { i as migrationError, n as transactStatements, r as stillWrong, t as runStatements } from "./run-statements.js";
// src/tool/sql/queue.ts
var Queue = class {
	#underWay = [];
	add(work) {
		this.#underWay.push(work.then(() => ({}), (error) => ({ error })));
	}
	async room(most) {
		while (this.#underWay.length >= most) {
			const first = await this.#underWay.shift();
			if (first === void 0 || !("error" in first)) continue;
			await Promise.all(this.#underWay.splice(0));
			throw first.error;
		}
	}
};
// src/tool/sql/apply.ts
async function applyMigrations(place, request) {
	const { session, migrations: planned, signal } = request;
	if (planned.length === 0) return;
	const { migrations } = await listMigrations(place);
	const onDisk = new Map(migrations.map((files) => [files.id, files]));
	const { rows, obstacle } = await adopt(place, migrations, await readHistory(session, place.schema), session);
	if (obstacle !== null) throw refusal(obstacle.code, obstacle.message, obstacle.hint === void 0 ? {} : { hint: obstacle.hint });
	const history = await historyTable(session, place.schema);
	const baseline = rows.map((row) => insertHistory({
		...row,
		durationMs: 0,
		run: request.run
	}, history));
	const queue = new Queue();
	try {
		for (const [index, migration] of planned.entries()) {
			const loaded = loadAsPlanned(place, onDisk.get(migration.id), migration, session.dialect);
			await queue.room(isRoundTrip(loaded) ? Math.min(Math.max(index, 1), MOST_UNDER_WAY) : 1);
			stopIfAborted(signal);
			const inRun = {
				before: index === 0 ? [createHistory(history), ...baseline] : [],
				history,
				durable: index === planned.length - 1,
				schema: place.schema
			};
			queue.add(applyOne(migration, loaded, inRun, request).then((durationMs) => request.applied({
				id: migration.id,
				durationMs
			})));
			if (!isRoundTrip(loaded)) await queue.room(1);
		}
	} finally {
		await queue.room(1);
	}
}
const MOST_UNDER_WAY = 16;
function loadAsPlanned(place, files, migration, dialect) {
	if (files === void 0) throw planChanged(migration, "its file is gone");
	const bytes = readUp(place, files);
	if (!(bytes instanceof Uint8Array)) throw planChanged(migration, `its file ${bytes.what}`);
	if (checksumOf(bytes) !== migration.sha256) throw planChanged(migration, "its file is another one now");
	const loaded = load(place, files, bytes, dialect);
	if (!isLoaded(loaded)) throw unfitError(migration, loaded);
	const [problem] = loaded.up.problems;
	if (problem !== void 0) throw unfitError(migration, problem);
	return loaded;
}
const FEW = 8;
function isRoundTrip({ up }) {
	return up.transaction && up.statements.length <= FEW;
}
async function applyOne(migration, { sha256, up }, { before, history, durable, schema }, { session, run, signal }) {
	const began = performance.now();
	const appliedAt = new Date().toISOString();
	const record = insertHistory({
		id: migration.id,
		checksum: sha256,
		appliedAt,
		durationMs: { since: appliedAt },
		run
	}, history);
	const progress = {
		done: 0,
		refused: false
	};
	try {
		if (!up.transaction) {
			await runStatements(session, up.statements, signal, progress, 1);
			await session.transaction(() => session.execute([...before, record]));
		} else if (isRoundTrip({ up })) {
			const row = historyAround({
				id: migration.id,
				checksum: sha256,
				run
			}, history);
			const surrounded = {
				before: [...before, ...row.before],
				statements: up.statements,
				after: row.after
			};
			return Math.round(await transactStatements(session, surrounded, {
				foreignKeys: up.foreignKeys,
				durable
			}, progress));
		} else {
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
		const cause = await stillWrong({
			session,
			schema
		}, migration.id, "there", error);
		if (cause === null) return Math.round(performance.now() - began);
		throw migrationError({
			act: "applying",
			migration: migration.id,
			file: migration.file,
			way: up,
			progress,
			cause
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
