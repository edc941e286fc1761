/** What every tool that is a program refuses, and what it makes of a program that says it is done and is not. */

import { BelayError, failure, messageOf, refusal } from "../../domain/error.ts";
import type { Session } from "../../domain/session.ts";

export function planChanged(id: string, how: string): BelayError {
  return refusal("plan-changed", `${id} is not what was planned: ${how}`, {
    hint: "look at what changed it since the plan, then plan again",
    facts: { migration: id },
  });
}

/** What lives elsewhere may have files that are not here. */
export function appliedMore(ids: readonly string[]): BelayError {
  return failure("applied-unplanned", `${ids.join(", ")} was applied as well, and is in no plan`, {
    hint: "where the tool lives (migrate.run) there are migrations that are not here: deploy the commit that it was built of",
    facts: { migrations: ids },
  });
}

/** An act that was begun for all of some migrations failed at this one. */
export function failedAt(id: string, error: unknown): unknown {
  if (!(error instanceof BelayError) || error.kind !== "failed") return error;
  const { code, message, hint = "", facts } = error;
  return failure(code, `${message.replace(/^applying [^:]*:/, `applying ${id}:`)}`, {
    hint,
    facts: { ...facts, migration: id },
    cause: error,
  });
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
