/** Folders that a run needs for a while, in the system's place for such; what a kill left of them goes with whoever takes the run over. */

import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import type { RunId } from "../domain/run-id.ts";

/** Nobody else may read it: what lies in it is run against a target. */
export async function scratchFolder(
  run: RunId,
  contents: Readonly<Record<string, string | Uint8Array>>,
): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), prefixOf(run)));
  for (const [name, content] of Object.entries(contents)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Only once nothing of the run works any more. What cannot be removed is in nobody's way. */
export async function sweepScratchFolders(run: RunId): Promise<void> {
  try {
    const names = await readdir(tmpdir());
    const left = names.filter((name) => name.startsWith(prefixOf(run)));
    await Promise.allSettled(left.map((name) => rm(join(tmpdir(), name), { recursive: true, force: true })));
  } catch (error) {
    if (!(error instanceof Error)) throw error; // a place that nobody may list, or that is not there
  }
}

function prefixOf(run: RunId): string {
  return `belay-step-${run}-`;
}
