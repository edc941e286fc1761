import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { expect, test } from "vitest";

import { botAddress } from "../../src/github/bot/address.ts";
import { type ExpectedGrant, verifyGrant } from "../../src/github/bot/grant.ts";

const KEYS = generateKeyPairSync("ed25519");
const OTHER = generateKeyPairSync("ed25519");
const KID = "k1";
const NOW = new Date("2026-11-21T12:00:00Z");
const SECONDS = NOW.getTime() / 1000;
const JWKS = { keys: [{ ...KEYS.publicKey.export({ format: "jwk" }), kid: KID, use: "sig", alg: "EdDSA" }] };

const EXPECTED: ExpectedGrant = {
  issuer: "https://belay.example.com",
  repositoryId: 1,
  environment: "prod",
  command: "migrate",
  sha: "a".repeat(40),
  digest: "sha256:d",
  request: "r1",
  runId: 7,
  runAttempt: 1,
};

const CLAIMS = {
  iss: "https://belay.example.com",
  aud: "belay-action",
  jti: "j1",
  iat: SECONDS,
  exp: SECONDS + 600,
  repository_id: 1,
  repository: "acme/shop",
  environment: "prod",
  command: "migrate",
  sha: "a".repeat(40),
  digest: "sha256:d",
  request: "r1",
  run_id: 7,
  run_attempt: 1,
  approvers: [{ id: 12, login: "ben", at: "2026-11-21T11:59:00Z", source: "comment:1" }],
  policy: { sha: "b".repeat(40), digest: "p" },
  audit: "h",
  options: { again: "the disk was full", run: null, to: null, accept_loss: false },
};

const HEAD = { alg: "EdDSA", typ: "belay-grant+jwt", kid: KID };

function grantOf(claims: object, head: object = HEAD, key: KeyObject = KEYS.privateKey): string {
  const signed = [head, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${signed}.${sign(null, Buffer.from(signed), key).toString("base64url")}`;
}

test("a grant for exactly this run is believed, with who approved and what was said with the request", async () => {
  expect(await verifyGrant(grantOf(CLAIMS), JWKS, EXPECTED, NOW)).toEqual({
    jti: "j1",
    approvers: [{ id: 12, login: "ben", source: "bot" }],
    audit: "h",
    options: { again: "the disk was full" },
  });
});

test.each<[string, string]>([
  ["signed by somebody else", grantOf(CLAIMS, HEAD, OTHER.privateKey)],
  [
    "not signed at all",
    `${grantOf(CLAIMS, { ...HEAD, alg: "none" })
      .split(".")
      .slice(0, 2)
      .join(".")}.`,
  ],
  ["by another algorithm", grantOf(CLAIMS, { ...HEAD, alg: "HS256" })],
  ["of another type", grantOf(CLAIMS, { ...HEAD, typ: "JWT" })],
  ["of another bot", grantOf({ ...CLAIMS, iss: "https://evil.example.com" })],
  ["for somebody else", grantOf({ ...CLAIMS, aud: "another" })],
  ["that is over", grantOf({ ...CLAIMS, iat: SECONDS - 700, exp: SECONDS - 100 })],
  ["without an end", grantOf({ ...CLAIMS, exp: undefined })],
  ["without a number", grantOf({ ...CLAIMS, jti: undefined })],
  ["for another repository", grantOf({ ...CLAIMS, repository_id: 2 })],
  ["for another environment", grantOf({ ...CLAIMS, environment: "staging" })],
  ["for another command", grantOf({ ...CLAIMS, command: "rollback" })],
  ["for another commit", grantOf({ ...CLAIMS, sha: "c".repeat(40) })],
  ["for another plan", grantOf({ ...CLAIMS, digest: "sha256:e" })],
  ["for no plan", grantOf({ ...CLAIMS, digest: null })],
  ["for another request", grantOf({ ...CLAIMS, request: "r2" })],
  ["for another workflow run", grantOf({ ...CLAIMS, run_id: 8 })],
  ["for another attempt", grantOf({ ...CLAIMS, run_attempt: 2 })],
  [
    "whose claims were changed",
    grantOf(CLAIMS).replace(/\.[^.]+\./, `.${Buffer.from(JSON.stringify({ ...CLAIMS, sha: "d" })).toString("base64url")}.`),
  ],
  ["that is no grant", "a.b.c"],
])("a grant %s is refused", async (_, grant) => {
  await expect(verifyGrant(grant, JWKS, EXPECTED, NOW)).rejects.toMatchObject({ kind: "refused", code: "grant-invalid" });
});

test("identity and grant travel by https; without it only where GitHub itself is on this machine", () => {
  expect(botAddress("https://belay.example.com/", "https://api.github.com")).toBe("https://belay.example.com");
  expect(botAddress("http://127.0.0.1:3000", "http://127.0.0.1:8080")).toBe("http://127.0.0.1:3000");
  expect(() => botAddress("http://127.0.0.1:3000", "https://api.github.com")).toThrow(/https/);
  expect(() => botAddress("http://belay.example.com", "http://127.0.0.1:8080")).toThrow(/https/);
  expect(() => botAddress(null, "https://api.github.com")).toThrow(/names no bot/);
});
