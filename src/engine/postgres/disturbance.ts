/** Whether anybody but its workspace, and what works for it, wrote to a target since the backup. */

import { canonicalJson, type JsonValue } from "../../domain/canonical-json.ts";
import type { SchemaSnapshot } from "../../domain/schema.ts";
import type { Connection } from "./connection.ts";
import { markOfNow, writesSince } from "./later-writes.ts";
import { noBackupYet, type Presence } from "./presence.ts";
import { readSchema } from "./schema.ts";
import type { Scope } from "./scope.ts";

export interface DisturbanceSource {
  readonly presence: Presence;
  /** A session in the target. */
  readonly control: () => Promise<Connection>;
  readonly scope: Scope;
}

interface BeforeState {
  readonly mark: JsonValue;
  readonly schema: SchemaSnapshot;
}

export class Disturbance {
  readonly #source: DisturbanceSource;
  #before: BeforeState | undefined;
  #found: string | null = null;
  /** So many strangers are known to have written nothing here. */
  #harmless = 0;

  constructor(source: DisturbanceSource) {
    this.#source = source;
  }

  /**
   * From now on; `presence` has begun already. `mark` was made before the backup's snapshot: what was written up to now is counted, and
   * from now on nobody comes and goes unseen.
   */
  async begin(before: BeforeState): Promise<void> {
    this.#before = before;
    this.#found = null;
    this.#harmless = 0;
    if (await this.written()) this.#found = "somebody wrote to the database while it was backed up";
  }

  /** null: nobody; else who, or how that is known. */
  async find(): Promise<string | null> {
    if (this.#before === undefined) throw noBackupYet();
    if (this.#found !== null) return this.#found;
    const strangers = await this.#source.presence.strangers();
    const known = strangers.length;
    const [first] = strangers.slice(this.#harmless);
    if (first === undefined) return null;
    // Nobody has written as long as nothing at all was written: whoever only read is no disturbance. Told before the work's own writes only.
    if (await this.written()) this.#found = first;
    else this.#harmless = known;
    return this.#found;
  }

  async watch(ours: () => readonly number[], work: () => Promise<void>): Promise<void> {
    await this.find();
    await this.#source.presence.watch(ours, work);
  }

  /** False: for certain nothing was written since the backup, and nothing of the schema changed. */
  async written(): Promise<boolean> {
    const before = this.#before;
    if (before === undefined) throw noBackupYet();
    const control = await this.#source.control();
    const mark = await markOfNow(control, before.mark);
    const schema = await readSchema(control, this.#source.scope); // first, as every row is looked at for the other
    if (canonicalJson(schema) !== canonicalJson(before.schema)) return true;
    const writes = await writesSince(control, before.mark);
    if (writes === null || writes.length > 0) return true;
    this.#before = { ...before, mark }; // so that the next look need not count again
    return false;
  }
}
