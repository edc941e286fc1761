/** `audit verify [HEAD…]`: goes through the whole record; each head that stands in a grant or a deployment must be in it. */

import { existsSync } from "node:fs";
import { usageError } from "../../src/domain/error.ts";
import { counted } from "../../src/domain/words.ts";
import { SqliteStore } from "../store/sqlite.ts";
import { verifyChain } from "./chain.ts";

/** Gives the exit status: 6 where the record is damaged. Throws usage errors. */
export async function verifyStore(
  [verb, ...heads]: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
  print: (text: string) => void,
): Promise<number> {
  if (verb !== "verify" || heads.some((head) => !/^[0-9a-f]{64}$/.test(head)))
    throw usageError("audit-usage", "audit knows verify, and after it hashes of 64 digits", { hint: "audit verify [HEAD…]" });
  const path = (variables["BELAY_STORE"] || "sqlite:belay-bot.db").replace(/^sqlite:/, "");
  if (!existsSync(path)) throw usageError("store-missing", `there is no store ${path}`, { hint: "set BELAY_STORE as the bot has it" });
  const store = new SqliteStore(path);
  const verified = await verifyChain(store.audit(), heads);
  await store.close();
  if (verified.kind === "whole") print(`whole: ${counted(verified.entries, "entry", "entries")}, head ${verified.head}\n`);
  else print(`DAMAGED at entry ${verified.seq}: ${verified.why}\n`);
  return verified.kind === "whole" ? 0 : 6;
}
