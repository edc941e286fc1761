/** The bot's record, looked at from the command line: the one place where the core's side knows the bot. */

export { verifyStore } from "../../bot/audit/verify.ts";
