/** One step of a tool: applying or taking back one migration, with the folder that it may need for that. */

import type { CommandLine } from "../../domain/command.ts";
import type { RunId } from "../../domain/run-id.ts";
import type { Session } from "../../domain/session.ts";
import { scratchFolder } from "../../process/scratch-folder.ts";
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
  followed: Followed & { readonly session: Session; readonly run: RunId },
): Promise<number> {
  const contents = place.elsewhere ? undefined : await tool.scratch?.(known, files, place);
  await using folder = contents === undefined ? null : await scratchFolder(followed.run, contents);
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
