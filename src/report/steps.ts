/** A run while it works: one line per step, when it has ended. Below them, on a terminal, the step that runs, written over in place. */

import type { ProgressEvent } from "../domain/progress.ts";
import type { StepName } from "../domain/phase.ts";
import type { StepResult } from "../domain/result.ts";
import { liveLine } from "./live.ts";
import { labelOf, NAME, type RunningStep, runningLine, stillRunning } from "./running-step.ts";
import { safeLine, safeLines } from "./safe-text.ts";
import { mark, type Mark, markWidth, paint, spell, type Style } from "./style.ts";
import { padEnd, padStart, width, wrap } from "./width.ts";
import { duration } from "../domain/words.ts";

export interface StepView {
  /** What to write for an event; empty where it shows nothing. */
  show(event: ProgressEvent): string;
  /** What to write because time went by: the running step anew, in a log a sign of life each minute. */
  tick(): string;
  /** What to write when no more events come: clears the running step, and sets what follows apart. */
  finish(): string;
}

/** What a view needs to know while it shows. */
export interface Watching {
  /** Milliseconds of a clock that only goes forward. */
  readonly nowMs: () => number;
  /** Columns of the terminal as it is now; undefined where it does not tell. */
  readonly columns: () => number | undefined;
}

/** How often `tick` is worth calling. */
export const TICK_MS = 100;
/** In a log: how long after the beginning, or the last sign of life, the next one comes. */
const SIGN_OF_LIFE_MS = 60_000;
const TERMINAL_COLUMNS = 80;

/** Columns of a whole line. */
const LINE = 72;
/** What a failed step had printed, at most. */
const OUTPUT_LINES = 20;
const DETAIL_LIMIT = 400;

/** Steps that are shown only when they have something to tell. */
const SILENT: readonly StepName[] = ["preflight", "checks-before", "settle"];

export function tellsNothing({ name, outcome, detail }: Pick<StepResult, "name" | "outcome" | "detail">): boolean {
  return SILENT.includes(name) && detail === undefined && outcome !== "failed";
}

export function stepView(style: Style, watching: Watching): StepView {
  const live = liveLine();
  let targets: readonly string[] = [];
  let heading = "";
  let running: RunningStep | null = null;
  let output = "";
  let toldMs = 0;
  let printed = false;

  function print(lines: readonly string[]): string {
    printed ||= lines.length > 0;
    return live.print(lines);
  }

  function draw(): string {
    if (running === null || !style.live) return "";
    return live.redraw(runningLine(style, watching.columns() || TERMINAL_COLUMNS, running, watching.nowMs()));
  }

  /** Where a run has several targets, each one's name stands above its steps. */
  function headingFor(target: string): string[] {
    if (targets.length < 2 || !targets.includes(target) || target === heading) return [];
    heading = target;
    return [`  ${paint(style, "bold", `${safeLine(target, 60)}:`)}`];
  }

  function stepEnded(event: Extract<ProgressEvent, { type: "step-ended" }>): string {
    const said = output;
    running = null;
    output = "";
    if (tellsNothing({ ...event, name: event.step })) return live.clear();
    const lines = stepLines(style, event.outcome, labelOf(event.step), event.detail ?? "", duration(event.durationMs));
    return print([...headingFor(event.target), ...lines, ...(event.outcome === "failed" ? outputLines(style, said) : [])]);
  }

  function show(event: ProgressEvent): string {
    switch (event.type) {
      case "run-began":
        targets = event.targets ?? [];
        return "";
      case "step-began":
        output = "";
        toldMs = watching.nowMs();
        running = { label: labelOf(event.step), began: event, beganMs: toldMs, progress: null, said: "" };
        return draw();
      case "step-progress":
        if (running !== null) running = { ...running, progress: event };
        return "";
      case "output":
        output = lastLines(output + event.text);
        if (running !== null)
          running = {
            ...running,
            said:
              output
                .trimEnd()
                .split(/[\r\n]/u)
                .at(-1) ?? "",
          };
        return "";
      case "planned":
        return ""; // the report shows it
      case "notice":
        return print(stepLines(style, "warned", "note", event.message, ""));
      case "step-ended":
        return stepEnded(event);
    }
  }

  function tick(): string {
    if (style.live) return draw();
    if (running === null || watching.nowMs() - toldMs < SIGN_OF_LIFE_MS) return "";
    toldMs = watching.nowMs();
    return print([stillRunning(style, running, toldMs)]);
  }

  return { show, tick, finish: () => live.clear() + (printed ? "\n" : "") };
}

function stepLines(style: Style, outcome: Mark, name: string, detail: string, time: string): string[] {
  const line = Math.min(LINE, style.width);
  const head = 2 + markWidth(style) + 1 + NAME;
  const room = line - head - 2 - Math.max(width(time), 6);
  const [first = "", ...more] = wrap(shown(style, detail), room);
  const gap = padStart(time, Math.max(width(time), line - head - width(first)));
  const aligned = width(first) > room ? `${first}  ${time}` : first + gap;
  const whole = `  ${mark(style, outcome)} ${padEnd(name, NAME)}${aligned}`.trimEnd();
  return [whole, ...more.map((text) => " ".repeat(head) + text)];
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
