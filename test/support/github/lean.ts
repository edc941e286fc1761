/**
 * Another GitHub before the fake one: older, or only as large as somebody needed it. It knows some routes not at all, leaves out what it
 * need not say, has no ETags and no links, and ends each connection after one answer.
 */

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What is asked of it, by method and path, and the names of what is left of the answer; how much it has on a page; or what it refuses that with. */
export type Leaner = { readonly path: RegExp } & (
  | { readonly leave: readonly string[] }
  | { readonly perPage: number }
  | { readonly refuse: Refused }
);

interface Refused {
  readonly status: number;
  readonly message: string;
}

export const UNKNOWN: Refused = { status: 404, message: "Not Found" };

export class LeanGitHub implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async before(url: string, leaner: readonly Leaner[]): Promise<LeanGitHub> {
    const server = createServer((message, response) => {
      const chunks: Buffer[] = [];
      message.on("data", (chunk: Buffer) => chunks.push(chunk));
      message.on("end", () => {
        const { method = "GET", url: target = "/" } = message;
        const rule = leaner.find(({ path }) => path.test(`${method} ${target}`));
        const refused = rule !== undefined && "refuse" in rule ? rule.refuse : null;
        const names = rule !== undefined && "leave" in rule ? rule.leave : ALL;
        const asked = new URL(url + target);
        if (rule !== undefined && "perPage" in rule) asked.searchParams.set("per_page", String(rule.perPage));
        const answer: Promise<Answer> | Answer =
          refused === null
            ? passedOn(asked, method, message.headers.authorization, Buffer.concat(chunks))
            : { status: refused.status, text: JSON.stringify({ message: refused.message }) };
        Promise.resolve(answer)
          .then(({ status, text, link = null }) => {
            const links = link === null || rule === undefined || !("perPage" in rule) ? {} : { link };
            response.writeHead(status, { "content-type": "application/json", connection: "close", ...links });
            response.end(text === "" ? "" : JSON.stringify(left(JSON.parse(text), names)));
          })
          .catch(() => response.destroy());
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new LeanGitHub(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const ALL: readonly string[] = [];

interface Answer {
  readonly status: number;
  readonly text: string;
  /** To the other pages, where it is asked for in pages of its own. */
  readonly link?: string | null;
}

async function passedOn(url: URL, method: string, authorization: string | undefined, body: Buffer): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    headers: authorization === undefined ? {} : { authorization },
    ...(body.length === 0 ? {} : { body }),
  });
  return { status: answer.status, text: await answer.text(), link: answer.headers.get("link") };
}

/** Of an object, and of each in a list, the fields of these names, as deep as they go; none named: everything. */
function left(value: unknown, names: readonly string[]): unknown {
  if (names.length === 0 || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => left(each, names));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => names.includes(name))
      .map(([name, each]) => [name, left(each, names)]),
  );
}
