/** Who calls: the identity token of a job, believed only as GitHub's issuer signed it. */

import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import { messageOf } from "../../src/domain/error.ts";
import * as z from "zod/mini";

/** What a job proved of itself. `sub` is left alone: its format changes. */
export interface JobIdentity {
  readonly jti: string;
  readonly repositoryId: number;
  readonly eventName: string;
  readonly ref: string;
  readonly workflowRef: string;
  readonly actorId: number;
  /** null: the job has no environment. */
  readonly environment: string | null;
  readonly runId: number;
  readonly runAttempt: number;
}

export type Identified =
  | { readonly kind: "known"; readonly job: JobIdentity }
  | { readonly kind: "unknown"; readonly why: string }
  | { readonly kind: "unreachable" };

const number = z.pipe(z.coerce.string().check(z.regex(/^\d{1,15}$/)), z.transform(Number));

const claims = z.object({
  jti: z.string().check(z.minLength(1)),
  repository_id: number,
  event_name: z.string(),
  ref: z.string(),
  workflow_ref: z.string(),
  actor_id: number,
  environment: z.optional(z.string()),
  run_id: number,
  run_attempt: number,
});

const LEEWAY_SECONDS = 60;
/** For an unknown key all of them are fetched again, once in so long. */
const REFETCH_MS = 60_000;
const ANSWER_MS = 5_000;

export class IdentityCheck {
  readonly #issuer: string;
  readonly #audience: string;
  #keys: Promise<JWTVerifyGetKey> | null = null;

  constructor(issuer: string, audience: string) {
    this.#issuer = issuer;
    this.#audience = audience;
  }

  async identify(token: string, now: Date): Promise<Identified> {
    let keys: JWTVerifyGetKey;
    try {
      keys = await (this.#keys ??= this.#find());
    } catch {
      this.#keys = null;
      return { kind: "unreachable" };
    }
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ["RS256"],
        issuer: this.#issuer,
        audience: this.#audience,
        clockTolerance: LEEWAY_SECONDS,
        currentDate: now,
        requiredClaims: ["exp", "iat", "jti"],
      });
      const { data } = claims.safeParse(payload);
      // Jose looks at no more than `exp` and `nbf`.
      if (!((payload.iat ?? Infinity) <= now.getTime() / 1000 + LEEWAY_SECONDS))
        return { kind: "unknown", why: "it was issued in the future" };
      return data === undefined ? { kind: "unknown", why: "it lacks what a job's token has" } : { kind: "known", job: jobOf(data) };
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) return { kind: "unreachable" };
      if (error instanceof errors.JWKSTimeout || error.code === "ERR_JOSE_GENERIC") return { kind: "unreachable" };
      return { kind: "unknown", why: messageOf(error) };
    }
  }

  /** Where the keys are is the configured issuer's word, never the token's. */
  async #find(): Promise<JWTVerifyGetKey> {
    const answer = await fetch(`${this.#issuer}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(ANSWER_MS),
      redirect: "error",
    });
    const found = z.object({ issuer: z.string(), jwks_uri: z.string() }).parse(await answer.json());
    if (found.issuer !== this.#issuer) throw new RangeError(`${this.#issuer} says that it is ${found.issuer}`);
    return refetching(new URL(found.jwks_uri));
  }
}

/** Jose's own pause begins with the first fetch: a key that was exchanged right after that would be unknown for a minute. */
function refetching(address: URL): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(address, { cooldownDuration: Infinity, timeoutDuration: ANSWER_MS });
  let refetchedAt = -Infinity;
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || performance.now() - refetchedAt < REFETCH_MS) throw error;
      refetchedAt = performance.now();
      await keys.reload();
      return keys(header, token);
    }
  };
}

function jobOf(data: z.infer<typeof claims>): JobIdentity {
  return {
    jti: data.jti,
    repositoryId: data.repository_id,
    eventName: data.event_name,
    ref: data.ref,
    workflowRef: data.workflow_ref,
    actorId: data.actor_id,
    environment: data.environment ?? null,
    runId: data.run_id,
    runAttempt: data.run_attempt,
  };
}
