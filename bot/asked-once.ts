/** Answers by key, each asked for once. One that failed is told to whoever waits for it, and asked for again by whoever comes next. */
export class AskedOnce<Key, Value> {
  readonly #known = new Map<Key, Promise<Value>>();

  get(key: Key, ask: () => Promise<Value>): Promise<Value> {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const asked = ask();
    this.#known.set(key, asked);
    const forget = () => {
      if (this.#known.get(key) === asked) this.#known.delete(key);
    };
    asked.catch(forget);
    return asked;
  }

  clear(): void {
    this.#known.clear();
  }
}
