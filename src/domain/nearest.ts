/**
 * The known name that somebody most likely meant, or null when none is near: at most a third of the letters may differ, and a swap
 * of neighbours counts as one slip. Among equally near names the first in the list.
 */
export function nearest(given: string, known: readonly string[]): string | null {
  const wanted = given.toLowerCase();
  let best: { readonly name: string; readonly slips: number } | null = null;
  for (const name of known) {
    const slips = slipsBetween(wanted, name.toLowerCase());
    const allowed = Math.floor(Math.max(wanted.length, name.length) / 3);
    if (slips <= allowed && (best === null || slips < best.slips)) best = { name, slips };
  }
  return best?.name ?? null;
}

/** Optimal string alignment distance: insertions, deletions, replacements, and swaps of neighbours. */
function slipsBetween(a: string, b: string): number {
  const at = (row: readonly number[], index: number) => row[index] ?? 0;
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let slips = Math.min(at(last, j) + 1, at(row, j - 1) + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) slips = Math.min(slips, at(beforeLast, j - 2) + 1);
      row.push(slips);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}
