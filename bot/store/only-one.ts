/** One process works on a store: a second one would answer, and start, everything once more. */

import Database from "better-sqlite3";
import { setTimeout as pause } from "node:timers/promises";

import { refusal } from "../../src/domain/error.ts";

/** Whoever is told to end while the next one starts already drains for eight seconds. */
const PATIENCE_MS = 15_000;
const AGAIN_MS = 100;

/**
 * Waits until nobody else works on the store. The system holds the lock, on a file beside the store's, and so it ends with the process,
 * however that ends. Throws the refusal `store-in-use`, and what SQLite throws.
 */
export async function onlyOne(path: string, patienceMs = PATIENCE_MS): Promise<Disposable> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const held = hold(`${path}-lock`);
    if (held !== null) return held;
    if (performance.now() >= deadline) break;
    await pause(AGAIN_MS);
  }
  throw refusal("store-in-use", `another bot works on the store ${path}`, {
    hint: "end that one first, or name another store by BELAY_STORE: two on one store would do everything twice",
  });
}

/** null: another has it. */
function hold(path: string): Disposable | null {
  const database = new Database(path, { timeout: 0 });
  try {
    database.exec("begin exclusive");
    return { [Symbol.dispose]: () => database.close() };
  } catch (error) {
    database.close();
    if (error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY")) return null;
    throw error;
  }
}
