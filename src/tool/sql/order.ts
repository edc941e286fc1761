/** The order of migrations, told from their ids alone, so that it also holds for one whose file is gone. */

/** The number at the start of an id, in parts: `V1.10__x` is 1 and 10, `20250103120000_x` is one part. null: the id has none. */
export function versionOf(id: string): readonly bigint[] | null {
  // Flyway's V1_2__x: underscores stand for dots up to the double one
  const flyway = /^[Vv](\d+(?:[._]\d+)*)__/.exec(id);
  const found = flyway ?? /^[Vv]?(\d+(?:\.\d+)*)/.exec(id);
  return found?.[1] === undefined ? null : found[1].split(/[._]/).map(BigInt);
}

/** Sorts by number, equal numbers by name; ids without a number come last. The names are compared by their characters' codes, in no language. */
export function inOrder<T>(items: readonly T[], idOf: (item: T) => string): readonly T[] {
  return items
    .map((item) => ({ item, id: idOf(item), version: versionOf(idOf(item)) }))
    .sort((a, b) => compareVersions(a.version, b.version) || compareNames(a.id, b.id))
    .map(({ item }) => item);
}

/** Does the first stand before the second? */
export function isBefore(id: string, other: string): boolean {
  return (compareVersions(versionOf(id), versionOf(other)) || compareNames(id, other)) < 0;
}

function compareVersions(a: readonly bigint[] | null, b: readonly bigint[] | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0n) - (b[i] ?? 0n);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  return 0;
}

function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
