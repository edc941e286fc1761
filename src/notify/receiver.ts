/** What takes messages. `wire/` names the concrete ones; `deliver.ts` calls them, again where that may help. */

import type { Message } from "../domain/message.ts";

export interface Receiver {
  /**
   * Hands one message over, once, and resolves when the other side has taken it. May be called again with the same message: then the
   * other side gets the same `id`. Throws `Undelivered`; ends soon after `signal` is aborted.
   */
  send(message: Message, signal: AbortSignal): Promise<void>;
}

/** Why a message was not taken. Its words hold no address and no secret. */
export class Undelivered extends Error {
  override readonly name = "Undelivered";
  /** Another try may go better: the network, a server that is busy or broken. */
  readonly passing: boolean;
  /** How long the other side asks to be left alone; null where it does not. */
  readonly retryAfterMs: number | null;

  constructor(why: string, { passing, retryAfterMs = null }: { readonly passing: boolean; readonly retryAfterMs?: number | null }) {
    super(why);
    this.passing = passing;
    this.retryAfterMs = retryAfterMs;
  }
}
