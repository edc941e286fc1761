/** Starting programs, and the one program that Belay starts for itself: git, asked for the commit. */

import { childEnvironment } from "../process/environment.ts";
import type { CommandEnd, SpawnRequest } from "../process/process.ts";
import type { World } from "../world.ts";

/** Loaded when the first program is started: commands that only look start none. */
export async function spawn(request: SpawnRequest): Promise<CommandEnd> {
  return (await import("../process/spawn.ts")).spawn(request);
}

/** The commit that is being deployed: what the workflow says, else what git says. */
export async function currentCommit(world: World, directory: string): Promise<string | null> {
  const said = world.variables["GITHUB_SHA"];
  if (said !== undefined && said !== "") return said;
  try {
    const end = await spawn({
      command: { argv: ["git", "rev-parse", "HEAD"] },
      directory,
      variables: childEnvironment(world.variables, { add: {}, withheld: [] }),
      timeoutMs: 5000,
      role: "git",
    });
    return end.status === 0 ? end.stdout.trim() : null;
  } catch (error) {
    world.progress({ type: "notice", message: `the commit is unknown: ${error instanceof Error ? error.message : String(error)}` });
    return null;
  }
}
