/** How often somebody may do something: so many at once, and then one after each pause. */
export class Pace {
  readonly #most: number;
  readonly #everyMs: number;
  /** When each will have nothing behind them. */
  readonly #busyUntil = new Map<number, number>();

  constructor(most: number, everyMs: number) {
    this.#most = most;
    this.#everyMs = everyMs;
  }

  /** 0: now, and it counts; else milliseconds until it may be tried again. `nowMs`: since 1970. */
  waitMs(who: number, nowMs: number): number {
    const busyUntil = Math.max(this.#busyUntil.get(who) ?? 0, nowMs);
    const wait = busyUntil - nowMs - (this.#most - 1) * this.#everyMs;
    if (wait > 0) return wait;
    this.#busyUntil.set(who, busyUntil + this.#everyMs);
    return 0;
  }
}
