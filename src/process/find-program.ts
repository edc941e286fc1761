/** Where a program lies: what a shell would find, and before that what a project brings itself. */

import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, resolve } from "node:path";
import { failure } from "../domain/error.ts";

/** Where projects keep their own programs, relative to their directory; looked at before PATH. */
const PROJECT_FOLDERS = [".venv/bin", "venv/bin", "node_modules/.bin"];

/** POSIX leaves it open; this is what shells fall back to. */
const DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

/** The absolute path of a migration tool's program: in the project's own folders, else on PATH; undefined where there is none. */
export async function findToolProgram(name: string, directory: string, path: string | undefined): Promise<string | undefined> {
  const found = await lookUp(name, directory, name.includes("/") ? [] : PROJECT_FOLDERS.map((folder) => resolve(directory, folder)), path);
  return found.kind === "found" ? found.path : undefined;
}

/** The absolute path of a command's program, as a shell in `directory` would find it. Throws `command-not-found`, `command-not-executable`. */
export async function findProgram(name: string, directory: string, path: string | undefined): Promise<string> {
  const found = await lookUp(name, directory, [], path);
  if (found.kind === "found") return found.path;
  if (found.kind === "not-executable") {
    throw failure("command-not-executable", `starting ${name}: ${found.path} is not an executable file`, {
      hint: `chmod +x ${found.path}, or start it through its interpreter`,
      facts: { path: found.path },
    });
  }
  throw failure(
    "command-not-found",
    `starting ${name}: there is no such program${name.includes("/") ? ` at ${resolve(directory, name)}` : " on PATH"}`,
    {
      hint: name.includes("/") ? `relative paths start at ${directory}` : "install it, write its path, or add its folder to PATH",
      facts: { program: name, directory },
    },
  );
}

type Found = { readonly kind: "found" | "not-executable"; readonly path: string } | { readonly kind: "missing" };

async function lookUp(name: string, directory: string, folders: readonly string[], path = DEFAULT_PATH): Promise<Found> {
  const candidates = name.includes("/")
    ? [resolve(directory, name)]
    : [...folders, ...path.split(delimiter).map((folder) => resolve(directory, folder))].map((folder) => resolve(folder, name));
  let blocked: string | undefined;
  for (const candidate of candidates) {
    const kind = await kindOf(candidate);
    if (kind === "program") return { kind: "found", path: candidate };
    if (kind === "other") blocked ??= candidate;
  }
  return blocked === undefined ? { kind: "missing" } : { kind: "not-executable", path: blocked };
}

async function kindOf(path: string): Promise<"program" | "other" | "nothing"> {
  try {
    if (!(await stat(path)).isFile()) return "other";
  } catch (error) {
    // Whatever the reason (not there, a folder that may not be entered): a shell would go on to the next folder.
    return codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR" ? "nothing" : "other";
  }
  try {
    await access(path, constants.X_OK);
    return "program";
  } catch {
    return "other";
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
