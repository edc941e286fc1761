/** Questions of the team's own, asked in a process of its own: whatever they cost, Belay hears its signals and its clock meanwhile. */

import type { Target } from "../../domain/target.ts";
import type { Reader, ReaderOptions } from "../engine.ts";
import { locate } from "./place.ts";
import { assertReadableFile, openRefusal } from "./refuse-open.ts";
import { Remote } from "./remote.ts";
import { readOnlySession } from "./session.ts";

/** The process starts with the first question. */
export async function openReader(target: Target, options: ReaderOptions): Promise<Reader> {
  const place = await locate(target);
  assertReadableFile(place);
  let remote: Remote | undefined;
  const idle = async () => {
    if (remote?.busy === true) {
      await remote.end();
      remote = undefined;
    }
    try {
      return (remote ??= await Remote.start(place.file, options));
    } catch (error) {
      throw openRefusal(place, error);
    }
  };
  return {
    session: readOnlySession(async (sql, parameters) => (await idle()).call("query", sql, parameters, { readOnly: true })),
    [Symbol.asyncDispose]: async () => remote?.[Symbol.asyncDispose](),
  };
}
