import "./rolldown-runtime.js";
import { n as resultOfThrown } from "./carry-out.js";
import { O as makeRunId, et as failure, rt as refusal, tt as messageOf } from "./domain.js";
import { a as headOf, c as wait, d as isPassing, l as fetchThroughProxy, o as identityToken, r as gitHubOf, s as throwIfAborted, u as backoffMs } from "./github2.js";
import { n as jwtVerify, r as JOSEError, t as createLocalJWKSet } from "./npm-jose.js";
import { n as readContext } from "./context.js";
import { t as attempt } from "./attempt.js";
import { join } from "node:path";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
// src/github/bot/ask.ts
async function askOnce({ url, body, token }, limitMs, signal) {
	const limit = AbortSignal.timeout(limitMs);
	try {
		const answer = await (await fetchThroughProxy())(url, {
			method: body === void 0 ? "GET" : "POST",
			headers: {
				accept: "application/json",
				...body === void 0 ? {} : { "content-type": "application/json" },
				...token === void 0 ? {} : { authorization: `Bearer ${token}` }
			},
			...body === void 0 ? {} : { body: JSON.stringify(body) },
			redirect: "error",
			signal: AbortSignal.any([signal, limit])
		});
		const json = jsonOf(await answer.text());
		return {
			status: answer.status,
			json,
			why: `it answered ${answer.status}`,
			retryAfterMs: secondsIn(answer.headers.get("retry-after"))
		};
	} catch (error) {
		throwIfAborted(signal);
		return {
			status: null,
			json: void 0,
			why: limit.aborted ? `it did not answer within ${limitMs / 1e3} s` : `there is no connection (${connectionError(error)})`,
			retryAfterMs: null
		};
	}
}
async function askAgain(question, { budgetMs, askMs, signal }) {
	const deadline = performance.now() + budgetMs;
	for (let tries = 1;; tries++) {
		const left = Math.max(1, deadline - performance.now());
		const answer = await askOnce(await question(), Math.ceil(Math.min(askMs, left)), signal);
		const mayPass = answer.status === 429 || isPassing({
			...answer,
			headers: {},
			message: ""
		});
		const waitMs = answer.retryAfterMs ?? backoffMs(tries - 1, Math.random());
		if (!mayPass || performance.now() + waitMs >= deadline) return {
			answer,
			tries
		};
		await wait(waitMs, signal);
	}
}
function secondsIn(header) {
	return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1e3 : null;
}
function jsonOf(text) {
	try {
		return JSON.parse(text);
	} catch (error) {
		if (error instanceof SyntaxError) return void 0;
		throw error;
	}
}
function connectionError(error) {
	const cause = error instanceof Error ? error.cause : void 0;
	if (cause instanceof AggregateError && cause.errors[0] !== void 0) return messageOf(cause.errors[0]);
	return messageOf(cause ?? error);
}
// src/github/bot/claim.ts
const ASK_MS$1 = 2e4;
const BUDGET_MS = 9e4;
async function claimGrant(claim, claimant, budgetMs = BUDGET_MS) {
	const { bot, signal } = claimant;
	const { answer, tries } = await askAgain(async () => ({
		url: `${bot}/api/grants`,
		body: claim,
		token: await freshToken(claimant)
	}), {
		budgetMs,
		askMs: ASK_MS$1,
		signal
	});
	const { status, json } = answer;
	if (status === 200) return grantedIn(json, bot);
	const reasons = reasonsIn(json);
	if ((status === 403 || status === 409) && reasons.length > 0) return {
		kind: "refused",
		reasons
	};
	throw withoutAnswer(bot, answer, reasons, tries);
}
async function freshToken({ identity, bot, signal, hide }) {
	if (identity === null) throw refusal("identity-needed", "this job may not prove to the bot who it is; nothing was changed", { hint: "give the job `permissions: { id-token: write }`" });
	try {
		const token = await identityToken(identity, bot, signal);
		hide([token]);
		return token;
	} catch (error) {
		throwIfAborted(signal);
		throw refusal("identity-unavailable", `asking GitHub for a token that says who this job is: ${messageOf(error)}; nothing was changed`, { hint: "ask anew; www.githubstatus.com says how GitHub is" });
	}
}
function grantedIn(json, bot) {
	const { grant, events } = { ...Object(json) };
	if (typeof grant === "string" && typeof events === "string") return {
		kind: "granted",
		grant,
		events
	};
	throw refusal("bot-answer", `${bot} says yes and sends no grant; nothing was changed`, { hint: SAME_VERSION });
}
const SAME_VERSION = "see that `bot:` of belay.yml is the address of a Belay bot, and that it has the version of the action";
function withoutAnswer(bot, { status, why }, reasons, tries) {
	const [said] = reasons;
	const words = `asking ${bot} for the grant: ${why}${said === void 0 ? "" : `, ${said.message}`}`;
	const asked = `${words}; asked ${tries === 1 ? "once" : `${tries} times`}; nothing was changed`;
	if (status === null) return refusal("bot-unreachable", asked, { hint: "see that the bot runs, and that this runner reaches it at the address that `bot:` of belay.yml names; then ask anew" });
	if (status === 401) return refusal("identity-refused", `${words}; nothing was changed`, { hint: "see that `bot:` of belay.yml is exactly the bot's BELAY_URL, and that its OIDC_ISSUER is this GitHub's; then ask anew" });
	if (status === 429) return refusal("bot-busy", asked, { hint: "it has too much to do: ask anew in some minutes" });
	if (status >= 500) return refusal("bot-unavailable", asked, { hint: "see what its /readyz and its log say; then ask anew" });
	return refusal("bot-answer", `${words}; nothing was changed`, { hint: SAME_VERSION });
}
const MOST_REASONS$1 = 20;
function reasonsIn(json) {
	const { reasons } = { ...Object(json) };
	if (!Array.isArray(reasons)) return [];
	return reasons.slice(0, MOST_REASONS$1).flatMap((each) => {
		const { code, message, hint } = { ...Object(each) };
		if (typeof code !== "string" || !/^[a-z][a-z0-9-]{0,60}$/.test(code) || typeof message !== "string") return [];
		return [{
			code,
			message: message.slice(0, 1e3),
			...typeof hint === "string" ? { hint: hint.slice(0, 1e3) } : {}
		}];
	});
}
// src/github/bot/address.ts
const LOOPBACK = new Set([
	"localhost",
	"127.0.0.1",
	"[::1]"
]);
function botAddress(configured, apiUrl) {
	if (configured === null) throw refusal("bot-missing", "the step has the input request, and belay.yml of the default branch names no bot; nothing was changed", { hint: "write `bot: https://…` at the top of belay.yml on the default branch, or leave the input request out" });
	const url = URL.parse(configured);
	if (url?.protocol === "https:" || url?.protocol === "http:" && isHere(url) && isHere(URL.parse(apiUrl))) return configured.replace(/\/+$/, "");
	throw refusal("bot-insecure", `${configured} is no address that begins with https://; nothing was changed`, { hint: "let the bot be reached by https, and write that address as `bot:` of belay.yml" });
}
function isHere(url) {
	return url !== null && url.protocol === "http:" && LOOPBACK.has(url.hostname);
}
// src/github/bot/grant.ts
const LEEWAY_SECONDS = 60;
async function verifyGrant(jws, keys, expected, now) {
	const payload = await payloadOf(jws, keys, expected.issuer, now);
	const { repositoryId, environment, command, sha, digest, request, runId, runAttempt } = expected;
	const must = {
		repository_id: repositoryId,
		environment,
		command,
		sha,
		digest,
		request,
		run_id: runId,
		run_attempt: runAttempt
	};
	for (const [name, value] of Object.entries(must)) if (payload[name] !== value) throw invalid(`its ${name} is not this run's`);
	const { jti, audit, approvers } = payload;
	if (jti === void 0 || jti === "") throw invalid("it has no number of its own");
	return {
		jti,
		audit: typeof audit === "string" ? audit : "",
		approvers: approversIn(approvers),
		options: optionsIn(payload["options"])
	};
}
async function payloadOf(jws, keys, issuer, now) {
	try {
		const { payload } = await jwtVerify(jws, createLocalJWKSet(keys), {
			algorithms: ["EdDSA"],
			typ: "belay-grant+jwt",
			issuer,
			audience: "belay-action",
			clockTolerance: LEEWAY_SECONDS,
			currentDate: now,
			requiredClaims: [
				"exp",
				"iat",
				"jti"
			]
		});
		return payload;
	} catch (error) {
		if (error instanceof JOSEError || error instanceof TypeError) throw invalid(messageOf(error));
		throw error;
	}
}
function approversIn(value) {
	if (!Array.isArray(value)) throw invalid("it does not say who approved");
	return value.map((each) => {
		const { id, login } = fieldsOf(each);
		if (typeof id !== "number" || typeof login !== "string") throw invalid("it does not say who approved");
		return {
			id,
			login,
			source: "bot"
		};
	});
}
function optionsIn(value) {
	const { again, of, run, to, accept_loss: acceptLoss } = fieldsOf(value);
	return {
		...of === "rollback" ? { of } : {},
		...typeof again === "string" ? { again } : {},
		...typeof run === "string" ? { run } : {},
		...typeof to === "string" ? { to } : {},
		...acceptLoss === true ? { acceptLoss } : {}
	};
}
function fieldsOf(value) {
	return typeof value === "object" && value !== null ? { ...value } : {};
}
function invalid(why) {
	return refusal("grant-invalid", `the bot's grant is not valid here: ${why}; nothing was changed`, { hint: "see that `bot:` of belay.yml is the bot's own BELAY_URL, and that the clocks of both machines are right; then ask anew" });
}
// src/github/bot/run-grant.ts
const KEYS_MS = 1e4;
const KEYS_BUDGET_MS = 6e4;
function gitHubOfRequest(requested, sha) {
	const { job, request } = requested;
	const { runAttempt } = job.context;
	if (runAttempt > 1) throw rerun(request, runAttempt);
	const github = gitHubOf({
		...job,
		context: {
			...job.context,
			sha
		}
	}, { elsewhere: true });
	let asked = null;
	let granted = null;
	const claim = async (about, digest) => {
		const answer = await claimFor(requested, about, sha, digest);
		if (answer.kind === "granted") granted = answer.grant;
		return answer;
	};
	return {
		...github,
		needs: async (environment, pendingDigest) => granted === null ? github.needs(environment, pendingDigest) : null,
		approvals: async (environment, about) => {
			if (environment.approvals.by !== "bot") return github.approvals(environment, about);
			if (granted !== null) return approvalBy(granted, request);
			if (asked === null) throw new RangeError("an approval was asked for before the run began");
			const answer = await claim(asked, about.digest);
			return answer.kind === "granted" ? approvalBy(answer.grant, request) : {
				kind: "not-given",
				reasons: answer.reasons
			};
		},
		grant: {
			async begin(about) {
				asked = about;
				if (bindsPlan(about)) return {};
				const answer = await claim(about, null);
				if (answer.kind === "refused") throw refusedBy(answer.reasons);
				return answer.grant.options;
			},
			confirm: async () => {
				const head = await checkedOut(job);
				if (head !== sha) throw moved(head, sha);
			}
		}
	};
}
function checkedOut({ context, path, signal }) {
	return headOf({
		directory: context.workspace,
		path,
		signal
	});
}
function bindsPlan({ command, environment: { approvals } }) {
	return command === "migrate" && approvals?.by === "bot";
}
async function claimFor({ job, request, targets, run, watch, now, hide }, { command, environment, bot: configured }, sha, digest) {
	const { context, signal } = job;
	const bot = botAddress(configured, context.apiUrl);
	const claim = {
		version: 1,
		request,
		command,
		environment: environment.name,
		sha,
		digest,
		targets,
		run
	};
	await watch.claiming(bot, claim);
	const answer = await claimGrant(claim, {
		bot,
		identity: context.identity,
		signal,
		hide
	});
	if (answer.kind === "refused") {
		await watch.answered(null);
		return answer;
	}
	hide([answer.events]);
	await watch.answered(answer.events);
	const expected = {
		issuer: bot,
		repositoryId: context.repository.id,
		runId: context.runId,
		runAttempt: context.runAttempt
	};
	const keys = await keysOf(bot, signal);
	return {
		kind: "granted",
		grant: await verifyGrant(answer.grant, keys, {
			...claim,
			...expected
		}, now())
	};
}
async function keysOf(bot, signal) {
	const question = { url: `${bot}/.well-known/jwks.json` };
	const { answer } = await askAgain(async () => question, {
		budgetMs: KEYS_BUDGET_MS,
		askMs: KEYS_MS,
		signal
	});
	const { keys } = { ...Object(answer.json) };
	if (answer.status === 200 && Array.isArray(keys)) return { keys };
	throw refusal("bot-unavailable", `asking ${bot} for the key of its grants: ${answer.why}; nothing was changed`, { hint: "see that the bot runs, and what its log says; then ask anew" });
}
function approvalBy({ jti, approvers, audit, options }, request) {
	return {
		kind: "given",
		approvers,
		notes: [`the bot granted it for request ${request} (grant ${jti})${audit === "" ? "" : `, when its record stood at ${audit}`}`],
		...options.again === void 0 ? {} : { again: options.again }
	};
}
function refusedBy(reasons) {
	const [first] = reasons;
	const hint = reasons.find((reason) => reason.hint !== void 0)?.hint;
	return refusal(first?.code ?? "grant-refused", reasons.map(({ message }) => message).join("; "), hint === void 0 ? {} : { hint });
}
function rerun(request, attempt) {
	return refusal("rerun", `this is attempt ${attempt} of the workflow run, and a re-run carries out no request; nothing was changed`, { hint: `ask anew in the pull request, in place of starting ${request} again` });
}
function moved(head, sha) {
	return refusal("checkout-moved", `${head.slice(0, 7)} is checked out now, and ${sha.slice(0, 7)} was granted`, { hint: "let no step and no command of belay.yml check out anything else; then ask anew" });
}
// src/workflow/kept-request.ts
async function keepRequest(runner, folder, kept) {
	const path = join(folder, `belay-request-${kept.claim.run}.json`);
	await writeFile(`${path}.new`, JSON.stringify(kept), { mode: 384 });
	await rename(`${path}.new`, path);
	runner.save("request", path);
}
async function keptRequest(runner) {
	const path = runner.saved("request");
	if (path === null || runner.saved("told") !== null) return null;
	try {
		return JSON.parse(await readFile(path, "utf8"));
	} catch {
		return null;
	}
}
async function forgetRequest(runner, folder, run) {
	runner.save("told", "true");
	await rm(join(folder, `belay-request-${run}.json`), { force: true });
}
// src/github/bot/events.ts
const RESULT_SEQ = 1e6;
const ASK_MS = 1e4;
async function tell({ bot, request, run, token }, event, { budgetMs, signal }) {
	const question = {
		url: `${bot}/api/requests/${encodeURIComponent(request)}/events`,
		token,
		body: {
			version: 1,
			run,
			...event
		}
	};
	const { answer } = await askAgain(async () => question, {
		budgetMs,
		askMs: ASK_MS,
		signal
	});
	return deliveryOf(answer);
}
function deliveryOf({ status, why, json }) {
	if (status === 204 || status === 200) return { kind: "told" };
	const words = [why, ...reasonsIn(json).map(({ message }) => message)].join(", ");
	return {
		kind: status !== null && status >= 400 && status < 500 && status !== 429 && status !== 408 ? "refused" : "not-told",
		why: words
	};
}
// src/report/within.ts
function resultWithin(result, limitBytes) {
	const forms = [
		whole,
		withoutTexts,
		withoutRows,
		withoutTargets
	];
	for (const form of forms) {
		const cut = form(result);
		if (Buffer.byteLength(JSON.stringify(cut)) <= limitBytes) return cut;
	}
	return withoutAnything(result);
}
function whole(result) {
	return result;
}
function eachTarget(result, change) {
	return {
		...result,
		targets: result.targets.map(change)
	};
}
function withoutTexts(result) {
	return eachTarget(result, (target) => ({
		...target,
		history: [],
		pending: target.pending.map((pending) => ({
			...pending,
			sql: null
		})),
		checks: target.checks.map((check) => ({
			...check,
			explanation: []
		}))
	}));
}
function withoutRows(result) {
	return eachTarget(withoutTexts(result), (target) => ({
		...target,
		checks: target.checks.filter(({ passed }) => !passed).slice(0, 20),
		data: target.data === null ? null : {
			...target.data,
			tables: []
		},
		schema: null
	}));
}
const MOST_TARGETS = 50;
const MOST_MIGRATIONS = 20;
const MOST_REASONS = 20;
const LONGEST_TEXT = 500;
function withoutTargets(result) {
	const odd = result.targets.filter(({ outcome }) => outcome !== result.outcome);
	const rest = result.targets.filter(({ outcome }) => outcome === result.outcome);
	return {
		...bare(result),
		targets: [...odd, ...rest].slice(0, MOST_TARGETS).map((target) => ({
			name: target.name.slice(0, LONGEST_TEXT),
			engine: target.engine,
			outcome: target.outcome,
			undisturbed: target.undisturbed,
			pending: target.pending.slice(0, MOST_MIGRATIONS).map(({ id, reversible }) => ({
				id,
				reversible,
				findings: []
			})),
			applied: target.applied.slice(0, MOST_MIGRATIONS),
			steps: [],
			backup: target.backup,
			checks: [],
			data: null,
			schema: null,
			rollback: null
		}))
	};
}
function withoutAnything(result) {
	return {
		...bare(result),
		targets: []
	};
}
function bare({ belay, run, command, environment, outcome, digest, startedAt, durationMs, reasons }) {
	return {
		belay,
		run,
		command,
		environment,
		outcome,
		digest,
		startedAt,
		durationMs,
		reasons: reasons.slice(0, MOST_REASONS).map(({ code, message, hint }) => ({
			code,
			message: message.slice(0, LONGEST_TEXT),
			...hint === void 0 ? {} : { hint: hint.slice(0, LONGEST_TEXT) }
		})),
		targets: []
	};
}
// src/workflow/telling.ts
const STEP_MS = 1e3;
const STEP_BUDGET_MS = 5e3;
const LONGEST_STEP = 200;
var Telling = class {
	#settings;
	#kept = null;
	#planned = null;
	#seq = 0;
	#step = null;
	#isSending = false;
	#ended = new AbortController();
	constructor(settings) {
		this.#settings = settings;
	}
	async claiming(bot, claim) {
		await this.#keep({
			bot,
			claim,
			token: null,
			untold: []
		});
	}
	async answered(token) {
		const kept = this.#kept;
		if (kept === null) return;
		if (token !== null) return this.#keep({
			...kept,
			token
		});
		this.#kept = null;
		await forgetRequest(this.#settings.runner, this.#settings.folder, kept.claim.run);
	}
	progress(event) {
		if (event.type === "planned") this.#planned = event;
		if (event.type !== "step-began" || this.#ended.signal.aborted) return;
		this.#step = (event.target === "" ? event.step : `${event.target}: ${event.step}`).slice(0, LONGEST_STEP);
		if (!this.#isSending) this.#sendSteps().catch(() => void 0);
	}
	async #sendSteps() {
		const place = placeOf(this.#kept);
		if (place === null) return;
		const { now, signal } = this.#settings;
		const patience = {
			budgetMs: STEP_BUDGET_MS,
			signal: AbortSignal.any([signal, this.#ended.signal])
		};
		this.#isSending = true;
		try {
			for (let step = this.#step; step !== null; step = this.#step) {
				this.#step = null;
				this.#seq += 1;
				await tell(place, {
					seq: this.#seq,
					at: now().toISOString(),
					type: "step",
					data: { step }
				}, patience);
				await setTimeout(STEP_MS, null, {
					ref: false,
					signal: patience.signal
				});
			}
		} finally {
			this.#isSending = false;
		}
	}
	async end(result, budgetMs) {
		this.#ended.abort();
		const kept = this.#kept;
		if (kept === null) return;
		const { runner } = this.#settings;
		await attempt(runner, "what the bot is told", async () => {
			await this.#keep({
				...kept,
				untold: this.#lastWords(result)
			});
			await this.deliver(budgetMs, "the end of the job tries again for a minute");
		});
	}
	#lastWords(result) {
		const at = this.#settings.now().toISOString();
		const plan = this.#planned;
		if (!(result.command === "plan" && result.outcome === "planned" && plan !== null && plan.digest === result.digest)) return [lastWord(result, at)];
		const data = {
			outcome: result.outcome,
			digest: plan.digest,
			fields: plan.bound
		};
		if (Buffer.byteLength(JSON.stringify(data)) > 261120) return [lastWord(failedPlan(result, TOO_LARGE), at)];
		this.#seq += 1;
		return [{
			seq: this.#seq,
			at,
			type: "plan",
			data
		}, lastWord(result, at)];
	}
	async deliver(budgetMs, then) {
		const { runner, folder } = this.#settings;
		const deadline = performance.now() + budgetMs;
		for (let kept = this.#kept; kept !== null; kept = this.#kept) {
			const [event] = kept.untold;
			if (event === void 0) {
				this.#kept = null;
				return forgetRequest(runner, folder, kept.claim.run);
			}
			const place = placeOf(kept);
			const left = Math.max(1e3, deadline - performance.now());
			const delivery = place === null ? {
				kind: "not-told",
				why: "its answer to the claim never arrived"
			} : await tell(place, event, {
				budgetMs: left,
				signal: new AbortController().signal
			});
			if (delivery.kind === "not-told") return notice(runner, `the bot could not be told how this ended: ${delivery.why}; ${then}`);
			if (delivery.kind === "refused") notice(runner, `the bot did not take what it was told: ${delivery.why}`);
			await this.#keep({
				...kept,
				untold: afterwards(kept.untold, delivery.kind === "refused" ? delivery.why : null)
			});
		}
	}
	resume(kept) {
		this.#kept = kept;
	}
	async #keep(kept) {
		this.#kept = kept;
		await keepRequest(this.#settings.runner, this.#settings.folder, kept);
	}
};
function lastWord(result, at) {
	return {
		seq: RESULT_SEQ,
		at,
		type: "result",
		data: resultWithin(result, 261120)
	};
}
function afterwards([told, ...rest], refused) {
	if (told?.type !== "plan" || refused === null) return rest;
	return rest.map((event) => event.type === "result" ? {
		...event,
		data: {
			...event.data,
			...failedPlanOf(refused)
		}
	} : event);
}
const TOO_LARGE = "it is too large to be shown and approved as one; ask for fewer targets: `--target NAME`";
function failedPlan(result, why) {
	return {
		...result,
		...failedPlanOf(why)
	};
}
function failedPlanOf(why) {
	return {
		outcome: "failed",
		reasons: [{
			code: "plan-refused",
			message: `the bot did not take the plan: ${why}`
		}]
	};
}
function placeOf(kept) {
	if (kept === null || kept.token === null) return null;
	const { bot, claim, token } = kept;
	return {
		bot,
		request: claim.request,
		run: claim.run,
		token
	};
}
function notice(runner, message) {
	try {
		runner.annotate({
			level: "notice",
			title: "Belay",
			message
		});
	} catch (error) {
		runner.print(`belay: ${messageOf(error)}\n`);
	}
}
// src/workflow/requested.ts
async function requestedRun({ runner, now, random }, { request, targets }, job, showing) {
	const { context } = job;
	const telling = new Telling({
		runner,
		folder: context.tempDirectory,
		now,
		signal: job.signal
	});
	try {
		const sha = await checkedOut(job);
		return {
			github: gitHubOfRequest({
				job,
				request,
				targets,
				run: makeRunId(now(), random(10)),
				watch: telling,
				now,
				hide: runner.mask
			}, sha),
			telling,
			showing: {
				...showing,
				context: {
					...context,
					sha
				}
			}
		};
	} catch (error) {
		return {
			github: {
				...gitHubOf(job),
				policy: () => Promise.reject(error)
			},
			telling,
			showing
		};
	}
}
const TELLING_MS = 1e4;
const AFTER_CANCEL_MS = 2e3;
const LAST_TRY_MS = 6e4;
async function tellEnd(telling, result, signal) {
	await telling.end(result, signal.aborted ? AFTER_CANCEL_MS : TELLING_MS);
}
async function tellInPost(around, finished) {
	const { runner, now } = around;
	const kept = await keptRequest(runner);
	const events = kept === null ? [] : eventsOf(kept, finished, now());
	if (kept === null || events.length === 0) return;
	const { tempDirectory: folder } = await readContext(around.variables);
	const deadline = performance.now() + LAST_TRY_MS;
	const telling = new Telling({
		runner,
		folder,
		now,
		signal: new AbortController().signal
	});
	const token = kept.token ?? await tokenAgain(around, kept);
	if (token === null) return;
	runner.mask([token]);
	telling.resume({
		...kept,
		token,
		untold: events
	});
	const recover = `once it is back say \`/recover ${kept.claim.environment}\` where it does not know`;
	await telling.deliver(Math.max(1e3, deadline - performance.now()), recover);
}
function eventsOf(kept, finished, at) {
	if (kept.untold.length > 0) return kept.untold;
	const result = finished === null ? brokenOff(kept, at) : finished.result;
	return result === null ? [] : [lastWord(result, at.toISOString())];
}
async function tokenAgain({ runner, variables }, { bot, claim }) {
	const { identity } = await readContext(variables);
	const { signal } = new AbortController();
	try {
		const answer = await claimGrant(claim, {
			bot,
			identity,
			signal,
			hide: runner.mask
		}, LAST_TRY_MS);
		return answer.kind === "granted" ? answer.events : null;
	} catch (error) {
		runner.annotate({
			level: "notice",
			title: "Belay",
			message: `the bot could not be told how this ended: ${messageOf(error)}`
		});
		return null;
	}
}
function brokenOff({ claim }, at) {
	const thrown = failure("interrupted", "the job was ended before the run began: nothing was changed");
	return resultOfThrown(thrown, {
		command: claim.command,
		environment: claim.environment
	}, at, at, false);
}
export { requestedRun, tellEnd, tellInPost };
