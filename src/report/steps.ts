/** A run while it works: one line per step, when it has ended. On a terminal the running step stands below, written over in place. */

import type { StepName } from "../domain/phase.ts";
import type { ProgressEvent } from "../domain/progress.ts";
import { safeLine, safeLines } from "./safe-text.ts";
import { mark, type Mark, markWidth, paint, spell, type Style } from "./style.ts";
import { padEnd, padStart, width, wrap } from "./width.ts";
import { count, duration, size } from "./words.ts";

export interface StepView {
  /** What to write for an event; empty where it shows nothing. */
  show(event: ProgressEvent): string;
  /** What to write when no more events come: clears the running step, and sets what follows apart. */
  finish(): string;
}

/** Columns of a whole line, and of a step's name. */
const LINE = 72;
const NAME = 10;
/** What a failed step had printed, at most. */
const OUTPUT_LINES = 20;
const DETAIL_LIMIT = 400;

/** Steps that are shown only when they have something to tell. */
const SILENT: readonly StepName[] = ["preflight", "checks-before", "clone", "settle"];
const LABELS: Partial<Record<StepName, string>> = { "checks-before": "checks" };

export function stepView(style: Style): StepView {
  const { finish, print, redraw } = liveArea(style);
  const output = new Map<string, string>();
  let targets: readonly string[] = [];
  let heading = "";

  /** Where a run has several targets, each one's name stands above its steps. */
  function headingFor(target: string): string[] {
    if (targets.length < 2 || !targets.includes(target) || target === heading) return [];
    heading = target;
    return [`  ${paint(style, "bold", `${safeLine(target, 60)}:`)}`];
  }

  function show(event: ProgressEvent): string {
    switch (event.type) {
      case "run-began":
        targets = event.targets ?? [];
        return "";
      case "step-began":
        output.delete(event.step);
        return redraw(runningLine(style, event.step, event.detail ?? ""));
      case "step-progress":
        return redraw(runningLine(style, event.step, describeProgress(event)));
      case "output":
        output.set(event.step, lastLines((output.get(event.step) ?? "") + event.text));
        return "";
      case "notice":
        return print(stepLines(style, "warned", "note", event.message, ""));
      case "step-ended": {
        const said = output.get(event.step) ?? "";
        output.delete(event.step);
        if (SILENT.includes(event.step) && event.detail === undefined && event.outcome !== "failed") return print([]);
        const lines = stepLines(style, event.outcome, LABELS[event.step] ?? event.step, event.detail ?? "", duration(event.durationMs));
        return print([...headingFor(event.target), ...lines, ...(event.outcome === "failed" ? outputLines(style, said) : [])]);
      }
    }
  }
  return { show, finish };
}

const ERASE_LINE = "\r\x1b[2K";

/** The one line at the bottom that may be written over. */
function liveArea(style: Style): { print(lines: readonly string[]): string; redraw(line: string): string; finish(): string } {
  let running = "";
  let printed = false;
  const clear = () => {
    const erased = running === "" ? "" : ERASE_LINE;
    running = "";
    return erased;
  };
  return {
    print(lines) {
      printed ||= lines.length > 0;
      return clear() + lines.map((line) => `${line}\n`).join("");
    },
    redraw(line) {
      if (!style.live || line === running) return "";
      running = line;
      return ERASE_LINE + line;
    },
    finish: () => clear() + (printed ? "\n" : ""),
  };
}

function runningLine(style: Style, step: StepName, detail: string): string {
  const head = `${paint(style, "cyan", spell(style, "…"))} ${(LABELS[step] ?? step).padEnd(NAME)}`;
  const room = style.width - 4 - NAME - 1;
  return `  ${head}${paint(style, "dim", wrap(shown(style, detail), Math.max(room, 1), true)[0] ?? "")}`.trimEnd();
}

function stepLines(style: Style, outcome: Mark, name: string, detail: string, time: string): string[] {
  const head = 2 + markWidth(style) + 1 + NAME;
  const room = LINE - head - 2 - Math.max(width(time), 6);
  const [first = "", ...more] = wrap(shown(style, detail), room);
  const gap = padStart(time, Math.max(width(time), LINE - head - width(first)));
  const aligned = width(first) > room ? `${first}  ${time}` : first + gap;
  const line = `  ${mark(style, outcome)} ${padEnd(name, NAME)}${aligned}`.trimEnd();
  return [line, ...more.map((text) => " ".repeat(head) + text)];
}

/** A detail in one line: what an error says after its first line belongs to the verdict. */
function shown(style: Style, detail: string): string {
  return spell(style, safeLine(detail.trim().split(/[\r\n]/u)[0] ?? "", DETAIL_LIMIT));
}

function outputLines(style: Style, said: string): string[] {
  const lines = safeLines(said.trimEnd()).slice(-OUTPUT_LINES);
  return said.trim() === "" ? [] : lines.map((line) => `      ${paint(style, "dim", `${style.unicode ? "│" : "|"} ${line}`)}`);
}

function lastLines(text: string): string {
  return text
    .split("\n")
    .slice(-OUTPUT_LINES - 1)
    .join("\n");
}

function describeProgress(event: Extract<ProgressEvent, { type: "step-progress" }>): string {
  const amount = (value: number) => (event.unit === "bytes" ? size(value) : count(value));
  const told = event.detail === undefined ? "" : `, ${event.detail}`;
  return `${amount(event.done)} of ${amount(event.total)}${event.unit === "bytes" ? "" : ` ${event.unit}`}${told}`;
}
