/** Asking a program whether its migration is pending, by its words. */

import type { CommandMigration } from "../../domain/command-migration.ts";
import { usageError } from "../../domain/error.ts";
import { programFailure, runProgram, type Followed } from "../program/program.ts";
import type { Commands } from "./commands.ts";

/**
 * Pending wins where both patterns match: three of six tables there is pending. Neither, or more output than is kept, is an error
 * (`tool-answer-unknown`), never "up to date"; so is a program that fails.
 */
export async function ask(
  commands: Commands,
  migration: CommandMigration,
  followed: Followed | null = null,
): Promise<"pending" | "applied"> {
  const { pending, applied } = patternsOf(migration);
  const order = { act: `asking about ${migration.id}`, migration: migration.id, ...migration.pending };
  const end = await runProgram(commands, order, followed);
  const said = `${end.stdout}\n${end.stderr}`;
  if (end.truncated) {
    throw programFailure("tool-answer-unknown", `${order.act}: it said more than 1 MiB`, commands, order, end, "let it say less");
  }
  if (pending.test(said)) return "pending";
  if (applied.test(said)) return "applied";
  throw programFailure(
    "tool-answer-unknown",
    `${order.act}: neither /${migration.pendingWhen}/ (pending-when) nor /${migration.appliedWhen}/ (applied-when) is in what it said`,
    commands,
    order,
    end,
    "mend the patterns in belay.yml, or the command, so that one of them always matches",
  );
}

/** Throws a usage error for a pattern that is no regular expression, or that finds itself in silence. */
export function patternsOf({ id, pendingWhen, appliedWhen }: CommandMigration): { readonly pending: RegExp; readonly applied: RegExp } {
  return { pending: parse(id, "pending-when", pendingWhen), applied: parse(id, "applied-when", appliedWhen) };
}

function parse(id: string, key: string, source: string): RegExp {
  let pattern: RegExp;
  try {
    pattern = new RegExp(source, "mu");
  } catch (error) {
    throw usageError("invalid-pattern", `${key} of ${id}: ${error instanceof Error ? error.message : String(error)}`, {
      hint: "a backslash before ( ) [ ] { } . * + ? means the character itself",
    });
  }
  if (pattern.test(""))
    throw usageError("invalid-pattern", `${key} of ${id}: /${source}/ matches also when the command says nothing`, {
      hint: "write the words that it says",
    });
  return pattern;
}
