import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundle } from "../build/bundle.ts";
import { notices } from "../build/notices.ts";
import { BINARIES, CACHE_WRITER, CHUNKS, LOADER, NOTICES } from "./parts.ts";

/** Writes the parts of an executable into a folder of their own: chunks, SQLite's binaries for Linux, and the licences of it all. */
export async function writeParts(root: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, CHUNKS), { recursive: true });
  const shape = { format: "cjs", sqliteBinding: "script/executable/sqlite-binding.ts" } as const;
  const { chunks, modules } = await bundle(root, { executable: "src/executable.ts" }, shape);
  for (const [name, code] of chunks) await writeFile(join(folder, CHUNKS, name), asFunction(name, code));
  const binaries = ["linux-x64", "linux-arm64", "linuxmusl-x64", "linuxmusl-arm64"].map((platform) => `${platform}.node`);
  for (const name of binaries) await cp(join(root, "node_modules/better-sqlite3/prebuilds", name), join(folder, BINARIES, name));
  for (const name of [LOADER, CACHE_WRITER]) await cp(join(root, "script/executable", name), join(folder, name));
  await writeFile(join(folder, NOTICES), await notices(root, modules));
  await cp(join(root, "LICENSE"), join(folder, "LICENSE"));
}

/** In parentheses, so that V8 compiles it at once and what it compiled is part of the cache. */
function asFunction(name: string, code: string): string {
  const required = code.replaceAll(/\bimport\(([`'"])(node:\w+)\1\)/g, "Promise.resolve().then(() => require($1$2$1))");
  if (/\bimport\s*\(|\bimport\.meta\b/.test(required)) {
    throw new Error(`${name} of the executable imports by itself or asks where it lies, and there is nothing beside it`);
  }
  return `(function (exports, require, module) {${required}\n})\n`;
}
