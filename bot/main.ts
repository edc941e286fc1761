/** `npm start`: the bot; `node bot/main.ts audit verify`: whether its record is whole. */

import { BelayError } from "../src/domain/error.ts";
import { verifyStore } from "./audit/verify.ts";
import { startBot } from "./bot.ts";
import { jsonLog } from "./log.ts";
import { readSettings } from "./settings.ts";

const now = () => new Date();

async function main([command, ...rest]: readonly string[]): Promise<number | null> {
  if (command === "audit") return verifyStore(rest, process.env, (text) => process.stdout.write(text));
  const settings = readSettings(process.env);
  const log = jsonLog(settings.logLevel, (line) => process.stdout.write(line), now);
  const bot = await startBot(settings, log);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      log("info", "ending", { signal });
      void bot.stop().then(() => log("info", "ended"));
    });
  }
  log("info", "listening", { port: bot.port, metrics: bot.metricsPort });
  return null;
}

try {
  process.exitCode = (await main(process.argv.slice(2))) ?? 0;
} catch (error) {
  if (!(error instanceof BelayError)) throw error;
  process.stderr.write(`belay-bot: ${error.message}\n${error.hint === undefined ? "" : `  ${error.hint}\n`}`);
  process.exitCode = error.kind === "usage" ? 2 : 1;
}
