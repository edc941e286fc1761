/** A store's file with some entries on record, as the bot itself writes them. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";

import type { Consulted } from "../../../bot/core/event.ts";
import { reduce } from "../../../bot/core/reduce.ts";
import { SqliteStore } from "../../../bot/store/sqlite.ts";
import { GRANT_MEMO } from "../../../bot/store/store.ts";

const REPOSITORY = { id: 7, owner: "acme", name: "shop", installation: 1 };

/** Every one of these leaves one entry: somebody asked, and took it back. */
function withdrawn(comment: number): Consulted & { readonly at: string } {
  const at = "2026-03-01T10:00:00.000Z";
  const author = { id: 1, login: "ada" };
  const origin = { kind: "comment", comment, pull: 1, author, body: "/plan prod", createdAt: at } as const;
  const policy = { kind: "missing" } as const;
  const facts = { at, standing: false, permission: "write", pull: null, policy, writers: [], members: {}, obstacles: {} } as const;
  return { at, kind: "consulted", about: `comment:${comment}`, origin, facts };
}

export class RecordedStore implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), "belay-record-"));
  readonly path = join(this.directory, "bot.db");

  private constructor() {}

  static async with(entries: number): Promise<RecordedStore> {
    const recorded = new RecordedStore();
    const store = new SqliteStore(recorded.path);
    for (let n = 1; n <= entries; n++) {
      await store.receive({ repository: REPOSITORY, event: withdrawn(n), delivery: null });
      await store.step(reduce, (error) => {
        throw error;
      });
    }
    await store.close();
    return recorded;
  }

  /** The hash that the newest entry has now. */
  head(): string {
    return this.edit((database) => String(database.prepare("select hash from audit order by seq desc limit 1").pluck().get()));
  }

  /** As the bot keeps the head that it put into a grant. */
  async rememberGrant(audit: string): Promise<void> {
    const store = new SqliteStore(this.path);
    await store.remember(REPOSITORY.id, `${GRANT_MEMO}r1:run:x`, { audit });
    await store.close();
  }

  /** By somebody who has the file. */
  edit<T>(change: (database: Database.Database) => T): T {
    const database = new Database(this.path);
    try {
      database.exec("drop trigger if exists audit_keeps; drop trigger if exists audit_stays");
      return change(database);
    } finally {
      database.close();
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true });
  }
}
