/**
 * Which targets go first. Each entry of `waves` says how many of all the environment's targets are migrated once that wave is over, as
 * canary deploys count: `[1, 10%, 100%]` is one, then up to a tenth of all, then the rest.
 */

import type { WaveSize } from "../config/config.ts";

/**
 * The chosen targets in waves, none of them empty. A target keeps its wave whichever others are chosen, so that a run which goes on
 * where another stopped has the same waves, without the targets that are up to date. Without sizes there is one wave.
 */
export function inWaves<T>(all: readonly T[], chosen: (one: T) => boolean, sizes: readonly WaveSize[]): readonly (readonly T[])[] {
  const waves: T[][] = [];
  let from = 0;
  for (const end of [...sizes.map((size) => reach(size, all.length)), all.length]) {
    waves.push(all.slice(from, Math.max(from, end)).filter(chosen));
    from = Math.max(from, end);
  }
  return waves.filter((wave) => wave.length > 0);
}

/** A part of a target is a whole one: 10 % of 12 are 2. */
function reach(size: WaveSize, total: number): number {
  return "count" in size ? size.count : Math.ceil((size.percent * total) / 100);
}
