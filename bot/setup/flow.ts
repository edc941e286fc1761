/**
 * GitHub's manifest flow: a page with one button, GitHub's own question, and back here with a code that is exchanged for the secrets.
 * It is served to this machine only, and ends with the first app.
 */

import { randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { BelayError, refusal } from "../../src/domain/error.ts";
import { serverUrlOf } from "../github/server-url.ts";
import { type Reply, send } from "../http/reply.ts";
import { exchange, type MadeApp } from "./exchange.ts";
import { manifestOf } from "./manifest.ts";
import { formPage, madePage, refusedPage } from "./pages.ts";

export interface Wanted {
  readonly name: string;
  /** Whose app it is; null: of whoever presses the button. */
  readonly organization: string | null;
  /** The bot's public address. */
  readonly bot: string;
  readonly apiUrl: string;
  /** 0: any. */
  readonly port: number;
}

export interface Flow {
  /** What to open in a browser. */
  readonly url: string;
  /** Resolves once, after `keep` has the secrets. */
  readonly made: Promise<MadeApp>;
  /** What was begun is ended; gives the app that there is now, or null. */
  readonly stop: () => Promise<MadeApp | null>;
}

/** `keep`: puts the secrets where they belong; what it throws is shown, and nothing is made twice. */
export async function startFlow(wanted: Wanted, keep: (app: MadeApp) => void): Promise<Flow> {
  const server = createServer();
  const url = await listening(server, wanted.port);
  const state = randomBytes(32).toString("hex");
  const { promise: made, resolve } = Promise.withResolvers<MadeApp>();
  let app: MadeApp | null = null;
  let working: Promise<Reply> | null = null;

  const finish = async (code: string): Promise<Reply> => {
    const exchanged = await exchange(wanted.apiUrl, code);
    keep(exchanged);
    app = exchanged;
    resolve(app);
    return madePage(app.name, `${app.html_url}/installations/new`);
  };
  const answer = async (message: IncomingMessage): Promise<Reply> => {
    const asked = new URL(message.url ?? "/", url);
    // A page of somebody else's that is called by a name which leads here may not read the state.
    if (message.headers.host !== new URL(url).host) return refusedPage(403, "This is served to this machine only.");
    if (message.method !== "GET") return refusedPage(405, "There is only something to look at.");
    if (asked.pathname === "/") return formPage(newAppUrl(wanted, state), manifestOf(wanted.name, wanted.bot, `${url}/created`));
    if (asked.pathname !== "/created") return refusedPage(404, "There is nothing here.");
    const code = asked.searchParams.get("code") ?? "";
    if (code === "" || !isSame(asked.searchParams.get("state") ?? "", state))
      return refusedPage(403, "This does not come from the page that was opened here.");
    working ??= finish(code);
    return working.catch((error: unknown) => {
      working = null;
      if (!(error instanceof BelayError)) throw error;
      return refusedPage(502, `${error.message}. ${error.hint ?? ""}`);
    });
  };
  server.on("request", (message, response) => {
    answer(message)
      .catch((): Reply => refusedPage(500, "Something went wrong here."))
      .then((reply) => send(response, { ...reply, close: true }))
      .catch(() => response.destroy());
  });
  return {
    url,
    made,
    stop: async () => {
      server.close();
      server.closeIdleConnections();
      await working?.catch(() => undefined);
      return app;
    },
  };
}

function newAppUrl({ apiUrl, organization }: Wanted, state: string): string {
  const owner = organization === null ? "" : `/organizations/${encodeURIComponent(organization)}`;
  return `${serverUrlOf(apiUrl)}${owner}/settings/apps/new?state=${state}`;
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

async function listening(server: Server, port: number): Promise<string> {
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    throw refusal("port-taken", `port ${port} is taken`, { hint: "name another with --port" });
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("a server that listens has a port");
  return `http://127.0.0.1:${address.port}`;
}
