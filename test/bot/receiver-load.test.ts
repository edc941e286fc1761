/** What somebody who is not GitHub may send, and what GitHub sends when the store does not keep up. */

import { sign } from "@octokit/webhooks-methods";
import Database from "better-sqlite3";
import { connect, type Socket } from "node:net";
import { expect, test } from "vitest";

import { Bodies } from "../../bot/http/body.ts";
import { MemoryStore } from "../support/bot/memory-store.ts";
import { startPublicServer } from "../support/bot/public-server.ts";
import { SECRET, Stage } from "../support/bot/stage.ts";

const MB = 1024 * 1024;
const HEAD = "POST /api/github/webhooks HTTP/1.1\r\nhost: x\r\n";

/** A connection, and everything that is answered on it until it ends. */
function talk(port: number): { readonly socket: Socket; readonly answer: Promise<string> } {
  const socket = connect(port, "127.0.0.1");
  // What was answered counts, however the connection ends.
  let said = "";
  socket.on("error", () => undefined).on("data", (data: Buffer) => (said += data.toString()));
  return { socket, answer: new Promise((resolve) => socket.on("close", () => resolve(said))) };
}

const chunk = (size: number) => Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`), Buffer.alloc(size, 0x20), Buffer.from("\r\n")]);

test("a body of more than 25 MB is refused by what its head says, before it comes", async () => {
  using server = await startPublicServer({});
  const { socket, answer } = talk(server.port);
  socket.write(`${HEAD}content-length: ${26 * MB}\r\n\r\n{`);
  expect(await answer).toMatch(/^HTTP\/1.1 413 [^]*connection: close[^]*25 MB/i);
});

test("a body without a length is read up to 25 MB, and refused there", async () => {
  using server = await startPublicServer({});
  const { socket, answer } = talk(server.port);
  socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
  for (let sent = 0; sent <= 25; sent++) socket.write(chunk(MB));
  expect(await answer).toMatch(/^HTTP\/1.1 413 /);
});

test("25 MB that are signed are taken", { timeout: 20_000 }, async () => {
  using server = await startPublicServer({});
  const body = JSON.stringify({ zen: "x".repeat(25 * MB - 20) });
  const headers = { "x-github-event": "ping", "x-hub-signature-256": await sign(SECRET, body) };
  expect((await fetch(`${server.url}/api/github/webhooks`, { method: "POST", body, headers })).status).toBe(202);
});

test("many large bodies at once do not fill the memory: what is too much is sent away, and the rest is served", async () => {
  using server = await startPublicServer({ bodies: new Bodies(10 * MB) });
  const talks = Array.from({ length: 4 }, () => talk(server.port));
  for (const { socket } of talks) {
    socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
    socket.write(chunk(4 * MB));
  }
  const first = await Promise.race(talks.map(({ answer }) => answer));
  expect(first).toMatch(/^HTTP\/1.1 503 [^]*retry-after: 5/i);
  for (const { socket } of talks) socket.destroy();
  await Promise.all(talks.map(({ answer }) => answer));
  const body = JSON.stringify({ zen: "x".repeat(8 * MB) });
  const headers = { "x-github-event": "ping", "x-hub-signature-256": await sign(SECRET, body) };
  // The server hears a little later that the others have hung up.
  const status = async () => (await fetch(`${server.url}/api/github/webhooks`, { method: "POST", body, headers })).status;
  await expect.poll(status, { message: "nothing stays counted", timeout: 5_000 }).toBe(202);
});

test("who sends a head or a body byte by byte is cut off, and others are served meanwhile", async () => {
  using server = await startPublicServer({}, { headersTimeout: 300, requestTimeout: 600, connectionsCheckingInterval: 50 });
  const slow = [HEAD, `${HEAD}content-length: 1000\r\n\r\n`].map((begin) => {
    const { socket, answer } = talk(server.port);
    socket.write(begin);
    const drip = setInterval(() => socket.write("x"), 50);
    return answer.finally(() => clearInterval(drip));
  });
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  for (const answer of await Promise.all(slow)) expect(answer).toMatch(/^(HTTP\/1.1 408 |$)/);
});

test.each([
  ["no HTTP", "\u0016\u0003\u0001\u0002\u0000", 400],
  ["two lengths", `${HEAD}content-length: 1\r\ncontent-length: 2\r\n\r\nxx`, 400],
  ["a length and pieces", `${HEAD}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  ["a head without end", `${HEAD}x: ${"x".repeat(40_000)}\r\n\r\n`, 431],
  ["another path", "POST /api/github/webhooks/../x HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n", 404],
  ["another verb", "PUT /api/github/webhooks HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n", 404],
])("%s is refused, and harms nobody", async (_, bytes, status) => {
  using server = await startPublicServer({});
  const { socket, answer } = talk(server.port);
  socket.end(bytes);
  expect(await answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
});

test("what is signed and odd in every way is taken for nothing", async () => {
  using server = await startPublicServer({});
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  for (const body of [
    deep,
    `{"repository":${deep}}`,
    '{"__proto__":{"repository":{"id":1}}}',
    '{"repository":{"id":1e999}}',
    "\ufeff{}",
    "{}\u0000",
  ]) {
    const headers = { "x-github-event": "issue_comment", "x-hub-signature-256": await sign(SECRET, body) };
    const { status } = await fetch(`${server.url}/api/github/webhooks`, { method: "POST", body, headers });
    expect([202, 400], body.slice(0, 40)).toContain(status);
  }
  for (const event of ["__proto__", "constructor", "toString", "x".repeat(9_000)]) {
    const headers = { "x-github-event": event, "x-hub-signature-256": await sign(SECRET, "{}") };
    expect((await fetch(`${server.url}/api/github/webhooks`, { method: "POST", body: "{}", headers })).status, event).toBe(202);
  }
});

test("one delivery that comes twenty times at once is kept once, and each is acknowledged", async () => {
  await using stage = await Stage.open("target: sqlite:/srv/app.db");
  const pull = stage.openPull();
  const comment = stage.github.state.comment(pull.number, "ada", "/belay help");
  const body = JSON.stringify(stage.commentPayload(pull, comment.id));
  const headers = { "x-github-event": "issue_comment", "x-github-delivery": "d-1", "x-hub-signature-256": await sign(SECRET, body) };
  const answers = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const answer = await fetch(`${stage.url}/api/github/webhooks`, { method: "POST", body, headers });
      return { status: answer.status, said: (await answer.json()) as { kept: boolean } };
    }),
  );
  expect(answers.filter(({ said }) => said.kept)).toHaveLength(1);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  await stage.until("the help", () => stage.github.state.comments.find(({ app }) => app !== null));
  expect(stage.github.requestsOf("POST /repos/{owner}/{repo}/issues/{issue_number}/comments")).toHaveLength(1);
});

test("while the store cannot be written a webhook is answered 503, all else is served, and once it can be the same is kept", async () => {
  await using stage = await Stage.open("target: sqlite:/srv/app.db");
  const pull = stage.openPull();
  const comment = stage.github.state.comment(pull.number, "ada", "/belay help");
  const holder = new Database(stage.storePath);
  holder.exec("begin immediate");
  const begun = performance.now();
  const delivered = stage.deliver("issue_comment", stage.commentPayload(pull, comment.id));
  for (let n = 0; n < 5; n++) expect((await fetch(`${stage.url}/healthz`, { signal: AbortSignal.timeout(2_000) })).status).toBe(200);
  expect(await delivered).toBe(503);
  expect(performance.now() - begun).toBeLessThan(9_000);
  holder.exec("rollback");
  holder.close();
  expect(await stage.deliver("issue_comment", stage.commentPayload(pull, comment.id))).toBe(202);
  await stage.until("the help", () => stage.github.state.comments.find(({ app }) => app !== null));
});

test("a store that never answers is not waited for", { timeout: 10_000 }, async () => {
  class Stuck extends MemoryStore {
    override receive(): Promise<boolean> {
      return new Promise(() => undefined);
    }
  }
  using server = await startPublicServer({ store: new Stuck() });
  const user = { id: 1, login: "ada", type: "User" };
  const body = JSON.stringify({
    action: "created",
    issue: { number: 1, pull_request: {} },
    comment: { id: 1, body: "/belay help", created_at: "2026-01-01T00:00:00Z", user },
    sender: user,
    repository: { id: 7, name: "shop", owner: { login: "acme" } },
    installation: { id: 1 },
  });
  const headers = { "x-github-event": "issue_comment", "x-hub-signature-256": await sign(SECRET, body) };
  const answer = await fetch(`${server.url}/api/github/webhooks`, { method: "POST", body, headers });
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain("deliver it again");
});
