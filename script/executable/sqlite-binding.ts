/**
 * Takes the place of better-sqlite3's own loader inside the single executable. The system loads a library from a file only, so SQLite
 * is written to a private folder under a name that nobody can guess, loaded, and removed again before anything else happens: there is
 * no copy that somebody could change between two runs, and none is left behind.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getRawAsset } from "node:sea";
import { failure, messageOf } from "../../src/domain/error.ts";

let binding: unknown;

export function getBinding(given: unknown): unknown {
  return given ?? (binding ??= load());
}

function load(): unknown {
  const problems: string[] = [];
  for (const folder of places()) {
    try {
      return loadFrom(folder);
    } catch (error) {
      problems.push(`${folder}: ${messageOf(error).trim()}`);
    }
  }
  throw failure("unpack-failed", `unpacking the SQLite that Belay carries, to load it: ${problems.join("; ")}`, {
    hint: "set BELAY_UNPACK_DIR to a folder where this user may write and programs may run (3 MB; it is empty again at once)",
  });
}

/** `/tmp` may be mounted without the right to run programs, the whole container read-only: then one of the others mostly serves. */
function places(): readonly string[] {
  const { BELAY_UNPACK_DIR: chosen = "", XDG_RUNTIME_DIR: session = "", HOME: home = "" } = process.env;
  if (chosen !== "") return [chosen];
  return [...new Set([tmpdir(), session, "/dev/shm", "/var/tmp", home].filter((folder) => folder !== ""))];
}

function loadFrom(place: string): unknown {
  const folder = mkdtempSync(join(place, ".belay-sqlite-"));
  try {
    const file = join(folder, "sqlite.node");
    writeFileSync(file, new Uint8Array(getRawAsset("sqlite.node")), { mode: 0o500, flag: "wx" });
    const module = { exports: {} };
    process.dlopen(module, file);
    return module.exports;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
