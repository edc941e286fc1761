/** `target` and `targets` → the databases of an environment. */

import { isAbsolute, relative, resolve } from "node:path";
import type { Target } from "../domain/target.ts";
import { DEFAULTS } from "./defaults.ts";
import { type Problem, STORE_IN_CHECKOUT } from "./problem.ts";
import type { WrittenEnvironment, WrittenTarget } from "./schema.ts";
import { withoutPassword } from "./shown.ts";
import { filledIn, type FindFiles, type FoundFile } from "./target-files.ts";
import { readTargetUrl, type TargetUrl } from "./target-url.ts";
import { at, placeOf, type Path, type Tree } from "./tree.ts";

export interface Surroundings {
  /** Where relative paths start. */
  readonly directory: string;
  /** The workspace of a GitHub workflow, which the next checkout empties; null elsewhere. */
  readonly checkout: string | null;
  /** Looks for the files of a pattern; null where nobody asks for them, as in environments that are not the chosen one. */
  readonly find: FindFiles | null;
}

interface Read {
  readonly targets: readonly Target[];
  readonly problems: readonly Problem[];
}

/** `effective` is the block as people wrote it, `expanded` the same with its variables. */
export function targetsOf(
  { target, targets }: Pick<WrittenEnvironment, "target" | "targets">,
  effective: Tree,
  expanded: Tree,
  around: Surroundings,
): Read {
  if (targets === undefined) return listed([writtenTarget(target ?? DEFAULTS.targetUrl, ["target"])], effective, expanded, around);
  if ("files" in targets) return foundBy(targets.files, effective, expanded, around);
  return listed(
    targets.map((each, index) => writtenTarget(each, ["targets", index])),
    effective,
    expanded,
    around,
  );
}

/** A target as written, with the path of its URL in the block. */
interface Written {
  readonly name: string | undefined;
  readonly url: string;
  readonly schemas: readonly string[] | undefined;
  readonly path: Path;
}

function listed(written: readonly Written[], effective: Tree, expanded: Tree, around: Surroundings): Read {
  const problems: Problem[] = [];
  const targets: Target[] = [];
  for (const one of written) {
    const read = readTargetUrl(one.url);
    if (!("engine" in read)) continue; // the schema has told what is wrong with it
    const target = targetOf(one, read, effective, around);
    problems.push(
      ...schemasOfSqlite(target, expanded, one.path),
      ...inCheckout(target, expanded, one.path, around),
      ...secondOfItsName(target, targets, expanded, one.path),
      ...secondOfItsFile(target, targets, expanded, one.path),
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

const FILES: Path = ["targets", "files"];

function foundBy(pattern: string, effective: Tree, expanded: Tree, around: Surroundings): Read {
  const written = at(expanded, FILES);
  if (around.find === null || (written?.kind === "scalar" && written.origin === "unknown")) return { targets: [], problems: [] };
  const { files, unreadable } = around.find(pattern, around.directory);
  const place = placeOf(expanded, FILES);
  const problem = (code: string, message: string, hint: string): Problem => ({ ...place, code, message, hint });
  if (unreadable.length > 0) {
    const message = `what lies there cannot be told in full: ${unreadable.join("; ")}`;
    return { targets: [], problems: [problem("targets-unreadable", message, "let the user that runs Belay read these folders")] };
  }
  if (files.length === 0) {
    const message = `no file is there that this pattern names (looked for in ${around.directory})`;
    return { targets: [], problems: [problem("no-targets", message, "mend the pattern; it starts at the directory of belay.yml")] };
  }
  const source = at(effective, FILES);
  const targets = files.map((file) => foundTarget(file, source?.kind === "scalar" ? source.source : pattern)).toSorted(byName);
  return {
    targets,
    problems: [...ambiguous(files, targets, problem), ...targets.flatMap((target) => inCheckout(target, expanded, FILES, around))],
  };
}

/** Called by what the wildcards matched; as configured it is the pattern with that in their place. */
function foundTarget({ path, matched }: FoundFile, source: string): Target {
  const file = filledIn(source, matched) ?? path;
  return { name: matched.join("-"), engine: "sqlite", address: path, configured: `sqlite:${file}` };
}

function byName(a: Target, b: Target): number {
  return a.name < b.name ? -1 : 1;
}

/** Names are folders of the store, and each is one database. */
function ambiguous(
  files: readonly FoundFile[],
  targets: readonly Target[],
  problem: (code: string, message: string, hint: string) => Problem,
): readonly Problem[] {
  const unfit = targets.flatMap(({ name, address }) => {
    return canBeFolder(name)
      ? []
      : [problem("bad-name", `${address} would be called ${JSON.stringify(name)}, which no folder can be`, RENAME)];
  });
  const twice = targets.flatMap(({ name, address }, index) =>
    targets[index - 1]?.name === name
      ? [problem("duplicate-target", `${targets[index - 1]?.address} and ${address} would both be called "${name}"`, RENAME)]
      : [],
  );
  const reals = files.toSorted((a, b) => (a.real < b.real ? -1 : 1));
  const linked = reals.flatMap(({ path, real }, index) =>
    reals[index - 1]?.real === real
      ? [problem("duplicate-target", `${reals[index - 1]?.path} and ${path} are the same file`, "let the pattern name only one of the two")]
      : [],
  );
  return [...unfit, ...twice, ...linked];
}

/** A folder of somebody's choice has the name that it has, as a file does that gives a target its name. */
function canBeFolder(name: string): boolean {
  return !/^\.{0,2}$|[/\\\p{Cc}]/u.test(name) && Buffer.byteLength(name) <= LONGEST_NAME_BYTES;
}

/** Of a file system's 255, with room for what is put behind it. */
const LONGEST_NAME_BYTES = 200;

const RENAME = "list the databases with names of your own: targets: [{ name: …, url: sqlite:… }]";

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
  return [{ ...placeOf(block, path), code: STORE_IN_CHECKOUT, message, hint: "put it outside of the workspace" }];
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

/** Two targets would wait for each other's lock. */
function secondOfItsFile(target: Target, earlier: readonly Target[], block: Tree, path: Path): readonly Problem[] {
  const same = earlier.find(({ engine, address, name }) => engine === target.engine && address === target.address && name !== target.name);
  if (same === undefined || at(block, path) === undefined) return [];
  const message = `this is the database of the target "${same.name}", too`;
  return [{ ...placeOf(block, path), code: "duplicate-target", message, hint: "leave one of the two out" }];
}
