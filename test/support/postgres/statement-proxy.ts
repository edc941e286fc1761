/**
 * Stands between Belay and a server, reads every statement that is sent, and can strike at one of them: before the server gets it, or
 * after the server has done it and before anybody is told.
 */

import { createServer, connect, type Server, type Socket } from "node:net";
import { once } from "node:events";

export interface Strike {
  /** The statement as `nameOf` names it, and which of those with this name: 1 is the first. */
  readonly name: string;
  readonly at: number;
  readonly when: "before" | "after";
}

/** What happens there. `cut` ends the connection of that statement, at both ends. */
export type Hit = (cut: () => void) => void;

export interface StatementProxy extends AsyncDisposable {
  readonly port: number;
  /** Statements in the order in which they came. */
  readonly seen: readonly string[];
}

/** `nameOf` gives null for what is of no interest. `strike` is told once; the session of that statement stands still from then on. */
export async function statementProxy(
  serverPort: number,
  nameOf: (statement: string) => string | null,
  strike: { readonly at: Strike; readonly hit: Hit } | null = null,
): Promise<StatementProxy> {
  const seen: string[] = [];
  const counts = new Map<string, number>();
  const sockets = new Set<Socket>();
  const isHit = (text: string): boolean => {
    const name = nameOf(text);
    if (name === null) return false;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    seen.push(name);
    return strike !== null && strike.at.name === name && strike.at.at === count;
  };
  const server: Server = createServer((client) => {
    const upstream = connect(serverPort, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    session(client, upstream, isHit, strike);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the system gave no port");
  return {
    port: address.port,
    seen,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function session(
  client: Socket,
  upstream: Socket,
  isHit: (text: string) => boolean,
  strike: { readonly at: Strike; readonly hit: Hit } | null,
): void {
  const cut = (): void => {
    client.destroy();
    upstream.destroy();
  };
  let state: "open" | "struck" | "silent" = "open";
  const requests = messages(true);
  const answers = messages(false);
  client.on("data", (chunk: Buffer) => {
    for (const message of requests(chunk)) {
      if (state === "silent") return;
      const text = statementIn(message);
      if (text !== null && isHit(text)) {
        state = strike?.at.when === "after" ? "struck" : "silent";
        if (state === "silent") return strike?.hit(cut);
      }
      upstream.write(message);
    }
  });
  upstream.on("data", (chunk: Buffer) => {
    if (state === "open") {
      answers(chunk);
      client.write(chunk);
      return;
    }
    // ReadyForQuery: whatever it was, the server has done it.
    if (answers(chunk).some((message) => message[0] === 0x5a) && state === "struck") {
      state = "silent";
      strike?.hit(cut);
    }
  });
}

/** Cuts a stream of PostgreSQL's protocol into messages. A client's first ones have no type byte; an answer to SSLRequest is one byte. */
function messages(fromClient: boolean): (chunk: Buffer) => Buffer[] {
  let rest: Buffer = Buffer.alloc(0);
  let untyped = fromClient;
  let maybeByte = !fromClient;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const found: Buffer[] = [];
    for (;;) {
      if (maybeByte && rest.length > 0) {
        maybeByte = false;
        // "N": no TLS here. An authentication request begins with "R".
        if (rest[0] === 0x4e && rest.length === 1) {
          rest = Buffer.alloc(0);
          return found;
        }
      }
      const head = untyped ? 0 : 1;
      if (rest.length < head + 4) return found;
      const length = head + rest.readInt32BE(head);
      if (rest.length < length) return found;
      const message = rest.subarray(0, length);
      // 196608 is protocol 3.0; SSLRequest and GSSENCRequest are followed by another untyped message.
      if (untyped && message.readInt32BE(4) >> 16 === 3) untyped = false;
      rest = rest.subarray(length);
      found.push(message);
    }
  };
}

/** Query or Parse. */
function statementIn(message: Buffer): string | null {
  if (message[0] === 0x51) return message.subarray(5, -1).toString("utf8");
  if (message[0] !== 0x50) return null;
  const start = message.indexOf(0, 5) + 1;
  return message.subarray(start, message.indexOf(0, start)).toString("utf8");
}
