/** What a run knows of its request, kept for the end of the job: a main that is killed tells the bot nothing. */

import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { GrantClaim } from "../domain/grant-claim.ts";
import type { BotEvent } from "../github/bot/events.ts";
import type { Runner } from "../github/runner.ts";

export interface KeptRequest {
  readonly bot: string;
  readonly claim: GrantClaim;
  /** For events; null: the bot's answer to the claim never arrived. A secret. */
  readonly token: string | null;
  /** What is still to be told, in this order; empty: main did not come to its end. */
  readonly untold: readonly BotEvent[];
}

/** Written beside and renamed: whoever is killed leaves the one or the other. */
export async function keepRequest(runner: Runner, folder: string, kept: KeptRequest): Promise<void> {
  const path = join(folder, `belay-request-${kept.claim.run}.json`);
  await writeFile(`${path}.new`, JSON.stringify(kept), { mode: 0o600 });
  await rename(`${path}.new`, path);
  runner.save("request", path);
}

/** null where there is none, or where nothing is left to tell. */
export async function keptRequest(runner: Runner): Promise<KeptRequest | null> {
  const path = runner.saved("request");
  if (path === null || runner.saved("told") !== null) return null;
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return null; // the bot finds out by itself that nobody told it
  }
}

/** Everything is told. */
export async function forgetRequest(runner: Runner, folder: string, run: string): Promise<void> {
  runner.save("told", "true");
  await rm(join(folder, `belay-request-${run}.json`), { force: true });
}
