/** The built-in tool: plain SQL files, applied by Belay itself. */

import { createHash } from "node:crypto";
import { isAbsolute } from "node:path";

import { canonicalJson } from "../../domain/canonical-json.ts";
import { usageError } from "../../domain/error.ts";
import { nearest } from "../../domain/nearest.ts";
import type { MigrationTool } from "../tool.ts";
import { LAYOUTS, type Layout } from "./layout.ts";
import { shown, type Place } from "./migrations.ts";
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
}

/** Throws a usage error for a layout that there is none of. */
export function sqlTool(options: SqlToolOptions): MigrationTool {
  const place: Place = {
    directory: options.directory,
    root: options.root,
    layout: readLayout(options.layout),
    baseline: options.baseline ?? null,
  };
  if (!isAbsolute(place.directory) || !isAbsolute(place.root)) throw new TypeError("the tool sql needs absolute paths");
  return {
    name: "sql",
    abilities: { writesThroughSession: true, atomicMigrations: true, revert: true, toVersion: true },
    configDigest: async () =>
      createHash("sha256")
        .update(canonicalJson({ tool: "sql", directory: shown(place, ""), layout: place.layout, baseline: place.baseline }))
        .digest("hex"),
    state: (session) => readState(place, session),
    // Loaded when something is applied: most commands only look.
    apply: async (request) => (await import("./apply.ts")).applyMigrations(place, request),
    revert: async (request) => (await import("./revert.ts")).revertMigrations(place, request),
  };
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
