import { it as usageError, tt as messageOf } from "./domain.js";
import { isAbsolute } from "node:path";
import { readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
// src/github/event.ts
function eventOf(payload) {
	return {
		repositoryId: numberAt(payload, "repository", "id"),
		defaultBranch: textAt(payload, "repository", "default_branch"),
		pullRequest: pullRequestOf(at(payload, "pull_request"))
	};
}
function pullRequestOf(pull) {
	const [number, headSha, baseBranch] = [
		numberAt(pull, "number"),
		textAt(pull, "head", "sha"),
		textAt(pull, "base", "ref")
	];
	if (number === null || headSha === null || baseBranch === null) return null;
	const [id, login] = [numberAt(pull, "user", "id"), textAt(pull, "user", "login")];
	const head = numberAt(pull, "head", "repo", "id");
	return {
		number,
		headSha,
		baseBranch,
		author: id === null || login === null ? null : {
			id,
			login
		},
		isFork: head === null || head !== numberAt(pull, "base", "repo", "id")
	};
}
function textAt(value, ...path) {
	const found = at(value, ...path);
	return typeof found === "string" && found !== "" ? found : null;
}
function numberAt(value, ...path) {
	const found = at(value, ...path);
	return typeof found === "number" ? found : null;
}
function at(value, ...path) {
	let found = value;
	for (const key of path) {
		if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) return void 0;
		found = Object.entries(found).find(([name]) => name === key)?.[1];
	}
	return found;
}
// src/github/context.ts
const LARGEST_EVENT_BYTES = 33554432;
async function readContext(variables) {
	const reader = new VariableReader(variables);
	const event = eventOf(await readEvent(variables["GITHUB_EVENT_PATH"], reader.problems));
	const [owner = "", name = ""] = reader.shaped("GITHUB_REPOSITORY", /^[^/\s]+\/[^/\s]+$/, "OWNER/NAME").split("/");
	const ref = reader.text("GITHUB_REF");
	const eventName = reader.text("GITHUB_EVENT_NAME");
	const actorId = variables["GITHUB_ACTOR_ID"] ?? "";
	const [url, token] = [variables["ACTIONS_ID_TOKEN_REQUEST_URL"] ?? "", variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] ?? ""];
	const actor = reader.text("GITHUB_ACTOR");
	const context = {
		apiUrl: reader.url("GITHUB_API_URL", "https://api.github.com"),
		serverUrl: reader.url("GITHUB_SERVER_URL", "https://github.com"),
		repository: {
			owner,
			name,
			id: reader.number("GITHUB_REPOSITORY_ID", event.repositoryId)
		},
		defaultBranch: event.defaultBranch ?? (eventName === "schedule" ? branchOf(ref) : null),
		eventName,
		ref,
		sha: reader.shaped("GITHUB_SHA", /^[0-9a-f]{40}([0-9a-f]{24})?$/, "a full SHA"),
		pullRequest: event.pullRequest,
		runId: reader.number("GITHUB_RUN_ID"),
		runAttempt: reader.number("GITHUB_RUN_ATTEMPT", 1),
		actor: {
			login: actor,
			id: /^\d+$/.test(actorId) ? Number(actorId) : null
		},
		triggeringActor: variables["GITHUB_TRIGGERING_ACTOR"] || actor,
		job: variables["GITHUB_JOB"] ?? "",
		workflowRef: variables["GITHUB_WORKFLOW_REF"] ?? "",
		runnerEnvironment: variables["RUNNER_ENVIRONMENT"] === "github-hosted" ? "github-hosted" : "self-hosted",
		workspace: reader.path("GITHUB_WORKSPACE"),
		tempDirectory: reader.path("RUNNER_TEMP", tempDirectoryOf(variables)),
		identity: url === "" || token === "" ? null : {
			url,
			token
		}
	};
	if (reader.problems.length > 0) throw contextError(reader.problems);
	return context;
}
function tempDirectoryOf(variables) {
	return variables["RUNNER_TEMP"] || tmpdir();
}
function branchOf(ref) {
	return /^refs\/heads\/(.+)$/s.exec(ref)?.[1] ?? null;
}
var VariableReader = class {
	problems = [];
	#variables;
	constructor(variables) {
		this.#variables = variables;
	}
	text(name) {
		const value = this.#variables[name] ?? "";
		if (value === "") this.problems.push(`${name} is not set`);
		return value;
	}
	shaped(name, pattern, words) {
		const value = this.text(name);
		if (value !== "" && !pattern.test(value)) this.problems.push(`${name} is ${shown(value)} and not ${words}`);
		return value;
	}
	number(name, otherwise = null) {
		if (otherwise !== null && (this.#variables[name] ?? "") === "") return otherwise;
		return Number(this.shaped(name, /^\d{1,15}$/, "a number"));
	}
	url(name, standard) {
		const value = this.#variables[name] || standard;
		if (!/^https?:$/.test(URL.parse(value)?.protocol ?? "")) this.problems.push(`${name} is ${shown(value)} and not a URL`);
		return value.replace(/\/+$/, "");
	}
	path(name, otherwise = "") {
		const value = otherwise === "" ? this.text(name) : otherwise;
		if (value !== "" && !isAbsolute(value)) this.problems.push(`${name} is ${shown(value)} and not an absolute path`);
		return value;
	}
};
async function readEvent(path, problems) {
	if (path === void 0 || path === "") return null;
	try {
		const { size } = await stat(path);
		if (size > LARGEST_EVENT_BYTES) throw new RangeError(`it has ${size} bytes`);
		return JSON.parse(await readFile(path, "utf8"));
	} catch (error) {
		const why = error instanceof SyntaxError ? "it is not JSON" : messageOf(error);
		problems.push(`the event file of GITHUB_EVENT_PATH cannot be read: ${why}`);
		return null;
	}
}
function shown(value) {
	return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value);
}
function contextError(problems) {
	return usageError("github-context", `this does not look like a job of GitHub Actions: ${problems.join("; ")}`, {
		hint: "use Belay as a step of a workflow; elsewhere run the command line: `belay migrate`",
		facts: { problems }
	});
}
export { readContext as n, tempDirectoryOf as r, branchOf as t };
