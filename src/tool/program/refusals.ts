/** What every tool that is a program refuses, and what it makes of a program that says it is done and is not. */

import { BelayError, failure, messageOf, refusal } from "../../domain/error.ts";
import type { Session } from "../../domain/session.ts";

export function planChanged(id: string, how: string): BelayError {
  return refusal("plan-changed", `${id} is not what was planned: ${how}`, {
    hint: "look at what changed it since the plan, then plan again",
    facts: { migration: id },
  });
}

export function allOrNothing(title: string, left: readonly { readonly id: string }[]): BelayError {
  return refusal(
    "applies-all",
    `${title} applies all that is pending where it lives elsewhere (migrate.run), ${left.map(({ id }) => id).join(", ")} with it`,
    {
      hint: "leave out --to; or let it live here, where one migration at a time can be shown to it",
      facts: { migrations: left.map(({ id }) => id) },
    },
  );
}

/** `what`: as a message begins, `0003` or `reverting 0003`. */
export function saysDone(id: string, what: string, still: string): BelayError {
  return failure("wrong-database", `${what} ended with status 0, and asked again it is still ${still}`, {
    hint: "look which database its own configuration names; or it did only a part of its work",
    facts: { migration: id },
  });
}

/** The migrations asked for, in the order in which they were applied. Throws `not-last-applied` where they are not the last ones. */
export function lastOnes(applied: readonly string[], ids: readonly string[]): readonly string[] {
  const wanted = new Set(ids);
  const last = wanted.size === 0 ? [] : applied.slice(-wanted.size);
  const missing = ids.filter((id) => !last.includes(id));
  if (missing.length === 0) return last;
  throw refusal("not-last-applied", `${missing.join(", ")} cannot be reverted: the last ones applied are ${last.join(", ") || "none"}`, {
    hint: "revert from the last applied one on",
    facts: { migrations: missing },
  });
}

/** A locked database is asked who has it: an engine waits for it a while, and names the holder where the system tells. */
export async function withHolder(error: unknown, session: Session): Promise<unknown> {
  if (!(error instanceof BelayError) || error.code !== "database-locked") return error;
  try {
    await session.transaction(async () => undefined);
    return error;
  } catch (held) {
    const { code, message, hint = "", facts } = error;
    return failure(code, `${message}\n${messageOf(held)}`, { hint, facts, cause: error });
  }
}
