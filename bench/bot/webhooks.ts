/** GitHub as far as a receiver feels it: signed webhooks, sent when they are due, whether or not the ones before were answered. */

import { sign } from "@octokit/webhooks-methods";
import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

export const SECRET = "a-secret-for-the-bench-only";

export interface Signed {
  readonly body: string;
  readonly signature: string;
}

/** Comments that are no commands: kept, worked on, and no reason to ask GitHub anything. Their numbers begin with `first`. */
export function signedComments(first: number, count: number): Promise<readonly Signed[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const body = comment(first + at);
      return { body, signature: await sign(SECRET, body) };
    }),
  );
}

function comment(id: number): string {
  const user = { id: 1, login: "ada", type: "User" };
  return JSON.stringify({
    action: "created",
    issue: { number: 1, pull_request: {} },
    comment: { id, body: "looks good to me ".repeat(50), created_at: new Date().toISOString(), user, performed_via_github_app: null },
    sender: user,
    repository: { id: 7, name: "shop", owner: { login: "acme" } },
    installation: { id: 1 },
  });
}

export class Sender implements Disposable {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #url: string;

  constructor(url: string) {
    this.#url = `${url}/api/github/webhooks`;
  }

  /** Milliseconds until each was acknowledged, the quickest first. */
  async atRate(webhooks: readonly Signed[], perSecond: number): Promise<readonly number[]> {
    const begun = performance.now();
    const sent: Promise<number>[] = [];
    for (const [at, webhook] of webhooks.entries()) {
      const wait = begun + (at * 1000) / perSecond - performance.now();
      if (wait > 1) await pause(wait);
      sent.push(this.#send(webhook));
    }
    return (await Promise.all(sent)).toSorted((a, b) => a - b);
  }

  /** As quickly as they are acknowledged, `sideBySide` at a time. */
  async asFastAsPossible(webhooks: readonly Signed[], sideBySide: number): Promise<void> {
    const waiting = webhooks.values();
    const one = async () => {
      for (const webhook of waiting) await this.#send(webhook);
    };
    await Promise.all(Array.from({ length: sideBySide }, one));
  }

  #send({ body, signature }: Signed): Promise<number> {
    const begun = performance.now();
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "x-github-event": "issue_comment",
      "x-github-delivery": crypto.randomUUID(),
      "x-hub-signature-256": signature,
    };
    return new Promise((resolve, reject) => {
      request(this.#url, { method: "POST", headers, agent: this.#agent }, (answer) => {
        answer.resume().on("end", () => {
          if ((answer.statusCode ?? 500) < 300) resolve(performance.now() - begun);
          else reject(new Error(`a webhook was answered ${answer.statusCode}`));
        });
      })
        .on("error", reject)
        .end(body);
    });
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}
