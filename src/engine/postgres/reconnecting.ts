import type { Connection } from "./connection.ts";

/** One connection, made when it is first asked for, and made anew where it was lost or let go. */
export class Reconnecting implements AsyncDisposable {
  readonly #connect: (lost: Connection | null) => Promise<Connection>;
  #current: Promise<Connection> | null = null;

  /** `connect` is told the one that was lost, if any: what its session still does is then to be ended first. */
  constructor(connect: (lost: Connection | null) => Promise<Connection>) {
    this.#connect = connect;
  }

  readonly get = async (): Promise<Connection> => {
    const current = await this.#current;
    if (current !== null && !current.lost.aborted) return current;
    const made = this.#connect(current);
    this.#current = made;
    made.catch(() => {
      if (this.#current === made) this.#current = current === null ? null : Promise.resolve(current);
    });
    return made;
  };

  /** Closes it for now: nobody of ours is connected afterwards. */
  async letGo(): Promise<void> {
    const current = this.#current;
    this.#current = null;
    await (await current?.catch(() => null))?.[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.letGo();
  }
}
