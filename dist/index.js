import "./rolldown-runtime.js";
import { m as carryOut } from "./signals.js";
import { O as BelayError, v as exitStatus } from "./domain.js";
import { n as readContext } from "./context.js";
import { a as isTold, c as keepInvocation, f as invocationOf, i as attempt, l as keepPolicy, n as watchOnce, o as showResult, r as LOG_STYLE, s as showUsageError, t as stepOfThisProcess } from "./process.js";
import { c as code, p as prose, u as htmlCode } from "./github-url.js";
import { C as factsList, _ as isListing, a as foreseen, b as fit, c as policyWarning, d as outcomesTable, f as nextLine, g as headline, h as sqlSections, i as checklistText, l as requirementsList, m as migrationsTable, n as gantt, o as policyParts, p as appliedNames, r as stepsTable, s as targetParts, t as theWhole, u as signature, v as listing, x as BRIEF_FACTS, y as ALWAYS } from "./whole.js";
import { d as stepView, t as terminalReport } from "./terminal.js";
// src/report/markdown/comment.ts
const COMMENT_BYTES = 65536;
const FACTS = {
	text: 1200,
	texts: 10
};
function commentMarker(environmentHash) {
	return `<!-- belay:1:env:${environmentHash} -->`;
}
function commentMarkdown(result, given, limit = COMMENT_BYTES) {
	const context = {
		...given,
		sha: result.sha ?? given.sha
	};
	const { title, sentence } = headline(result);
	const sections = [
		{
			name: "",
			text: `${commentMarker(context.environmentHash)}\n### ${title}`,
			worth: ALWAYS
		},
		{
			name: "",
			text: sentence,
			worth: ALWAYS
		},
		...isListing(result) ? [{
			name: "the list",
			text: listing(result),
			worth: 10
		}] : body(result, context),
		{
			name: "",
			text: signature(result, context),
			worth: ALWAYS
		},
		{
			name: "",
			text: nextLine(result, context),
			worth: ALWAYS
		}
	];
	return fit(sections, limit, theWhole(context, "the summary of the workflow run"));
}
function body(result, context) {
	const planned = result.outcome === "planned";
	return [
		...glance(result, context),
		...planned ? plan(result, context) : run(result, context),
		...unfolding(result, context)
	];
}
function glance(result, context) {
	const facts = (limits) => factsList(result, context, limits, [
		"Backup",
		"Next",
		"By hand"
	]);
	return [
		{
			name: "what Belay would do after the merge",
			text: (result.welcome ?? []).map((line) => `- ${prose(line)}`).join("\n"),
			worth: 20
		},
		{
			name: "the reasons",
			text: facts(FACTS),
			brief: facts(BRIEF_FACTS),
			worth: 30
		},
		{
			name: "the outcome of each database",
			text: outcomesTable(result),
			worth: 15
		},
		{
			name: "the change of policy",
			text: policyWarning(result),
			worth: 14
		}
	];
}
function plan(result, context) {
	return [
		...(result.targets.length === 1 ? result.targets : []).map((target) => ({
			name: "the migrations",
			text: migrationsTable(target, context),
			worth: 19
		})),
		{
			name: "what the plan foresees",
			text: foreseen(result),
			worth: 18
		},
		{
			name: "the requirements",
			text: labelled("Before it may run", requirementsList(context)),
			worth: 25
		}
	];
}
function run(result, context) {
	const only = result.targets.length === 1;
	const migrated = (target) => result.targets.filter(({ name }) => target === null || name === target).map((each) => appliedNames(each, context)).join(" · ");
	const steps = stepsTable(result, migrated);
	return [{
		name: "the steps",
		text: only ? steps : unfold("Steps", null, steps),
		worth: only ? 19 : 9
	}, {
		name: "the checklist",
		text: labelled("Only a person can check", checklistText(result)),
		worth: 17
	}];
}
function unfolding(result, context) {
	const several = result.targets.length > 1;
	return [
		...result.targets.map((target) => {
			const shown = result.outcome !== "planned" || several;
			return {
				title: "Migrations",
				target: several ? target.name : null,
				text: shown ? migrationsTable(target, context) : "",
				worth: 4
			};
		}).map(folded),
		...result.targets.flatMap((target) => sqlSections(target, 2)),
		...targetParts(result).map(folded),
		...[{
			title: "Timeline",
			target: null,
			text: gantt(result),
			worth: 1
		}, ...policyParts(result, context)].map(folded)
	];
}
function folded({ title, target, text, worth }) {
	return {
		name: target === null ? `“${title}”` : `“${title}” of ${code(target)}`,
		text: unfold(title, target, text),
		worth
	};
}
function labelled(label, text) {
	return text === "" ? "" : `**${label}:**\n\n${text}`;
}
function unfold(title, target, text) {
	const name = target === null ? title : `${title}: ${htmlCode(target)}`;
	return text === "" ? "" : `<details><summary>${name}</summary>\n\n${text}\n\n</details>`;
}
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
		await showUsageError(runner, error);
		return 2;
	} finally {
		runner.end();
	}
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
	const carried = await carryOut({
		invocation,
		world: {
			cwd,
			variables,
			now,
			random,
			onGitHub: true,
			github: await gitHubFor(job, showing),
			hide: runner.mask
		},
		view: stepViewThatKeepsTheRun(around),
		show: runner.print,
		complain: runner.print,
		every,
		onInterrupt: watch.share,
		loadPerform
	});
	runner.save("ended", "true");
	if (carried.kind === "usage-error") {
		await showUsageError(runner, carried.error);
		return 2;
	}
	const { result } = carried;
	runner.print(terminalReport(result, LOG_STYLE, false));
	await tellGitHub(job, inputs, showing, result, await showResult(showing, result));
	return exitStatus(result.outcome);
}
async function gitHubFor(job, { runner, context }) {
	const { gitHubOf } = await import("./github2.js");
	const github = gitHubOf(job);
	return {
		...github,
		policy: async (path) => {
			const policy = await github.policy(path);
			await attempt(runner, "a copy of the policy for the end of the job", () => keepPolicy(runner, context.tempDirectory, policy));
			return policy;
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
		if (!isTold(inputs.comment, result) || result.environment === null) return;
		const { comment, findPullRequest } = await import("./github2.js");
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
		const { noteDeployed } = await import("./github2.js");
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
