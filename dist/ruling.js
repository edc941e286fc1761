import "./rolldown-runtime.js";
import { $ as BelayError, rt as refusal, tt as messageOf, y as lineDifference } from "./domain.js";
import { Xt as parseConfig, on as chooseEnvironment } from "./looking.js";
import { isDeepStrictEqual } from "node:util";
// src/config/ruling.ts
function ruling(file, own, request) {
	const { sha, branch, path, text } = file;
	if (text === null) throw policyMissing(`${branch} has no ${path}`, file, own !== null);
	const config = parseConfig(text, {
		...request,
		shownAs: own === text ? path : `${path} of ${branch}`
	});
	if (request.environment !== null && !config.names.includes(request.environment) && knows(own, request)) throw policyMissing(`${path} of ${branch} has no environment ${JSON.stringify(request.environment)}`, file, true);
	const environment = chooseEnvironment(config, request.environment);
	const added = own === null || own === text ? NOTHING : addedChecks(own, {
		...request,
		environment: environment.name
	}, environment);
	return {
		config,
		environment: {
			...environment,
			checks: {
				...environment.checks,
				...added.checks
			}
		},
		origin: {
			sha,
			branch,
			path,
			difference: own === null ? [] : lineDifference(text, own),
			addedChecks: added.names,
			...added.flaw === null ? {} : { flaw: added.flaw }
		}
	};
}
function policyMissing(what, { sha, branch, path }, inCheckout) {
	return refusal("policy-missing", `${what} (at ${sha.slice(0, 7)}), and what may be done is decided there`, {
		hint: `merge ${path} into ${branch} first; until then \`plan\` on a pull request shows what Belay would do`,
		facts: { inCheckout }
	});
}
function knows(own, request) {
	if (own === null || request.environment === null) return false;
	try {
		return parseConfig(own, {
			...request,
			environment: null,
			find: null
		}).names.includes(request.environment);
	} catch (error) {
		if (error instanceof BelayError) return true;
		throw error;
	}
}
const NOTHING = {
	checks: {},
	names: [],
	flaw: null
};
function addedChecks(own, request, { checks }) {
	let theirs;
	try {
		theirs = chooseEnvironment(parseConfig(own, {
			...request,
			find: null
		}), request.environment).checks;
	} catch (error) {
		if (error instanceof BelayError) return {
			...NOTHING,
			flaw: messageOf(error)
		};
		throw error;
	}
	const before = together(checks.before, theirs.before);
	const after = together(checks.after, theirs.after);
	const health = together(checks.health, theirs.health);
	return {
		checks: {
			before: before.all,
			after: after.all,
			health: health.all
		},
		names: [
			...before.added,
			...after.added,
			...health.added
		],
		flaw: null
	};
}
function together(ours, theirs) {
	const names = new Set(ours.map(({ name }) => name));
	const added = theirs.filter((check) => !ours.some((known) => isDeepStrictEqual(known, check))).map((check) => names.has(check.name) ? {
		...check,
		name: `${check.name} (as changed)`
	} : check);
	return {
		all: [...ours, ...added],
		added: added.map(({ name }) => name)
	};
}
export { ruling };
