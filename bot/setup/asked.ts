/** What `npm run bot:setup` is asked. */

import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { messageOf, usageError } from "../../src/domain/error.ts";
import { urlOf } from "../settings.ts";
import type { Wanted } from "./flow.ts";

export const USAGE = `Usage: npm run bot:setup -- https://YOUR-BOT [--organization NAME] [--name NAME] [--file FILE] [--port PORT]

Makes the bot's GitHub App by GitHub's manifest flow, and writes what the bot is started with.

  https://YOUR-BOT      where GitHub will reach the bot
  --organization NAME   whose app it will be; default: yours
  --name NAME           how it is called on GitHub, where names are unique; default: belay- and a few letters
  --file FILE           where the secrets go; default: belay-bot.env; nothing is overwritten
  --port PORT           for the browser, on this machine only; default: any

GITHUB_API_URL names the API of a GitHub Enterprise Server.
`;

/** What GitHub takes for a name. */
const LONGEST_NAME = 34;

export type Asked = "help" | (Wanted & { readonly file: string });

/** Throws the usage error `setup-usage`. */
export function readAsked(argv: readonly string[], variables: Readonly<Record<string, string | undefined>>): Asked {
  const { values, positionals } = parsed(argv);
  if (values.help) return "help";
  const problems: string[] = [];
  const [address, ...rest] = positionals;
  const bot = urlOf({ "the bot's address": address }, "the bot's address", null, problems);
  const apiUrl = urlOf(variables, "GITHUB_API_URL", "https://api.github.com", problems);
  const { organization = null, name = `belay-${randomBytes(3).toString("hex")}`, file = "belay-bot.env", port = "0" } = values;
  if (rest.length > 0) problems.push(`there is one address too many: ${rest.join(" ")}`);
  if (name.trim() === "" || name.length > LONGEST_NAME) problems.push(`--name has 1 to ${LONGEST_NAME} characters`);
  if (organization !== null && !/^[\w-]+$/.test(organization)) problems.push("--organization is no name of an organization");
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) problems.push("--port is no port");
  if (problems.length > 0) throw wrong(problems.join("; "));
  return { name, organization, bot, apiUrl, file, port: Number(port) };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        organization: { type: "string" },
        name: { type: "string" },
        file: { type: "string" },
        port: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw wrong(messageOf(error));
  }
}

function wrong(why: string) {
  return usageError("setup-usage", why, { hint: "npm run bot:setup -- https://belay.example.com; --help says all" });
}
