import { $ as BelayError, J as counted, i as failuresIn, n as afterRound, r as describeTolerance, t as BEGINNING, tt as messageOf } from "./domain.js";
import { a as runChecks, s as watchedName } from "./checks.js";
// src/run/watch-round.ts
function subjectsOf({ checks }, targets) {
	const several = targets.length > 1;
	return checks.flatMap((watched) => {
		const { name, kind } = watched.check;
		if (kind !== "sql" || !several) return [{
			key: name,
			name,
			watched
		}];
		return targets.map((target) => ({
			key: keyOf(name, target),
			name: nameOf(name, target),
			watched
		}));
	});
}
function keyOf(check, { name }) {
	return `${name}/${check}`;
}
function nameOf(check, { name }) {
	return `${check} (${name})`;
}
async function askRound(surroundings, { checks }, targets) {
	const ofAll = checks.filter(({ check }) => check.kind !== "sql");
	const ofEach = checks.filter(({ check }) => check.kind === "sql");
	const asked = await ask(surroundings, ofAll, null);
	if (ofEach.length === 0) return asked;
	for (const target of targets) {
		const named = targets.length > 1 ? target.target : null;
		asked.push(...(await ask(surroundings, ofEach, target)).map((each) => ofTarget(each, named)));
	}
	return asked;
}
async function ask(surroundings, watched, target) {
	const checks = watched.map(({ check }) => check);
	const results = target === null ? await run(surroundings, checks) : await askTarget(surroundings, checks, target);
	return watched.flatMap((each, index) => {
		const result = results[index];
		return result === void 0 ? [] : [{
			key: each.check.name,
			watched: each,
			result
		}];
	});
}
async function askTarget(surroundings, checks, { baseline, open }) {
	let reader;
	try {
		reader = await open();
	} catch (error) {
		if (!(error instanceof BelayError) || error.code === "interrupted") throw error;
		const actual = surroundings.ports.redact(messageOf(error));
		return checks.map(({ name }) => ({
			name,
			phase: "watch",
			passed: false,
			expected: "a database that can be read",
			actual
		}));
	}
	await using opened = reader;
	return await run(surroundings, checks, opened, baseline);
}
async function run(surroundings, checks, reader = null, baseline = new Map()) {
	const own = checks.flatMap(({ name }) => {
		const recorded = baseline.get(watchedName(name));
		return recorded === void 0 ? [] : [[name, recorded]];
	});
	return (await runChecks(surroundings, checks, "watch", reader?.session ?? null, new Map(own))).results;
}
function ofTarget({ key, watched, result }, target) {
	if (target === null) return {
		key,
		watched,
		result
	};
	return {
		key: keyOf(key, target),
		watched,
		result: {
			...result,
			name: nameOf(result.name, target)
		}
	};
}
function hasFailed({ result }) {
	return !result.passed && result.warned !== true;
}
// src/run/watch-course.ts
var WatchCourse = class {
	#courses = new Map();
	#last = new Map();
	#rounds = 0;
	#good = 0;
	add(watched, failed) {
		this.#rounds += 1;
		if (failed.size === 0) this.#good += 1;
		for (const { key, watched: each } of watched) this.#courses.set(key, afterRound(this.#courses.get(key) ?? BEGINNING, failed.has(key), each.failures));
	}
	addRound(asked) {
		this.add(asked, new Set(asked.filter(hasFailed).map(({ key }) => key)));
		for (const each of asked) if (hasFailed(each) || !this.#hasLastFailure(each.key)) this.#last.set(each.key, each);
	}
	#hasLastFailure(key) {
		const last = this.#last.get(key);
		return last !== void 0 && hasFailed(last);
	}
	get rounds() {
		return this.#rounds;
	}
	get good() {
		return this.#good;
	}
	get isBroken() {
		return [...this.#courses.values()].some(({ broken }) => broken);
	}
	reasons() {
		return [...this.#last.values()].flatMap(({ key, watched, result }) => {
			const course = this.#courses.get(key);
			if (course?.broken !== true) return [];
			const { of } = watched.failures;
			const counting = of === null ? course.failed : course.failed.slice(-of);
			const often = `${failuresIn(counting)} of ${counted(counting.length, "round")} failed (${describeTolerance(watched.failures)} may)`;
			return [{
				code: "watch-failed",
				message: `${result.name}: ${often}: expected ${result.expected ?? "a result"}, got ${result.actual}`,
				hint: "look at what the application itself says, and whether the limits in belay.yml are right"
			}];
		});
	}
	results(alertOnly) {
		return [...this.#last.values()].map(({ key, result }) => {
			const course = this.#courses.get(key) ?? BEGINNING;
			const failures = failuresIn(course.failed);
			const often = failures === 0 ? "" : `, in ${failures} of ${counted(course.failed.length, "round")}`;
			const warned = result.warned === true || course.broken && alertOnly;
			return {
				...result,
				passed: !course.broken && result.warned !== true,
				actual: `${result.actual}${often}`,
				...warned ? { warned } : {}
			};
		});
	}
};
export { subjectsOf as i, askRound as n, hasFailed as r, WatchCourse as t };
