/** What an S3-compatible service says when it does not do something: one sentence, and what to do about it. */

import { BelayError, failure, messageOf } from "../../domain/error.ts";
import type { S3Place } from "./place.ts";

interface Meaning {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

const CREDENTIALS =
  "give the credentials as every AWS program finds them: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or the machine's role";
const RIGHTS = "the credentials need s3:GetObject, s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload and s3:ListBucket there";
const LATER = "run again; where it lasts, look at the service's status and at the network on the way";

const MEANINGS: Readonly<Record<string, Meaning>> = {
  NoSuchKey: {
    code: "store-missing",
    message: "it is not there",
    hint: "look which backups and runs exist: `belay backups`, `belay runs`",
  },
  NoSuchBucket: {
    code: "store-missing",
    message: "there is no such bucket",
    hint: "make it, or name another one: `backup.store` in belay.yml",
  },
  AccessDenied: { code: "store-denied", message: "access denied", hint: RIGHTS },
  InvalidAccessKeyId: { code: "store-denied", message: "the service does not know this access key", hint: CREDENTIALS },
  SignatureDoesNotMatch: { code: "store-denied", message: "the secret key does not belong to the access key", hint: CREDENTIALS },
  ExpiredToken: {
    code: "store-denied",
    message: "the session token has expired",
    hint: "get fresh credentials, for longer than a run takes",
  },
  CredentialsProviderError: { code: "store-denied", message: "no credentials were found", hint: CREDENTIALS },
  RequestTimeTooSkewed: {
    code: "store-clock",
    message: "this machine's clock differs too much from the service's",
    hint: "set the clock of this machine (NTP)",
  },
  PermanentRedirect: {
    code: "store-region",
    message: "the bucket is in another region",
    hint: "name its region: `backup.store.region` in belay.yml, or AWS_REGION",
  },
  QuotaExceeded: {
    code: "no-space",
    message: "the quota is used up",
    hint: "make room there (`belay prune` drops what `keep` no longer keeps), then run again",
  },
  NotImplemented: { code: "store-unsuitable", message: "the service cannot do this", hint: "name a store that can in `backup.store`" },
  SlowDown: { code: "store-unavailable", message: "the service asks to slow down", hint: LATER },
  TimeoutError: { code: "store-unreachable", message: "the service does not answer", hint: LATER },
  ECONNRESET: { code: "store-unreachable", message: "the connection broke", hint: LATER },
  ENOTFOUND: {
    code: "store-unreachable",
    message: "no host of that name is known",
    hint: "is the endpoint in `backup.store` right, and does this machine resolve names?",
  },
  ECONNREFUSED: {
    code: "store-unreachable",
    message: "the connection is refused",
    hint: "is the endpoint in `backup.store` right, and does the service run?",
  },
};

/** Other names of the same. */
const SAME: Readonly<Record<string, string>> = {
  NotFound: "NoSuchKey",
  Forbidden: "AccessDenied",
  AllAccessDisabled: "AccessDenied",
  AccountProblem: "AccessDenied",
  InvalidToken: "ExpiredToken",
  ExpiredTokenException: "ExpiredToken",
  TokenRefreshRequired: "ExpiredToken",
  AuthorizationHeaderMalformed: "PermanentRedirect",
  IllegalLocationConstraintException: "PermanentRedirect",
  XMinioStorageFull: "QuotaExceeded",
  XMinioAdminBucketQuotaExceeded: "QuotaExceeded",
  EPIPE: "ECONNRESET",
  EAI_AGAIN: "ENOTFOUND",
  ETIMEDOUT: "TimeoutError",
  RequestTimeout: "TimeoutError",
  ThrottlingException: "SlowDown",
  TooManyRequests: "SlowDown",
};

/** What the act met, in the words of the service where Belay has none. `act`: `reading prod/x from s3://…`. */
export function s3Failure(act: string, error: unknown): BelayError {
  if (error instanceof BelayError) return error;
  const { code, message, hint } = meaningOf(error);
  return failure(code, `${act}: ${message}`, { hint, cause: error });
}

/** The condition of a write or a read does not hold. */
export function isRefusedByCondition(error: unknown): boolean {
  return statusOf(error) === 412;
}

export function statusOf(error: unknown): number | undefined {
  const metadata = memberOf(error, "$metadata");
  const status = memberOf(metadata, "httpStatusCode");
  return typeof status === "number" ? status : undefined;
}

function meaningOf(error: unknown): Meaning {
  for (const name of namesOf(error)) {
    const known = MEANINGS[SAME[name] ?? name];
    if (known !== undefined) return known;
  }
  const status = statusOf(error) ?? 0;
  if (status === 403) return MEANINGS["AccessDenied"] as Meaning;
  if (status >= 500) return { code: "store-unavailable", message: `the service fails (${status}: ${said(error)})`, hint: LATER };
  if (status >= 300 && status < 400) return MEANINGS["PermanentRedirect"] as Meaning;
  if (/region is missing/i.test(messageOf(error))) {
    return { code: "store-region", message: "no region is given", hint: "name it: `backup.store.region` in belay.yml, or AWS_REGION" };
  }
  if (status > 0) return { code: "store-failed", message: said(error), hint: "look at what the service says, then run again" };
  if (/certificate|self-signed|ssl|tls/i.test(messageOf(error))) {
    return {
      code: "store-unreachable",
      message: `the service cannot be trusted (${said(error)})`,
      hint: "is the endpoint right? For a certificate of your own set NODE_EXTRA_CA_CERTS",
    };
  }
  return { code: "store-unreachable", message: `the connection broke (${said(error)})`, hint: LATER };
}

/** Names under which an error is known, the innermost last: a wrapped one says more than its wrapper. */
function namesOf(error: unknown): readonly string[] {
  const names = [memberOf(error, "Code"), memberOf(error, "code"), memberOf(error, "name")];
  const cause = memberOf(error, "cause");
  const errors = memberOf(error, "errors");
  const inner = Array.isArray(errors) ? errors.flatMap(namesOf) : cause === undefined ? [] : namesOf(cause);
  return [...names.filter((name) => typeof name === "string"), ...inner];
}

function said(error: unknown): string {
  const [line = ""] = messageOf(error).split("\n");
  return line.slice(0, 200) || namesOf(error)[0] || "no reason given";
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** `reading prod/app/x from the store s3://bucket/prefix`. */
export function act(what: string, { location }: S3Place): string {
  return `${what} the store ${location}`;
}
