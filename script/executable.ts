/**
 * Builds Belay as one file that needs no Node.
 *
 *   node script/executable.ts FILE                     for this machine, from its Node 24
 *   node script/executable.ts parts FOLDER             what every executable is assembled from, the same for all platforms
 *   node script/executable.ts assemble FOLDER FILE     out of that folder and the Node that runs this: it needs no package but postject
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assemble } from "./executable/assemble.ts";

const root = join(import.meta.dirname, "..");

/** The bundler is loaded only here: where executables are only assembled it may not even run. */
async function writeParts(folder: string): Promise<void> {
  await (await import("./executable/bundle.ts")).writeParts(root, folder);
}

async function build(file: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "belay-parts-"));
  try {
    await writeParts(folder);
    await assemble(folder, process.execPath, file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const [first, second, third] = process.argv.slice(2);
if (first === "parts" && second !== undefined) await writeParts(second);
else if (first === "assemble" && second !== undefined && third !== undefined) await assemble(second, process.execPath, third);
else if (first !== undefined && second === undefined) await build(first);
else {
  console.error("usage: node script/executable.ts FILE | parts FOLDER | assemble FOLDER FILE");
  process.exitCode = 2;
}
