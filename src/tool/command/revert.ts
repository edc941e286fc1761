import type { CommandMigration } from "../../domain/command-migration.ts";
import { failure, refusal } from "../../domain/error.ts";
import { stopIfAborted } from "../stop.ts";
import { runVariables } from "../target-variables.ts";
import type { RevertRequest } from "../tool.ts";
import { ask } from "./ask.ts";
import { runCommand, type Commands } from "./commands.ts";

/** Takes the last applied migrations back, from the last to the first; judged as applying is. */
export async function revertMigrations(given: Commands, request: RevertRequest): Promise<void> {
  const commands = { ...given, variables: { ...given.variables, ...runVariables(request.run) } };
  const chosen = await lastApplied(commands, request);
  refuseWithoutWayBack(chosen);
  for (const migration of chosen.toReversed()) {
    stopIfAborted(request.signal);
    if (migration.revert === null) continue;
    const began = performance.now();
    await runCommand(commands, "reverting", migration.id, migration.revert, request);
    if ((await ask(commands, migration, request)) === "applied") {
      throw failure("wrong-database", `reverting ${migration.id} ended with status 0, and asked again it is still applied`, {
        hint: "look which database its own configuration names; or it did only a part of its work",
        facts: { migration: migration.id },
      });
    }
    request.reverted({ id: migration.id, durationMs: Math.round(performance.now() - began) });
  }
}

/** The migrations asked for, in the order in which they were applied; they must be the last ones. */
async function lastApplied(commands: Commands, { ids, ...followed }: RevertRequest): Promise<readonly CommandMigration[]> {
  const applied: CommandMigration[] = [];
  for (const migration of commands.migrations) {
    if ((await ask(commands, migration, followed)) === "applied") applied.push(migration);
  }
  const last = applied.slice(applied.length - new Set(ids).size);
  const missing = ids.filter((id) => !last.some((migration) => migration.id === id));
  if (missing.length === 0) return last;
  throw refusal(
    "not-last-applied",
    `${missing.join(", ")} cannot be reverted: the last ones applied are ${last.map(({ id }) => id).join(", ") || "none"}`,
    {
      hint: "revert from the last applied one on",
      facts: { migrations: missing },
    },
  );
}

function refuseWithoutWayBack(chosen: readonly CommandMigration[]): void {
  const without = chosen.filter(({ revert }) => revert === null).map(({ id }) => id);
  if (without.length === 0) return;
  throw refusal("not-reversible", `${without.join(", ")} cannot be reverted: belay.yml gives no revert command`, {
    hint: "give it one, or go back by the backup: belay rollback",
    facts: { migrations: without },
  });
}
