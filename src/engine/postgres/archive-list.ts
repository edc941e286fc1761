/** The table of contents of a dump, as `pg_restore --list` tells it. */

import { runProgram, type Bytes } from "../../process/program.ts";
import { quoteIdentifier } from "./identifiers.ts";
import { callOf, type ProgramCall } from "./program-call.ts";
import type { Programs } from "./programs.ts";

/** Reads no more of the archive than its beginning. */
export async function listArchive(archive: Bytes, call: ProgramCall, programs: Programs): Promise<string> {
  const read: Uint8Array[] = [];
  const enough = new AbortController();
  const request = callOf(call, [programs.restore, "--list"], "reading what is in the dump", "backup-damaged");
  for await (const bytes of runProgram({ ...request, input: until(archive, enough.signal) })) {
    read.push(bytes);
    enough.abort(); // the list is written once all of it was read
  }
  return Buffer.concat(read).toString("utf8");
}

async function* until(bytes: Bytes, enough: AbortSignal): Bytes {
  for await (const chunk of bytes) {
    yield chunk;
    if (enough.aborted) return;
  }
}

/** What dumps call a thing: `EVENT TRIGGER`, `audit_ddl`, and whose it is; extensions are nobody's. */
export interface ArchiveEntry {
  readonly kind: string;
  /** Absent: it stands in none. */
  readonly schema?: string;
  readonly name: string;
  readonly owner: string;
}

/**
 * The list without `lacking`, and without what only is about it; undefined where it holds none of that. A line is
 * `215; 1259 16385 EVENT TRIGGER - audit_ddl postgres`.
 */
export function listWithout(list: string, lacking: readonly ArchiveEntry[]): string | undefined {
  const lines = list.split("\n");
  const kept = lines.filter((line) => !lacking.some((entry) => isAbout(line, entry)));
  return kept.length === lines.length ? undefined : kept.join("\n");
}

function isAbout(line: string, { kind, schema, name, owner }: ArchiveEntry): boolean {
  const [, what = ""] = /^\d+; \d+ \d+ (.*)$/.exec(line) ?? [];
  const label = name.replaceAll(/[\r\n]/g, " ");
  if (what === `${kind} ${schema ?? "-"} ${label} ${owner}`) return true;
  if (kind === "SCHEMA") return false; // it is there already, and still lacks what is said of it
  if ([label, quoteIdentifier(label)].some((called) => what === `COMMENT - ${kind} ${called} ${owner}`)) return true;
  // `PUBLICATION TABLE public orders_out orders app`
  return kind === "PUBLICATION" && what.startsWith("PUBLICATION TABLE") && what.endsWith(` ${owner}`) && what.includes(` ${label} `);
}
