/** What `drizzle-kit migrate` is shown for one migration: a folder with that one alone, and a configuration around the team's own. */

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Known, Place, Scratch } from "../definition.ts";
import { readJournal } from "./drizzle-journal.ts";

export const SCRATCH_CONFIGURATION = "drizzle.config.cjs";

/** `configuration`: the path of the team's own. */
export async function drizzleScratch({ id, files: [file = ""] }: Known, { root }: Place, configuration: string): Promise<Scratch> {
  const path = join(root, file);
  const entry = (await readJournal(dirname(path))).find(({ tag }) => tag === id);
  return {
    [SCRATCH_CONFIGURATION]: around(configuration),
    "drizzle/meta/_journal.json": JSON.stringify({ version: "7", entries: entry === undefined ? [] : [entry.written] }),
    [`drizzle/${id}.sql`]: await readFile(path),
  };
}

/**
 * Takes the team's configuration and sets what is ours: the folder, and the address. drizzle-kit ends with status 1 and no word when a
 * migration fails, so the last rejection that anybody handled is told at the end: that was the reason.
 */
function around(configuration: string): string {
  return `const { join } = require("node:path");

const { then } = Promise.prototype;
let reason;
Promise.prototype.then = function (done, failed) {
  const noted = (why) => {
    reason = why;
    return failed(why);
  };
  return then.call(this, done, typeof failed === "function" ? noted : failed);
};
process.on("exit", (code) => {
  if (code === 0) return;
  for (let at = reason, depth = 0; at !== undefined && at !== null && depth < 5; at = at.cause, depth++) {
    process.stderr.write("\\n" + (at.message === undefined ? String(at) : (at.name ?? "Error") + ": " + at.message));
  }
  process.stderr.write("\\n");
});

const loaded = require(${JSON.stringify(configuration)});
const own = loaded.default ?? loaded;

function addressed(credentials) {
  if (credentials === undefined || credentials === null) return credentials;
  if (own.dialect === "postgresql") return addressedAtServer(credentials);
  if (typeof credentials.url !== "string" || own.dialect !== "sqlite") return credentials;
  const path = process.env.BELAY_DATABASE_PATH;
  return { ...credentials, url: credentials.url.startsWith("file:") ? "file:" + path : path };
}

function addressedAtServer(credentials) {
  const url = process.env.BELAY_DATABASE_URL;
  if (typeof credentials.url === "string") return { ...credentials, url };
  if (typeof credentials.host !== "string") return credentials;
  const { hostname, port, username, password, pathname } = new URL(url);
  const [user, secret, database] = [username, password, pathname.slice(1)].map(decodeURIComponent);
  return { ...credentials, host: hostname, port: Number(port || 5432), user, password: secret, database };
}

module.exports = { ...own, out: join(__dirname, "drizzle"), dbCredentials: addressed(own.dbCredentials) };
`;
}
