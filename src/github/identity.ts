/** What a job can prove of itself: the claims of its OIDC identity, straight from GitHub over TLS. */

import { messageOf, refusal } from "../domain/error.ts";
import type { ProvenEnvironment } from "../policy/environment-approval.ts";
import { backoffMs } from "../policy/retry.ts";
import { throwIfAborted, wait } from "./waiting.ts";

const REQUEST_MS = 10_000;
const TRIES = 4;

/**
 * The GitHub environment that this job runs in. The token is read and thrown away: its audience is nobody's. Throws the refusal
 * `environment-unproven` where the job may prove it and cannot.
 */
export async function provenEnvironment(
  identity: { readonly url: string; readonly token: string } | null,
  signal: AbortSignal,
): Promise<ProvenEnvironment> {
  if (identity === null) return { kind: "not-granted" };
  let last = "";
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (attempt > 0) await wait(backoffMs(attempt - 1, Math.random()), signal);
    try {
      return { kind: "proven", environment: environmentClaim(await fetchToken(identity, signal)) };
    } catch (error) {
      throwIfAborted(signal);
      last = messageOf(error);
    }
  }
  throw refusal("environment-unproven", `asking GitHub in which environment this job runs: ${last}; asked ${TRIES} times`, {
    hint: "run the job again; without `id-token: write` the reviews of the environment alone decide",
  });
}

async function fetchToken({ url, token }: { readonly url: string; readonly token: string }, signal: AbortSignal): Promise<string> {
  const asked = new URL(url);
  asked.searchParams.set("audience", "belay-environment");
  const { defaults } = await import("@actions/github/lib/utils");
  const throughProxy: typeof fetch = defaults.request?.fetch ?? fetch; // as runners behind one need it
  const answer = await throughProxy(asked.href, {
    headers: { authorization: `Bearer ${token}`, accept: "application/json" },
    signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]),
  });
  const body = await answer.text();
  if (!answer.ok) throw new Error(`it answered ${answer.status}`);
  const value: unknown = parsed(body);
  if (typeof value !== "object" || value === null || !("value" in value) || typeof value.value !== "string") {
    throw new Error("its answer holds no token");
  }
  return value.value;
}

/** null: the job has no environment. */
function environmentClaim(jwt: string): string | null {
  const claims = parsed(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString("utf8"));
  if (typeof claims !== "object" || claims === null) throw new Error("its token holds no claims");
  return "environment" in claims && typeof claims.environment === "string" ? claims.environment : null;
}

/** Without the text in the error: it is a token. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new Error("its answer is no JSON", { cause: error.name });
    throw error;
  }
}
