/** A store whose code is loaded when it is first used: a run that never comes to it does not pay for it. */

import type { Store } from "./store.ts";

/** `about`: what is known without loading it; such a store is never a directory of this machine. */
export function lateStore(about: Pick<Store, "location" | "encryption">, load: () => Promise<Store>): Store {
  let loading: Promise<Store> | undefined;
  const store = () => (loading ??= load());
  return {
    ...about,
    put: async (...asked) => (await store()).put(...asked),
    get: async (...asked) => (await store()).get(...asked),
    verify: async (...asked) => (await store()).verify(...asked),
    list: async (...asked) => (await store()).list(...asked),
    remove: async (...asked) => (await store()).remove(...asked),
    sweep: async (...asked) => (await store()).sweep(...asked),
    append: async (...asked) => (await store()).append(...asked),
    lines: async (...asked) => (await store()).lines(...asked),
    localPath: () => null,
    finish: async (...asked) => (await store()).finish(...asked),
  };
}
