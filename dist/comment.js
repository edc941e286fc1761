import { $ as BelayError } from "./domain.js";
import { createHash } from "node:crypto";
// src/github/github-failure.ts
var GitHubFailure = class extends BelayError {
	reason;
	mayBeDone;
	constructor(reason, message, { mayBeDone = false } = {}) {
		super("failed", `github-${reason}`, message, { hint: HINTS[reason] });
		this.reason = reason;
		this.mayBeDone = mayBeDone;
	}
};
const HINTS = {
	unauthorised: "give the step a valid `github-token`; left out, it is the job's own",
	forbidden: "give the job the right that is missing, under `permissions:` in the workflow",
	"not-found": "see whether it exists, and whether `permissions:` of the workflow lets the job read it",
	"rate-limited": "run the job again later; the limit is counted per repository and hour",
	unavailable: "run the job again; www.githubstatus.com says how GitHub is",
	refused: "see what GitHub says above"
};
function failureKind({ status }) {
	if (status === 401) return "unauthorised";
	if (status === 403) return "forbidden";
	if (status === 404 || status === 410) return "not-found";
	return "refused";
}
// src/github/api.ts
async function defaultBranch(github, repository) {
	return (await github.read("the repository's default branch", (request, options) => request("GET /repos/{owner}/{repo}", {
		...names(repository),
		...options
	}))).default_branch;
}
async function branchHead(github, repository, branch) {
	const act = `the newest commit of ${branch}`;
	const own = names(repository);
	try {
		const ref = `heads/${branch}`;
		return (await github.read(act, (request, options) => request("GET /repos/{owner}/{repo}/commits/{ref}", {
			...own,
			ref,
			...options
		}))).sha;
	} catch (error) {
		if (!(error instanceof GitHubFailure) || !["not-found", "refused"].includes(error.reason)) throw error;
		return (await github.read(act, (request, options) => request("GET /repos/{owner}/{repo}/branches/{branch}", {
			...own,
			branch,
			...options
		}))).commit.sha;
	}
}
async function treeOf(github, repository, sha) {
	return (await github.read(`the files of commit ${sha.slice(0, 7)}`, (request, options) => request("GET /repos/{owner}/{repo}/commits/{ref}", {
		...names(repository),
		ref: sha,
		...options
	}))).commit.tree.sha;
}
async function fileAt(github, repository, path, sha) {
	const data = await github.read(`${path} at ${sha.slice(0, 7)}`, (request, options) => request("GET /repos/{owner}/{repo}/contents/{path}", {
		...names(repository),
		path,
		ref: sha,
		...options
	}));
	if (Array.isArray(data)) return {
		type: "dir",
		sizeBytes: 0,
		text: null
	};
	const isText = data.type === "file" && "content" in data && data.encoding === "base64";
	return {
		type: data.type,
		sizeBytes: data.size,
		text: isText ? Buffer.from(data.content, "base64").toString("utf8") : null
	};
}
async function runReviews(github, repository, runId) {
	return (await github.read("the approvals of this workflow run", (request, options) => request("GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals", {
		...names(repository),
		run_id: runId,
		...options
	}))).map(({ state, environments, user }) => ({
		state,
		environments: environments.flatMap(({ name }) => name === void 0 ? [] : [name]),
		reviewer: account(user)
	}));
}
async function protectionOf(github, repository, environment) {
	const data = await github.read(`the environment ${environment}`, (request, options) => request("GET /repos/{owner}/{repo}/environments/{environment_name}", {
		...names(repository),
		environment_name: environment,
		...options
	}));
	const listed = (data.protection_rules ?? []).flatMap((rule) => "reviewers" in rule ? rule.reviewers ?? [] : []);
	const users = listed.flatMap(({ reviewer }) => reviewer !== void 0 && "login" in reviewer ? [reviewer.login] : []);
	const teams = listed.flatMap(({ reviewer }) => reviewer !== void 0 && "slug" in reviewer ? [reviewer.slug] : []);
	const policy = data.deployment_branch_policy;
	const refs = policy?.custom_branch_policies === true ? await patterns(github, repository, environment) : policy === null ? ["*"] : null;
	return {
		reviewers: listed.length === 0 ? null : {
			users,
			teams
		},
		refs
	};
}
async function patterns(github, repository, environment) {
	return (await github.read(`the branches of the environment ${environment}`, (request, options) => request("GET /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies", {
		...names(repository),
		environment_name: environment,
		per_page: 100,
		...options
	}))).branch_policies.flatMap(({ name }) => name === void 0 ? [] : [name]);
}
async function teamMembers(github, organisation, slug) {
	const data = await github.pages(`the members of ${organisation}/${slug}`, (request, page, options) => request("GET /orgs/{org}/teams/{team_slug}/members", {
		org: organisation,
		team_slug: slug,
		...page,
		...options
	}));
	return new Set(data.map(({ login }) => login.toLowerCase()));
}
async function permissionOf(github, repository, login) {
	return (await github.read(`the rights of ${login}`, (request, options) => request("GET /repos/{owner}/{repo}/collaborators/{username}/permission", {
		...names(repository),
		username: login,
		...options
	}))).permission;
}
async function pullsOf(github, repository, sha) {
	return (await github.pages(`the pull requests of commit ${sha.slice(0, 7)}`, (request, page, options) => request("GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls", {
		...names(repository),
		commit_sha: sha,
		...page,
		...options
	}))).map((pull) => ({
		number: pull.number,
		author: pull.user === null ? null : account(pull.user),
		headSha: pull.head.sha,
		baseBranch: pull.base.ref,
		isMerged: pull.merged_at !== null,
		mergeSha: pull.merge_commit_sha
	}));
}
async function pullReviews(github, repository, number) {
	return (await github.pages(`the reviews of #${number}`, (request, page, options) => request("GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews", {
		...names(repository),
		pull_number: number,
		...page,
		...options
	}))).map((review) => ({
		state: review.state,
		reviewer: review.user === null ? null : account(review.user),
		commitSha: review.commit_id,
		submittedAt: review.submitted_at ?? null
	}));
}
function account({ id, login }) {
	return {
		id: Number(id),
		login
	};
}
function names({ owner, name }) {
	return {
		owner,
		repo: name
	};
}
// src/github/comments-api.ts
async function commentsOf(github, repository, number) {
	return (await github.pages(`the comments of #${number}`, (request, page, options) => request("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
		...names(repository),
		issue_number: number,
		...page,
		...options
	}))).map((comment) => commentOf(comment)).toSorted((a, b) => a.id - b.id);
}
async function createComment(github, repository, number, body) {
	return commentOf(await github.write(`comment on #${number}`, (request, options) => request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
		...names(repository),
		issue_number: number,
		body,
		...options
	})));
}
async function editComment(github, repository, id, body) {
	return commentOf(await github.read("a change of the comment", (request, options) => request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", {
		...names(repository),
		comment_id: id,
		body,
		...options
	})));
}
async function deleteComment(github, repository, id) {
	await github.read("the end of a doubled comment", (request, options) => request("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", {
		...names(repository),
		comment_id: id,
		...options
	}));
}
async function ownId(github) {
	return Number((await github.read("the token's account", (request, options) => request("GET /user", { ...options }))).id);
}
function commentOf({ id, html_url, body = "", user, updated_at }) {
	return {
		id: Number(id),
		url: html_url,
		body,
		author: user === null ? null : {
			...account(user),
			isBot: user.type === "Bot"
		},
		updatedAt: updated_at
	};
}
// src/github/comment.ts
function environmentHash(environment) {
	return createHash("sha256").update(environment).digest("hex").slice(0, 16);
}
function markerOf(environment) {
	return `<!-- belay:1:env:${environmentHash(environment)} -->`;
}
const TRIES = 4;
async function writeComment(github, place, body) {
	try {
		for (let attempt = 1;; attempt++) try {
			return await writeOnce(github, place, body);
		} catch (error) {
			if (!(error instanceof GitHubFailure && error.mayBeDone) || attempt === TRIES) throw error;
		}
	} catch (error) {
		if (!(error instanceof GitHubFailure)) throw error;
		const right = error.reason === "forbidden" || error.reason === "not-found" ? "; the job needs `pull-requests: write`" : "";
		return {
			kind: "not-written",
			why: `the comment on #${place.pullRequest} was not written: ${error.message}${right}`
		};
	}
}
async function writeOnce(github, place, body) {
	const { repository, pullRequest } = place;
	const [oldest, ...doubles] = await ownComments(github, place);
	if (oldest === void 0) {
		const { url } = await createComment(github, repository, pullRequest, body);
		return {
			kind: "created",
			url
		};
	}
	for (const { id } of doubles) await withoutMissing(deleteComment(github, repository, id));
	if (oldest.body === body) return {
		kind: "unchanged",
		url: oldest.url
	};
	const { url } = await editComment(github, repository, oldest.id, body);
	return {
		kind: "edited",
		url
	};
}
async function findComment(github, place) {
	return (await ownComments(github, place))[0] ?? null;
}
async function ownComments(github, place) {
	const marker = markerOf(place.environment);
	const marked = (await commentsOf(github, place.repository, place.pullRequest)).filter(({ body }) => body.startsWith(marker));
	if (marked.length === 0) return [];
	const self = place.isApp ? null : await ownIdOrNone(github);
	return marked.filter(({ author }) => self === null ? author?.isBot === true : author?.id === self);
}
async function ownIdOrNone(github) {
	try {
		return await ownId(github);
	} catch (error) {
		if (error instanceof GitHubFailure && (error.reason === "forbidden" || error.reason === "not-found")) return null;
		throw error;
	}
}
async function withoutMissing(deletion) {
	try {
		await deletion;
	} catch (error) {
		if (!(error instanceof GitHubFailure && error.reason === "not-found")) throw error;
	}
}
export { defaultBranch as a, permissionOf as c, pullsOf as d, runReviews as f, failureKind as g, GitHubFailure as h, branchHead as i, protectionOf as l, treeOf as m, findComment as n, fileAt as o, teamMembers as p, writeComment as r, names as s, environmentHash as t, pullReviews as u };
