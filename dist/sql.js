import "./rolldown-runtime.js";
import { tt as messageOf } from "./domain.js";
import { a as recordValue, c as showRows, r as recordRows, s as showRow, t as meets } from "./expect.js";
// src/check/sql.ts
const MAX_EXPLAINED_ROWS = 10;
async function runSqlCheck(check, context) {
	const { name, expect } = check;
	const base = {
		name,
		phase: context.phase
	};
	const baseline = context.baseline.get(name) ?? null;
	const expected = () => expect === null ? null : meets(expect, {
		columns: [],
		rows: []
	}, baseline).expected;
	if (context.session === null) return {
		result: {
			...base,
			passed: false,
			expected: expected(),
			actual: "the application has the database by now: ask by http or command"
		},
		recorded: null
	};
	const { session } = context;
	const answer = await within(check.timeoutMs, () => session.query(check.sql));
	const recorded = typeof answer === "string" ? answer : recordRows(answer);
	if (typeof recorded === "string") return {
		result: {
			...base,
			passed: false,
			expected: expected(),
			actual: recorded
		},
		recorded: null
	};
	if (expect === null) return {
		result: {
			...base,
			passed: true,
			expected: null,
			actual: showRows(recorded)
		},
		recorded
	};
	const judgement = meets(expect, recorded, baseline);
	const explanation = judgement.passed || check.explain === null ? void 0 : await explain(session, check.explain, check.timeoutMs);
	return {
		result: {
			...base,
			...judgement,
			...explanation === void 0 ? {} : { explanation }
		},
		recorded
	};
}
async function explain(session, sql, timeoutMs) {
	const answer = await within(timeoutMs, () => session.query(sql));
	if (typeof answer === "string") return [`explain: ${answer}`];
	return answer.rows.slice(0, MAX_EXPLAINED_ROWS).map((row) => showRow(answer.columns, row.map(recordValue)));
}
async function within(timeoutMs, ask) {
	const { promise: tooLate, resolve } = Promise.withResolvers();
	const timer = setTimeout(() => resolve(`no answer within ${timeoutMs / 1e3} s`), timeoutMs);
	try {
		return await Promise.race([ask().catch((error) => messageOf(error)), tooLate]);
	} finally {
		clearTimeout(timer);
	}
}
export { runSqlCheck };
