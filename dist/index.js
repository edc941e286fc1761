import "./rolldown-runtime.js";
import { u as carryOut } from "./registry.js";
import { I as exitStatus, q as BelayError } from "./domain.js";
import { n as readContext } from "./context.js";
import { n as keepInvocation, o as invocationOf, r as keepPolicy, t as watchOnce } from "./surroundings.js";
import { r as stepView, t as terminalReport } from "./terminal.js";
import { n as attempt, t as LOG_STYLE } from "./log-style.js";
import { t as stepOfThisProcess } from "./process.js";
// src/workflow/main.ts
async function mainStep(around) {
	const { runner, variables } = around;
	try {
		const inputs = invocationOf(runner.input, runner.given);
		runner.mask(inputs.token === null ? [] : [inputs.token]);
		if (inputs.request !== null) throw noBotYet();
		return await performStep(around, inputs, {
			runner,
			context: await readContext(variables),
			cwd: around.cwd
		});
	} catch (error) {
		if (!(error instanceof BelayError) || error.kind !== "usage") throw error;
		return await wrongUsage(runner, error);
	} finally {
		runner.end();
	}
}
async function wrongUsage(runner, error) {
	const { showUsageError } = await import("./show2.js");
	await showUsageError(runner, error);
	return 2;
}
function noBotYet() {
	return new BelayError("usage", "not-in-this-version", "the input request belongs to the bot, which this version does not have", { hint: "leave it out" });
}
async function performStep(around, inputs, showing) {
	const { runner, variables, cwd, now, random, every, loadPerform } = around;
	const { invocation, token } = inputs;
	using watch = watchOnce(around.onInterrupt);
	const job = {
		context: showing.context,
		token,
		path: variables["PATH"],
		signal: watch.signal
	};
	keepInvocation(runner, invocation);
	await using server = inputs.ssh === null ? null : await serverFor(inputs.ssh, showing);
	const perform = server === null ? loadPerform() : server.loadPerform();
	Promise.allSettled([perform]);
	const carried = await carryOut({
		invocation,
		world: {
			cwd,
			variables,
			now,
			random,
			onGitHub: true,
			github: await gitHubFor(job, showing, invocation.config),
			hide: runner.mask
		},
		view: stepViewThatKeepsTheRun(around),
		show: runner.print,
		complain: runner.print,
		every,
		onInterrupt: watch.share,
		loadPerform: () => perform
	});
	runner.save("ended", "true");
	if (carried.kind === "usage-error") return await wrongUsage(runner, carried.error);
	const { result } = carried;
	runner.print(terminalReport(result, LOG_STYLE, false));
	const { showResult } = await import("./show2.js");
	await tellGitHub(job, inputs, showing, result, await showResult(showing, result));
	return exitStatus(result.outcome);
}
async function serverFor(ssh, { runner, context }) {
	const { serverOf } = await import("./over-ssh.js");
	return serverOf(ssh, {
		runner,
		context,
		unfinished: null
	});
}
async function gitHubFor(job, { runner, context }, path) {
	const { gitHubOf } = await import("./github3.js");
	const github = gitHubOf(job);
	const policy = github.policy(path);
	Promise.allSettled([policy]);
	return {
		...github,
		policy: async () => {
			const found = await policy;
			await attempt(runner, "a copy of the policy for the end of the job", () => keepPolicy(runner, context.tempDirectory, found));
			return found;
		}
	};
}
function stepViewThatKeepsTheRun({ runner, elapsedMs }) {
	const view = stepView(LOG_STYLE, {
		nowMs: elapsedMs,
		columns: () => void 0
	});
	const keep = (event) => {
		if (event.type === "run-began") runner.save("run", event.run);
	};
	return {
		...view,
		show(event) {
			keep(event);
			return view.show(event);
		}
	};
}
const AFTER_CANCEL_MS = 2e3;
async function tellGitHub(job, inputs, { runner }, result, shown) {
	const late = {
		...job,
		signal: job.signal.aborted ? AbortSignal.timeout(AFTER_CANCEL_MS) : new AbortController().signal
	};
	await attempt(runner, "the comment", async () => {
		const { isTold } = await import("./show2.js");
		if (!isTold(inputs.comment, result) || result.environment === null) return;
		const { comment, findPullRequest } = await import("./github3.js");
		const { commentMarkdown } = await import("./comment2.js");
		const { number, why } = await findPullRequest(late);
		const outcome = number === null ? null : await comment(late, number, result.environment, commentMarkdown(result, shown));
		const notice = why ?? (outcome?.kind === "not-written" ? outcome.why : null);
		if (notice !== null) runner.annotate({
			level: "notice",
			title: "Belay",
			message: notice
		});
	});
	const { pendingDigest, githubEnvironment } = result.deployed ?? {};
	if (pendingDigest === void 0 || githubEnvironment === void 0) return;
	await attempt(runner, "the note for environments that need this one", async () => {
		const { noteDeployed } = await import("./github3.js");
		const notice = await noteDeployed(late, githubEnvironment, pendingDigest);
		if (notice !== null) runner.annotate({
			level: "notice",
			title: "Belay",
			message: notice
		});
	});
}
// src/action.ts
process.exitCode = await mainStep(stepOfThisProcess());
export {};
