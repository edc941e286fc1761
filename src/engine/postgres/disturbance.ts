/** Whether anybody but this workspace, and what works for it, wrote to the target since the backup. */

import { canonicalJson, type JsonValue } from "../../domain/canonical-json.ts";
import { messageOf, refusal } from "../../domain/error.ts";
import type { SchemaSnapshot } from "../../domain/schema.ts";
import { endOwnGroup } from "../../process/process-group.ts";
import type { Connection } from "./connection.ts";
import type { Onlooker, Visits } from "./onlooker.ts";
import { markOfNow, writesSince } from "./later-writes.ts";
import { readSchema } from "./schema.ts";
import type { Scope } from "./scope.ts";

const LOOK_EVERY_MS = 1_000;

export interface DisturbanceSource {
  readonly onlooker: Onlooker;
  /** A session in the target. */
  readonly control: () => Promise<Connection>;
  readonly scope: Scope;
  /** Ends at once what works outside of Belay's own transactions. */
  readonly lockBroken: () => AbortSignal;
}

interface BeforeState {
  readonly mark: JsonValue;
  readonly schema: SchemaSnapshot;
}

export class Disturbance implements Disposable {
  readonly #source: DisturbanceSource;
  #before: BeforeState | undefined;
  #visits: Visits | undefined;
  #found: string | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(source: DisturbanceSource) {
    this.#source = source;
  }

  /**
   * From now on. `mark` was made before the backup's snapshot: what was written up to now is counted, and from now on nobody comes and
   * goes unseen.
   */
  async begin(before: BeforeState): Promise<void> {
    clearInterval(this.#timer);
    this.#before = before;
    this.#found = null;
    this.#visits = await this.#source.onlooker.arrive();
    if (await this.written()) this.#found = "somebody wrote to the database while it was backed up";
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** Does work that writes through sessions of its own, which are known by their name, and looks who else is there. */
  async watch(ours: () => readonly number[], work: () => Promise<void>): Promise<void> {
    this.#found = await this.find();
    const broken = this.#source.lockBroken();
    let ended: Promise<unknown> = Promise.resolve();
    const end = () => void (ended = Promise.all(ours().map((group) => endOwnGroup(group, "migrate"))));
    if (broken.aborted) throw broken.reason;
    broken.addEventListener("abort", end, { once: true });
    try {
      await work();
      broken.throwIfAborted(); // what was ended may have ended well
    } catch (error) {
      throw broken.aborted ? broken.reason : error;
    } finally {
      broken.removeEventListener("abort", end);
      await ended;
      await this.#look();
      // how many sessions the work opened nobody counted: from here on it is counted again
      if (this.#visits !== undefined) this.#visits = await this.#source.onlooker.countAgain(this.#visits);
    }
  }

  /** null: nobody; else who, or how that is known. */
  async find(): Promise<string | null> {
    const visits = this.#visits;
    if (visits === undefined) throw noBackupYet();
    this.#found ??= await this.#source.onlooker.since(visits);
    if (this.#found !== null) await this.#acquit();
    return this.#found;
  }

  /** Nobody has written as long as nothing at all was written: whoever only read is no disturbance. Told before the work's own writes only. */
  async #acquit(): Promise<void> {
    const visits = await this.#source.onlooker.arrive(); // before the look at the data: who comes after that is for the next time
    if (await this.written()) return;
    this.#visits = visits;
    this.#found = null;
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

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const visits = this.#visits;
    if (this.#found !== null || visits === undefined) return;
    try {
      this.#found ??= await this.#source.onlooker.present(visits);
    } catch (error) {
      this.#found ??= `who was connected meanwhile could not be told: ${messageOf(error)}`;
    }
  }
}

function noBackupYet(): Error {
  return refusal("no-backup-yet", "whether anybody else wrote is known only after a backup of this workspace", {
    hint: "take the backup first",
  });
}
