/** The folder in which a tool's migrations lie. */

import { readdir } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { messageOf, refusal, type Reason } from "../../domain/error.ts";
import type { Place } from "./definition.ts";

export interface MigrationFolder {
  /** Absolute. */
  readonly path: string;
  /** Names of the files in it, links among them, unsorted. */
  readonly names: readonly string[];
}

/** As belay.yml says (`migrate.directory`, relative to where the tool starts), else where the tool looks. Throws `migrations-directory`. */
export async function migrationFolder({ directory, options }: Place, usual: string): Promise<MigrationFolder> {
  const given = options["directory"];
  const path = resolve(directory, typeof given === "string" ? given : usual);
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return { path, names: entries.filter((entry) => entry.isFile() || entry.isSymbolicLink()).map(({ name }) => name) };
  } catch (error) {
    throw refusal("migrations-directory", `reading the migrations in ${path}: ${messageOf(error)}`, {
      hint: "say with migrate.directory where they lie, relative to where the tool starts (migrate.project)",
      cause: error,
      facts: { directory: path },
    });
  }
}

/** As plans show a file of that folder: relative to the root. */
export function fileIn({ root }: Pick<Place, "root">, folder: Pick<MigrationFolder, "path">, name: string): string {
  return relative(root, join(folder.path, name)).replaceAll(sep, "/");
}

/** Two files that a tool takes for one migration: which of them is meant is anybody's guess. */
export function sharedIds(files: readonly { readonly id: string; readonly file: string }[]): readonly Reason[] {
  const byId = Map.groupBy(files, ({ id }) => id);
  return [...byId].flatMap(([id, same]) => {
    if (same.length < 2) return [];
    const names = same.map(({ file }) => file).join(" and ");
    return [
      {
        code: "duplicate-migration",
        message: `${names} are both ${id}`,
        hint: "give each a number of its own, or delete the one that is left over",
      },
    ];
  });
}

/** What a tool cannot go on from: it was applied, and its file is gone. */
export function withoutFile(id: string): Reason {
  return {
    code: "migration-missing",
    message: `${id} was applied, but has no file any more`,
    hint: "bring the file back, or deploy the commit that has it",
  };
}
