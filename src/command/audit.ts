/** `belay audit verify`: whether what the bot wrote down of requests, approvals and runs is all there and unchanged. */

import { usageError } from "../domain/error.ts";
import type { Described } from "./spec.ts";

/** A command of its own kind: it asks the bot's store, and no environment of belay.yml. */
export const AUDIT = {
  name: "audit",
  summary: "The bot's record",
  usage: "verify [HASH…]",
  about: [
    "Goes through all that the bot wrote down: each entry carries the hash of the one before, so that one that was changed, left out or moved shows. It only reads, and the bot may go on meanwhile.",
    "An end that was cut off shows against a hash from elsewhere: every grant and every deployment of Belay's carries the newest of its moment, as `audit`. Give as many as you have; those of the grants that the store itself still knows are always asked for.",
    "BELAY_STORE names the store, as for the bot; default `sqlite:belay-bot.db`.",
  ],
  options: ["json"],
  commonOptions: false,
  meanings: { json: "one JSON object on standard output" },
  exits: [
    [0, "whole; prints how many entries, and the newest hash"],
    [1, "the store cannot be read"],
    [2, "command line or BELAY_STORE wrong"],
    [6, "damaged; names the first entry that is not what it was"],
  ],
  examples: [
    { command: "belay audit verify", does: "in the bot's folder, or with BELAY_STORE" },
    { command: "xargs belay audit verify < heads.txt", does: "against hashes that were kept elsewhere; docs/bot.md asks GitHub for them" },
  ],
} as const satisfies Described;

/** The hashes that must be in the record. Throws a usage error. */
export function auditAsked(given: readonly string[]): readonly string[] {
  const [verb, ...heads] = given;
  const hint = "`belay audit verify`, and after it hashes of 64 digits, as deployments and grants carry them";
  if (verb !== "verify") throw usageError("audit-usage", verb === undefined ? "audit what?" : `audit does not know "${verb}"`, { hint });
  const odd = heads.find((head) => !/^[0-9a-f]{64}$/.test(head));
  if (odd !== undefined) throw usageError("audit-usage", `"${odd}" is no hash of the record`, { hint });
  return heads;
}
