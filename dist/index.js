import "./rolldown-runtime.js";
import { n as resultOfThrown } from "./carry-out.js";
import { $ as BelayError, H as exitStatus } from "./domain.js";
import { n as readContext } from "./context.js";
import { i as keepPolicy, n as carryOutInStep, r as keepInvocation, s as invocationOf, t as watchOnce } from "./surroundings.js";
import { t as terminalReport } from "./terminal.js";
import { t as attempt } from "./attempt.js";
import { t as LOG_STYLE } from "./log-style.js";
import { t as stepOfThisProcess } from "./process.js";
// src/workflow/main.ts
async function mainStep(around) {
	const { runner, variables } = around;
	try {
		const inputs = invocationOf(runner.input, runner.given);
		runner.mask(inputs.token === null ? [] : [inputs.token]);
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
async function performStep(around, inputs, given) {
	const { runner, variables, now, loadPerform } = around;
	const { invocation, token } = inputs;
	using watch = watchOnce(around.onInterrupt);
	const job = {
		context: given.context,
		token,
		path: variables["PATH"],
		signal: watch.signal
	};
	keepInvocation(runner, invocation);
	const requested = await requestedBy(around, inputs, job, given);
	const showing = requested?.showing ?? given;
	await using server = inputs.ssh === null ? null : await serverFor(inputs.ssh, showing);
	const perform = server === null ? loadPerform() : server.loadPerform();
	Promise.allSettled([perform]);
	const carried = await carryOutInStep(around, {
		invocation,
		github: await gitHubFor(requested?.github ?? null, job, showing, invocation.config),
		onInterrupt: watch.share,
		loadPerform: () => perform,
		keep: (event) => {
			if (event.type === "run-began") runner.save("run", event.run);
			requested?.telling.progress(event);
		}
	});
	runner.save("ended", "true");
	await tellBot(requested, carried, job, invocation, now());
	if (carried.kind === "usage-error") return await wrongUsage(runner, carried.error);
	const { result } = carried;
	runner.print(terminalReport(result, LOG_STYLE, false));
	const { showResult } = await import("./show2.js");
	const shown = await showResult(showing, result);
	if (requested === null) await tellGitHub(job, inputs, showing, result, shown);
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
async function requestedBy(around, { request, invocation }, job, showing) {
	if (request === null) return null;
	const { requestedRun } = await import("./requested.js");
	return requestedRun(around, {
		request,
		targets: invocation.targets
	}, job, showing);
}
async function tellBot(requested, carried, { signal }, asked, at) {
	if (requested === null) return;
	const { tellEnd } = await import("./requested.js");
	const result = carried.kind === "result" ? carried.result : resultOfThrown(carried.error, asked, at, at, false);
	await tellEnd(requested.telling, result, signal);
}
async function gitHubFor(requested, job, { runner, context }, path) {
	const github = requested ?? (await import("./github3.js")).gitHubOf(job);
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
