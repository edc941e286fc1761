/** `npm start`: the bot. */

import { BelayError, messageOf } from "../src/domain/error.ts";
import { startBot } from "./bot.ts";
import { jsonLog } from "./log.ts";
import { isGuessable, readSettings } from "./settings.ts";

const now = () => new Date();

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const log = jsonLog(settings.logLevel, (line) => process.stdout.write(line), now);
  if (isGuessable(settings.webhookSecret)) log("warn", "WEBHOOK_SECRET can be guessed: take 16 random characters or more");
  const bot = await startBot(settings, log);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      log("info", "ending", { signal });
      bot.stop().then(
        () => log("info", "ended"),
        (error: unknown) => {
          log("error", "the end went wrong", { why: messageOf(error) });
          process.exitCode = 1;
        },
      );
    });
  }
  log("info", "listening", { port: bot.port, metrics: bot.metricsPort });
}

try {
  await main();
} catch (error) {
  if (!(error instanceof BelayError)) throw error;
  process.stderr.write(`belay-bot: ${error.message}\n${error.hint === undefined ? "" : `  ${error.hint}\n`}`);
  process.exitCode = error.kind === "usage" ? 2 : 1;
}
