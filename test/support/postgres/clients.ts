import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";

/** Clients of an application: one that connects again and again, and one that stays and comes back when it is ended. */
export class Clients implements AsyncDisposable {
  readonly #address: string;
  #ending = false;
  #longestGapMs = 0;
  #ended = 0;
  readonly #loops: Promise<void>[];
  #connected = 0;

  constructor(address: string) {
    this.#address = address;
    this.#loops = [this.#again(0), this.#again(10_000)];
  }

  async running(): Promise<void> {
    while (this.#connected < 5) await pause(5);
  }

  /** The longest time in which somebody was turned away, and how many sessions were ended. */
  async end(): Promise<{ readonly longestGapMs: number; readonly ended: number }> {
    this.#ending = true;
    await Promise.all(this.#loops);
    return { longestGapMs: this.#longestGapMs, ended: this.#ended };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  async #again(stayMs: number): Promise<void> {
    let refusedSince: number | null = null;
    while (!this.#ending) {
      const began = performance.now();
      const client = new Client({ connectionString: this.#address });
      const lost = new Promise<void>((resolve) =>
        client.on("error", () => {
          this.#ended++;
          resolve();
        }),
      );
      try {
        await client.connect();
        await client.query("select 1");
        this.#connected++;
        if (refusedSince !== null) this.#longestGapMs = Math.max(this.#longestGapMs, performance.now() - refusedSince);
        refusedSince = null;
        const until = performance.now() + stayMs;
        while (!this.#ending && performance.now() < until && (await Promise.race([lost.then(() => false), pause(20, true)])));
      } catch {
        refusedSince ??= began;
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }
}
