import { rt as refusal } from "./domain.js";
// src/ssh/protocol.ts
const MARK = "belay-ssh ";
function toLine(message) {
	return `${MARK}${JSON.stringify(message)}\n`;
}
const LONGEST_LINE = 67108864;
function lineReader(told) {
	let rest = "";
	const take = (line) => {
		if (line.startsWith(MARK)) told.message(JSON.parse(line.slice(10)));
		else told.other(line);
	};
	return {
		add(text) {
			const lines = (rest + text).split("\n");
			rest = lines.pop() ?? "";
			for (const line of lines) take(line);
			if (rest.length > LONGEST_LINE) rest = "";
		},
		end() {
			if (rest !== "" && !rest.startsWith(MARK)) told.other(rest);
			rest = "";
		}
	};
}
// src/ssh/with-approvals.ts
function withApprovals(environment) {
	return refusal("ssh-with-approvals", `${environment} needs approvals, and a step with the input ssh cannot prove them on the server`, { hint: "run the job on a runner of your own on that server, or take `approvals` out of belay.yml" });
}
export { lineReader as n, toLine as r, withApprovals as t };
