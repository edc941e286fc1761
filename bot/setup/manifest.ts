/** What GitHub is asked to make: the app of `bot/app.yml`, for one bot at one address. */

import { readFileSync } from "node:fs";
import { parse } from "yaml";
import * as z from "zod/mini";
import { WEBHOOKS } from "../http/receiver.ts";

const appFile = z.object({
  default_permissions: z.record(z.string(), z.enum(["read", "write"])),
  default_events: z.array(z.string()),
});

/** As GitHub's manifest flow takes it. */
export interface Manifest extends z.infer<typeof appFile> {
  readonly name: string;
  readonly description: string;
  readonly url: string;
  readonly hook_attributes: { readonly url: string; readonly active: boolean };
  /** Where the browser goes when the app is made. */
  readonly redirect_url: string;
  readonly public: boolean;
}

/** `bot`: the bot's public address. */
export function manifestOf(name: string, bot: string, redirectUrl: string): Manifest {
  return {
    name,
    description: "Migrates databases by what people type into pull requests: plan, approvals, guarded run, and the way back",
    url: bot,
    hook_attributes: { url: bot + WEBHOOKS, active: true },
    redirect_url: redirectUrl,
    // Whoever else installed it would be served by this bot, too.
    public: false,
    ...appFile.parse(parse(readFileSync(new URL("../app.yml", import.meta.url), "utf8"))),
  };
}
