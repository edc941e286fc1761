// src/domain/window.ts
const DAYS = [
	"sun",
	"mon",
	"tue",
	"wed",
	"thu",
	"fri",
	"sat"
];
const MINUTES_A_DAY = 1440;
function parseWindow(text) {
	const [, dayText, startText, endText, timeZone] = /^(\S+)\s+([\d:]+)-([\d:]+)(?:\s+(\S+))?$/.exec(text.trim()) ?? [];
	if (dayText === void 0 || startText === void 0 || endText === void 0) return { flaw: "expected days, hours and a time zone" };
	const days = parseDays(dayText.toLowerCase());
	const startMinute = parseTime(startText);
	const endMinute = parseTime(endText);
	if (days === null) return { flaw: "expected days like Sun, Sat,Sun, Mon-Fri or daily" };
	if (startMinute === null || endMinute === null || startMinute === MINUTES_A_DAY) return { flaw: "expected hours like 01:00-05:00" };
	if (startMinute === endMinute) return { flaw: "it ends when it begins; a whole day is 00:00-24:00" };
	if (timeZone === void 0) return { flaw: "expected a time zone at the end, such as America/Toronto or UTC" };
	if (!isTimeZone(timeZone)) return { flaw: "expected a time zone such as America/Toronto or UTC" };
	return {
		text,
		days,
		startMinute,
		endMinute,
		timeZone
	};
}
function parseDays(text) {
	if (text === "daily") return [
		0,
		1,
		2,
		3,
		4,
		5,
		6
	];
	const days = new Set();
	for (const part of text.split(",")) {
		const [from = "", to = from, ...more] = part.split("-");
		const first = DAYS.indexOf(from);
		const last = DAYS.indexOf(to);
		if (first < 0 || last < 0 || more.length > 0) return null;
		const count = (last - first + 7) % 7 + 1;
		for (let step = 0; step < count; step++) days.add((first + step) % 7);
	}
	return [...days].sort((a, b) => a - b);
}
function parseTime(text) {
	const [, hours, minutes] = /^(\d\d?):(\d\d)$/.exec(text) ?? [];
	const total = Number(hours) * 60 + Number(minutes);
	return Number(minutes) < 60 && total <= MINUTES_A_DAY ? total : null;
}
function isTimeZone(name) {
	try {
		return new Intl.DateTimeFormat("en-US", { timeZone: name }) instanceof Intl.DateTimeFormat;
	} catch (thrown) {
		if (thrown instanceof RangeError) return false;
		throw thrown;
	}
}
function insideWindow(window, instant) {
	const { day, minute } = wallClock(instant, window.timeZone);
	const { days, startMinute, endMinute } = window;
	if (startMinute < endMinute) return days.includes(day) && minute >= startMinute && minute < endMinute;
	return days.includes(day) && minute >= startMinute || days.includes((day + 6) % 7) && minute < endMinute;
}
function nextOpening(window, after) {
	const today = wallClock(after, window.timeZone).midnight;
	for (let ahead = 0; ahead <= 14; ahead++) {
		const midnight = today + ahead * MINUTES_A_DAY * 6e4;
		if (!window.days.includes(new Date(midnight).getUTCDay())) continue;
		const opening = opensOn(window, midnight).find((instant) => instant > after && insideWindow(window, instant));
		if (opening !== void 0) return opening;
	}
	throw new RangeError(`the window ${window.text} never opens`);
}
function opensOn(window, midnight) {
	const wall = midnight + window.startMinute * 6e4;
	return [-1, 1].map((side) => {
		const near = new Date(wall + side * MINUTES_A_DAY * 6e4);
		return wallClock(near, window.timeZone).wall - near.getTime();
	}).map((offset) => new Date(wall - offset)).sort((a, b) => a.getTime() - b.getTime());
}
function wallClock(instant, timeZone) {
	const format = new Intl.DateTimeFormat("en-US", {
		timeZone,
		hourCycle: "h23",
		year: "numeric",
		month: "numeric",
		day: "numeric",
		hour: "numeric",
		minute: "numeric",
		second: "numeric"
	});
	const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
	const midnight = Date.UTC(year, month - 1, day);
	const minutes = hour * 60 + minute;
	return {
		day: new Date(midnight).getUTCDay(),
		minute: minutes,
		wall: midnight + minutes * 6e4 + second * 1e3 + instant.getUTCMilliseconds(),
		midnight
	};
}
// src/domain/data.ts
function untouched(table) {
	return table.unproven === void 0 && table.added + table.removed + table.changed === 0 && table.rowsBefore !== null && table.rowsAfter !== null && table.columnsAdded.length + table.columnsDropped.length === 0;
}
function sameData(comparison) {
	return comparison.tables.every(untouched);
}
export { parseWindow as a, nextOpening as i, untouched as n, insideWindow as r, sameData as t };
