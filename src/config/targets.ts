/** `target` and `targets` → the databases of an environment. */

import { isAbsolute, relative, resolve } from "node:path";
import type { Target } from "../domain/target.ts";
import type { Problem } from "./problem.ts";
import type { WrittenTarget } from "./schema.ts";
import { withoutPassword } from "./shown.ts";
import { readTargetUrl, type TargetUrl } from "./target-url.ts";
import { at, placeOf, type Path, type Tree } from "./tree.ts";

export interface Surroundings {
  /** Where relative paths start. */
  readonly directory: string;
  /** The workspace of a GitHub workflow, which the next checkout empties; null elsewhere. */
  readonly checkout: string | null;
}

/** A target as written, with the path of its URL in the block. */
interface Written {
  readonly name: string | undefined;
  readonly url: string;
  readonly schemas: readonly string[] | undefined;
  readonly path: Path;
}

/** `effective` is the block as people wrote it, `expanded` the same with its variables. */
export function targetsOf(
  written: readonly WrittenTarget[],
  single: boolean,
  effective: Tree,
  expanded: Tree,
  around: Surroundings,
): { readonly targets: readonly Target[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const targets: Target[] = [];
  for (const one of written.map((each, index) => writtenTarget(each, single ? ["target"] : ["targets", index]))) {
    const read = readTargetUrl(one.url);
    if (!("engine" in read)) continue; // the schema has told what is wrong with it
    const target = targetOf(one, read, effective, around);
    problems.push(
      ...schemasOfSqlite(target, expanded, one.path),
      ...inCheckout(target, expanded, one.path, around),
      ...secondOfItsName(target, targets, expanded, one.path),
    );
    targets.push(target);
  }
  return { targets, problems };
}

function writtenTarget(written: WrittenTarget, path: Path): Written {
  if (typeof written === "string") return { name: undefined, url: written, schemas: undefined, path };
  return { name: written.name, url: written.url ?? "", schemas: written.schemas, path: [...path, "url"] };
}

function targetOf({ name, schemas, path }: Written, read: TargetUrl, effective: Tree, { directory }: Surroundings): Target {
  const configured = at(effective, path);
  return {
    name: name ?? read.name,
    engine: read.engine,
    address: read.engine === "sqlite" ? resolve(directory, read.address) : read.address,
    configured: configured?.kind === "scalar" ? withoutPassword(configured.source) : "",
    ...(schemas === undefined ? {} : { schemas }),
  };
}

function schemasOfSqlite({ engine, schemas }: Target, block: Tree, path: Path): readonly Problem[] {
  if (engine !== "sqlite" || schemas === undefined) return [];
  const place = placeOf(block, [...path.slice(0, -1), "schemas"]);
  return [{ ...place, code: "no-schemas", message: "a SQLite database has no schemas", hint: "leave schemas out" }];
}

function inCheckout(target: Target, block: Tree, path: Path, around: Surroundings): readonly Problem[] {
  return target.engine === "sqlite" ? lostWithCheckout("this database", target.address, block, path, around) : [];
}

/** `actions/checkout` deletes everything that git does not know. */
export function lostWithCheckout(what: string, place: string, block: Tree, path: Path, { checkout }: Surroundings): readonly Problem[] {
  const written = at(block, path);
  if (checkout === null || (written?.kind === "scalar" && written.origin === "unknown") || !isInside(checkout, place)) return [];
  const message = `${what} lies in the workspace of the workflow, which the next checkout empties`;
  return [{ ...placeOf(block, path), code: "store-in-checkout", message, hint: "put it outside of the workspace" }];
}

function isInside(directory: string, place: string): boolean {
  const way = relative(directory, place);
  return way !== ".." && !way.startsWith("../") && !way.startsWith("..\\") && !isAbsolute(way);
}

function secondOfItsName(target: Target, earlier: readonly Target[], block: Tree, path: Path): readonly Problem[] {
  if (!earlier.some(({ name }) => name === target.name)) return [];
  const message = `a second target is called "${target.name}"`;
  return [{ ...placeOf(block, path), code: "duplicate-target", message, hint: "give one of them a name: { name: …, url: … }" }];
}
