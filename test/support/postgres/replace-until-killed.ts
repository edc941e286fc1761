/** A process that replaces a target and is killed at one of its statements. Told in BELAY_TEST_REPLACE; ends with 0 where it was not reached. */

import type { ReplacementIntent } from "../../../src/engine/hold.ts";
import type { Place } from "../../../src/engine/postgres/place.ts";
import { replaceTarget } from "../../../src/engine/postgres/replace.ts";
import { serverAt } from "../../../src/engine/postgres/server.ts";
import { intercepted } from "./intercept.ts";

export interface KilledReplacement {
  readonly place: Omit<Place, "server">;
  readonly intent: ReplacementIntent;
  /** Of those that change something, counted from 1: a kill at a question is one before the next change. */
  readonly statement: number;
  /** Before it is sent, or as soon as it was. */
  readonly when: "before" | "during";
}

const { place, intent, statement, when } = JSON.parse(process.env["BELAY_TEST_REPLACE"] ?? "") as KilledReplacement;
const server = serverAt(place.target.address, place.options.variables);
let seen = 0;
const dieAtLast = async (sql: string) => {
  if (/^\s*(select|with|connect)\b/i.test(sql)) return;
  if (++seen < statement) return;
  // what was written goes out with the next turn of the loop
  if (when === "during") await new Promise((resolve) => setImmediate(resolve));
  process.kill(process.pid, "SIGKILL");
  await new Promise(() => undefined);
};
await replaceTarget(intercepted({ ...place, server }, { [when]: dieAtLast }), intent, { assertOwner: async () => undefined });
