import { tt as messageOf } from "./domain.js";
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
export { attempt as t };
