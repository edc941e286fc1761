import { randomUUID } from "node:crypto";

import type { Needs } from "./route.ts";
import { Refusal } from "./route.ts";
import type { GitHubState, User } from "./state.ts";

export type Permissions = Readonly<
  Partial<Record<"actions" | "checks" | "contents" | "deployments" | "issues" | "members" | "pull_requests" | "statuses", "read" | "write">>
>;

export interface Token {
  readonly value: string;
  /** `installation`: an app's, GITHUB_TOKEN among them. */
  readonly kind: "installation" | "app" | "user" | "nobody";
  readonly user: User;
  readonly permissions: Permissions;
  readonly rate: RateLimit;
}

/** Tests may set what is left. */
export interface RateLimit {
  readonly limit: number;
  used: number;
  /** Seconds since 1970. */
  reset: number;
}

/** What `permissions: read-all` gives a workflow's own token, and the right to comment. */
const USUAL: Permissions = {
  actions: "read",
  contents: "read",
  deployments: "read",
  issues: "read",
  pull_requests: "write",
  statuses: "read",
};

export class Tokens {
  readonly #tokens = new Map<string, Token>();
  readonly #nobody: Token;
  readonly #state: GitHubState;

  constructor(state: GitHubState) {
    this.#state = state;
    this.#nobody = { value: "", kind: "nobody", user: state.user("ghost"), permissions: {}, rate: fresh(60) };
  }

  /** A workflow's GITHUB_TOKEN, with these permissions and no others. */
  installation(permissions: Permissions = USUAL, limit = 1000): Token {
    const user = this.#state.user("github-actions[bot]");
    return this.#add({ value: `ghs_${randomUUID().replaceAll("-", "")}`, kind: "installation", user, permissions, rate: fresh(limit) });
  }

  /** A person's own token. */
  personal(login: string, permissions: Permissions): Token {
    const user = this.#state.user(login);
    return this.#add({ value: `ghp_${randomUUID().replaceAll("-", "")}`, kind: "user", user, permissions, rate: fresh(5000) });
  }

  /** An installation's token of an app. */
  ofApp(login: string, permissions: Permissions): Token {
    const user = this.#state.user(login);
    return this.#add({ value: `ghs_${randomUUID().replaceAll("-", "")}`, kind: "installation", user, permissions, rate: fresh(15_000) });
  }

  /** Whose request this is. Throws 401 for a token that nobody gave out. */
  of(authorization: string | undefined): Token {
    if (authorization === undefined) return this.#nobody;
    const value = authorization.replace(/^(token|bearer) /i, "");
    const { app } = this.#state;
    // The app's own, signed with its key: three parts. Only what it says is looked at here.
    if (app !== null && issuerOf(value) === app.id) return { value, kind: "app", user: app.user, permissions: {}, rate: fresh(5000) };
    const token = this.#tokens.get(value);
    if (token === undefined) throw new Refusal(401, "Bad credentials");
    return token;
  }

  #add(token: Token): Token {
    this.#tokens.set(token.value, token);
    return token;
  }
}

function issuerOf(value: string): number | null {
  const [, claims, signature] = value.split(".");
  if (claims === undefined || signature === undefined) return null;
  return Number(JSON.parse(Buffer.from(claims, "base64url").toString("utf8")).iss);
}

function fresh(limit: number): RateLimit {
  return { limit, used: 0, reset: Math.floor(Date.now() / 1000) + 3600 };
}

/** Throws what GitHub answers to a token without the right: a person or nobody does not even learn that there is something. */
export function authorize(token: Token, needs: Needs, isPrivate: boolean): void {
  const held = needs.some(([name, level]) => {
    const has = Object.entries(token.permissions).find(([key]) => key === name)?.[1];
    const publicly = !isPrivate && level === "read" && name !== "members";
    return publicly || has === "write" || has === level;
  });
  if (held || (needs.length === 0 && (token.kind !== "nobody" || !isPrivate))) return;
  if (token.kind === "installation") throw new Refusal(403, "Resource not accessible by integration");
  throw new Refusal(404, "Not Found");
}

/** GitHub's own way to say what would have been enough: `a=write; b=write`. */
export function acceptedPermissions(needs: Needs): string {
  return needs.map(([name, level]) => `${name}=${level}`).join("; ") || "metadata=read";
}
