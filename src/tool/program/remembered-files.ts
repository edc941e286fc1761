/**
 * Which migrations there are is the same for every target of an environment, and asking a tool costs its start: of two hundred tenants one
 * asks. What is remembered counts only while every file that it was read from, and every file beside those, is what it was.
 */

import { readdir } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { canonicalJson } from "../../domain/canonical-json.ts";
import type { Files, Place, ProgramTool } from "./definition.ts";
import { digestOfAll, filesMatching, sha256 } from "./files.ts";

export class RememberedFiles {
  readonly #tool: ProgramTool;
  readonly #place: Place;
  #last: { readonly files: Files; readonly stamp: string } | null = null;

  constructor(tool: ProgramTool, place: Place) {
    this.#tool = tool;
    this.#place = place;
  }

  /** What `read` gives, or gave. A tool that lives elsewhere is always asked: its files are not here. */
  async recall(read: () => Promise<Files>): Promise<Files> {
    if (this.#tool.sameFilesForAll !== true || this.#place.elsewhere) return read();
    const last = this.#last;
    if (last !== null && (await this.#stampOf(last.files)) === last.stamp) return last.files;
    const files = await read();
    const stamp = await this.#stampOf(files);
    this.#last = stamp === null ? null : { files, stamp };
    return files;
  }

  /** null: there is nothing to tell a change by. */
  async #stampOf({ known }: Files): Promise<string | null> {
    const { root, directory } = this.#place;
    const names = known.flatMap(({ files }) => files);
    if (names.length === 0) return null;
    const beside: [string, string[]][] = [];
    for (const folder of new Set(names.map((name) => dirname(name)))) beside.push([folder, await namesLike(join(root, folder), names)]);
    const configuration = await filesMatching(this.#tool.configuration(this.#place), directory);
    const contents = [await digestOrGone(names, root), await digestOrGone(configuration, directory)];
    return sha256(canonicalJson([beside, contents]));
  }
}

/** Those that could be migrations, by how their names end: what a tool writes beside them is none. */
async function namesLike(folder: string, names: readonly string[]): Promise<string[]> {
  const endings = new Set(names.map((name) => extname(name)));
  const found = await readdir(folder).catch(() => []);
  return found.filter((name) => endings.has(extname(name))).sort();
}

async function digestOrGone(names: readonly string[], directory: string): Promise<string> {
  return digestOfAll(names, directory).catch(() => "gone");
}
