/** Whether a store's record is whole: read as it lies there, by a connection that can change nothing. */

import Database from "better-sqlite3";
import { existsSync } from "node:fs";
import type { AuditVerdict } from "../../src/domain/audit-verdict.ts";
import { failure, usageError } from "../../src/domain/error.ts";
import { storeFile } from "../settings.ts";
import { SqliteRecord } from "../store/sqlite-record.ts";
import { type AuditEntry, verifyChain } from "./chain.ts";

/**
 * `heads`: hashes from elsewhere, each of which must be in the record. Throws the usage errors `bot-settings` and `store-missing`, and
 * the failure `store-unreadable` where the file may not be read: that is no damage.
 */
export async function verifyStore(
  heads: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
): Promise<AuditVerdict> {
  const problems: string[] = [];
  const path = storeFile(variables, problems);
  const hint = "set BELAY_STORE as the bot has it";
  if (problems.length > 0) throw usageError("bot-settings", problems.join("; "), { hint });
  if (!existsSync(path)) throw usageError("store-missing", `there is no store ${path}`, { hint });
  let seen = 0;
  try {
    using record = new SqliteRecord(path);
    const entries = counted(record.entries(), (count) => (seen = count));
    return await verifyChain(entries, [...record.grantedHeads(), ...heads]);
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    if (isDamage(error))
      return { kind: "damaged", seq: seen + 1, why: `the file cannot be read from entry ${seen + 1} on: ${error.message}` };
    throw failure("store-unreadable", `reading the store ${path}: ${error.message}`, {
      hint: "it is read by whoever may read and write its folder, as the bot may: SQLite keeps a file beside it while somebody reads",
    });
  }
}

/** What SQLite says of a file whose bytes or tables are not what they were. */
function isDamage({ code }: InstanceType<typeof Database.SqliteError>): boolean {
  return ["SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR", "SQLITE_FORMAT"].some((name) => code.startsWith(name));
}

function* counted(entries: Iterable<AuditEntry>, tell: (count: number) => void): Iterable<AuditEntry> {
  let count = 0;
  for (const entry of entries) {
    yield entry;
    tell((count += 1));
  }
}
