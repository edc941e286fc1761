// src/check/decimal.ts
const ZERO = {
	negative: false,
	digits: "",
	magnitude: 0n
};
const WIDEST_SUM = 10000n;
function parseDecimal(text) {
	const [, sign, whole = "", fraction = "", exponent = "0"] = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
	if (sign === void 0) return void 0;
	const digits = whole + fraction;
	const leadingZeros = digits.length - digits.replace(/^0+/, "").length;
	const significant = digits.slice(leadingZeros).replace(/0+$/, "");
	if (significant === "") return ZERO;
	return {
		negative: sign === "-",
		digits: significant,
		magnitude: BigInt(exponent) + BigInt(whole.length - leadingZeros)
	};
}
function compareDecimals(a, b) {
	if (a.negative !== b.negative) return a.negative ? -1 : 1;
	return a.negative ? compareSizes(b, a) : compareSizes(a, b);
}
function addDecimals(a, b) {
	if (a.digits === "") return b;
	if (b.digits === "") return a;
	const [lowA = 0n, lowB = 0n] = [a, b].map(({ digits, magnitude }) => magnitude - BigInt(digits.length));
	const low = lowA < lowB ? lowA : lowB;
	if (lowA - low > WIDEST_SUM || lowB - low > WIDEST_SUM) return void 0;
	return parseDecimal(`${signed(a) * 10n ** (lowA - low) + signed(b) * 10n ** (lowB - low)}e${low}`);
}
function formatDecimal({ negative, digits, magnitude }) {
	if (digits === "") return "0";
	const sign = negative ? "-" : "";
	const point = Number(magnitude);
	if (point > 21 || point < -6) return `${sign}${digits.slice(0, 1)}${digits.length > 1 ? `.${digits.slice(1)}` : ""}e${magnitude - 1n}`;
	if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
	return `${sign}${digits.slice(0, point).padEnd(point, "0")}${digits.length > point ? `.${digits.slice(point)}` : ""}`;
}
function compareSizes(a, b) {
	if (a.digits === "" || b.digits === "") return a.digits.length - b.digits.length;
	if (a.magnitude !== b.magnitude) return a.magnitude < b.magnitude ? -1 : 1;
	const length = Math.max(a.digits.length, b.digits.length);
	const [left, right] = [a.digits.padEnd(length, "0"), b.digits.padEnd(length, "0")];
	return left < right ? -1 : left > right ? 1 : 0;
}
function signed({ negative, digits }) {
	return negative ? -BigInt(digits) : BigInt(digits);
}
// src/check/recorded.ts
const MAX_ROWS = 1e4;
const MAX_CHARACTERS = 1048576;
const LONGEST_SHOWN_VALUE = 120;
const LONGEST_SHOWN_LINE = 300;
function recordRows({ columns, rows }) {
	if (rows.length > MAX_ROWS) return `${rows.length} rows, and a check may give at most ${MAX_ROWS}: let it count or select less`;
	const recorded = rows.map((row) => row.map(recordValue));
	const characters = recorded.flat().reduce((sum, value) => sum + (value?.text.length ?? 0), 0);
	if (characters > MAX_CHARACTERS) return `${characters} characters, and a check may give at most ${MAX_CHARACTERS}: let it select less`;
	return {
		columns,
		rows: recorded
	};
}
function recordValue(value) {
	if (value === null) return null;
	if (value instanceof Uint8Array) return {
		text: `x'${Buffer.from(value).toString("hex")}'`,
		number: false
	};
	return {
		text: String(value),
		number: typeof value === "number" || typeof value === "bigint"
	};
}
function recordText(text) {
	return {
		columns: ["text"],
		rows: [[{
			text,
			number: false
		}]]
	};
}
function showValue(value) {
	if (value === null) return "NULL";
	return value.number ? value.text : JSON.stringify(shortened(value.text, LONGEST_SHOWN_VALUE));
}
function showRows({ columns, rows }) {
	if (rows.length === 0) return "no row";
	if (columns.length === 2) return shortened(rows.map(([name, value]) => `${showName(name ?? null)} = ${showValue(value ?? null)}`).join(", "), LONGEST_SHOWN_LINE);
	const shown = rows.map((row) => row.length === 1 ? showValue(row[0] ?? null) : `(${row.map(showValue).join(", ")})`).join(", ");
	return shortened(rows.length === 1 ? shown : `${rows.length} rows: ${shown}`, LONGEST_SHOWN_LINE);
}
function showRow(columns, row) {
	return shortened(columns.map((column, index) => `${column}=${showValue(row[index] ?? null)}`).join(", "), LONGEST_SHOWN_LINE);
}
function showName(value) {
	return value === null ? "NULL" : shortened(value.text.replace(/\s+/g, " "), LONGEST_SHOWN_VALUE);
}
function shortened(text, length) {
	const characters = Array.from(text.slice(0, 2 * length + 2));
	return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}
// src/check/expect.ts
function meets(expectation, actual, baseline) {
	switch (expectation.kind) {
		case "all": return meetsAll(expectation.of, actual, baseline);
		case "named": return meetsNamed(expectation.values, actual, baseline);
		case "rows": return meetsRows(expectation.rows, actual);
		case "unchanged": return meetsUnchanged(actual, baseline);
		case "equals":
		case "at-least":
		case "at-most":
		case "between":
		case "matches":
		case "not-matches":
		case "increases-by":
		case "increases-within": return meetsScalar(expectation, actual, baseline);
	}
}
function meetsPrinted(expectation, text, withoutEnd) {
	const judged = meets(expectation, recordText(withoutEnd), null);
	return judged.passed || text === withoutEnd ? judged : {
		...judged,
		passed: meets(expectation, recordText(text), null).passed
	};
}
function meetsScalar(expectation, actual, baseline) {
	const wanted = wantedScalar(expectation, baseline);
	if (wanted.holds === null) return {
		passed: false,
		expected: wanted.expected,
		actual: showRows(actual)
	};
	const value = onlyValue(actual);
	if (typeof value === "string") return {
		passed: false,
		expected: wanted.expected,
		actual: value
	};
	const verdict = wanted.holds(value);
	return {
		passed: verdict === true,
		expected: wanted.expected,
		actual: typeof verdict === "string" ? `${showValue(value)}, ${verdict}` : showValue(value)
	};
}
function wantedScalar(expectation, baseline) {
	switch (expectation.kind) {
		case "equals": return {
			expected: showValue(expectation.value),
			holds: (value) => sameValue(value, expectation.value)
		};
		case "at-least": return {
			expected: `at least ${showValue(expectation.value)}`,
			holds: (value) => inOrder(expectation.value, value)
		};
		case "at-most": return {
			expected: `at most ${showValue(expectation.value)}`,
			holds: (value) => inOrder(value, expectation.value)
		};
		case "between": return {
			expected: `between ${showValue(expectation.low)} and ${showValue(expectation.high)}`,
			holds: (value) => both(inOrder(expectation.low, value), () => inOrder(value, expectation.high))
		};
		case "matches":
		case "not-matches": return wantedPattern(expectation.pattern, expectation.kind === "matches");
		case "increases-by": return wantedIncrease(expectation.value, baseline);
		case "increases-within": return wantedGrowth(expectation.low, expectation.high, baseline);
	}
}
function wantedPattern(source, wanted) {
	const expected = `${wanted ? "a match of" : "no match of"} /${source}/`;
	const pattern = parsePattern(source);
	if (pattern === void 0) return {
		expected: `${expected}, which is no regular expression`,
		holds: null
	};
	return {
		expected,
		holds: (value) => value !== null && pattern.test(value.text) === wanted
	};
}
function wantedIncrease(by, baseline) {
	const described = `${showValue(by)} more than before`;
	if (baseline === null) return {
		expected: `${described}, and nothing was recorded before`,
		holds: null
	};
	const old = onlyValue(baseline);
	if (typeof old === "string") return {
		expected: `${described}, which was ${old}`,
		holds: null
	};
	const target = sumOf(old, by);
	if (target === null) return {
		expected: `${described}, which was ${showValue(old)}`,
		holds: null
	};
	return {
		expected: `${target.text} (${showValue(old)} and ${showValue(by)} more)`,
		holds: (value) => sameValue(value, target)
	};
}
function wantedGrowth(low, high, baseline) {
	const bounds = [...low === null ? [] : [["at least", low]], ...high === null ? [] : [["at most", high]]];
	const described = `${bounds.map(([word, by]) => `${word} ${showValue(by)}`).join(" and ")} more than before`;
	if (baseline === null) return {
		expected: `${described}, and nothing was recorded before`,
		holds: null
	};
	const old = onlyValue(baseline);
	if (typeof old === "string") return {
		expected: `${described}, which was ${old}`,
		holds: null
	};
	const sums = bounds.map(([word, by]) => ({
		word,
		sum: sumOf(old, by)
	}));
	if (sums.some(({ sum }) => sum === null)) return {
		expected: `${described}, which was ${showValue(old)}`,
		holds: null
	};
	return {
		expected: `${described}, which was ${showValue(old)}`,
		holds: (value) => {
			return sums.map(({ word, sum }) => word === "at least" ? inOrder(sum, value) : inOrder(value, sum)).find((verdict) => verdict !== true) ?? true;
		}
	};
}
function sumOf(one, other) {
	const [left, right] = [decimalOf(one), decimalOf(other)];
	const sum = left === void 0 || right === void 0 ? void 0 : addDecimals(left, right);
	return sum === void 0 ? null : {
		text: formatDecimal(sum),
		number: true
	};
}
function meetsAll(conditions, actual, baseline) {
	const judgements = conditions.map((condition) => meets(condition, actual, baseline));
	const broken = judgements.find(({ passed }) => !passed);
	return {
		passed: broken === void 0,
		expected: judgements.map(({ expected }) => expected).join(" and "),
		actual: broken?.actual ?? judgements[0]?.actual ?? showRows(actual)
	};
}
function meetsNamed(values, actual, baseline) {
	if (actual.columns.length !== 2) return {
		passed: false,
		expected: `the values of ${[...values.keys()].join(", ")}`,
		actual: `${counted(actual.columns.length, "column")}, where named values need two: name and value`
	};
	const judged = [...values].map(([name, expectation]) => ({
		name,
		...meets(expectation, rowsNamed(actual, name), baseline === null ? null : rowsNamed(baseline, name))
	}));
	const broken = judged.filter(({ passed }) => !passed);
	return {
		passed: broken.length === 0,
		expected: judged.map(({ name, expected }) => `${name} = ${expected}`).join(", "),
		actual: (broken.length === 0 ? judged : broken).map((one) => `${one.name} = ${one.actual}`).join(", ")
	};
}
function rowsNamed({ columns, rows }, name) {
	return {
		columns: columns.slice(1),
		rows: rows.filter(([own]) => own !== null && own?.text === name).map((row) => row.slice(1))
	};
}
function meetsRows(wanted, actual) {
	const columns = wanted[0]?.length ?? actual.columns.length;
	const same = wanted.length === actual.rows.length && wanted.every((row, at) => sameRow(row, actual.rows[at] ?? []));
	return {
		passed: same,
		expected: showRows({
			columns: Array.from({ length: columns }, () => ""),
			rows: wanted
		}),
		actual: same ? showRows(actual) : `${showRows(actual)}${firstDifference(wanted, actual)}`
	};
}
function firstDifference(wanted, { rows }) {
	if (wanted.length !== rows.length) return "";
	const at = wanted.findIndex((row, index) => !sameRow(row, rows[index] ?? []));
	return wanted.length > 1 ? ` (row ${at + 1} differs)` : "";
}
function sameRow(wanted, actual) {
	return wanted.length === actual.length && wanted.every((value, at) => sameValue(actual[at] ?? null, value));
}
function meetsUnchanged(actual, baseline) {
	if (baseline === null) return {
		passed: false,
		expected: "unchanged, and nothing was recorded before",
		actual: showRows(actual)
	};
	const keys = ({ rows }) => rows.map((row) => JSON.stringify(row.map(exactKey))).sort();
	const [before, now] = [keys(baseline), keys(actual)];
	return {
		passed: before.length === now.length && before.every((key, at) => key === now[at]),
		expected: `unchanged: ${showRows(baseline)}`,
		actual: showRows(actual)
	};
}
function exactKey(value) {
	if (value === null) return null;
	const decimal = value.number ? parseDecimal(value.text) : void 0;
	return decimal === void 0 ? `text ${value.text}` : `number ${formatDecimal(decimal)}`;
}
function sameValue(actual, expected) {
	if (actual === null || expected === null) return actual === expected;
	const numbers = bothDecimals(actual, expected);
	return numbers === void 0 ? actual.text === expected.text : compareDecimals(...numbers) === 0;
}
function inOrder(low, high) {
	if (low === null || high === null) return false;
	const numbers = bothDecimals(low, high);
	if (numbers !== void 0) return compareDecimals(...numbers) <= 0;
	if (low.number || high.number) return "which is not a number";
	return low.text <= high.text;
}
function both(first, second) {
	return first === true ? second() : first;
}
function bothDecimals(a, b) {
	if (!a.number && !b.number) return void 0;
	const [left, right] = [parseDecimal(a.text), parseDecimal(b.text)];
	return left === void 0 || right === void 0 ? void 0 : [left, right];
}
function decimalOf(value) {
	return value === null ? void 0 : parseDecimal(value.text);
}
function onlyValue({ columns, rows }) {
	const [row] = rows;
	if (row === void 0) return "no row";
	if (rows.length > 1) return counted(rows.length, "row");
	return row.length === 1 ? row[0] ?? null : `${counted(columns.length, "column")}, where one value was expected: ${showName(row[0] ?? null)}, …`;
}
function counted(count, what) {
	return `${count} ${what}${count === 1 ? "" : "s"}`;
}
function parsePattern(source) {
	try {
		return new RegExp(source, "u");
	} catch (error) {
		if (error instanceof SyntaxError) return void 0;
		throw error;
	}
}
export { recordValue as a, showRows as c, recordText as i, compareDecimals as l, meetsPrinted as n, shortened as o, recordRows as r, showRow as s, meets as t, parseDecimal as u };
