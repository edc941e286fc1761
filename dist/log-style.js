import { Y as messageOf } from "./domain.js";
import { A as styleFor } from "./run-facts.js";
// src/workflow/attempt.ts
async function attempt(runner, what, work) {
	try {
		return await work();
	} catch (error) {
		runner.annotate({
			level: "notice",
			title: "Belay",
			message: `${what} could not be written: ${messageOf(error)}`
		});
		return null;
	}
}
// src/workflow/log-style.ts
const LOG_STYLE = styleFor(true, { LANG: "C.UTF-8" }, {
	isTerminal: false,
	columns: void 0
});
export { attempt as n, LOG_STYLE as t };
