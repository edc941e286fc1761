import "./rolldown-runtime.js";
import { m as carryOut } from "./signals.js";
import { k as failure, v as exitStatus } from "./domain.js";
import { n as readContext } from "./context.js";
import { r as gitHubOf } from "./github.js";
import { d as keptPolicy, f as invocationOf, n as watchOnce, o as showResult, r as LOG_STYLE, s as showUsageError, t as stepOfThisProcess, u as keptInvocation } from "./process.js";
import { d as stepView, t as terminalReport } from "./terminal.js";
// src/workflow/post.ts
const LONGEST_MS = 24e4;
async function postStep(around) {
	const { runner } = around;
	try {
		const run = runner.saved("run");
		const invocation = keptInvocation(runner);
		if (run === null || invocation === null || runner.saved("ended") !== null) return 0;
		runner.print(`belay: run ${run} did not come to its end; finishing it now\n`);
		return await finish(around, run, invocation);
	} finally {
		runner.end();
	}
}
async function finish(around, run, invocation) {
	const { runner, variables, cwd, now, random, every, loadPerform } = around;
	const { token } = invocationOf(runner.input);
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
	const carried = await carryOut({
		invocation: {
			...invocation,
			command: "recover",
			options: { run }
		},
		world: {
			cwd,
			variables,
			now,
			random,
			onGitHub: true,
			github: policy === null ? github : {
				...github,
				policy: () => Promise.resolve(policy)
			},
			hide: runner.mask
		},
		view: stepView(LOG_STYLE, {
			nowMs: around.elapsedMs,
			columns: () => void 0
		}),
		show: runner.print,
		complain: runner.print,
		every,
		onInterrupt: watch.share,
		loadPerform
	});
	if (carried.kind === "usage-error") {
		await showUsageError(runner, carried.error);
		return 1;
	}
	const { result } = carried;
	runner.print(terminalReport(result, LOG_STYLE, false));
	await showResult({
		runner,
		context,
		cwd
	}, result);
	return exitStatus(result.outcome);
}
function limited(onInterrupt) {
	return (told) => {
		const watch = onInterrupt(told);
		const timer = new AbortController();
		const over = failure("interrupted", `the ${LONGEST_MS / 6e4} minutes that the end of a job has are over`);
		const alarm = setTimeout(() => timer.abort(over), LONGEST_MS);
		return {
			signal: AbortSignal.any([watch.signal, timer.signal]),
			[Symbol.dispose]() {
				clearTimeout(alarm);
				watch[Symbol.dispose]();
			}
		};
	};
}
// src/post.ts
const status = await postStep(stepOfThisProcess());
if (status !== 0) process.exitCode = status;
export {};
