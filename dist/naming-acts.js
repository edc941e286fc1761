import "./rolldown-runtime.js";
import { Jt as acting, Yt as named } from "./looking.js";
// src/engine/postgres/naming-acts.ts
function namingActs(hold, name, database) {
	const naming = {
		...hold,
		get database() {
			return database ?? naming;
		},
		tenant: (tenant) => namingActs(hold.tenant(tenant), tenant.name, naming),
		writeState: (row) => acting(`recording the run in belay.state of ${name}`, () => hold.writeState(row)),
		assertOwner: () => acting(`reading belay.state of ${name}`, () => hold.assertOwner()),
		work: async (options) => namingActsOfWork(await acting(`opening ${name} for work`, () => hold.work(options)), name),
		copies: () => acting(`looking for copies of ${name}`, () => hold.copies()),
		discard: (copy) => acting(`dropping ${copy.place}`, () => hold.discard(copy)),
		restoreAside: (...backup) => acting(`restoring a backup of ${name} beside it`, () => hold.restoreAside(...backup)),
		planReplacement: (...asked) => acting(`looking how ${name} could be replaced`, () => hold.planReplacement(...asked)),
		replace: (...asked) => acting(`replacing ${name}`, () => hold.replace(...asked)),
		compareWith: (...asked) => acting(`comparing ${name} with what it was`, () => hold.compareWith(...asked)),
		laterWrites: (mark) => acting(`counting what was written to ${name} since`, () => hold.laterWrites(mark))
	};
	return naming;
}
function namingActsOfWork(workspace, name) {
	return {
		...workspace,
		tenant: (tenant) => namingActsOfWork(workspace.tenant(tenant), tenant.name),
		identity: () => acting(`asking which database ${name} is`, () => workspace.identity()),
		schema: () => acting(`reading the structure of ${name}`, () => workspace.schema()),
		backup: (request) => backingUp(workspace, request, name),
		compare: (reference) => acting(`comparing the rows of ${name}`, () => workspace.compare(reference)),
		disturbance: () => acting(`looking who else wrote to ${name}`, () => workspace.disturbance()),
		written: () => acting(`looking whether ${name} was written to`, () => workspace.written()),
		mark: (run) => acting(`counting the rows of ${name}`, () => workspace.mark(run))
	};
}
async function backingUp(workspace, request, name) {
	let theirs;
	const observe = async (...seen) => {
		try {
			return await request.observe(...seen);
		} catch (error) {
			theirs = error;
			throw error;
		}
	};
	try {
		return await workspace.backup({
			...request,
			observe
		});
	} catch (error) {
		throw theirs === void 0 ? named(`backing up ${name}`, error) : error;
	}
}
export { namingActs };
