/** The bot's variables in a file that only its owner may read, as `node --env-file` and `docker run --env-file` read it. */

import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { messageOf, refusal } from "../../src/domain/error.ts";
import type { MadeApp } from "./exchange.ts";

export class SecretsFile {
  readonly path: string;
  readonly #file: number;
  #isWritten = false;

  /** Made before anything is asked for, so that no secret comes without a place. Throws the refusal `file-exists` or `file-not-made`. */
  constructor(path: string) {
    this.path = path;
    try {
      this.#file = openSync(path, "wx", 0o600);
    } catch (error) {
      const isThere = error instanceof Error && "code" in error && error.code === "EEXIST";
      if (isThere)
        throw refusal("file-exists", `${path} is there already`, {
          hint: "it may hold the secrets of an app: move it away, or name another with --file",
        });
      throw refusal("file-not-made", `making ${path}: ${messageOf(error)}`, { hint: "name another with --file" });
    }
  }

  write({ id, pem, webhook_secret: secret }: MadeApp, more: Readonly<Record<string, string>>): void {
    const variables = { APP_ID: String(id), PRIVATE_KEY: Buffer.from(pem).toString("base64"), WEBHOOK_SECRET: secret, ...more };
    const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
    writeSync(this.#file, `# Belay's bot. Secrets: whoever has them is the bot.\n${lines.join("")}`);
    fsyncSync(this.#file);
    this.#isWritten = true;
  }

  /** What nothing was written to goes. */
  [Symbol.dispose](): void {
    closeSync(this.#file);
    if (!this.#isWritten) rmSync(this.path, { force: true });
  }
}
