/** The smallest Probot app there is, as its documentation starts one: it believes a webhook by its signature, and keeps nothing. */

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createNodeMiddleware, Probot } from "probot";

const { APP_ID = "", PRIVATE_KEY = "", WEBHOOK_SECRET = "" } = process.env;
const probot = new Probot({ appId: APP_ID, privateKey: PRIVATE_KEY, secret: WEBHOOK_SECRET, logLevel: "fatal" });
const middleware = await createNodeMiddleware((app) => app.on("issue_comment.created", () => undefined), { probot });
const server = createServer((message, response) => void middleware(message, response)).listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;
console.log(JSON.stringify({ port }));
process.once("SIGTERM", () => {
  server.close();
  server.closeAllConnections();
});
