import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";

import { readSettings } from "../../bot/settings.ts";

const KEY = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs1", format: "pem" }).toString();
const GOOD = { APP_ID: "12", PRIVATE_KEY: KEY, WEBHOOK_SECRET: "0123456789abcdef", BELAY_URL: "https://belay.example.com/" };

test("what is set is taken, and the rest has its default", () => {
  expect(readSettings(GOOD)).toMatchObject({
    appId: 12,
    url: "https://belay.example.com",
    port: 3000,
    metricsPort: null,
    store: "belay-bot.db",
    apiUrl: "https://api.github.com",
  });
  expect(readSettings({ ...GOOD, PRIVATE_KEY: KEY.replaceAll("\n", "\\n") }).privateKey).toContain("-----BEGIN");
  expect(readSettings({ ...GOOD, PRIVATE_KEY: Buffer.from(KEY).toString("base64") }).privateKey).toContain("-----BEGIN");
});

test("without any of its secrets the bot does not start, and it names all that is missing at once", () => {
  expect(() => readSettings({})).toThrow(
    "the bot does not start: APP_ID is not set; neither PRIVATE_KEY nor PRIVATE_KEY_PATH is set; WEBHOOK_SECRET is not set; BELAY_URL is not set",
  );
});

test.each([
  [{ WEBHOOK_SECRET: "development" }, "WEBHOOK_SECRET is the one that everybody knows"],
  [{ BELAY_URL: "http://belay.example.com" }, "BELAY_URL is no address that begins with https://"],
  [{ PRIVATE_KEY: "nonsense" }, "the private key is no key in PEM"],
  [{ PRIVATE_KEY: "", PRIVATE_KEY_PATH: "/nowhere/key.pem" }, "the file of PRIVATE_KEY_PATH cannot be read"],
  [{ APP_ID: "x" }, "APP_ID is no number"],
  [{ PORT: "99999" }, "PORT is no port"],
  [{ BELAY_STORE: "mysql://x" }, "BELAY_STORE is not sqlite:PATH"],
  [{ BELAY_STORE: "postgres://belay:hunter2@db/belay" }, "BELAY_STORE names PostgreSQL, which this version cannot keep its store in"],
  [{ LOG_LEVEL: "loud" }, "LOG_LEVEL is none of"],
])("%j is refused", (more, why) => {
  expect(() => readSettings({ ...GOOD, ...more })).toThrow(why);
});
