import "./rolldown-runtime.js";
import { n as resultOfThrown } from "./carry-out.js";
import { H as exitStatus, et as failure } from "./domain.js";
import { n as readContext, r as tempDirectoryOf } from "./context.js";
import { r as gitHubOf } from "./github2.js";
import { a as keptInvocation, n as carryOutInStep, o as keptPolicy, s as invocationOf, t as watchOnce } from "./surroundings.js";
import { r as commandLine } from "./page.js";
import { t as terminalReport } from "./terminal.js";
import { t as LOG_STYLE } from "./log-style.js";
import { t as removeCredentials } from "./credentials.js";
import { n as showResult, r as showUsageError } from "./show.js";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
// src/workflow/post.ts
const LONGEST_MS = 24e4;
const UNTIL_INTERRUPTED_MS = 21e4;
async function postStep(around) {
	const { runner } = around;
	try {
		await removeKey(around);
		const run = runner.saved("run");
		const invocation = keptInvocation(runner);
		const isUnfinished = run !== null && invocation !== null && runner.saved("ended") === null;
		if (isUnfinished) runner.print(`belay: run ${run} did not come to its end; finishing it now\n`);
		const finished = isUnfinished ? await finish(around, run, invocation) : null;
		if (isRequested(runner)) await (await import("./requested.js")).tellInPost(around, finished);
		return finished?.status ?? 0;
	} finally {
		runner.end();
	}
}
function isRequested(runner) {
	return runner.saved("request") !== null && runner.saved("told") === null;
}
async function finish(around, run, invocation) {
	const { runner, variables, cwd, now, loadPerform } = around;
	const { token, ssh } = invocationOf(runner.input);
	runner.mask(token === null ? [] : [token]);
	const context = await readContext(variables);
	using watch = watchOnce(limited(around.onInterrupt));
	const github = gitHubOf({
		context,
		token,
		path: variables["PATH"],
		signal: watch.signal
	});
	const policy = await keptPolicy(runner);
	const unfinished = runner.saved("session");
	await using server = ssh === null ? null : (await import("./over-ssh.js")).serverOf(ssh, {
		runner,
		context,
		unfinished
	});
	const carrying = carryOutInStep(around, {
		invocation: {
			...invocation,
			command: "recover",
			options: { run }
		},
		github: policy === null ? github : {
			...github,
			policy: () => Promise.resolve(policy)
		},
		onInterrupt: watch.share,
		loadPerform: server === null ? loadPerform : server.loadPerform
	});
	const carried = await Promise.race([carrying, setTimeout$1(LONGEST_MS, null, { ref: false })]);
	return await tellEnd({
		runner,
		context,
		cwd
	}, {
		run,
		environment: invocation.environment
	}, carried, now());
}
async function removeKey({ runner, variables }) {
	const folder = runner.saved("ssh");
	if (folder !== null) await removeCredentials(folder, tempDirectoryOf(variables));
}
async function tellEnd(showing, of, carried, at) {
	const { runner } = showing;
	if (carried === null || carried.kind === "usage-error") {
		if (carried !== null) await showUsageError(runner, carried.error);
		const reason = unfinished(of, carried === null ? "the time that the end of a job has is over" : IN_ITS_WAY);
		runner.annotate({
			level: "error",
			title: "Belay",
			message: `${reason.message}\n${reason.hint}`
		});
		const thrown = failure(reason.code, reason.message, { hint: reason.hint });
		const asked = {
			command: "recover",
			environment: of.environment
		};
		return {
			status: exitStatus("needs-attention"),
			result: resultOfThrown(thrown, asked, at, at, true)
		};
	}
	const { result } = carried;
	if (result.reasons.some(({ code }) => code === "run-not-unfinished")) {
		runner.print("belay: it is finished already, and the run that is unfinished now is not this job's\n");
		return {
			status: 0,
			result: null
		};
	}
	const isFinished = result.outcome !== "needs-attention" && result.outcome !== "refused";
	const environment = result.environment ?? of.environment;
	const told = isFinished ? result : {
		...result,
		reasons: [...result.reasons, unfinished({
			...of,
			environment
		}, IN_ITS_WAY)]
	};
	runner.print(terminalReport(told, LOG_STYLE, false));
	await showResult(showing, told);
	return {
		status: exitStatus(told.outcome),
		result: isFinished ? told : {
			...told,
			outcome: "needs-attention"
		}
	};
}
const IN_ITS_WAY = "what is said above stood in its way";
function unfinished({ run, environment }, why) {
	const hint = `finish it: \`${commandLine("recover", environment)}\``;
	return {
		code: "run-unfinished",
		message: `run ${run} could not be finished here: ${why}`,
		hint
	};
}
function limited(onInterrupt) {
	return (told) => {
		const watch = onInterrupt(told);
		const timer = new AbortController();
		const over = failure("interrupted", "the time that the end of a job has is nearly over");
		const alarm = setTimeout(() => timer.abort(over), UNTIL_INTERRUPTED_MS);
		return {
			signal: AbortSignal.any([watch.signal, timer.signal]),
			[Symbol.dispose]() {
				clearTimeout(alarm);
				watch[Symbol.dispose]();
			}
		};
	};
}
export { postStep };
