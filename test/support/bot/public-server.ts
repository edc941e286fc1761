/** The bot's public server alone, with what it needs behind it, for what no whole bot could show in a test's time. */

import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

import { connect as connectGitHub } from "../../../bot/github/api.ts";
import { Policies } from "../../../bot/github/policy.ts";
import { botKeys } from "../../../bot/grant/keys.ts";
import { IdentityCheck } from "../../../bot/grant/oidc.ts";
import { Bodies } from "../../../bot/http/body.ts";
import { Pace } from "../../../bot/http/pace.ts";
import { type Patience, publicServer, type ServerParts } from "../../../bot/http/server.ts";
import { MemoryStore } from "./memory-store.ts";
import { SECRET } from "./stage.ts";

const NOBODY = "http://127.0.0.1:9";

export async function startPublicServer(parts: Partial<ServerParts>, patience?: Patience) {
  const privateKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const server = publicServer(
    {
      secret: SECRET,
      store: new MemoryStore(),
      app: connectGitHub({ appId: 1, privateKey, apiUrl: NOBODY, webhookSecret: SECRET }),
      botUser: async () => 1,
      policies: new Policies(NOBODY),
      identities: new IdentityCheck(NOBODY, NOBODY),
      keys: botKeys(privateKey),
      bodies: new Bodies(),
      pace: new Pace(1, 1),
      eventPace: new Pace(1, 1),
      url: NOBODY,
      drainInbox: async () => undefined,
      wake: () => undefined,
      now: () => new Date(),
      log: () => undefined,
      notReady: async () => null,
      ...parts,
    },
    patience,
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    [Symbol.dispose]: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
