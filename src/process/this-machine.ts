/** Clock, chance and signals, as every entry of Belay has them. */

import { onInterrupt } from "./signals.ts";

export const THIS_MACHINE = {
  now: () => new Date(),
  // The global one is loaded when it is used; importing `node:crypto` would slow down every start.
  random: (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes)),
  elapsedMs: () => performance.now(),
  every(ms: number, work: () => void): Disposable {
    const timer = setInterval(work, ms).unref();
    return { [Symbol.dispose]: () => clearInterval(timer) };
  },
  onInterrupt,
};
