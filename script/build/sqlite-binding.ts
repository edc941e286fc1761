/**
 * Takes the place of better-sqlite3's own loader inside `dist/`: there is no package folder to look in, the binaries lie in
 * `prebuilds/` beside the bundle, and a machine without one is told so in a sentence.
 */

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

let binding: unknown;

export function getBinding(given: unknown): unknown {
  return given ?? (binding ??= load());
}

function load(): unknown {
  const platform = `${process.platform === "linux" && isMusl() ? "linuxmusl" : process.platform}-${process.arch}`;
  const file = join(import.meta.dirname, "prebuilds", `${platform}.node`);
  if (!existsSync(file)) {
    throw new Error(`Belay carries SQLite for Linux, macOS and Windows on x64 and arm64; ${file} is not there`);
  }
  return createRequire(import.meta.url)(file);
}

/** A glibc binary does not load under musl, nor the other way round: the loader that is mapped into this process tells which it is. */
function isMusl(): boolean {
  try {
    return readFileSync("/proc/self/maps", "latin1").includes("/ld-musl-");
  } catch {
    return false; // without /proc, glibc is the better guess; a wrong one names the file that did not load
  }
}
