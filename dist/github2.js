import "./rolldown-runtime.js";
import { $ as BelayError, Y as duration, it as usageError, rt as refusal, tt as messageOf } from "./domain.js";
import { a as defaultBranch, c as permissionOf, d as pullsOf, f as runReviews, g as failureKind, h as GitHubFailure, i as branchHead, l as protectionOf, m as treeOf, n as findComment, o as fileAt, p as teamMembers, r as writeComment, s as names, u as pullReviews } from "./comment.js";
import { t as branchOf } from "./context.js";
import { dirname, isAbsolute, posix, relative } from "node:path";
import { setTimeout } from "node:timers/promises";
import { execFile } from "node:child_process";
// src/policy/approvers.ts
function usersIn(from) {
	return from.filter((each) => !each.includes("/")).map((each) => each.toLowerCase());
}
function teamsIn(from) {
	return from.filter((each) => each.includes("/")).map((each) => each.toLowerCase());
}
function consider(given, rules) {
	const people = [...new Map(given.map((approver) => [approver.id, approver])).values()];
	const allowed = people.filter(({ login }) => isAllowed(login, rules) === true);
	const unknown = people.filter(({ login }) => isAllowed(login, rules) === null);
	const counted = allowed.filter((approver) => requesterOf(approver, rules) === null);
	if (counted.length >= rules.required) return {
		counted,
		reasons: []
	};
	const { what, hint, required } = rules;
	if (unknown.length > 0) return {
		counted,
		reasons: [teamsUnreadable(rules)]
	};
	const whyNot = [...people.filter((each) => !allowed.includes(each)).map(({ login }) => `${login} does not stand in approvals.from of belay.yml`), ...allowed.flatMap((each) => {
		const requester = requesterOf(each, rules);
		return requester === null ? [] : [`${each.login} ${requester.did}, and a self-approval does not count`];
	})];
	const enough = required === 1 ? "nobody has approved" : `${counted.length} of ${required} have approved`;
	return {
		counted,
		reasons: [{
			code: people.length === 0 || counted.length > 0 ? "approval-missing" : "approval-not-counted",
			message: `${enough} ${what}${whyNot.map((why) => `; ${why}`).join("")}`,
			hint
		}]
	};
}
function isAllowed(login, { from, memberships }) {
	const person = login.toLowerCase();
	if (from.length === 0 || usersIn(from).includes(person)) return true;
	const teams = teamsIn(from).map((team) => memberships.get(team) ?? null);
	if (teams.some((members) => members?.has(person))) return true;
	return teams.includes(null) ? null : false;
}
function requesterOf({ id, login }, { allowSelfApproval, requesters }) {
	if (allowSelfApproval) return null;
	return requesters.find((each) => each.id === null ? each.login.toLowerCase() === login.toLowerCase() : each.id === id) ?? null;
}
function teamsUnreadable({ from, memberships }) {
	return {
		code: "teams-unreadable",
		message: `who is in ${teamsIn(from).filter((team) => (memberships.get(team) ?? null) === null).join(", ")} (approvals.from of belay.yml) cannot be read with this token`,
		hint: "name people in `from`, or give `github-token` a token that may read members; with `by: environment` it is enough that the environment lists just who stands in `from`"
	};
}
// src/policy/environment-approval.ts
function judgeEnvironment(facts) {
	const unsound = [
		tooMany(facts),
		elsewhere(facts),
		unprotected(facts)
	].filter((reason) => reason !== null);
	if (unsound.length > 0) return {
		kind: "not-given",
		reasons: unsound
	};
	const { githubEnvironment } = facts;
	const { counted, reasons } = consider(approversOf(facts), {
		...facts,
		from: vouchesFor(facts) ? [] : facts.from,
		what: `${githubEnvironment} in this workflow run`,
		hint: `let the job have \`environment: ${githubEnvironment}\`, and one of its reviewers approve it`
	});
	return reasons.length === 0 ? {
		kind: "given",
		approvers: counted,
		notes: notesOf(facts)
	} : {
		kind: "not-given",
		reasons
	};
}
function vouchesFor({ from, owner, protection: { reviewers } }) {
	if (reviewers === null || reviewers.teams.length === 0) return false;
	const [users, teams] = [usersIn(from), teamsIn(from)];
	return reviewers.users.every((login) => users.includes(login.toLowerCase())) && reviewers.teams.every((slug) => teams.includes(`${owner}/${slug}`.toLowerCase()));
}
function approversOf({ reviews, githubEnvironment }) {
	return reviews.filter(({ state, environments }) => state === "approved" && environments.some((name) => isSame(name, githubEnvironment))).map(({ reviewer: { id, login } }) => ({
		id,
		login,
		source: "environment"
	}));
}
function tooMany({ required }) {
	if (required <= 1) return null;
	return {
		code: "required-needs-bot",
		message: `approvals.required is ${required}, and GitHub lets a job go after one review`,
		hint: "write `required: 1`; more than one needs the bot"
	};
}
function elsewhere({ proven, githubEnvironment }) {
	if (proven.kind === "not-granted" || proven.environment !== null && isSame(proven.environment, githubEnvironment)) return null;
	return {
		code: "environment-mismatch",
		message: `this job runs ${proven.environment === null ? "in no GitHub environment" : `in the GitHub environment ${proven.environment}`}, and belay.yml says ${githubEnvironment}`,
		hint: `write \`environment: ${githubEnvironment}\` into the job, or set github-environment in belay.yml`
	};
}
function unprotected({ protection, githubEnvironment }) {
	if (protection.reviewers !== null) return null;
	return {
		code: "environment-unprotected",
		message: `the GitHub environment ${githubEnvironment} has no required reviewers, so nobody is asked there`,
		hint: "add them under Settings, Environments; where GitHub's plan has none for this repository, write `approvals: { by: review }`"
	};
}
const EVERY_REF = new Set([
	"*",
	"**",
	"**/*",
	"*/**"
]);
function isEveryRef(pattern) {
	return EVERY_REF.has(pattern);
}
function notesOf({ attempt, protection: { refs }, githubEnvironment }) {
	return [...refs?.some(isEveryRef) === true ? [`the GitHub environment ${githubEnvironment} can be used from every branch, also by code that nobody has merged: allow only the default branch under Settings, Environments, Deployment branches and tags`] : [], ...attempt > 1 ? [`this is attempt ${attempt} of the workflow run, and GitHub does not tell for which attempt somebody approved`] : []];
}
function isSame(one, other) {
	return one.toLowerCase() === other.toLowerCase();
}
// src/policy/review-approval.ts
function judgeReview(facts) {
	const { pull, sha, hasSameTree, required } = facts;
	if (pull === null) return refused(noPull(sha));
	if (!hasSameTree) return refused(otherTree(sha, pull.number));
	const standing = standingApprovals(facts.reviews, pull.headSha).filter(({ login }) => mayWrite(login, facts));
	const { counted, reasons } = consider(standing.map(({ id, login }) => ({
		id,
		login,
		source: "review"
	})), {
		...facts,
		what: `#${pull.number} at ${pull.headSha.slice(0, 7)}`,
		hint: `let somebody who may approve review #${pull.number}, then run the job again`
	});
	if (reasons.length > 0) return {
		kind: "not-given",
		reasons
	};
	const unbound = unboundNote(standing, counted, facts.plannedAt, pull.number);
	if (unbound !== null && required > 1) return refused(beforePlan(unbound, required));
	return {
		kind: "given",
		approvers: counted,
		notes: unbound === null ? [] : [unbound]
	};
}
function standingApprovals(reviews, headSha) {
	const last = new Map();
	for (const review of reviews) if (review.reviewer !== null && JUDGEMENTS.has(review.state)) last.set(review.reviewer.id, review);
	return [...last.values()].flatMap(({ state, reviewer, commitSha, submittedAt }) => state === "APPROVED" && commitSha === headSha && reviewer !== null ? [{
		...reviewer,
		at: submittedAt
	}] : []);
}
const JUDGEMENTS = new Set([
	"APPROVED",
	"CHANGES_REQUESTED",
	"DISMISSED"
]);
function mayWrite(login, { from, writers }) {
	return from.length > 0 || writers.has(login.toLowerCase());
}
function unboundNote(standing, counted, plannedAt, number) {
	if (plannedAt === null) return `no plan stood in #${number}: the review stands for the code, not for this very plan`;
	const early = standing.filter(({ id, at }) => counted.some((each) => each.id === id) && !isBefore(plannedAt, at));
	if (early.length === 0) return null;
	return `${early.map(({ login }) => login).join(", ")} approved before the plan in #${number} was as it is: the review stands for the code, not for this very plan`;
}
function isBefore(one, other) {
	return other !== null && Date.parse(one) <= Date.parse(other);
}
function refused(reason) {
	return {
		kind: "not-given",
		reasons: [reason]
	};
}
function noPull(sha) {
	return {
		code: "review-no-pull-request",
		message: `${sha.slice(0, 7)} is not the merge of one pull request into the default branch, so no review stands for it`,
		hint: "merge by a pull request, or let GitHub's environment ask: `approvals: { by: environment }`"
	};
}
function otherTree(sha, number) {
	return {
		code: "review-other-tree",
		message: `${sha.slice(0, 7)} holds other files than the head of #${number}, which was reviewed`,
		hint: "require branches to be up to date before merging, or let GitHub's environment ask: `approvals: { by: environment }`"
	};
}
function beforePlan(unbound, required) {
	return {
		code: "review-before-plan",
		message: `approvals.required is ${required}, and ${unbound}`,
		hint: "let the plan stand in the pull request before it is reviewed; or write `required: 1`"
	};
}
// src/policy/retry.ts
const PASSING_STATUSES = new Set([
	408,
	500,
	502,
	503,
	504
]);
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8e3;
const SECONDARY_WAIT_MS = 6e4;
function isPassing({ status }) {
	return status === null || PASSING_STATUSES.has(status);
}
function limitedMs({ status, headers, message }, nowMs) {
	if (status !== 403 && status !== 429) return null;
	const after = numberOf(headers["retry-after"]);
	if (after !== null) return after * 1e3;
	const reset = numberOf(headers["x-ratelimit-reset"]);
	if (numberOf(headers["x-ratelimit-remaining"]) === 0 && reset !== null) return Math.max(0, reset * 1e3 - nowMs) + 1e3;
	return status === 429 || /secondary rate limit|abuse detection/i.test(message) ? SECONDARY_WAIT_MS : null;
}
function backoffMs(attempt, chance) {
	const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
	return longest / 2 + longest / 2 * chance;
}
function numberOf(header) {
	if (header === void 0 || header === "") return null;
	const number = Number(header);
	return Number.isFinite(number) && number >= 0 ? number : null;
}
// src/github/through-proxy.ts
async function fetchThroughProxy() {
	const { defaults } = await import("./utils.js");
	return defaults.request?.fetch ?? fetch;
}
// src/github/waiting.ts
async function wait(ms, signal) {
	try {
		await setTimeout(ms, void 0, { signal });
	} catch (error) {
		throwIfAborted(signal);
		throw error;
	}
}
function throwIfAborted({ aborted, reason }) {
	if (!aborted) return;
	throw reason instanceof BelayError ? reason : new BelayError("failed", "interrupted", "interrupted while asking GitHub");
}
// src/github/identity.ts
const REQUEST_MS$1 = 1e4;
const TRIES = 4;
async function identityToken(identity, audience, signal) {
	let last = "";
	for (let attempt = 0; attempt < TRIES; attempt++) {
		if (attempt > 0) await wait(backoffMs(attempt - 1, Math.random()), signal);
		try {
			return await fetchToken(identity, audience, signal);
		} catch (error) {
			throwIfAborted(signal);
			last = messageOf(error);
		}
	}
	throw new Error(`${last}; asked ${TRIES} times`);
}
async function provenEnvironment(identity, signal) {
	if (identity === null) return { kind: "not-granted" };
	try {
		return {
			kind: "proven",
			environment: environmentClaim(await identityToken(identity, "belay-environment", signal))
		};
	} catch (error) {
		throwIfAborted(signal);
		throw refusal("environment-unproven", `asking GitHub in which environment this job runs: ${messageOf(error)}`, { hint: "run the job again; without `id-token: write` the reviews of the environment alone decide" });
	}
}
async function fetchToken({ url, token }, audience, signal) {
	const asked = new URL(url);
	asked.searchParams.set("audience", audience);
	const answer = await (await fetchThroughProxy())(asked.href, {
		headers: {
			authorization: `Bearer ${token}`,
			accept: "application/json"
		},
		signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS$1)])
	});
	const body = await answer.text();
	if (!answer.ok) throw new Error(`it answered ${answer.status}`);
	const value = parsed(body);
	if (typeof value !== "object" || value === null || !("value" in value) || typeof value.value !== "string") throw new Error("its answer holds no token");
	return value.value;
}
function environmentClaim(jwt) {
	const claims = parsed(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString("utf8"));
	if (typeof claims !== "object" || claims === null) throw new Error("its token holds no claims");
	return "environment" in claims && typeof claims.environment === "string" ? claims.environment : null;
}
function parsed(text) {
	try {
		return JSON.parse(text);
	} catch (error) {
		if (error instanceof SyntaxError) throw new Error("its answer is no JSON", { cause: error.name });
		throw error;
	}
}
// src/github/pull-request.ts
async function pullRequestOf(github, context, defaultBranch) {
	const { pullRequest, eventName } = context;
	if (pullRequest !== null) return pullRequest;
	return eventName === "push" ? mergedPullRequest(github, context, defaultBranch) : null;
}
async function mergedPullRequest(github, { repository, sha }, defaultBranch) {
	const [pull, ...others] = (await pullsOf(github, repository, sha)).filter((each) => each.isMerged && each.baseBranch === defaultBranch && each.mergeSha === sha);
	return pull === void 0 || others.length > 0 ? null : {
		number: pull.number,
		author: pull.author,
		headSha: pull.headSha
	};
}
// src/github/approvals.ts
async function readApprovals(source, environment, asked) {
	const { approvals } = environment;
	if (approvals.by === "bot") throw needsBot();
	const own = asked.command === "rollback" ? approvals.rollback : approvals;
	const rules = {
		from: approvals.from,
		required: own.required,
		allowSelfApproval: own.allowSelfApproval
	};
	try {
		return approvals.by === "review" ? await byReview(source, environment, rules) : await byEnvironment(source, environment, rules);
	} catch (error) {
		if (error instanceof GitHubFailure) throw unreadable$1(error, environment.name);
		throw error;
	}
}
async function byEnvironment(source, { githubEnvironment }, rules) {
	const { context, github, signal } = source;
	const { repository } = context;
	const { owner } = repository;
	const [proven, protection, reviews] = await Promise.all([
		provenEnvironment(context.identity, signal),
		protectionOf(github, repository, githubEnvironment),
		runReviews(github, repository, context.runId)
	]);
	const approvers = reviews.filter(({ state }) => state === "approved").map(({ reviewer }) => reviewer);
	const vouched = vouchesFor({
		from: rules.from,
		owner,
		protection
	});
	return judgeEnvironment({
		...rules,
		githubEnvironment,
		owner,
		protection,
		proven,
		reviews,
		requesters: rules.allowSelfApproval ? [] : await requestersOf(source),
		memberships: vouched ? new Map() : await membershipsOf(github, rules, approvers),
		attempt: context.runAttempt
	});
}
async function byReview(source, { name }, rules) {
	const { context, github, isApp } = source;
	const { repository, sha } = context;
	const pull = await mergedPullRequest(github, context, source.defaultBranch);
	const reviews = pull === null ? [] : await pullReviews(github, repository, pull.number);
	const reviewers = reviews.flatMap(({ reviewer, state }) => reviewer !== null && state === "APPROVED" ? [reviewer] : []);
	const comment = pull === null ? null : await findComment(github, {
		repository,
		pullRequest: pull.number,
		environment: name,
		isApp
	});
	return judgeReview({
		...rules,
		sha,
		pull,
		hasSameTree: pull !== null && await haveSameTree(source, pull.headSha, sha),
		reviews,
		writers: rules.from.length > 0 ? new Set() : await writersAmong(source, reviewers),
		requesters: rules.allowSelfApproval ? [] : reviewedRequesters(context, pull),
		memberships: await membershipsOf(github, rules, reviewers),
		plannedAt: comment?.updatedAt ?? null
	});
}
async function requestersOf({ context, github, defaultBranch }) {
	const pull = context.pullRequest ?? await mergedPullRequest(github, context, defaultBranch);
	return [...startersOf(context), ...authorOf(pull)];
}
function reviewedRequesters(context, pull) {
	return [...context.eventName === "push" ? [] : startersOf(context), ...authorOf(pull)];
}
function startersOf({ actor, triggeringActor }) {
	const did = "started this workflow run";
	return [{
		id: actor.id,
		login: actor.login,
		did
	}, {
		id: null,
		login: triggeringActor,
		did
	}];
}
function authorOf(pull) {
	return pull?.author ? [{
		...pull.author,
		did: `wrote #${pull.number}`
	}] : [];
}
async function haveSameTree({ github, context }, one, other) {
	if (one === other) return true;
	const [first, second] = await Promise.all([one, other].map((sha) => treeOf(github, context.repository, sha)));
	return first === second;
}
async function writersAmong({ github, context }, people) {
	const logins = distinct(people);
	const rights = await Promise.all(logins.map((login) => permissionOf(github, context.repository, login)));
	return new Set(logins.filter((_, index) => rights[index] === "admin" || rights[index] === "write"));
}
async function membershipsOf(github, { from }, approvers) {
	const isNamed = (login) => usersIn(from).includes(login);
	const memberships = new Map();
	if (distinct(approvers).every(isNamed)) return memberships;
	for (const team of teamsIn(from)) memberships.set(team, await membersOf(github, team));
	return memberships;
}
async function membersOf(github, team) {
	const [organisation = "", slug = ""] = team.split("/");
	try {
		return await teamMembers(github, organisation, slug);
	} catch (error) {
		if (error instanceof GitHubFailure && (error.reason === "forbidden" || error.reason === "not-found")) return null;
		throw error;
	}
}
function distinct(people) {
	return [...new Set(people.map(({ login }) => login.toLowerCase()))];
}
function unreadable$1(error, environment) {
	const isRight = error.reason === "forbidden" || error.reason === "not-found";
	return refusal("approvals-unreadable", `reading who approved ${environment}: ${error.message}`, {
		hint: isRight ? `give the job \`permissions: { actions: read, contents: read, pull-requests: read }\`; and see that the GitHub environment exists` : error.hint ?? "run the job again",
		cause: error
	});
}
function needsBot() {
	return refusal("approvals-need-bot", "approvals.by is bot, and this workflow was not started by one", { hint: "say `/migrate` in the pull request; without a bot write `by: environment` (GitHub's required reviewers) or `by: review`" });
}
// src/github/checkout.ts
const GIT_MS = 3e4;
const LARGEST_OUTPUT_BYTES = 8e6;
async function headOf(checkout) {
	const end = await git(checkout, [
		"rev-parse",
		"--verify",
		"HEAD"
	]);
	if (end.status === 0) return end.stdout.trim();
	throw unreadable(`${checkout.directory} is no checkout that git can read (${complaint(end)})`, CHECK_OUT);
}
async function strayCheckout(checkout, sha, pullRequestHead) {
	const head = await headOf(checkout);
	if (head === sha || head === pullRequestHead) return null;
	return {
		code: "checkout-mismatch",
		message: `${head.slice(0, 7)} is checked out, and what was approved is ${sha.slice(0, 7)}, the commit of this workflow run`,
		hint: TAKE_THE_COMMIT
	};
}
const CHECK_OUT = "put a step with actions/checkout in front of Belay's";
async function filesAt(checkout, sha, paths) {
	const end = await git(checkout, [
		"ls-tree",
		"-z",
		"--long",
		"--full-tree",
		sha,
		"--",
		...paths
	]);
	if (end.status !== 0) throw unreadable(`the checkout does not have the commit ${sha.slice(0, 7)} of this workflow run (${complaint(end)})`, TAKE_THE_COMMIT);
	return end.stdout.split("\0").filter((line) => line !== "").map((line) => {
		const tab = line.indexOf("	");
		const [mode = "", type = "", object = "", size = ""] = line.slice(0, tab).split(/ +/);
		return {
			path: line.slice(tab + 1),
			type,
			mode,
			object,
			sizeBytes: size === "-" ? 0 : Number(size)
		};
	});
}
const TAKE_THE_COMMIT = "let actions/checkout take the commit of the workflow run: leave out `ref`";
async function textOf(checkout, { object, path }) {
	const end = await git(checkout, [
		"cat-file",
		"blob",
		object
	]);
	if (end.status === 0) return end.stdout;
	throw unreadable(`git cannot give the content of ${path} (${complaint(end)})`, "check out the repository without filters");
}
async function git({ directory, path, signal }, args) {
	const options = {
		cwd: directory,
		env: {
			...path === void 0 ? {} : { PATH: path },
			LC_ALL: "C",
			GIT_CEILING_DIRECTORIES: dirname(directory),
			GIT_CONFIG_GLOBAL: "/dev/null",
			GIT_CONFIG_NOSYSTEM: "1",
			GIT_NO_LAZY_FETCH: "1",
			GIT_NO_REPLACE_OBJECTS: "1",
			GIT_OPTIONAL_LOCKS: "0",
			GIT_TERMINAL_PROMPT: "0"
		},
		timeout: GIT_MS,
		maxBuffer: LARGEST_OUTPUT_BYTES,
		signal
	};
	return new Promise((resolve, reject) => {
		execFile("git", [
			"-c",
			"safe.directory=*",
			...args
		], options, (error, stdout, stderr) => {
			if (signal.aborted) reject(signal.reason);
			else if (error === null || typeof error.code === "number") resolve({
				status: error?.code ?? 0,
				stdout,
				stderr
			});
			else reject(notRun(error, directory));
		});
	});
}
function notRun(error, directory) {
	if (error.killed === true) return unreadable(`git did not end within ${GIT_MS / 1e3} s`, CHECK_OUT);
	if (error.code !== "ENOENT") return unreadable(`git in ${directory}: ${error.message}`, CHECK_OUT);
	return unreadable("git, or the checkout, is not there", "install git on the runner, and put a step with actions/checkout in front of Belay's");
}
function complaint({ stderr, status }) {
	return stderr.trim().split("\n")[0]?.slice(0, 300) || `git ended with ${status}`;
}
function unreadable(what, hint) {
	return refusal("policy-unreadable", `reading the policy out of the checkout: ${what}`, { hint });
}
// src/github/deployments-api.ts
async function deploymentsOf(github, repository, { environment, sha, most }) {
	return (await github.read(`the deployments of ${environment}`, (request, options) => request("GET /repos/{owner}/{repo}/deployments", {
		...names(repository),
		environment,
		...sha === void 0 ? {} : { sha },
		per_page: most,
		...options
	}))).filter((each) => each.environment.toLowerCase() === environment.toLowerCase() && (sha ?? each.sha) === each.sha).map((deployment) => ({
		id: Number(deployment.id),
		sha: deployment.sha
	}));
}
async function statusesOf(github, repository, deploymentId) {
	return (await github.pages("the state of a deployment", (request, page, options) => request("GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", {
		...names(repository),
		deployment_id: deploymentId,
		...page,
		...options
	}))).toSorted((a, b) => Number(b.id) - Number(a.id)).map((status) => ({
		state: status.state,
		description: status.description,
		logUrl: status.log_url ?? status.target_url
	}));
}
async function describeDeployment(github, repository, deploymentId, { description, logUrl }) {
	await github.read("a note on the deployment", (request, options) => request("POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", {
		...names(repository),
		deployment_id: deploymentId,
		state: "in_progress",
		auto_inactive: false,
		description,
		log_url: logUrl,
		...options
	}));
}
// src/github/needs.ts
const MOST = 30;
async function unmetNeed(github, place, environment, pendingDigest) {
	const { repository, sha } = place;
	const same = await deploymentsOf(github, repository, {
		environment,
		sha,
		most: MOST
	});
	for (const deployment of same) if (succeeded(await statusesOf(github, repository, deployment.id))) return null;
	const others = (await deploymentsOf(github, repository, {
		environment,
		most: MOST
	})).filter((each) => each.sha !== sha);
	const tree = others.length === 0 ? "" : await treeOf(github, repository, sha);
	for (const deployment of others) {
		const statuses = await statusesOf(github, repository, deployment.id);
		if (!succeeded(statuses)) continue;
		if (statuses.some(({ description }) => description === describing(pendingDigest))) return null;
		if (await treeOrNone(github, place, deployment) === tree) return null;
	}
	return {
		code: "needs-unmet",
		message: `${environment} comes first, and was not deployed with these migrations${same.length > 0 ? `, though it was tried with ${sha.slice(0, 7)}` : ""}`,
		hint: `deploy ${environment} with this commit, or with the same migrations; the job there needs \`environment: ${environment}\``
	};
}
function succeeded(statuses) {
	const ended = statuses.filter(({ state }) => state !== "inactive");
	return ended.some(({ state }) => state === "success") && !ended.some(({ state }) => state === "failure" || state === "error");
}
async function treeOrNone(github, { repository }, { sha }) {
	try {
		return await treeOf(github, repository, sha);
	} catch (error) {
		if (error instanceof GitHubFailure && (error.reason === "not-found" || error.reason === "refused")) return null;
		throw error;
	}
}
function describing(pendingDigest) {
	return `belay ${pendingDigest}`.slice(0, 140);
}
async function recordDeployed(github, context, environment, pendingDigest) {
	const { repository, sha, serverUrl, runId } = context;
	const run = `${serverUrl}/${repository.owner}/${repository.name}/actions/runs/${runId}`;
	try {
		for (const { id } of await deploymentsOf(github, repository, {
			environment,
			sha,
			most: MOST
		})) {
			const own = (await statusesOf(github, repository, id)).find(({ logUrl }) => logUrl === run || logUrl.startsWith(`${run}/`));
			if (own === void 0) continue;
			await describeDeployment(github, repository, id, {
				description: describing(pendingDigest),
				logUrl: own.logUrl
			});
			return null;
		}
		return `the pending set was not noted: GitHub has no deployment of ${environment} for this job`;
	} catch (error) {
		if (!(error instanceof GitHubFailure)) throw error;
		const right = error.reason === "forbidden" || error.reason === "not-found" ? "; the job needs `deployments: write`" : "";
		return `the pending set was not noted with the deployment: ${error.message}${right}`;
	}
}
// src/github/policy-file.ts
const PLACES = ["belay.yml", ".github/belay.yml"];
const LARGEST_BYTES = 1e6;
const OF_THE_BRANCH = new Set([
	"push",
	"schedule",
	"workflow_dispatch"
]);
async function readPolicy(source, path) {
	const { context } = source;
	const paths = path === null ? PLACES : [inRepository(path, context.workspace)];
	const branch = context.defaultBranch ?? await asked(source, "the default branch", (github) => defaultBranch(github, context.repository));
	return source.elsewhere !== true && OF_THE_BRANCH.has(context.eventName) && branchOf(context.ref) === branch ? fromCheckout(source, branch, paths) : fromGitHub(source, branch, paths);
}
function inRepository(path, workspace) {
	const inside = posix.normalize(isAbsolute(path) ? relative(workspace, path) : path);
	if (inside !== "." && inside !== ".." && !inside.startsWith("../") && !inside.endsWith("/")) return inside;
	throw usageError("config-outside", `the input config names ${JSON.stringify(path)}, which is no file of the repository`, { hint: "name it from the top of the repository: `config: deploy/belay.yml`" });
}
async function fromCheckout(source, branch, paths) {
	const { context, path, signal } = source;
	const checkout = {
		directory: context.workspace,
		path,
		signal
	};
	const both = [headOf(checkout), filesAt(checkout, context.sha, paths)];
	await Promise.allSettled(both);
	const [head, found] = await Promise.all(both);
	const file = paths.flatMap((each) => found.filter((one) => one.path === each))[0];
	const at = {
		sha: context.sha,
		branch,
		isCheckout: head === context.sha
	};
	if (file === void 0) return {
		...at,
		path: paths[0] ?? "",
		text: null
	};
	if (file.type !== "blob" || file.mode === "120000") throw noFile(file.path, branch);
	if (file.sizeBytes > LARGEST_BYTES) throw tooLarge(file.path, branch, file.sizeBytes);
	return {
		...at,
		path: file.path,
		text: await textOf(checkout, file)
	};
}
async function fromGitHub(source, branch, paths) {
	const { repository } = source.context;
	const sha = await asked(source, `${paths[0]} of ${branch}`, (github) => branchHead(github, repository, branch));
	const at = {
		sha,
		branch,
		isCheckout: false
	};
	for (const path of paths) {
		const file = await asked(source, `${path} of ${branch}`, (github) => fileOrNone(github, source, path, sha));
		if (file === null) continue;
		if (file.type !== "file") throw noFile(path, branch);
		if (file.text === null || file.sizeBytes > LARGEST_BYTES) throw tooLarge(path, branch, file.sizeBytes);
		return {
			...at,
			path,
			text: file.text
		};
	}
	return {
		...at,
		path: paths[0] ?? "",
		text: null
	};
}
async function fileOrNone(github, { context }, path, sha) {
	try {
		return await fileAt(github, context.repository, path, sha);
	} catch (error) {
		if (error instanceof GitHubFailure && error.reason === "not-found") return null;
		throw error;
	}
}
async function asked({ github }, what, ask) {
	if (github === null) throw refusal("policy-unreadable", `reading ${what}: the step has no github-token`, { hint: "leave the input github-token out, so that it is the job's own" });
	try {
		return await ask(github);
	} catch (error) {
		if (!(error instanceof GitHubFailure)) throw error;
		throw refusal("policy-unreadable", `reading ${what}: ${error.message}`, {
			hint: hintFor(error),
			cause: error
		});
	}
}
function hintFor({ reason, hint = "" }) {
	return reason === "forbidden" || reason === "not-found" ? "give the job the right to read the repository: `permissions: { contents: read }`" : hint;
}
function noFile(path, branch) {
	return refusal("policy-unreadable", `reading ${path} of ${branch}: it is not a plain file`, { hint: "commit the file itself, not a link" });
}
function tooLarge(path, branch, sizeBytes) {
	return refusal("policy-unreadable", `reading ${path} of ${branch}: it has ${sizeBytes} bytes, which is no configuration`, { hint: `keep it below ${LARGEST_BYTES} bytes` });
}
// src/github/whole-answers.ts
function wholeAnswers() {
	const kept = new Map();
	return (next) => async (input, init) => {
		const url = input instanceof Request ? input.url : String(input);
		const known = (init?.method ?? "GET") === "GET" ? kept.get(url) : void 0;
		const headers = new Headers(init?.headers);
		if (known !== void 0) headers.set("if-none-match", known.etag);
		const answer = await next(input, {
			...init,
			headers: Object.fromEntries(headers)
		});
		if (answer.status === 304 && known !== void 0) {
			await answer.arrayBuffer();
			return new Response(known.body, {
				status: 200,
				headers: known.headers.map(([name, value]) => [name, value])
			});
		}
		const body = await answer.text();
		if (answer.ok && !HAS_NO_BODY.has(answer.status)) assertJson(body);
		const etag = answer.headers.get("etag");
		const said = [...answer.headers].filter(([name]) => name !== "content-encoding" && name !== "content-length");
		if (answer.status === 200 && etag !== null && (init?.method ?? "GET") === "GET") kept.set(url, {
			etag,
			body,
			headers: said
		});
		return new Response(HAS_NO_BODY.has(answer.status) ? null : body, {
			status: answer.status,
			headers: said
		});
	};
}
const HAS_NO_BODY = new Set([
	204,
	205,
	304
]);
function assertJson(body) {
	try {
		JSON.parse(body);
	} catch (cause) {
		throw new TypeError("the answer is no whole JSON", { cause });
	}
}
// src/github/requests.ts
const REQUEST_MS = 1e4;
const PER_PAGE = 100;
const MOST_PAGES = 100;
function requestsTo(settings) {
	let loading = null;
	let deadline = null;
	const send = async (act, call, repeatable) => {
		loading ??= client(settings);
		const octokit = await loading;
		deadline ??= performance.now() + settings.budgetMs;
		return persist(`asking GitHub ${act}`, (options) => call(octokit.request, options), {
			...settings,
			deadline,
			repeatable
		});
	};
	return {
		read: async (act, call) => (await send(`for ${act}`, call, true)).data,
		write: async (act, call) => (await send(`to ${act}`, call, false)).data,
		pages: async (act, call) => {
			const entries = [];
			for (let page = 1; page <= MOST_PAGES; page++) {
				const { data, headers } = await send(`for ${act}`, (request, options) => call(request, {
					per_page: PER_PAGE,
					page
				}, options), true);
				if (!Array.isArray(data)) throw new GitHubFailure("unavailable", `asking GitHub for ${act}: it answered something that is no list`);
				entries.push(...data);
				if (!/rel="next"/.test(headers.link ?? "") && (headers.link !== void 0 || data.length !== PER_PAGE)) return entries;
			}
			throw new GitHubFailure("refused", `asking GitHub for ${act}: there are more than 10000`);
		}
	};
}
async function client({ apiUrl, token }) {
	const { getOctokit } = await import("./github.js");
	const octokit = getOctokit(token, {
		baseUrl: apiUrl,
		log: {
			debug: ignore,
			info: ignore,
			warn: ignore,
			error: ignore
		}
	});
	const whole = wholeAnswers();
	octokit.hook.before("request", (options) => {
		options.request = {
			...options.request,
			fetch: whole(options.request.fetch ?? fetch)
		};
	});
	return octokit;
}
function ignore() {}
async function persist(act, call, how) {
	const began = performance.now();
	for (let attempt = 0;; attempt++) {
		throwIfAborted(how.signal);
		const left = how.deadline - performance.now();
		const limit = AbortSignal.timeout(Math.max(1, Math.min(how.requestMs ?? REQUEST_MS, Math.ceil(left))));
		try {
			return await call({ request: { signal: AbortSignal.any([how.signal, limit]) } });
		} catch (thrown) {
			throwIfAborted(how.signal);
			const failed = failedRequest(thrown, limit.aborted);
			if (failed === null) throw thrown;
			await beforeNext(act, failed, attempt, performance.now() - began, how);
		}
	}
}
async function beforeNext(act, failed, attempt, tookMs, how) {
	const limited = limitedMs(failed, Date.now());
	const passing = isPassing(failed);
	if (limited === null && !passing) throw new GitHubFailure(failureKind(failed), `${act}: it answered ${failed.status}, ${failed.message}`);
	if (passing && !how.repeatable) {
		await wait(Math.max(0, Math.min(backoffMs(attempt, Math.random()), how.deadline - performance.now())), how.signal);
		throw new GitHubFailure("unavailable", `${act}: ${failed.message}`, { mayBeDone: true });
	}
	const waitMs = limited ?? backoffMs(attempt, Math.random());
	if (performance.now() + waitMs >= how.deadline) throw limited === null ? new GitHubFailure("unavailable", `${act}: ${failed.message}; asked ${attempt + 1} times in ${duration(tookMs)}`) : new GitHubFailure("rate-limited", `${act}: its limit is used up, and it wants to be left alone for ${duration(limited)}`);
	await wait(waitMs, how.signal);
}
function failedRequest(thrown, outOfTime) {
	if (outOfTime) return {
		status: null,
		headers: {},
		message: "it did not answer in time"
	};
	if (!(thrown instanceof Error) || thrown.name !== "HttpError") return null;
	const response = "response" in thrown ? thrown.response : void 0;
	if (!isResponse(response)) return {
		status: null,
		headers: {},
		message: `the connection broke (${oneLine(messageOf(thrown))})`
	};
	const said = isPassing({
		...response,
		message: ""
	}) ? `it answered ${response.status}` : oneLine(messageOf(thrown));
	return {
		status: response.status,
		headers: response.headers,
		message: said
	};
}
function isResponse(value) {
	return typeof value === "object" && value !== null && "status" in value && typeof value.status === "number" && "headers" in value;
}
function oneLine(text) {
	const line = text.replace(/\s+/g, " ").replace(/ - https:\/\/\S+$/, "").trim();
	return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
// src/github/github.ts
const DECIDING_MS = 6e4;
const SHOWING_MS = 2e4;
function gitHubOf(job, { elsewhere = false } = {}) {
	const { context, signal } = job;
	return {
		repositoryId: context.repository.id,
		sha: context.sha,
		hosted: context.runnerEnvironment === "github-hosted",
		fork: context.pullRequest?.isFork === true,
		policy: (path) => readPolicy({
			...job,
			github: asking(job, DECIDING_MS),
			elsewhere
		}, path),
		approvals: async (environment, asked) => {
			const github = asking(job, DECIDING_MS);
			if (github === null) throw withoutToken("approvals-unreadable", `reading who approved ${environment.name}`);
			const stray = await strayCheckout({
				directory: context.workspace,
				path: job.path,
				signal
			}, context.sha, context.pullRequest?.headSha ?? null);
			if (stray !== null) return {
				kind: "not-given",
				reasons: [stray]
			};
			const branch = await branchOrRefusal(github, context, environment.name);
			return readApprovals({
				context,
				github,
				defaultBranch: branch,
				isApp: isApp(job),
				signal
			}, environment, asked);
		},
		needs: async (environment, pendingDigest) => {
			const github = asking(job, DECIDING_MS);
			const what = `reading the deployments of ${environment}`;
			if (github === null) throw withoutToken("needs-unreadable", what);
			try {
				return await unmetNeed(github, context, environment, pendingDigest);
			} catch (error) {
				if (!(error instanceof GitHubFailure)) throw error;
				const hint = error.reason === "forbidden" || error.reason === "not-found" ? "give the job `permissions: { contents: read, deployments: read }`" : error.hint ?? "run the job again";
				throw refusal("needs-unreadable", `${what}: ${error.message}`, {
					hint,
					cause: error
				});
			}
		}
	};
}
async function findPullRequest(job) {
	const { context } = job;
	if (context.pullRequest !== null) return {
		number: context.pullRequest.number,
		why: null
	};
	const github = asking(job, SHOWING_MS);
	if (github === null || context.eventName !== "push") return {
		number: null,
		why: null
	};
	try {
		return {
			number: (await pullRequestOf(github, context, context.defaultBranch ?? await defaultBranch(github, context.repository)))?.number ?? null,
			why: null
		};
	} catch (error) {
		if (!(error instanceof GitHubFailure)) throw error;
		return {
			number: null,
			why: `the pull request of this commit was not found: ${error.message}`
		};
	}
}
async function comment(job, pullRequest, environment, body) {
	const github = asking(job, SHOWING_MS);
	if (github === null) return {
		kind: "not-written",
		why: "the comment was not written: the step has no github-token"
	};
	return writeComment(github, {
		repository: job.context.repository,
		pullRequest,
		environment,
		isApp: isApp(job)
	}, body);
}
async function noteDeployed(job, githubEnvironment, pendingDigest) {
	const github = asking(job, SHOWING_MS);
	if (github === null) return "the pending set was not noted with the deployment: the step has no github-token";
	return recordDeployed(github, job.context, githubEnvironment, pendingDigest);
}
function asking({ context, token, signal }, budgetMs) {
	return token === null ? null : requestsTo({
		apiUrl: context.apiUrl,
		token,
		budgetMs,
		signal
	});
}
function isApp({ token }) {
	return token !== null && token.startsWith("ghs_");
}
async function branchOrRefusal(github, context, environment) {
	try {
		return context.defaultBranch ?? await defaultBranch(github, context.repository);
	} catch (error) {
		if (!(error instanceof GitHubFailure)) throw error;
		throw refusal("approvals-unreadable", `reading who approved ${environment}: ${error.message}`, {
			hint: error.hint ?? "run the job again",
			cause: error
		});
	}
}
function withoutToken(code, what) {
	return refusal(code, `${what}: the step has no github-token`, { hint: "leave the input github-token out, so that it is the job's own" });
}
export { headOf as a, wait as c, isPassing as d, noteDeployed as i, fetchThroughProxy as l, findPullRequest as n, identityToken as o, gitHubOf as r, throwIfAborted as s, comment as t, backoffMs as u };
