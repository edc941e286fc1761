import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

import type { GrantClaim } from "../../src/domain/grant-claim.ts";
import { claimGrant } from "../../src/github/bot/claim.ts";
import { tell } from "../../src/github/bot/events.ts";

const CLAIM: GrantClaim = {
  version: 1,
  request: "r1",
  command: "migrate",
  environment: "prod",
  sha: "a".repeat(40),
  digest: "sha256:d",
  targets: [],
  run: "RUN1",
};

type Answer = { readonly status: number; readonly json?: unknown; readonly headers?: Readonly<Record<string, string>> } | "cut" | "hang";

const YES: Answer = { status: 200, json: { grant: "a.b.c", events: "t" } };
const no = (status: number, code: string): Answer => ({ status, json: { reasons: [{ code, message: `says ${code}`, hint: "do this" }] } });

/** A bot that gives these answers one after the other, the last one for good; and GitHub's issuer beside it. */
class Answering implements AsyncDisposable {
  readonly asked: { readonly token: string; readonly body: unknown }[] = [];
  readonly hidden: string[] = [];
  readonly #answers: readonly Answer[];
  readonly #server = createServer((message, response) => void this.#answer(message, response));
  #tokens = 0;

  constructor(answers: readonly Answer[]) {
    this.#answers = answers;
  }

  static async start(...answers: readonly Answer[]): Promise<Answering> {
    const answering = new Answering(answers);
    answering.#server.listen(0, "127.0.0.1");
    await once(answering.#server, "listening");
    return answering;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("nobody listens");
    return `http://127.0.0.1:${address.port}`;
  }

  claim(budgetMs = 5_000) {
    const identity = { url: `${this.url}/idtoken?x=1`, token: "request-token" };
    const hide = (secrets: readonly string[]) => void this.hidden.push(...secrets);
    return claimGrant(CLAIM, { bot: this.url, identity, signal: new AbortController().signal, hide }, budgetMs);
  }

  async #answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    if (message.url?.startsWith("/idtoken") === true) {
      this.#tokens += 1;
      response.end(JSON.stringify({ value: `token-${this.#tokens}` }));
      return;
    }
    const body: unknown = JSON.parse(await text(message));
    this.asked.push({ token: message.headers.authorization ?? "", body });
    const answer = this.#answers[Math.min(this.asked.length, this.#answers.length) - 1];
    if (answer === "hang" || answer === undefined) return;
    if (answer === "cut") return void message.socket.destroy();
    response.writeHead(answer.status, answer.headers);
    response.end(answer.json === undefined ? "" : JSON.stringify(answer.json));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

test.each<[string, Answer]>([
  ["whose answer is cut off, though it may have granted", "cut"],
  ["that is being started again", { status: 503 }],
  ["behind a proxy that cannot reach it", { status: 502 }],
  ["that has too much to do", { status: 429, headers: { "retry-after": "0" } }],
])("a bot %s is asked again in the same words, with a new token each time", async (_, first) => {
  await using bot = await Answering.start(first, YES);
  expect(await bot.claim()).toEqual({ kind: "granted", grant: "a.b.c", events: "t" });
  expect(bot.asked).toEqual([
    { token: "Bearer token-1", body: CLAIM },
    { token: "Bearer token-2", body: CLAIM },
  ]);
  expect(bot.hidden).toEqual(["token-1", "token-2"]);
});

test.each([403, 409])("what the bot decides (%i) is told in its own words, and not asked again", async (status) => {
  await using bot = await Answering.start(no(status, "grant-used"), YES);
  expect(await bot.claim()).toEqual({ kind: "refused", reasons: [{ code: "grant-used", message: "says grant-used", hint: "do this" }] });
  expect(bot.asked).toHaveLength(1);
});

test.each<[string, string, Answer, number]>([
  ["identity-refused", "BELAY_URL", no(401, "token-invalid"), 1],
  ["bot-busy", "some minutes", { status: 429, headers: { "retry-after": "600" } }, 1],
  ["bot-unavailable", "readyz", no(503, "issuer-unreachable"), 2],
  ["bot-unreachable", "reaches it", "cut", 2],
  ["bot-unreachable", "reaches it", "hang", 1],
  ["bot-answer", "version", { status: 404, json: { message: "there is nothing here" } }, 1],
  ["bot-answer", "version", { status: 200, json: {} }, 1],
  ["bot-unreachable", "reaches it", { status: 302, headers: { location: "http://127.0.0.1:9/" } }, 1],
])("refused as %s, with what to do (%s)", async (code, hint, answer, least) => {
  await using bot = await Answering.start(answer);
  const failed: unknown = await bot.claim(1_500).catch((error: unknown) => error);
  expect(failed).toMatchObject({
    kind: "refused",
    code,
    message: expect.stringContaining("nothing was changed"),
    hint: expect.stringContaining(hint),
  });
  expect(bot.asked.length).toBeGreaterThanOrEqual(least);
  expect(String(Object(failed).message)).not.toContain("token-1");
});

test("a job that may not prove who it is says which right it lacks", async () => {
  const claimant = { bot: "http://127.0.0.1:9", identity: null, signal: new AbortController().signal, hide: () => undefined };
  await expect(claimGrant(CLAIM, claimant)).rejects.toMatchObject({
    code: "identity-needed",
    hint: expect.stringContaining("id-token: write"),
  });
});

test("an event is told once more where that may help, and dropped where it would be refused again", async () => {
  const event = { seq: 1, at: "2026-11-21T12:00:00Z", type: "step", data: { step: "backup" } } as const;
  const telling = async (...answers: readonly Answer[]) => {
    await using bot = await Answering.start(...answers);
    const place = { bot: bot.url, request: "r1", run: "RUN1", token: "t" };
    return await tell(place, event, { budgetMs: 1_500, signal: new AbortController().signal });
  };
  expect(await telling("cut", { status: 204 })).toEqual({ kind: "told" });
  expect(await telling(no(403, "plan-forged"))).toEqual({ kind: "refused", why: "it answered 403, says plan-forged" });
  expect(await telling({ status: 503 })).toMatchObject({ kind: "not-told" });
});
