import { _ as paint, b as safeLine, d as padEnd, f as padStart, g as markWidth, h as mark, m as wrap, p as width, u as cutTo, v as spell, x as safeLines } from "./page.js";
import { Q as size, Y as duration, q as count } from "./domain.js";
// src/report/live.ts
const ERASE_LINE = "\r\x1B[2K";
function liveLine() {
	let drawn = "";
	const clear = () => {
		const erased = drawn === "" ? "" : ERASE_LINE;
		drawn = "";
		return erased;
	};
	return {
		clear,
		print: (lines) => clear() + lines.map((line) => `${line}\n`).join(""),
		redraw(line) {
			if (line === drawn) return "";
			drawn = line;
			return ERASE_LINE + line;
		}
	};
}
const BAR = 12;
const FEW = 10;
const GAP = "  ";
const LEAST_TAIL = 10;
const TAIL_LIMIT = 400;
function labelOf(step) {
	return SHORT[step] ?? step;
}
const SHORT = {
	"checks-before": "checks",
	"maintenance-on": "page on",
	"maintenance-off": "page off"
};
function runningLine(style, columns, step, nowMs) {
	let left = columns - 1 - (2 + markWidth(style) + 1 + 10);
	const fitting = (...forms) => {
		const form = forms.find((text) => text !== "" && width(text) <= left) ?? "";
		if (form !== "") left -= width(form) + 2;
		return form;
	};
	const time = fitting(elapsed(step, nowMs), duration(nowMs - step.beganMs));
	if (time === "") return cutTo(`${step.label} ${duration(nowMs - step.beganMs)}`, columns - 1, style.unicode ? "…" : "...");
	const amount = fitting(amountOf(step.progress));
	const bar = fitting(...barsOf(style, step.progress));
	const tail = left < LEAST_TAIL ? "" : cutTo(tailOf(style, step), left, style.unicode ? "…" : "...");
	const shown = [
		bar,
		amount,
		time,
		paint(style, "dim", tail)
	].filter((part) => part !== "").join(GAP);
	return `  ${mark(style, "running")} ${step.label.padEnd(10)}${shown}`;
}
function stillRunning(style, step, nowMs) {
	const said = `still running after ${elapsed(step, nowMs)}`;
	const amount = amountOf(step.progress);
	return `  ${mark(style, "running")} ${step.label.padEnd(10)}${said}${amount === "" ? "" : `; ${amount}`}`;
}
function elapsed({ began: { expectedMs }, beganMs }, nowMs) {
	const ms = nowMs - beganMs;
	if (expectedMs === void 0) return duration(ms);
	return ms <= expectedMs ? `${duration(ms)} of about ${duration(expectedMs)}` : `${duration(ms)}, usually ${duration(expectedMs)}`;
}
function barsOf(style, progress) {
	if (progress === null || progress.total < FEW) return [];
	const share = Math.min(Math.max(progress.done / progress.total, 0), 1);
	const full = Math.floor(share * BAR);
	const bar = style.unicode ? "█".repeat(full) + "░".repeat(BAR - full) : `[${"#".repeat(full)}${".".repeat(BAR - full)}]`;
	const percent = `${Math.floor(share * 100)}%`;
	return [`${bar} ${percent.padStart(4)}`, percent];
}
function amountOf(progress) {
	if (progress === null || progress.total < 2) return "";
	const { done, total, unit } = progress;
	if (unit === "migrations") return `${count(done)} of ${count(total)} done`;
	return unit === "bytes" ? `${size(done)} of ${size(total)}` : `${count(done)} of ${count(total)} ${unit}`;
}
function tailOf(style, { said, progress, began }) {
	return spell(style, safeLine(said === "" ? progress?.detail ?? began.detail ?? "" : said, TAIL_LIMIT));
}
// src/report/steps.ts
const SIGN_OF_LIFE_MS = 6e4;
const TERMINAL_COLUMNS = 80;
const LINE = 72;
const DETAIL_LIMIT = 400;
const SILENT = [
	"preflight",
	"checks-before",
	"settle"
];
function tellsNothing({ name, outcome, detail }) {
	return SILENT.includes(name) && detail === void 0 && outcome !== "failed";
}
function stepView(style, watching) {
	const live = liveLine();
	let targets = [];
	let heading = "";
	let running = null;
	let output = "";
	let toldMs = 0;
	let printed = false;
	function print(lines) {
		printed ||= lines.length > 0;
		return live.print(lines);
	}
	function draw() {
		if (running === null || !style.live) return "";
		return live.redraw(runningLine(style, watching.columns() || TERMINAL_COLUMNS, running, watching.nowMs()));
	}
	function headingFor(target) {
		if (targets.length < 2 || !targets.includes(target) || target === heading) return [];
		heading = target;
		return [`  ${paint(style, "bold", `${safeLine(target, 60)}:`)}`];
	}
	function stepEnded(event) {
		const said = output;
		running = null;
		output = "";
		if (tellsNothing({
			...event,
			name: event.step
		})) return live.clear();
		const lines = stepLines(style, event.outcome, labelOf(event.step), event.detail ?? "", duration(event.durationMs));
		return print([
			...headingFor(event.target),
			...lines,
			...event.outcome === "failed" ? outputLines(style, said) : []
		]);
	}
	function show(event) {
		switch (event.type) {
			case "run-began":
				targets = event.targets ?? [];
				return "";
			case "step-began":
				output = "";
				toldMs = watching.nowMs();
				running = {
					label: labelOf(event.step),
					began: event,
					beganMs: toldMs,
					progress: null,
					said: ""
				};
				return draw();
			case "step-progress":
				if (running !== null) running = {
					...running,
					progress: event
				};
				return "";
			case "output":
				output = lastLines(output + event.text);
				if (running !== null) running = {
					...running,
					said: output.trimEnd().split(/[\r\n]/u).at(-1) ?? ""
				};
				return "";
			case "planned": return "";
			case "notice": return print(stepLines(style, "warned", "note", event.message, ""));
			case "step-ended": return stepEnded(event);
		}
	}
	function tick() {
		if (style.live) return draw();
		if (running === null || watching.nowMs() - toldMs < SIGN_OF_LIFE_MS) return "";
		toldMs = watching.nowMs();
		return print([stillRunning(style, running, toldMs)]);
	}
	return {
		show,
		tick,
		finish: () => live.clear() + (printed ? "\n" : "")
	};
}
function stepLines(style, outcome, name, detail, time) {
	const line = Math.min(LINE, style.width);
	const head = 2 + markWidth(style) + 1 + 10;
	const room = line - head - 2 - Math.max(width(time), 6);
	const [first = "", ...more] = wrap(shown(style, detail), room);
	const gap = padStart(time, Math.max(width(time), line - head - width(first)));
	const aligned = width(first) > room ? `${first}  ${time}` : first + gap;
	return [`  ${mark(style, outcome)} ${padEnd(name, 10)}${aligned}`.trimEnd(), ...more.map((text) => " ".repeat(head) + text)];
}
function shown(style, detail) {
	return spell(style, safeLine(detail.trim().split(/[\r\n]/u)[0] ?? "", DETAIL_LIMIT));
}
function outputLines(style, said) {
	const lines = safeLines(said.trimEnd()).slice(-20);
	return said.trim() === "" ? [] : lines.map((line) => `      ${paint(style, "dim", `${style.unicode ? "│" : "|"} ${line}`)}`);
}
function lastLines(text) {
	return text.split("\n").slice(-21).join("\n");
}
export { tellsNothing as n, labelOf as r, stepView as t };
