/** A tool at its place: where its program lies, and how it is asked. */

import { stat } from "node:fs/promises";
import { refusal } from "../../domain/error.ts";
import type { Session } from "../../domain/session.ts";
import { findToolProgram } from "../../process/find-program.ts";
import { ASKING } from "../target-variables.ts";
import type { Asking, Place, ProgramTool } from "./definition.ts";
import { failedOrder, programFailure, startProgram, type Followed, type Order, type Program } from "./program.ts";

/** What looking, applying and reverting work with. */
export interface Driven {
  readonly tool: ProgramTool;
  readonly place: Place;
  readonly program: Program;
}

const ASK_TIMEOUT_MS = 300_000;

/** How a definition asks its tool; `followed`: within a run that can be stopped. */
export async function askingOf(driven: Driven, session: Session, followed: Followed | null = null): Promise<Asking> {
  const { tool, place, program } = driven;
  const named = await programOf(driven);
  const asked = followed === null ? { ...program, variables: { ...program.variables, ...ASKING } } : program;
  const orderOf = (args: readonly string[]): Order => ({
    act: `asking ${tool.title} what is applied and what is pending`,
    migration: null,
    command: { argv: [named, ...args] },
    timeoutMs: ASK_TIMEOUT_MS,
    meanings: tool.meanings,
  });
  const attempt: Asking["attempt"] = async (args) => {
    const end = await startProgram(asked, orderOf(args), followed === null ? null : { ...followed, output: () => undefined });
    if (!end.truncated) return end;
    throw programFailure(
      "tool-answer-unknown",
      `asking ${tool.title}: it said more than 1 MiB`,
      program,
      orderOf(args),
      end,
      "let it say less",
    );
  };
  return {
    place,
    session,
    attempt,
    ask: async (args) => {
      const end = await attempt(args);
      if (end.status !== 0) throw failedOrder(program, orderOf(args), end);
      return end;
    },
  };
}

/** The program by its path, or by its name where it lives elsewhere. Throws `directory-missing` and `tool-missing`. */
export async function programOf({ tool, place, program }: Driven): Promise<string> {
  const [first = tool.name] = tool.programs;
  await assertDirectory(place);
  if (program.run !== null) return first;
  for (const directory of new Set([place.directory, place.root])) {
    for (const name of tool.programs) {
      const found = await findToolProgram(name, directory, program.variables["PATH"]);
      if (found !== undefined) return found;
    }
  }
  throw refusal(
    "tool-missing",
    `${tool.title} is not here: no ${first} in .venv/bin, venv/bin or node_modules/.bin of ${place.directory}, nor on PATH`,
    {
      hint: `${tool.install}; or say with migrate.run how to reach it where it lives: [docker, run, --rm, …]`,
      facts: { program: first },
    },
  );
}

async function assertDirectory({ directory }: Place): Promise<void> {
  const found = await stat(directory).catch(() => null);
  if (found?.isDirectory() === true) return;
  throw refusal("directory-missing", `there is no directory ${directory}, where the tool is to start`, {
    hint: "migrate.project in belay.yml says where; relative paths start at the directory of belay.yml",
    facts: { directory },
  });
}
