/** Work that was begun and is waited for in the order in which it was. What fails first is thrown, and nothing of what came after it. */
export class Queue {
  readonly #underWay: Promise<{ readonly error?: unknown }>[] = [];

  add(work: Promise<void>): void {
    this.#underWay.push(
      work.then(
        () => ({}),
        (error: unknown) => ({ error }),
      ),
    );
  }

  /** Waits until fewer than `most` are left. Throws what failed, when all has come to its end. */
  async room(most: number): Promise<void> {
    while (this.#underWay.length >= most) {
      const first = await this.#underWay.shift();
      if (first === undefined || !("error" in first)) continue;
      await Promise.all(this.#underWay.splice(0));
      throw first.error;
    }
  }
}
