/** The step that runs, in one line no wider than the terminal: how long already, how long usually, how far, and what was last said. */

import type { StepName } from "../domain/phase.ts";
import type { ProgressEvent } from "../domain/progress.ts";
import { safeLine } from "./safe-text.ts";
import { mark, markWidth, paint, spell, type Style } from "./style.ts";
import { cutTo, width } from "./width.ts";
import { count, duration, size } from "../domain/words.ts";

type Began = Extract<ProgressEvent, { type: "step-began" }>;
type HowFar = Extract<ProgressEvent, { type: "step-progress" }>;

export interface RunningStep {
  /** As it stands in front of the line. */
  readonly label: string;
  readonly began: Began;
  /** By the clock of whoever watches. */
  readonly beganMs: number;
  readonly progress: HowFar | null;
  /** What its program printed last; empty where nothing. */
  readonly said: string;
}

/** Columns of a step's name. */
export const NAME = 10;
const BAR = 12;
/** Of so few things a bar tells no more than their number. */
const FEW = 10;
const GAP = "  ";
/** Less of what a program says tells nothing. */
const LEAST_TAIL = 10;
const TAIL_LIMIT = 400;

export function labelOf(step: StepName): string {
  return SHORT[step] ?? step;
}

const SHORT: Partial<Record<StepName, string>> = { "checks-before": "checks", "maintenance-on": "page on", "maintenance-off": "page off" };

/** Parts in the order of their worth, each in the longest form that fits; what does not fit any more is left out. */
export function runningLine(style: Style, columns: number, step: RunningStep, nowMs: number): string {
  // The last column stays free: a terminal that is written full goes on to the next line.
  let left = columns - 1 - (2 + markWidth(style) + 1 + NAME);
  const fitting = (...forms: readonly string[]) => {
    const form = forms.find((text) => text !== "" && width(text) <= left) ?? "";
    if (form !== "") left -= width(form) + GAP.length;
    return form;
  };
  const time = fitting(elapsed(step, nowMs), duration(nowMs - step.beganMs));
  if (time === "") return cutTo(`${step.label} ${duration(nowMs - step.beganMs)}`, columns - 1, style.unicode ? "…" : "...");
  const amount = fitting(amountOf(step.progress));
  const bar = fitting(...barsOf(style, step.progress));
  const tail = left < LEAST_TAIL ? "" : cutTo(tailOf(style, step), left, style.unicode ? "…" : "...");
  const shown = [bar, amount, time, paint(style, "dim", tail)].filter((part) => part !== "").join(GAP);
  return `  ${mark(style, "running")} ${step.label.padEnd(NAME)}${shown}`;
}

/** The same for a log, where a line stays: that it still runs, in words. */
export function stillRunning(style: Style, step: RunningStep, nowMs: number): string {
  const said = `still running after ${elapsed(step, nowMs)}`;
  const amount = amountOf(step.progress);
  return `  ${mark(style, "running")} ${step.label.padEnd(NAME)}${said}${amount === "" ? "" : `; ${amount}`}`;
}

function elapsed({ began: { expectedMs }, beganMs }: RunningStep, nowMs: number): string {
  const ms = nowMs - beganMs;
  if (expectedMs === undefined) return duration(ms);
  return ms <= expectedMs ? `${duration(ms)} of about ${duration(expectedMs)}` : `${duration(ms)}, usually ${duration(expectedMs)}`;
}

/** A bar, and where there is no room for one its percentage. Rounded down, so that it never promises an end that is not there. */
function barsOf(style: Style, progress: HowFar | null): readonly string[] {
  if (progress === null || progress.total < FEW) return [];
  const share = Math.min(Math.max(progress.done / progress.total, 0), 1);
  const full = Math.floor(share * BAR);
  const bar = style.unicode ? "█".repeat(full) + "░".repeat(BAR - full) : `[${"#".repeat(full)}${".".repeat(BAR - full)}]`;
  const percent = `${Math.floor(share * 100)}%`;
  return [`${bar} ${percent.padStart(4)}`, percent];
}

function amountOf(progress: HowFar | null): string {
  if (progress === null || progress.total < 2) return "";
  const { done, total, unit } = progress;
  if (unit === "migrations") return `${count(done)} of ${count(total)} done`;
  return unit === "bytes" ? `${size(done)} of ${size(total)}` : `${count(done)} of ${count(total)} ${unit}`;
}

/** What a program printed says more than what is known beforehand. */
function tailOf(style: Style, { said, progress, began }: RunningStep): string {
  return spell(style, safeLine(said === "" ? (progress?.detail ?? began.detail ?? "") : said, TAIL_LIMIT));
}
