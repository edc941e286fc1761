import { M as decide, Rt as throwIfAny } from "./looking.js";
// src/run/approval.ts
async function approvalsOf(ports, environment, asked) {
	return environment.approvals === null ? { kind: "nowhere" } : ports.approvalsOf(environment, asked);
}
async function refuseUnapproved(ports, command, environment, withoutApproval) {
	const approval = await approvalsOf(ports, environment, {
		command,
		digest: null
	});
	const decision = decide({
		command,
		environment: {
			...environment,
			windows: []
		},
		now: ports.now(),
		approval,
		unmetNeed: null,
		withoutApproval,
		again: null,
		earlierFailure: null
	});
	if (!decision.allowed) throwIfAny("refused", decision.reasons);
	return approval;
}
export { refuseUnapproved as n, approvalsOf as t };
