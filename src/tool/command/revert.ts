import type { CommandMigration } from "../../domain/command-migration.ts";
import { refusal } from "../../domain/error.ts";
import { ofRun, runProgram } from "../program/program.ts";
import { lastOnes, saysDone } from "../program/refusals.ts";
import { stopIfAborted } from "../stop.ts";
import type { RevertRequest } from "../tool.ts";
import { ask } from "./ask.ts";
import type { Commands } from "./commands.ts";

/** Takes the last applied migrations back, from the last to the first; judged as applying is. */
export async function revertMigrations(given: Commands, request: RevertRequest): Promise<void> {
  const commands = ofRun(given, request);
  const chosen = await lastApplied(commands, request);
  refuseWithoutWayBack(chosen);
  for (const migration of chosen.toReversed()) {
    stopIfAborted(request.signal);
    const { id, revert } = migration;
    if (revert === null) continue;
    const began = performance.now();
    await runProgram(commands, { act: `reverting ${id}`, migration: id, ...revert }, request);
    if ((await ask(commands, migration, request)) === "applied") throw saysDone(id, `reverting ${id}`, "applied");
    request.reverted({ id, durationMs: Math.round(performance.now() - began) });
  }
}

async function lastApplied(commands: Commands, { ids, ...followed }: RevertRequest): Promise<readonly CommandMigration[]> {
  const applied: CommandMigration[] = [];
  for (const migration of commands.migrations) {
    if ((await ask(commands, migration, followed)) === "applied") applied.push(migration);
  }
  const last = lastOnes(
    applied.map(({ id }) => id),
    ids,
  );
  return applied.filter(({ id }) => last.includes(id));
}

function refuseWithoutWayBack(chosen: readonly CommandMigration[]): void {
  const without = chosen.filter(({ revert }) => revert === null).map(({ id }) => id);
  if (without.length === 0) return;
  throw refusal("not-reversible", `${without.join(", ")} cannot be reverted: belay.yml gives no revert command`, {
    hint: "give it one, or go back by the backup: belay rollback",
    facts: { migrations: without },
  });
}
