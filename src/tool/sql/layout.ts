/** How the files of a directory make up migrations. Pure: paths in, migrations out. */

import { refusal, type BelayError } from "../../domain/error.ts";
import { inOrder, versionOf } from "./order.ts";
import type { Problem } from "./problem.ts";

export const LAYOUTS = ["flat", "pairs", "directories"] as const;

/** `flat`: one file each; `pairs`: `x.up.sql` with `x.down.sql`; `directories`: `x/up.sql` with `x/down.sql`, or `x/migration.sql`. */
export type Layout = (typeof LAYOUTS)[number];

/** Paths are relative to the directory of migrations, with `/`. */
export interface MigrationFiles {
  readonly id: string;
  readonly up: string;
  /** null: there is no file with the way back. */
  readonly down: string | null;
}

export interface FileProblem {
  readonly path: string;
  readonly problem: Problem;
}

export interface LaidOut {
  /** The layout of what was found, or the one asked for; null where nothing was found and none was asked for. */
  readonly layout: Layout | null;
  /** In the order of application. */
  readonly migrations: readonly MigrationFiles[];
  /** Files that belong to no migration, or doubly; in the order of their paths. */
  readonly problems: readonly FileProblem[];
}

interface Part {
  readonly path: string;
  readonly layout: Layout;
  readonly id: string;
  readonly way: "up" | "down";
}

/**
 * Arranges the `.sql` files of a directory. Throws `migrations-mixed-layouts`, naming examples, where the files follow more than
 * one layout or another one than was asked for; what fits none at all comes back as a problem.
 */
export function arrange(directory: string, paths: readonly string[], asked: Layout | null): LaidOut {
  const sorted = [...paths].sort();
  const fitting = sorted.map(partOf).filter((part) => part !== null);
  const examples = new Map(fitting.map(({ layout, path }) => [layout, path] as const).reverse());
  const strangers = [...examples].filter(([layout]) => asked !== null && layout !== asked);
  if (examples.size > 1 || strangers.length > 0) throw mixedLayouts(directory, examples, asked);

  const numbered = fitting.some(({ id }) => versionOf(id) !== null);
  const placed = fitting.filter((part) => hasPlace(part, numbered));
  const known = new Set(placed.map(({ path }) => path));
  const misfits = sorted.filter((path) => !known.has(path)).map((path) => ({ path, problem: misfit(path) }));
  const { migrations, problems } = pairUp(placed);
  return { layout: asked ?? fitting[0]?.layout ?? null, migrations, problems: [...misfits, ...problems] };
}

function partOf(path: string): Part | null {
  const [first = "", second, ...deeper] = path.split("/");
  if (deeper.length > 0) return null;
  if (second !== undefined) {
    const way = /^(up|migration|down)\.sql$/i.exec(second)?.[1]?.toLowerCase();
    return way === undefined ? null : { path, layout: "directories", id: first, way: way === "down" ? "down" : "up" };
  }
  const pair = /^(.+)\.(up|down)\.sql$/i.exec(first);
  if (pair?.[1] !== undefined) return { path, layout: "pairs", id: pair[1], way: pair[2]?.toLowerCase() === "down" ? "down" : "up" };
  const id = /^(.+)\.sql$/i.exec(first)?.[1];
  return id === undefined ? null : { path, layout: "flat", id, way: "up" };
}

/** A flat file needs a number: any other name could as well be a dump or a query. Where others are numbered, everything has to be. */
function hasPlace({ layout, id }: Part, numbered: boolean): boolean {
  return versionOf(id) !== null || (layout !== "flat" && !numbered);
}

function pairUp(parts: readonly Part[]): Pick<LaidOut, "migrations" | "problems"> {
  const ups = new Map<string, Part>();
  const downs = new Map<string, Part>();
  const problems: FileProblem[] = [];
  for (const part of parts) {
    const side = part.way === "up" ? ups : downs;
    const other = side.get(part.id);
    if (other === undefined) side.set(part.id, part);
    else problems.push({ path: part.path, problem: duplicate(part.id, other.path) });
  }
  for (const [id, { path }] of downs) if (!ups.has(id)) problems.push({ path, problem: LONE_DOWN });
  const migrations = [...ups.values()].map(({ id, path }) => ({ id, up: path, down: downs.get(id)?.path ?? null }));
  return { migrations: inOrder(migrations, ({ id }) => id), problems };
}

function duplicate(id: string, other: string): Problem {
  return {
    code: "migration-duplicate-id",
    what: `has the id ${id}, as ${other} has`,
    hint: "give one of the two another name",
    line: null,
  };
}

const LONE_DOWN: Problem = {
  code: "migration-without-up",
  what: "has a way back but no file with the way forward",
  hint: "add the file with the way forward, or remove this one",
  line: null,
};

const SHAPES = "001_name.sql, 001_name.up.sql with 001_name.down.sql, 001_name/up.sql or 001_name/migration.sql";

function misfit(path: string): Problem {
  const flyway = /^(R__|U\d|B\d|(before|after)[A-Z])/.test(path)
    ? "; Flyway's repeatable, undo and baseline scripts and its callbacks are not run"
    : "";
  return {
    code: "migration-unfit",
    what: `fits no layout, so its place in the order is unknown${flyway}`,
    hint: `name it as one of ${SHAPES}, or move it out of the directory`,
    line: null,
  };
}

function mixedLayouts(directory: string, examples: ReadonlyMap<Layout, string>, asked: Layout | null): BelayError {
  const seen = LAYOUTS.flatMap((layout) => (examples.has(layout) ? [`${examples.get(layout)} (${layout})`] : []));
  const found =
    asked === null
      ? `${directory} mixes layouts: ${seen.join(", ")}`
      : `${directory} should have the layout ${asked}, but holds ${seen.join(", ")}`;
  return refusal("migrations-mixed-layouts", found, {
    hint: "keep one layout in the directory: rename the files, or move those of the other layout away",
    facts: { directory, examples: Object.fromEntries(examples), layout: asked },
  });
}
