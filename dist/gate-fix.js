import "./rolldown-runtime.js";
import { t as migrate } from "./migrate2.js";
// src/run/gate-fix.ts
async function fixBehind(ports, environment, targets) {
	return migrate(ports, leftAlone(environment), targets, {
		digest: null,
		again: null,
		withoutApproval: null,
		to: null,
		backup: null,
		verify: true
	});
}
function leftAlone(environment) {
	const { app, checks } = environment;
	return {
		...environment,
		app: {
			...app,
			prepare: null,
			stop: null,
			start: null,
			previous: null,
			maintenance: null
		},
		checks: {
			...checks,
			health: []
		},
		checklist: [],
		watch: null
	};
}
export { fixBehind };
