/** What can be told of migrations that are JavaScript without running them, and what Node's tools say. */

import type { Meaning } from "../meanings.ts";

/** `down` as a function with an empty body: `exports.down = async () => {}`, `export function down(pgm) {}`, `async down() {}`. */
const EMPTY_DOWN =
  /\bdown\b\s*[=:]?\s*(?:async\s*)?(?:function\b\s*\w*\s*)?(?:\([^)]*\)|\w+)\s*(?::[^={]*)?(?:=>\s*)?\{(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/|return;?)*\}/;

/** A `down` that does nothing takes nothing back, however well it ends; null: it does something, or nobody knows. */
export function oneWayOf(text: string): string | null {
  if (/\bdown\s*=\s*false\b/.test(text)) return "its down is switched off";
  return EMPTY_DOWN.test(text) ? "its down() does nothing" : null;
}

/** What drivers for Node say of a server that they do not reach, and Node of what is not installed. */
export const NODE_MEANINGS: readonly Meaning[] = [
  {
    words: /ERR_MODULE_NOT_FOUND|Cannot find (?:module|package)/,
    code: "tool-not-configured",
    hint: "a package that it needs is not installed here: npm ci in the project's folder",
  },
  {
    words: /password authentication failed|no password supplied|SASL: SCRAM/,
    code: "tool-cannot-connect",
    hint: "its configuration has another user or password than target.url: let it read the URL that Belay sets (migrate.url-variable)",
  },
  {
    words: /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|SQLITE_CANTOPEN|unable to open database file|directory does not exist/,
    code: "tool-cannot-connect",
    hint: "its configuration leads elsewhere than target.url: let it read the URL that Belay sets (migrate.url-variable, migrate.path for a container)",
  },
];
