/** The bot's own keys, made from the app's private key: nothing more has to be kept, and whoever has that key is the bot anyway. */

import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type JsonWebKey,
  type KeyObject,
  sign,
  timingSafeEqual,
} from "node:crypto";

export interface BotKeys {
  /** As `/.well-known/jwks.json` tells it. */
  readonly jwks: { readonly keys: readonly [JsonWebKey & { readonly kid: string; readonly use: "sig"; readonly alg: "EdDSA" }] };
  /** A compact JWS (RFC 7515). Ed25519 is deterministic: the same claims give the same text. */
  readonly jws: (type: string, claims: Readonly<Record<string, unknown>>) => string;
  /** A token that says `text` and that nobody else can make. */
  readonly token: (text: string) => string;
  /** What a token says; null: it is none of ours. */
  readonly readToken: (token: string) => string | null;
}

/** PKCS #8 of an Ed25519 key before its 32 bytes (RFC 8410). */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

export function botKeys(appKey: string): BotKeys {
  const material = createPrivateKey(appKey).export({ type: "pkcs8", format: "der" });
  const derive = (purpose: string) => Buffer.from(hkdfSync("sha256", material, "", purpose, 32));
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, derive("belay grant v1")]), format: "der", type: "pkcs8" });
  const jwk = publicJwk(key);
  const kid = createHash("sha256").update(String(jwk.x)).digest("hex").slice(0, 16);
  const tokenKey = derive("belay events v1");
  const mac = (text: string) => createHmac("sha256", tokenKey).update(text).digest();
  return {
    jwks: { keys: [{ ...jwk, kid, use: "sig", alg: "EdDSA" }] },
    jws: (typ, claims) => {
      const signed = [{ alg: "EdDSA", typ, kid }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
      return `${signed}.${sign(null, Buffer.from(signed), key).toString("base64url")}`;
    },
    token: (text) => `${Buffer.from(text).toString("base64url")}.${mac(text).toString("base64url")}`,
    readToken: (token) => {
      const [body = "", given = ""] = token.split(".");
      const text = Buffer.from(body, "base64url").toString("utf8");
      const [expected, actual] = [mac(text), Buffer.from(given, "base64url")];
      return expected.length === actual.length && timingSafeEqual(expected, actual) ? text : null;
    },
  };
}

function publicJwk(key: KeyObject): JsonWebKey {
  return createPublicKey(key).export({ format: "jwk" });
}
