import { once } from "node:events";
import type { Server } from "node:http";
import { failure, messageOf } from "../../src/domain/error.ts";

/** Gives the port that it listens on: `port`, or any where that is 0. `hint`: how another is named. Throws the failure `port-unusable`. */
export async function listen(
  server: Server,
  port: number,
  { host, hint }: { readonly host?: string; readonly hint: string },
): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw failure("port-unusable", `listening on port ${port}: ${messageOf(error)}`, { hint });
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("a server that listens has a port");
  return address.port;
}
