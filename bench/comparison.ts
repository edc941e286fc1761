/** Two ways of doing the same, side by side: what was measured a moment apart is divided, so that a busy machine slows both. */

import type { Taken } from "./timed.ts";

/** One line of the table. */
export interface Row {
  readonly name: string;
  readonly ours: string;
  readonly theirs: string;
  /** Median, and from the smallest to the largest. */
  readonly ratio: string;
  /** The same of processor time, which other work on the machine changes less; empty where it was not measured. */
  readonly cpuRatio: string;
  readonly bar: string;
  readonly met: boolean;
}

export interface Pair {
  readonly ours: Taken;
  readonly theirs: Taken;
}

/** `atMost`: the bar for the median of the ratios; null for a row that only informs. */
export function compared(name: string, pairs: readonly Pair[], atMost: number | null): Row {
  const ratios = pairs.map(({ ours, theirs }) => ours.wallMs / theirs.wallMs);
  const cpu = pairs.filter(({ ours, theirs }) => ours.cpuMs > 0 && theirs.cpuMs > 0).map(({ ours, theirs }) => ours.cpuMs / theirs.cpuMs);
  return {
    name,
    ours: duration(median(pairs.map(({ ours }) => ours.wallMs))),
    theirs: duration(median(pairs.map(({ theirs }) => theirs.wallMs))),
    ratio: spread(ratios, (value) => value.toFixed(2)),
    cpuRatio: cpu.length < pairs.length ? "" : spread(cpu, (value) => value.toFixed(2)),
    bar: atMost === null ? "" : `≤ ${Number(atMost.toPrecision(2))}`,
    met: atMost === null || median(ratios) <= atMost,
  };
}

/** How much longer ours takes. */
export function over(name: string, pairs: readonly Pair[], atMostMs: number): Row {
  const differences = pairs.map(({ ours, theirs }) => ours.wallMs - theirs.wallMs);
  return {
    ...compared(name, pairs, null),
    ratio: spread(differences, (value) => `${value < 0 ? "" : "+"}${value.toFixed(0)} ms`),
    cpuRatio: "",
    bar: `≤ +${atMostMs} ms`,
    met: median(differences) <= atMostMs,
  };
}

/** Against a bar of its own, not against another way. */
export function absolute(name: string, values: readonly number[], unit: "ms" | "MB", below: number | null): Row {
  const shown = (value: number) => (unit === "ms" ? duration(value) : `${value.toFixed(value < 10 ? 2 : 0)} MB`);
  return {
    name,
    ours: shown(median(values)),
    theirs: "",
    ratio: spread(values, shown),
    cpuRatio: "",
    bar: below === null ? "" : `< ${shown(below)}`,
    met: below === null || median(values) < below,
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  if (low === undefined || high === undefined) throw new Error("a median of nothing");
  return (low + high) / 2;
}

function spread(values: readonly number[], shown: (value: number) => string): string {
  return `${shown(median(values))} (${shown(Math.min(...values))}–${shown(Math.max(...values))})`;
}

function duration(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
