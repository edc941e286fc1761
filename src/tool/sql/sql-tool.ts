/** The built-in tool: plain SQL files, applied by Belay itself. */

import { createHash } from "node:crypto";
import { isAbsolute } from "node:path";

import { canonicalJson } from "../../domain/canonical-json.ts";
import { type Reason, usageError } from "../../domain/error.ts";
import { nearest } from "../../domain/nearest.ts";
import type { MigrationTool } from "../tool.ts";
import { LAYOUTS, type Layout } from "./layout.ts";
import { listMigrations, shown, type Place } from "./migrations.ts";
import { reasonAt } from "./problem.ts";
import { readState } from "./state.ts";

export interface SqlToolOptions {
  /** Where the SQL files lie; absolute. */
  readonly directory: string;
  /** What names in reports are relative to; absolute. */
  readonly root: string;
  /** `flat`, `pairs` or `directories`. Default: told from the files. */
  readonly layout?: string;
  /** The id of the last migration that the database had before Belay came to it. Default: none. */
  readonly baseline?: string;
  /** The schema of a tenant, in which its history is kept. Default: wherever unqualified names lead. */
  readonly schema?: string;
  /** All directories of this tool, where the targets of an environment have several; absolute. Default: this one. */
  readonly directories?: readonly string[];
}

/** Throws a usage error for a layout that there is none of. */
export function sqlTool(options: SqlToolOptions): MigrationTool {
  const place = placeOf(options);
  return {
    name: "sql",
    records: [],
    abilities: { writesThroughSession: true, atomicMigrations: true, revert: true, toVersion: true },
    configDigest: async () =>
      createHash("sha256")
        .update(canonicalJson({ tool: "sql", ...directoriesOf(options, place), layout: place.layout, baseline: place.baseline }))
        .digest("hex"),
    state: (session) => readState(place, session),
    // Loaded when something is applied: most commands only look.
    apply: async (request) => (await import("./apply.ts")).applyMigrations(place, request),
    revert: async (request) => (await import("./revert.ts")).revertMigrations(place, request),
  };
}

/** The same for every target of an environment. */
function directoriesOf({ directories }: SqlToolOptions, place: Place) {
  if (directories === undefined) return { directory: shown(place, "") };
  return { directories: directories.map((directory) => shown({ ...place, directory }, "")) };
}

/**
 * The migrations that lie on disk, in the order of application, and what is wrong with files there; no database is asked. Throws
 * `migrations-directory` and `migrations-mixed-layouts`.
 */
export async function sqlMigrationsOnDisk(
  options: SqlToolOptions,
): Promise<{ readonly ids: readonly string[]; readonly problems: readonly Reason[] }> {
  const place = placeOf(options);
  const { migrations, problems } = await listMigrations(place);
  return { ids: migrations.map(({ id }) => id), problems: problems.map(({ path, problem }) => reasonAt(shown(place, path), problem)) };
}

function placeOf({ directory, root, layout, baseline, schema }: SqlToolOptions): Place {
  if (!isAbsolute(directory) || !isAbsolute(root)) throw new TypeError("the tool sql needs absolute paths");
  return { directory, root, layout: readLayout(layout), baseline: baseline ?? null, schema: schema ?? null };
}

function readLayout(given: string | undefined): Layout | null {
  if (given === undefined) return null;
  const layout = LAYOUTS.find((known) => known === given);
  if (layout !== undefined) return layout;
  const meant = nearest(given, LAYOUTS);
  throw usageError("unknown-layout", `migrate.layout "${given}" is not known`, {
    hint: meant === null ? `known are ${LAYOUTS.join(", ")}` : `did you mean "${meant}"?`,
    facts: { layout: given },
  });
}
