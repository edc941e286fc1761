/** What a job can prove of itself: the claims of its OIDC identity, straight from GitHub over TLS. */

import { messageOf, refusal } from "../domain/error.ts";
import type { ProvenEnvironment } from "../policy/environment-approval.ts";
import { backoffMs } from "../policy/retry.ts";
import { fetchThroughProxy } from "./through-proxy.ts";
import { throwIfAborted, wait } from "./waiting.ts";

const REQUEST_MS = 10_000;
const TRIES = 4;

export interface TokenSource {
  readonly url: string;
  readonly token: string;
}

/** A token of this job for somebody else, new at each call: it is good for one question. Throws an Error that says what went wrong. */
export async function identityToken(identity: TokenSource, audience: string, signal: AbortSignal): Promise<string> {
  let last = "";
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (attempt > 0) await wait(backoffMs(attempt - 1, Math.random()), signal);
    try {
      return await fetchToken(identity, audience, signal);
    } catch (error) {
      throwIfAborted(signal);
      last = messageOf(error);
    }
  }
  throw new Error(`${last}; asked ${TRIES} times`);
}

/**
 * The GitHub environment that this job runs in. The token is read and thrown away: its audience is nobody's. Throws the refusal
 * `environment-unproven` where the job may prove it and cannot.
 */
export async function provenEnvironment(identity: TokenSource | null, signal: AbortSignal): Promise<ProvenEnvironment> {
  if (identity === null) return { kind: "not-granted" };
  try {
    return { kind: "proven", environment: environmentClaim(await identityToken(identity, "belay-environment", signal)) };
  } catch (error) {
    throwIfAborted(signal);
    throw refusal("environment-unproven", `asking GitHub in which environment this job runs: ${messageOf(error)}`, {
      hint: "run the job again; without `id-token: write` the reviews of the environment alone decide",
    });
  }
}

async function fetchToken({ url, token }: TokenSource, audience: string, signal: AbortSignal): Promise<string> {
  const asked = new URL(url);
  asked.searchParams.set("audience", audience);
  const throughProxy = await fetchThroughProxy();
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
