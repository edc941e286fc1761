import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageOf } from "./package-of.ts";

/** The licences of everything foreign in `dist/`: of each package that has code in the bundle, and of what its binaries contain. */
export async function notices(root: string, modules: readonly string[]): Promise<string> {
  const packages = new Set(modules.map((module) => packageOf(root, module)).filter((name) => name !== null));
  if (packages.has("better-sqlite3")) packages.add("node-addon-api");
  const bundled = [...packages].toSorted();
  const sections = await Promise.all(bundled.map((name) => notice(root, name, bundled)));
  if (packages.has("better-sqlite3")) sections.push(await sqliteNotice(root));
  return (
    ["Belay itself is under the MIT licence (LICENSE). This folder also contains the following.", ...sections, ""]
      .join(`\n\n${"-".repeat(80)}\n\n`)
      .trimEnd() + "\n"
  );
}

interface Terms {
  readonly version: string;
  readonly license: string;
  readonly repository?: { readonly url?: string };
}

async function notice(root: string, name: string, bundled: readonly string[]): Promise<string> {
  const { version, license } = await termsOf(root, name);
  const text = (await licenceText(root, name)) ?? (await textOfSibling(root, name, bundled));
  if (text === null) throw new Error(`${name} is bundled and brings no licence file: its terms must be looked up by hand`);
  return `${name} ${version} (${license})\n\n${text}`;
}

/** Some packages of a large repository leave its licence file out: then another package of the same repository and licence has it. */
async function textOfSibling(root: string, name: string, bundled: readonly string[]): Promise<string | null> {
  const { license, repository } = await termsOf(root, name);
  if (repository?.url === undefined) return null;
  for (const other of bundled) {
    const terms = await termsOf(root, other);
    if (terms.license !== license || terms.repository?.url !== repository.url) continue;
    const text = await licenceText(root, other);
    if (text !== null) return text;
  }
  return null;
}

async function termsOf(root: string, name: string): Promise<Terms> {
  return JSON.parse(await readFile(join(root, "node_modules", name, "package.json"), "utf8")) as Terms;
}

/** A file of its own, or the chapter of the read-me that has it in full. */
async function licenceText(root: string, name: string): Promise<string | null> {
  const folder = join(root, "node_modules", name);
  const files = (await readdir(folder)).toSorted();
  const file = files.find((each) => /^licen[cs]e(\.\w+)?$/i.test(each));
  if (file !== undefined) return textOf(join(folder, file));
  const readme = files.find((each) => /^readme(\.\w+)?$/i.test(each));
  const chapter =
    readme === undefined ? undefined : /^#+ licen[cs]e\s*$([\s\S]*?)(?=^#|(?![\s\S]))/im.exec(await textOf(join(folder, readme)))?.[1];
  return chapter !== undefined && /copyright/i.test(chapter) && /permission/i.test(chapter) ? chapter.trim() : null;
}

async function textOf(file: string): Promise<string> {
  return (await readFile(file, "utf8")).replaceAll("\r\n", "\n").trim();
}

async function sqliteNotice(root: string): Promise<string> {
  const header = await readFile(join(root, "node_modules/better-sqlite3/deps/sqlite3/sqlite3.h"), "utf8");
  const version = /^#define SQLITE_VERSION\s+"([\d.]+)"/m.exec(header)?.[1];
  if (version === undefined) throw new Error("better-sqlite3's sqlite3.h does not say which SQLite it is");
  return `SQLite ${version}, compiled into prebuilds/*.node\n\nSQLite is in the public domain (https://sqlite.org/copyright.html).`;
}
