import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

export interface BuiltFile {
  readonly content: Uint8Array;
  readonly executable: boolean;
}

/** Everything that belongs in a folder, by path inside it. */
export type BuiltFolder = ReadonlyMap<string, BuiltFile>;

/** Where a folder on disk is not exactly what was built, one line each; empty when it is. */
export async function differences(folder: string, built: BuiltFolder): Promise<string[]> {
  const there = await filesIn(folder);
  const found: string[] = there.filter((path) => !built.has(path)).map((path) => `${path}: not part of a build`);
  for (const [path, file] of built) {
    if (!there.includes(path)) found.push(`${path}: missing`);
    else if (!(await readFile(join(folder, path))).equals(file.content)) found.push(`${path}: content differs`);
    else if (isExecutable((await stat(join(folder, path))).mode) !== file.executable) found.push(`${path}: executable bit differs`);
  }
  return found.toSorted();
}

/** Makes a folder exactly what was built. */
export async function write(folder: string, built: BuiltFolder): Promise<void> {
  for (const path of await filesIn(folder)) {
    if (!built.has(path)) await rm(join(folder, path));
  }
  for (const [path, file] of built) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), file.content);
    await chmod(join(folder, path), file.executable ? 0o755 : 0o644);
  }
}

function isExecutable(mode: number): boolean {
  return (mode & 0o100) !== 0;
}

async function filesIn(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
