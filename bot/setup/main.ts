/** `npm run bot:setup`: from nothing to a GitHub App, and a file that the bot is started with. */

import { BelayError } from "../../src/domain/error.ts";
import { readAsked, USAGE } from "./asked.ts";
import type { MadeApp } from "./exchange.ts";
import { startFlow } from "./flow.ts";
import { SecretsFile } from "./secrets-file.ts";

const say = (text: string) => void process.stdout.write(`${text}\n`);

async function main(): Promise<number> {
  const asked = readAsked(process.argv.slice(2), process.env);
  if (asked === "help") {
    process.stdout.write(USAGE);
    return 0;
  }
  using file = new SecretsFile(asked.file);
  const standard = asked.apiUrl === "https://api.github.com" ? {} : { GITHUB_API_URL: asked.apiUrl };
  const flow = await startFlow(asked, (app) => file.write(app, { BELAY_URL: asked.bot, ...standard }));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void flow.stop());
  say(`Open ${flow.url}/ in a browser, and press the button. Ctrl-C ends this; nothing is made before GitHub asks you.`);
  let made: MadeApp | null;
  try {
    made = await flow.made;
  } finally {
    await flow.stop();
  }
  if (made === null) {
    say("No app was made, and no file was left.");
    return 130;
  }
  say(`The app ${made.name} is made. Its secrets are in ${file.path}, which only you may read.

  1. Install it on the repository: ${made.html_url}/installations/new
  2. Start the bot:                node --env-file=${file.path} bot/main.ts
     or in a container:            docker run --env-file ${file.path} …; docs/bot.md says the rest`);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof BelayError)) throw error;
  process.stderr.write(`bot:setup: ${error.message}\n${error.hint === undefined ? "" : `  ${error.hint}\n`}`);
  process.exitCode = error.kind === "usage" ? 2 : 1;
}
