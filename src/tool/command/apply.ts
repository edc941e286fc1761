import type { CommandMigration } from "../../domain/command-migration.ts";
import { BelayError, failure, messageOf, refusal } from "../../domain/error.ts";
import type { Migration } from "../../domain/migration.ts";
import type { Session } from "../../domain/session.ts";
import { stopIfAborted } from "../stop.ts";
import { runVariables } from "../target-variables.ts";
import type { ApplyRequest } from "../tool.ts";
import { ask } from "./ask.ts";
import { runCommand, type Commands } from "./commands.ts";
import { digestFiles } from "./files.ts";

/** Applies migrations in order. Whether one is applied is judged by its exit status and by asking again, never by its words. */
export async function applyMigrations(given: Commands, request: ApplyRequest): Promise<void> {
  const commands = { ...given, variables: { ...given.variables, ...runVariables(request.run) } };
  for (const planned of request.migrations) {
    stopIfAborted(request.signal);
    const migration = await asPlanned(commands, planned);
    const began = performance.now();
    try {
      await runCommand(commands, "applying", migration.id, migration.apply, request);
    } catch (error) {
      throw await withHolder(error, request.session);
    }
    if ((await ask(commands, migration, request)) === "pending") throw saysDone(migration);
    request.applied({ id: migration.id, durationMs: Math.round(performance.now() - began) });
  }
}

/** What is about to run is what was planned: the application's own stop may have rewritten it since. */
async function asPlanned(commands: Commands, { id, sha256 }: Migration): Promise<CommandMigration> {
  const migration = commands.migrations.find((own) => own.id === id);
  if (migration === undefined) throw planChanged(id, "belay.yml has it no more");
  if ((await digestFiles(migration, commands.directory)).sha256 !== sha256) throw planChanged(id, "its files are others now");
  return migration;
}

function planChanged(id: string, how: string): BelayError {
  return refusal("plan-changed", `${id} is not what was planned: ${how}`, {
    hint: "look at what changed it since the plan, then plan again",
    facts: { migration: id },
  });
}

function saysDone({ id }: CommandMigration): BelayError {
  return failure("wrong-database", `${id} ended with status 0, and asked again it is still pending`, {
    hint: "look which database its own configuration names; or it did only a part of its work",
    facts: { migration: id },
  });
}

/** A locked database is asked who has it: an engine waits for it a while, and names the holder where the system tells. */
async function withHolder(error: unknown, session: Session): Promise<unknown> {
  if (!(error instanceof BelayError) || error.code !== "database-locked") return error;
  try {
    await session.transaction(async () => undefined);
    return error;
  } catch (held) {
    const { code, message, hint = "", facts } = error;
    return failure(code, `${message}\n${messageOf(held)}`, { hint, facts, cause: error });
  }
}
