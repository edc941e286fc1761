// src/domain/phase.ts
const PHASES = [
	"preparing",
	"stopping",
	"backing-up",
	"migrating",
	"verifying",
	"verified",
	"starting",
	"health",
	"settled",
	"rolling-back",
	"rolled-back",
	"restarting",
	"ended"
];
const APPLICATION_MAY_START = [
	"verified",
	"starting",
	"health",
	"rolled-back",
	"restarting"
];
function applicationMayStart(phase) {
	return APPLICATION_MAY_START.includes(phase);
}
export { applicationMayStart as n, PHASES as t };
