import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageOf } from "./package-of.ts";

/** The licences of everything foreign in `dist/`: of each package that has code in the bundle, and of what its binaries contain. */
export async function notices(root: string, modules: readonly string[]): Promise<string> {
  const packages = new Set(modules.map((module) => packageOf(root, module)).filter((name) => name !== null));
  if (packages.has("better-sqlite3")) packages.add("node-addon-api");
  const sections = await Promise.all([...packages].toSorted().map((name) => notice(root, name)));
  if (packages.has("better-sqlite3")) sections.push(await sqliteNotice(root));
  return (
    ["Belay itself is under the MIT licence (LICENSE). This folder also contains the following.", ...sections, ""]
      .join(`\n\n${"-".repeat(80)}\n\n`)
      .trimEnd() + "\n"
  );
}

async function notice(root: string, name: string): Promise<string> {
  const folder = join(root, "node_modules", name);
  const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Record<string, string>;
  const file = (await readdir(folder)).toSorted().find((each) => /^licen[cs]e(\.\w+)?$/i.test(each));
  if (file === undefined) throw new Error(`${name} is bundled and brings no licence file: its terms must be looked up by hand`);
  return `${name} ${version} (${license})\n\n${(await readFile(join(folder, file), "utf8")).replaceAll("\r\n", "\n").trim()}`;
}

async function sqliteNotice(root: string): Promise<string> {
  const header = await readFile(join(root, "node_modules/better-sqlite3/deps/sqlite3/sqlite3.h"), "utf8");
  const version = /^#define SQLITE_VERSION\s+"([\d.]+)"/m.exec(header)?.[1];
  if (version === undefined) throw new Error("better-sqlite3's sqlite3.h does not say which SQLite it is");
  return `SQLite ${version}, compiled into prebuilds/*.node\n\nSQLite is in the public domain (https://sqlite.org/copyright.html).`;
}
