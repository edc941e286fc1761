/** The audit record in SQLite, read: by the bot that writes it, and by whoever looks whether it is whole. */

import Database from "better-sqlite3";
import type { AuditEntry } from "../audit/chain.ts";
import { statements } from "./statements.ts";
import { GRANT_MEMO } from "./store.ts";

/** In pieces: no read stays open between two of them, so that the bot goes on writing. What is no JSON any more comes as undefined. */
export function* auditEntries(sql: ReturnType<typeof statements>): Iterable<AuditEntry> {
  const page = sql<Omit<AuditEntry, "data"> & { readonly data: string }>(
    "select seq, at, repository, kind, data, previous, hash from audit where seq > ? order by seq limit 500",
  );
  // No number can be smaller: one that was made less than 1 is seen, too.
  for (let rows = page.all(Number.MIN_SAFE_INTEGER); rows.length > 0; rows = page.all(rows.at(-1)?.seq ?? 0)) {
    for (const row of rows) yield { ...row, data: jsonOr(row.data) };
  }
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Opens a store to look at its record, and changes nothing in it. Throws what SQLite throws. */
export class SqliteRecord implements Disposable {
  readonly #database: Database.Database;
  readonly #sql: ReturnType<typeof statements>;

  constructor(path: string) {
    this.#database = new Database(path, { readonly: true, fileMustExist: true });
    this.#sql = statements(this.#database);
  }

  entries(): Iterable<AuditEntry> {
    return auditEntries(this.#sql);
  }

  /** The heads that went into grants, as far as the store still knows them. */
  grantedHeads(): readonly string[] {
    const rows = this.#sql<{ head: string | null }>(
      `select iif(json_valid(body), body ->> 'audit', null) head from memo where key glob '${GRANT_MEMO}*'`,
    ).all();
    return rows.flatMap(({ head }) => head ?? []);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
