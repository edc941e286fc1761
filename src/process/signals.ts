import { failure } from "../domain/error.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export type InterruptSignal = (typeof SIGNALS)[number];

export interface Interrupt {
  readonly signal: InterruptSignal;
  /** Not the first: what there is to do is already being done. */
  readonly repeated: boolean;
}

export interface InterruptWatch extends Disposable {
  /** Aborted by the first signal. Its reason is a BelayError `interrupted` with `facts.signal`. */
  readonly signal: AbortSignal;
}

/**
 * Turns SIGINT, SIGTERM and SIGHUP into one abort, until disposed of. Belay never dies half-way of them: a second one only tells again
 * that undoing goes on (SIGKILL still kills, and `belay recover` then finishes).
 */
export function onInterrupt(told: (interrupt: Interrupt) => void): InterruptWatch {
  const controller = new AbortController();
  const listener = (signal: InterruptSignal) => {
    told({ signal, repeated: controller.signal.aborted });
    controller.abort(failure("interrupted", `interrupted by ${signal}`, { facts: { signal } }));
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const signal of SIGNALS) process.off(signal, listener);
    },
  };
}
