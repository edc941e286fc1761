import { n as nextOpening, t as insideWindow } from "./domain.js";
// src/policy/policy.ts
function decide(facts) {
	const reasons = [
		approval(facts),
		window(facts),
		repetition(facts)
	].filter((reason) => reason !== null);
	return reasons.length === 0 ? { allowed: true } : {
		allowed: false,
		reasons
	};
}
function approval({ environment, command, withoutApproval }) {
	if (environment.approvals === null || withoutApproval !== null) return null;
	return {
		code: "approval-needed",
		message: `${environment.name} is protected (approvals in belay.yml), and here nobody can approve`,
		hint: `run it from GitHub, or say why it goes without: \`belay ${command} ${environment.name} --without-approval "…"\``
	};
}
function window({ environment, now }) {
	const { windows } = environment;
	if (windows.length === 0 || windows.some((each) => insideWindow(each, now))) return null;
	return {
		code: "outside-window",
		message: `${environment.name} may be changed only in ${windows.map(({ text }) => text).join(", ")}`,
		hint: `the next window opens ${describeOpening(windows, now)}`
	};
}
function describeOpening(windows, now) {
	return windows.map((each) => nextOpening(each, now)).sort((a, b) => a.getTime() - b.getTime())[0]?.toISOString().replace(/:\d\d\.\d+Z$/, "Z") ?? "never";
}
function repetition({ command, environment, again, earlierFailure }) {
	if (earlierFailure === null || again !== null) return null;
	return {
		code: "same-plan-failed",
		message: `this very plan was tried in run ${earlierFailure.run} and ${earlierFailure.what}`,
		hint: `change the migration; or, if the cause lay elsewhere, say why it may run again: \`belay ${command} ${environment.name} --again "…"\``
	};
}
export { decide as t };
