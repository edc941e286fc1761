/** The code that GitHub gave the browser → the app's secrets. It works once, and for an hour. */

import type { paths } from "@octokit/openapi-types";
import * as z from "zod/mini";
import { type BelayError, failure, messageOf } from "../../src/domain/error.ts";

const ROUTE = "/app-manifests/{code}/conversions" satisfies keyof paths;
type Made = paths[typeof ROUTE]["post"]["responses"][201]["content"]["application/json"];

const ANSWER_MS = 15_000;

const made = z.object({
  id: z.int(),
  name: z.string(),
  html_url: z.string(),
  pem: z.string().check(z.startsWith("-----BEGIN")),
  webhook_secret: z.string().check(z.minLength(16)),
});

export type MadeApp = z.infer<typeof made> & Pick<Made, "id">;

/** Throws the failure `app-not-made`, or `app-lost` when the code is used up. */
export async function exchange(apiUrl: string, code: string): Promise<MadeApp> {
  const answer = await ask(apiUrl + ROUTE.replace("{code}", encodeURIComponent(code)));
  const { data } = made.safeParse(answer);
  if (data !== undefined) return data;
  throw appLost("GitHub's answer lacks what the bot needs");
}

async function ask(url: string): Promise<unknown> {
  const headers = { accept: "application/vnd.github+json", "x-github-api-version": "2022-11-28", "user-agent": "belay-bot" };
  let answer: Response;
  try {
    answer = await fetch(url, { method: "POST", headers, redirect: "error", signal: AbortSignal.timeout(ANSWER_MS) });
  } catch (error) {
    throw notMade(
      `GitHub cannot be reached: ${messageOf(error)}`,
      "open the page that was just shown once more: the code is good for an hour",
    );
  }
  if (answer.status === 404 || answer.status === 422)
    throw notMade(
      "GitHub does not know this code: it was used already, or is more than an hour old",
      "begin again; where GitHub lists the app, delete it there first",
    );
  if (answer.status !== 201)
    throw notMade(`GitHub answered ${answer.status}`, "open the page that was just shown once more: the code is good for an hour");
  try {
    return await answer.json();
  } catch (error) {
    throw appLost("GitHub's answer was cut", error);
  }
}

/** GitHub has made the app and tells its secrets once: nobody has them now. */
export function appLost(why: string, cause?: unknown): BelayError {
  return failure("app-lost", `GitHub made the app, but ${why}${cause === undefined ? "" : `: ${messageOf(cause)}`}`, {
    hint: "nobody has them now: delete the app in its settings on GitHub, and begin again",
    cause,
  });
}

function notMade(why: string, hint: string) {
  return failure("app-not-made", `asking GitHub for the app's secrets: ${why}`, { hint });
}
