import { sign } from "@octokit/webhooks-methods";
import webhooks from "@octokit/webhooks-examples" with { type: "json" };
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";

import { SECRET, Stage } from "../support/bot/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open("target: sqlite:/srv/app.db\napprovals: { required: 2 }");
});
afterAll(() => stage[Symbol.asyncDispose]());

async function post(body: string | Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>>): Promise<number> {
  const answer = await fetch(`${stage.url}/api/github/webhooks`, {
    method: "POST",
    body,
    headers: { "x-github-event": "push", ...headers },
  });
  await answer.arrayBuffer();
  return answer.status;
}

test("every payload that GitHub gives as an example is accepted, and none of them has an effect", async () => {
  const before = stage.github.requests.length;
  let count = 0;
  const all = Object.values(webhooks).flat();
  for (const { name, examples } of all.filter((each) => Array.isArray(each.examples))) {
    for (const example of examples) {
      expect(await stage.deliver(name, example), `${name} ${count}`).toBe(202);
      count += 1;
    }
  }
  expect(count).toBeGreaterThan(300);
  await pause(300);
  const writes = stage.github.requests.slice(before).filter(({ method, target }) => method !== "GET" && !target.includes("access_tokens"));
  expect(writes).toEqual([]);
  expect(stage.logged.join("")).not.toContain("defect");
});

test("what is not signed, signed by another or changed on the way is refused, and nothing is kept", async () => {
  const body = JSON.stringify({ zen: "x" });
  expect(await post(body, {})).toBe(401);
  expect(await post(body, { "x-hub-signature-256": "sha256=00" })).toBe(401);
  expect(await post(body, { "x-hub-signature-256": await sign("another secret of some length", body) })).toBe(401);
  expect(await post(`${body} `, { "x-hub-signature-256": await sign(SECRET, body) })).toBe(401);
  expect(await post("", { "x-hub-signature-256": "sha256=00" })).toBe(401);
});

test("what is signed and no JSON is refused", async () => {
  for (const body of ["{", "null", "[]", '"text"', '{"action":"created","issue":7}']) {
    const status = await post(body, { "x-hub-signature-256": await sign(SECRET, body), "x-github-event": "issue_comment" });
    expect(status, body).toBe(body === "{" ? 400 : 202);
  }
});

test("who hangs up in the middle of a request does no harm", async () => {
  for (let n = 0; n < 20; n++) {
    const socket = connect(Number(new URL(stage.url).port), "127.0.0.1");
    socket.write("POST /api/github/webhooks HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{");
    socket.destroy();
  }
  expect((await fetch(`${stage.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${stage.url}/readyz`)).status).toBe(200);
  expect(await (await fetch(stage.metricsUrl)).text()).toContain("belay_bot_inbox 0");
});

test("an edited comment, another app's and one that somebody else sends are left alone", async () => {
  const pull = stage.openPull("left-alone");
  const comment = stage.github.state.comment(pull.number, "ada", "/belay help");
  const payload = stage.commentPayload(pull, comment.id) as { comment: object };
  const before = stage.github.requests.length;
  await stage.deliver("issue_comment", stage.commentPayload(pull, comment.id, "edited"));
  await stage.deliver("issue_comment", { ...payload, comment: { ...payload.comment, performed_via_github_app: { id: 1 } } });
  await stage.deliver("issue_comment", { ...payload, sender: { ...stage.github.state.user("ben") } });
  await pause(200);
  expect(stage.github.requests.slice(before)).toEqual([]);
  await stage.deliver("issue_comment", payload);
  await stage.until("the help", () => stage.github.state.comments.find(({ body }) => body.includes("/belay migrate ENV")));
});
