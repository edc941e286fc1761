/** Who else has been in the database since the backup. One for all that work in it: whoever came was a stranger to each of them. */

import { messageOf, refusal } from "../../domain/error.ts";
import { endOwnGroup } from "../../process/process-group.ts";
import type { Onlooker, Visits } from "./onlooker.ts";

const LOOK_EVERY_MS = 1_000;

export class Presence implements Disposable {
  readonly #onlooker: Onlooker;
  /** Ends at once what works outside of Belay's own transactions. */
  readonly #lockBroken: () => AbortSignal;
  #visits: Visits | undefined;
  #strangers: string[] = [];
  /** What the clock's look found since somebody asked. */
  #seen: string | null = null;
  #timer: NodeJS.Timeout | undefined;
  /** So many works are under way whose sessions nobody counts. */
  #working = 0;

  constructor(onlooker: Onlooker, lockBroken: () => AbortSignal) {
    this.#onlooker = onlooker;
    this.#lockBroken = lockBroken;
  }

  /** From now on nobody comes and goes unseen. */
  async begin(): Promise<void> {
    clearInterval(this.#timer);
    this.#strangers = [];
    this.#seen = null;
    this.#visits = await this.#onlooker.arrive();
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** All that is known of strangers since `begin`, in the order in which it became known. Whoever comes from now on is for the next time. */
  async strangers(): Promise<readonly string[]> {
    if (this.#visits === undefined) throw noBackupYet();
    if (this.#working > 0) return this.#strangers; // those who work are counted with the strangers until they have ended
    const found = this.#seen ?? (await this.#onlooker.since(this.#visits));
    if (found === null) return this.#strangers;
    this.#visits = await this.#onlooker.arrive();
    this.#seen = null;
    this.#strangers.push(found);
    return this.#strangers;
  }

  /** Does work that writes through sessions of its own, which are known by their name, and looks who else is there. */
  async watch(ours: () => readonly number[], work: () => Promise<void>): Promise<void> {
    await this.strangers();
    const broken = this.#lockBroken();
    let ended: Promise<unknown> = Promise.resolve();
    const end = () => void (ended = Promise.all(ours().map((group) => endOwnGroup(group, "migrate"))));
    if (broken.aborted) throw broken.reason;
    broken.addEventListener("abort", end, { once: true });
    this.#working++;
    try {
      await work();
      broken.throwIfAborted(); // what was ended may have ended well
    } catch (error) {
      throw broken.aborted ? broken.reason : error;
    } finally {
      broken.removeEventListener("abort", end);
      await ended;
      await this.#look();
      this.#working--;
      // how many sessions the work opened nobody counted: from here on it is counted again
      if (this.#working === 0 && this.#visits !== undefined) this.#visits = await this.#onlooker.countAgain(this.#visits);
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const visits = this.#visits;
    if (visits === undefined || this.#seen !== null) return;
    const found = await this.#onlooker
      .present(visits)
      .catch((error: unknown) => `who was connected meanwhile could not be told: ${messageOf(error)}`);
    if (visits === this.#visits) this.#seen ??= found;
  }
}

export function noBackupYet(): Error {
  return refusal("no-backup-yet", "whether anybody else wrote is known only after a backup of this workspace", {
    hint: "take the backup first",
  });
}
