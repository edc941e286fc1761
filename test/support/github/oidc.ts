import { generateKeyPairSync, randomUUID, sign } from "node:crypto";

/** What the runner hands to a job with `id-token: write`. */
export interface IdTokenVariables {
  readonly ACTIONS_ID_TOKEN_REQUEST_URL: string;
  readonly ACTIONS_ID_TOKEN_REQUEST_TOKEN: string;
}

const LIFETIME_SECONDS = 300;

/** GitHub's issuer of identity tokens: RS256, one key, found through its own `.well-known/openid-configuration`. */
export class Issuer {
  #keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  #keyId = "fake-github-1";
  /** How often somebody asked for its keys. */
  keysAsked = 0;
  readonly #claims = new Map<string, Readonly<Record<string, unknown>>>();

  /** A job that may ask for tokens with these claims; `iss`, `aud`, `jti` and the times are the issuer's unless they are given. */
  grant(base: string, claims: Readonly<Record<string, unknown>>): IdTokenVariables {
    const requestToken = randomUUID();
    this.#claims.set(requestToken, claims);
    return {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${base}/idtoken?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
    };
  }

  /** From now on it signs with another key, and tells of that alone. */
  exchangeKey(): void {
    this.#keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
    this.#keyId = randomUUID();
  }

  /** The answer to a request of these paths; null: no such path, or nobody with this token. */
  answer(base: string, url: URL, authorization: string | undefined): object | null {
    switch (url.pathname) {
      case "/.well-known/openid-configuration":
        return { issuer: base, jwks_uri: `${base}/.well-known/jwks`, id_token_signing_alg_values_supported: ["RS256"] };
      case "/.well-known/jwks":
        this.keysAsked += 1;
        return { keys: [{ ...this.#keys.publicKey.export({ format: "jwk" }), kid: this.#keyId, use: "sig", alg: "RS256" }] };
      case "/idtoken": {
        const claims = this.#claims.get((authorization ?? "").replace(/^bearer /i, ""));
        return claims === undefined ? null : { value: this.#token(base, url.searchParams.get("audience"), claims) };
      }
      default:
        return null;
    }
  }

  #token(base: string, audience: string | null, claims: Readonly<Record<string, unknown>>): string {
    const now = Math.floor(Date.now() / 1000);
    const standard = { iss: base, aud: audience ?? "https://github.example/acme", jti: randomUUID(), iat: now, nbf: now };
    const parts = [
      { typ: "JWT", alg: "RS256", kid: this.#keyId },
      { ...standard, exp: now + LIFETIME_SECONDS, ...claims },
    ];
    const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    return `${signed}.${sign("sha256", Buffer.from(signed), this.#keys.privateKey).toString("base64url")}`;
  }
}
