import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";

import { deliver } from "../../src/notify/deliver.ts";
import { slackReceiver } from "../../src/notify/slack.ts";
import { webhookReceiver } from "../../src/notify/webhook.ts";
import { hookServer } from "../support/hook-server.ts";
import { messageOf } from "../support/messages.ts";

const OK = { status: 200 };

describe("a webhook", () => {
  test("of Slack's kind gets the text, with its lines, and no field that pings", async () => {
    await using server = await hookServer(OK);
    const message = messageOf({ reasons: "<!channel> @here *x* 0003_drop_it" });
    expect(await deliver(slackReceiver(server.url, null), message, 5000)).toBeNull();
    expect(server.bodies()).toEqual([
      {
        text: "prod: MIGRATED in 14 s.\n&lt;!channel&gt; @\u2060here *\u2060x* 0003_drop_it",
        link_names: false,
        unfurl_links: false,
        unfurl_media: false,
      },
    ]);
  });

  test("of any kind gets the result as JSON, signed, with an id that repetitions share", async () => {
    await using server = await hookServer({ status: 503 }, OK);
    expect(await deliver(webhookReceiver(server.url, "k3y"), messageOf(), 5000)).toBeNull();
    const [first, second] = server.taken;
    expect(JSON.parse(second?.body ?? "")).toMatchObject({
      id: "01JD-end-7",
      event: "end",
      at: "2026-11-21T13:00:00.000Z",
      environment: "prod",
      run: "01JD",
      summary: "prod: MIGRATED in 14 s.",
      result: { outcome: "migrated" },
    });
    const signature = `sha256=${createHmac("sha256", "k3y")
      .update(second?.body ?? "")
      .digest("hex")}`;
    expect(second?.headers).toMatchObject({
      "content-type": "application/json",
      "x-belay-event": "end",
      "x-belay-delivery": "01JD-end-7",
      "x-belay-signature-256": signature,
    });
    expect(first).toEqual(second);
    expect(server.taken).toHaveLength(2);
  });

  test("without a secret is sent no signature", async () => {
    await using server = await hookServer(OK);
    await deliver(webhookReceiver(server.url, null), messageOf(), 5000);
    expect(server.taken[0]?.headers).not.toHaveProperty("x-belay-signature-256");
  });

  test("whose address holds a user is sent a header, never a URL with a password", async () => {
    await using server = await hookServer(OK);
    await deliver(webhookReceiver(server.url.replace("http://", "http://me:p%40ss@"), null), messageOf(), 5000);
    expect(server.taken[0]?.headers["authorization"]).toBe(`Basic ${Buffer.from("me:p@ss").toString("base64")}`);
  });
});

describe("a webhook that", () => {
  test.each([
    ["is broken for a moment", { status: 502 }],
    ["is torn down", "resets"],
    ["asks for patience", { status: 429, headers: { "retry-after": "1" } }],
  ] as const)("%s gets the message with the next try", async (_how, answer) => {
    await using server = await hookServer(answer, OK);
    const began = performance.now();
    expect(await deliver(slackReceiver(server.url, null), messageOf(), 5000)).toBeNull();
    expect(server.taken).toHaveLength(2);
    if (typeof answer === "object" && "headers" in answer) expect(performance.now() - began).toBeGreaterThan(990);
  });

  test("refuses is asked once, and named by its host alone", async () => {
    await using server = await hookServer({ status: 404 });
    expect(await deliver(slackReceiver(server.url, null), messageOf(), 5000)).toBe(`${server.host} answered 404`);
    expect(server.taken).toHaveLength(1);
  });

  test("sends elsewhere is not followed: the message is for this address", async () => {
    await using elsewhere = await hookServer(OK);
    await using server = await hookServer({ status: 307, headers: { location: elsewhere.url } });
    expect(await deliver(slackReceiver(server.url, null), messageOf(), 5000)).toBe(`${server.host} answered 307, which is not followed`);
    expect(elsewhere.taken).toEqual([]);
  });

  test("asks for more patience than there is is left alone", async () => {
    await using server = await hookServer({ status: 429, headers: { "retry-after": "120" } });
    const began = performance.now();
    expect(await deliver(slackReceiver(server.url, null), messageOf(), 5000)).toBe(`${server.host} answered 429 (1 try)`);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test("never answers costs no more than the time limit", async () => {
    await using server = await hookServer("hangs");
    const began = performance.now();
    expect(await deliver(slackReceiver(server.url, null), messageOf(), 700)).toBe("not taken within 0.7 s");
    expect(performance.now() - began).toBeLessThan(3000);
  });

  test("never answers is left when the run is interrupted", async () => {
    await using server = await hookServer("hangs");
    const stop = new AbortController();
    const sending = deliver(slackReceiver(server.url, null), messageOf(), 60_000, stop.signal);
    stop.abort();
    expect(await sending).toBe("interrupted");
  });

  test("is not there is told by its host and the system's word for it, without the rest of its address", async () => {
    const gone = await hookServer(OK);
    await gone[Symbol.asyncDispose]();
    const told = await deliver(slackReceiver(gone.url, null), messageOf(), 1200);
    expect(told).toMatch(new RegExp(`^${gone.host.replaceAll(".", "\\.")}: no answer \\(ECONNREFUSED\\) \\(2 tries\\)$`));
    expect(told).not.toContain("s3cr3t");
  });
});
