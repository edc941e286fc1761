/** Which characters of a source file ran in any of the recorded processes. Node strips types in place, so that offsets are the source's. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

interface Recorded {
  readonly result: readonly { readonly url: string; readonly functions: readonly { readonly ranges: readonly Range[] }[] }[];
}

/** By absolute path: a 1 for each character that ran. */
export type Ran = ReadonlyMap<string, Uint8Array>;

export function readRan(folder: string, root: string): Ran {
  const ran = new Map<string, Uint8Array>();
  for (const file of globSync("*.json", { cwd: folder })) {
    const { result } = JSON.parse(readFileSync(join(folder, file), "utf8")) as Recorded;
    for (const { url, functions } of result) {
      if (!url.startsWith("file://")) continue;
      const path = fileURLToPath(url);
      if (!path.startsWith(join(root, "src"))) continue;
      const whole = ran.get(path) ?? new Uint8Array(readFileSync(path, "utf8").length);
      add(
        whole,
        functions.flatMap(({ ranges }) => ranges),
      );
      ran.set(path, whole);
    }
  }
  return ran;
}

/** A range within another one says more exactly what ran there: outer ones first. */
function add(whole: Uint8Array, ranges: readonly Range[]): void {
  const own = new Uint8Array(whole.length);
  const outerFirst = ranges.toSorted((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  for (const { startOffset, endOffset, count } of outerFirst) own.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  for (const [at, value] of own.entries()) if (value === 1) whole[at] = 1;
}
