/** A grant is believed only as the bot of the default branch's belay.yml signed it, and only for exactly this run. */

import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from "jose";
import type { Approver } from "../../domain/approval.ts";
import { type BelayError, messageOf, refusal } from "../../domain/error.ts";
import type { GrantedOptions } from "../../world.ts";

/** What the grant must say, each exactly. */
export interface ExpectedGrant {
  /** The bot's address. */
  readonly issuer: string;
  readonly repositoryId: number;
  readonly environment: string;
  readonly command: string;
  readonly sha: string;
  readonly digest: string | null;
  readonly request: string;
  readonly runId: number;
  readonly runAttempt: number;
}

export interface Grant {
  readonly jti: string;
  readonly approvers: readonly Approver[];
  /** The newest hash of the bot's record when it granted. */
  readonly audit: string;
  readonly options: GrantedOptions;
}

const LEEWAY_SECONDS = 60;

/** Throws the refusal `grant-invalid`. */
export async function verifyGrant(jws: string, keys: JSONWebKeySet, expected: ExpectedGrant, now: Date): Promise<Grant> {
  const payload = await payloadOf(jws, keys, expected.issuer, now);
  const { repositoryId, environment, command, sha, digest, request, runId, runAttempt } = expected;
  const must = {
    repository_id: repositoryId,
    environment,
    command,
    sha,
    digest,
    request,
    run_id: runId,
    run_attempt: runAttempt,
  };
  for (const [name, value] of Object.entries(must)) if (payload[name] !== value) throw invalid(`its ${name} is not this run's`);
  const { jti, audit, approvers } = payload;
  if (jti === undefined || jti === "") throw invalid("it has no number of its own");
  return { jti, audit: typeof audit === "string" ? audit : "", approvers: approversIn(approvers), options: optionsIn(payload["options"]) };
}

async function payloadOf(jws: string, keys: JSONWebKeySet, issuer: string, now: Date): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(jws, createLocalJWKSet(keys), {
      algorithms: ["EdDSA"],
      typ: "belay-grant+jwt",
      issuer,
      audience: "belay-action",
      clockTolerance: LEEWAY_SECONDS,
      currentDate: now,
      requiredClaims: ["exp", "iat", "jti"],
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) throw invalid(messageOf(error));
    throw error;
  }
}

function approversIn(value: unknown): readonly Approver[] {
  if (!Array.isArray(value)) throw invalid("it does not say who approved");
  return value.map((each: unknown) => {
    const { id, login } = fieldsOf(each);
    if (typeof id !== "number" || typeof login !== "string") throw invalid("it does not say who approved");
    return { id, login, source: "bot" };
  });
}

function optionsIn(value: unknown): GrantedOptions {
  const { again, of, run, to, accept_loss: acceptLoss } = fieldsOf(value);
  return {
    ...(of === "rollback" ? { of } : {}),
    ...(typeof again === "string" ? { again } : {}),
    ...(typeof run === "string" ? { run } : {}),
    ...(typeof to === "string" ? { to } : {}),
    ...(acceptLoss === true ? { acceptLoss } : {}),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function invalid(why: string): BelayError {
  return refusal("grant-invalid", `the bot's grant is not valid here: ${why}; nothing was changed`, {
    hint: "see that `bot:` of belay.yml is the bot's own BELAY_URL, and that the clocks of both machines are right; then ask anew",
  });
}
