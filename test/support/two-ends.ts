import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import Database from "better-sqlite3";

/** Two ends of one SQLite database: `before` as `script` left it, `main` after `damage` to its bytes and `change`, on one connection. */
export class TwoEnds implements Disposable {
  readonly db: Database.Database;
  readonly #directory = mkdtempSync(join(tmpdir(), "belay-ends-"));

  constructor(script: string | ((db: Database.Database) => void), change = "", damage: (bytes: Buffer) => void = () => {}) {
    const file = join(this.#directory, "before.db");
    const before = new Database(file);
    before.pragma("synchronous = off");
    before.unsafeMode(true);
    if (typeof script === "string") before.exec(script);
    else script(before);
    before.pragma("wal_checkpoint(truncate)");
    const bytes = before.serialize();
    damage(bytes);
    this.db = new Database(bytes);
    before.close();
    this.db.unsafeMode(true);
    this.db.pragma("foreign_keys = off");
    this.db.exec(change);
    this.db.prepare(`attach ? as "before"`).run(file);
  }

  [Symbol.dispose](): void {
    this.db.close();
    rmSync(this.#directory, { recursive: true });
  }
}
