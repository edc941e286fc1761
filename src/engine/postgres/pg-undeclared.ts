/** What `pg` has on every client and its types do not declare. Each version that is taken is held against it by the tests of its callers. */

import type { Client } from "pg";

interface Undeclared {
  /** What the server, or a proxy in its place, announced at the start. */
  readonly processID: number | null;
  readonly connection: { readonly stream: { destroy(): void } };
}

/** The process number that the other side announced, for cancelling. */
export function announcedProcess(client: Client): number | null {
  return undeclared(client).processID;
}

/** Breaks the line, whatever is under way: `end()` would wait for it. */
export function breakLine(client: Client): void {
  undeclared(client).connection.stream.destroy();
}

function undeclared(client: Client): Undeclared {
  return client as unknown as Undeclared;
}
