/** One step of a tool: applying or taking back one migration, with the folder that it may need for that. */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { CommandLine } from "../../domain/command.ts";
import type { Session } from "../../domain/session.ts";
import type { Files, Known } from "./definition.ts";
import type { Driven } from "./driven.ts";
import { runProgram, type Followed } from "./program.ts";
import { withHolder } from "./refusals.ts";

export interface Step {
  readonly way: "apply" | "revert";
  readonly known: Known;
  readonly files: Files;
  /** The tool's program. */
  readonly named: string;
}

/** Runs it to a good end, and tells how long that took, in whole milliseconds. Throws what its failure means. */
export async function runStep(
  { tool, place, program }: Driven,
  { way, known, files, named }: Step,
  followed: Followed & { readonly session: Session },
): Promise<number> {
  const contents = place.elsewhere ? undefined : await tool.scratch?.(known, files, place);
  await using folder = contents === undefined ? null : await folderOf(contents);
  const command: CommandLine = { argv: [named, ...tool[way](known, files, place, folder?.path ?? null)] };
  const act = `${way === "apply" ? "applying" : "reverting"} ${known.id}`;
  const began = performance.now();
  try {
    await runProgram(program, { act, migration: known.id, command, timeoutMs: null, meanings: tool.meanings }, followed);
  } catch (error) {
    throw await withHolder(error, followed.session);
  }
  return Math.round(performance.now() - began);
}

/** Of nobody else's: what lies in it is run against the target. */
async function folderOf(contents: Readonly<Record<string, string | Uint8Array>>): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "belay-step-"));
  for (const [name, content] of Object.entries(contents)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
