import { refusal } from "../../domain/error.ts";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * The bot's address without a slash at its end. Identity and grant travel there: https only, but where GitHub itself is on this machine,
 * as in a test. Throws refusals.
 */
export function botAddress(configured: string | null, apiUrl: string): string {
  if (configured === null) {
    throw refusal("bot-missing", "the step has the input request, and belay.yml of the default branch names no bot; nothing was changed", {
      hint: "write `bot: https://…` at the top of belay.yml on the default branch, or leave the input request out",
    });
  }
  const url = URL.parse(configured);
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isHere(url) && isHere(URL.parse(apiUrl))))
    return configured.replace(/\/+$/, "");
  throw refusal("bot-insecure", `${configured} is no address that begins with https://; nothing was changed`, {
    hint: "let the bot be reached by https, and write that address as `bot:` of belay.yml",
  });
}

function isHere(url: URL | null): boolean {
  return url !== null && url.protocol === "http:" && LOOPBACK.has(url.hostname);
}
