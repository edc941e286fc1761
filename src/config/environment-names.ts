import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { parse } from "yaml";

const PLACES = ["belay.yml", ".github/belay.yml"];

/**
 * The names of the environments, for a shell that completes a word: quickly, from a file that somebody may be in the middle of
 * writing. Empty where there is nothing to read; what is wrong with the file is told by the commands that use it.
 */
export async function environmentNames(explicit: string | null, cwd: string): Promise<readonly string[]> {
  for (const place of explicit === null ? PLACES : [explicit]) {
    const text = await textOf(resolve(cwd, place));
    if (text !== null) return namesIn(text);
  }
  return [];
}

async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch {
    return null; // no such file, or not for this user: then there is nothing to offer
  }
}

function namesIn(text: string): readonly string[] {
  try {
    const config: unknown = parse(text, { logLevel: "silent" });
    const environments = isMap(config) ? config["environments"] : null;
    return isMap(environments) ? Object.keys(environments) : [];
  } catch {
    return []; // no YAML yet
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
