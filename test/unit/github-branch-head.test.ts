/** Which commit a branch is at, of whatever answers as GitHub does. */

import { createServer } from "node:http";
import { expect, test } from "vitest";

import { branchHead } from "../../src/github/api.ts";
import { requestsTo } from "../../src/github/requests.ts";

const SHA = "91ab".repeat(10);

test.each([
  ["its commits", "/repos/acme/shop/commits/heads%2Frelease%2F1", { sha: SHA }],
  ["its branches", "/repos/acme/shop/branches/release%2F1", { name: "release/1", commit: { sha: SHA } }],
])("one that only knows %s tells it", async (_, path, answer) => {
  const server = createServer((request, response) => {
    const known = request.url === path;
    response
      .writeHead(known ? 200 : 404, { "content-type": "application/json" })
      .end(JSON.stringify(known ? answer : { message: "Not Found" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen");
  const signal = new AbortController().signal;
  const github = requestsTo({ apiUrl: `http://127.0.0.1:${address.port}`, token: "ghs_token", budgetMs: 10_000, signal });
  try {
    expect(await branchHead(github, { owner: "acme", name: "shop" }, "release/1")).toBe(SHA);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
