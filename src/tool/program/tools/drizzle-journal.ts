/** The journal of Drizzle's folder: the order of its migrations. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, refusal } from "../../../domain/error.ts";

export interface JournalEntry {
  /** The name of its file, without `.sql`. */
  readonly tag: string;
  /** Milliseconds since 1970; by this number the database knows it. */
  readonly when: number;
  /** Everything that the journal says of it, as it stands there. */
  readonly written: object;
}

/** In the order of the journal, which is that of application. Throws `tool-not-configured` where there is none, or none that can be read. */
export async function readJournal(folder: string): Promise<readonly JournalEntry[]> {
  const path = join(folder, "meta", "_journal.json");
  try {
    return parseJournal(await readFile(path, "utf8"));
  } catch (error) {
    throw refusal("tool-not-configured", `reading Drizzle's journal ${path}: ${messageOf(error)}`, {
      hint: "say with migrate.directory which folder `drizzle-kit generate` writes to (`out` of its configuration); its migrations need the journal",
      cause: error,
    });
  }
}

function parseJournal(text: string): readonly JournalEntry[] {
  const parsed: unknown = JSON.parse(text);
  const entries = isObject(parsed) ? parsed["entries"] : undefined;
  if (!Array.isArray(entries)) throw new Error("it has no list of entries");
  return entries.map((entry: unknown, index) => {
    const { tag, when } = isObject(entry) ? entry : {};
    if (typeof tag !== "string" || !/^[^/\\\0]+$/.test(tag) || typeof when !== "number")
      throw new Error(`entry ${index} has no tag and time`);
    return { tag, when, written: entry as object };
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
