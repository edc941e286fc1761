/** A webhook's other side, over loopback: it answers as it is told, request by request, and keeps what it was sent. */

import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** `hangs`: no answer ever. `resets`: the connection is torn down. */
export type Answer = "hangs" | "resets" | { readonly status: number; readonly headers?: Readonly<Record<string, string>> };

export interface Taken {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HookServer extends AsyncDisposable {
  readonly url: string;
  readonly host: string;
  /** Every request, in the order in which they were read to their end. */
  readonly taken: readonly Taken[];
  /** The bodies as JSON. */
  readonly bodies: () => readonly Record<string, unknown>[];
}

/** Answers in this order, the last one for all that come after. */
export async function hookServer(...answers: readonly Answer[]): Promise<HookServer> {
  const taken: Taken[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => undefined);
    request.on("end", () => {
      const answer = answers[Math.min(taken.length, answers.length - 1)] ?? { status: 200 };
      taken.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString() });
      if (answer === "hangs") return;
      if (answer === "resets") request.socket.resetAndDestroy();
      else response.writeHead(answer.status, answer.headers).end("ok");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/services/T0/B0/s3cr3t`,
    host: `127.0.0.1:${port}`,
    taken,
    bodies: () => taken.map(({ body }) => JSON.parse(body) as Record<string, unknown>),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
