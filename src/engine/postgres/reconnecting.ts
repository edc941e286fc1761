import { failure } from "../../domain/error.ts";
import type { Connection } from "./connection.ts";

/** One connection, made when it is first asked for, and made anew where it was lost or let go. However many ask at once, there is one. */
export class Reconnecting implements AsyncDisposable {
  readonly #connect: (lost: Connection | null) => Promise<Connection>;
  #current: Promise<Connection> | null = null;
  /** The one that was lost and could not be replaced yet. */
  #lost: Connection | null = null;
  #closed = false;

  /** `connect` is told the one that was lost, if any: what its session still does is then to be ended first. */
  constructor(connect: (lost: Connection | null) => Promise<Connection>) {
    this.#connect = connect;
  }

  /** Set before anything is waited for: whoever lets go meanwhile waits for it, and closes what it gives. */
  readonly get = (): Promise<Connection> => {
    if (this.#closed) return Promise.reject(failure("connection-closed", "this connection was closed"));
    this.#current = this.#soundOne(this.#current);
    return this.#current;
  };

  /** Closes it for now: nobody of ours is connected afterwards. */
  async letGo(): Promise<void> {
    const current = this.#current;
    this.#current = null;
    this.#lost = null;
    await (await current?.catch(() => null))?.[Symbol.asyncDispose]();
  }

  /** Closes it for good: whoever still looks on by a clock gets no new one, which nobody would close. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    return this.letGo();
  }

  async #soundOne(last: Promise<Connection> | null): Promise<Connection> {
    const current = (await last?.catch(() => null)) ?? null;
    if (current !== null && !current.lost.aborted) return current;
    this.#lost = current ?? this.#lost;
    const made = await this.#connect(this.#lost);
    this.#lost = null;
    return made;
  }
}
