import { t as decide } from "./policy.js";
import { f as throwIfAny } from "./ending.js";
// src/run/approval.ts
function refuseUnapproved(command, environment, now, withoutApproval) {
	const decision = decide({
		command,
		environment: {
			...environment,
			windows: []
		},
		now,
		withoutApproval,
		again: null,
		earlierFailure: null
	});
	if (!decision.allowed) throwIfAny("refused", decision.reasons);
}
export { refuseUnapproved as t };
