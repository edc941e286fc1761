/**
 * GitHub's manifest flow: a page with one button, GitHub's own question, and back here with a code that is exchanged for the secrets.
 * It is served to this machine only, and ends with the first app.
 */

import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { BelayError } from "../../src/domain/error.ts";
import { serverUrlOf } from "../github/server-url.ts";
import { listen } from "../http/listen.ts";
import { type Reply, send } from "../http/reply.ts";
import { appLost, exchange, type MadeApp } from "./exchange.ts";
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
  /** The app, once `keep` has its secrets; null when it was stopped before there was one. Rejects with the failure `app-lost`. */
  readonly made: Promise<MadeApp | null>;
  /** What GitHub was asked is waited for, then nobody is answered any more. */
  readonly stop: () => Promise<void>;
}

/** `keep`: puts the secrets where they belong; what it throws is the cause of `app-lost`. Throws the failure `port-unusable`. */
export async function startFlow(wanted: Wanted, keep: (app: MadeApp) => void): Promise<Flow> {
  const server = createServer();
  const port = await listen(server, wanted.port, { host: "127.0.0.1", hint: "name another with --port" });
  const url = `http://127.0.0.1:${port}`;
  const state = randomBytes(32).toString("hex");
  const { promise: made, resolve, reject } = Promise.withResolvers<MadeApp | null>();
  let working: Promise<Reply> | null = null;

  const finish = async (code: string): Promise<Reply> => {
    const app = await exchange(wanted.apiUrl, code);
    try {
      keep(app);
    } catch (error) {
      throw appLost("its secrets could not be kept", error);
    }
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
      if (!(error instanceof BelayError)) throw error;
      // Anything else may be tried again with the same code, or another.
      if (error.code === "app-lost") reject(error);
      else working = null;
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
      resolve(null);
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
