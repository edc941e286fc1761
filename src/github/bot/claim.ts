/** Asks the bot for this run's grant. Whoever claims again with the same words gets the same answer, so asking again is harmless. */

import { type BelayError, messageOf, type Reason, refusal } from "../../domain/error.ts";
import type { GrantClaim } from "../../domain/grant-claim.ts";
import { identityToken, type TokenSource } from "../identity.ts";
import { throwIfAborted } from "../waiting.ts";
import { askAgain, type BotAnswer, type Patience } from "./ask.ts";

export type ClaimAnswer =
  /** `grant`: a JWS; `events`: the token for what the run tells, a secret. */
  | { readonly kind: "granted"; readonly grant: string; readonly events: string }
  | { readonly kind: "refused"; readonly reasons: readonly Reason[] };

/** A claim has the bot ask GitHub for everything anew. */
const ASK_MS = 20_000;
const BUDGET_MS = 90_000;

export interface Claimant {
  /** The bot's address, without a slash at its end. */
  readonly bot: string;
  readonly identity: TokenSource | null;
  readonly signal: AbortSignal;
  /** Told each identity token before it is sent. */
  readonly hide: (secrets: readonly string[]) => void;
}

/** Throws refusals: who may not ask, and a bot that gives no answer. */
export async function claimGrant(claim: GrantClaim, claimant: Claimant, budgetMs: number = BUDGET_MS): Promise<ClaimAnswer> {
  const { bot, signal } = claimant;
  const patience: Patience = { budgetMs, askMs: ASK_MS, signal };
  const { answer, tries } = await askAgain(
    async () => ({ url: `${bot}/api/grants`, body: claim, token: await freshToken(claimant) }),
    patience,
  );
  const { status, json } = answer;
  if (status === 200) return grantedIn(json, bot);
  const reasons = reasonsIn(json);
  if ((status === 403 || status === 409) && reasons.length > 0) return { kind: "refused", reasons };
  throw withoutAnswer(bot, answer, reasons, tries);
}

async function freshToken({ identity, bot, signal, hide }: Claimant): Promise<string> {
  if (identity === null) {
    throw refusal("identity-needed", "this job may not prove to the bot who it is; nothing was changed", {
      hint: "give the job `permissions: { id-token: write }`",
    });
  }
  try {
    const token = await identityToken(identity, bot, signal);
    hide([token]);
    return token;
  } catch (error) {
    throwIfAborted(signal);
    throw refusal("identity-unavailable", `asking GitHub for a token that says who this job is: ${messageOf(error)}; nothing was changed`, {
      hint: "ask anew; www.githubstatus.com says how GitHub is",
    });
  }
}

function grantedIn(json: unknown, bot: string): ClaimAnswer {
  const { grant, events } = { ...Object(json) };
  if (typeof grant === "string" && typeof events === "string") return { kind: "granted", grant, events };
  throw refusal("bot-answer", `${bot} says yes and sends no grant; nothing was changed`, { hint: SAME_VERSION });
}

const SAME_VERSION = "see that `bot:` of belay.yml is the address of a Belay bot, and that it has the version of the action";

/** Why there is neither a grant nor a decision, each with what to do. */
function withoutAnswer(bot: string, { status, why }: BotAnswer, reasons: readonly Reason[], tries: number): BelayError {
  const [said] = reasons;
  const words = `asking ${bot} for the grant: ${why}${said === undefined ? "" : `, ${said.message}`}`;
  const asked = `${words}; asked ${tries === 1 ? "once" : `${tries} times`}; nothing was changed`;
  if (status === null) {
    return refusal("bot-unreachable", asked, {
      hint: "see that the bot runs, and that this runner reaches it at the address that `bot:` of belay.yml names; then ask anew",
    });
  }
  if (status === 401) {
    return refusal("identity-refused", `${words}; nothing was changed`, {
      hint: "see that `bot:` of belay.yml is exactly the bot's BELAY_URL, and that its OIDC_ISSUER is this GitHub's; then ask anew",
    });
  }
  if (status === 429) return refusal("bot-busy", asked, { hint: "it has too much to do: ask anew in some minutes" });
  if (status >= 500) {
    return refusal("bot-unavailable", asked, { hint: "see what its /readyz and its log say; then ask anew" });
  }
  return refusal("bot-answer", `${words}; nothing was changed`, { hint: SAME_VERSION });
}

const MOST_REASONS = 20;

/** `{"reasons":[{ code, message, hint }]}`; whatever is not of this form is left out. */
export function reasonsIn(json: unknown): readonly Reason[] {
  const { reasons } = { ...Object(json) };
  if (!Array.isArray(reasons)) return [];
  return reasons.slice(0, MOST_REASONS).flatMap((each: unknown) => {
    const { code, message, hint } = { ...Object(each) };
    if (typeof code !== "string" || !/^[a-z][a-z0-9-]{0,60}$/.test(code) || typeof message !== "string") return [];
    return [{ code, message: message.slice(0, 1000), ...(typeof hint === "string" ? { hint: hint.slice(0, 1000) } : {}) }];
  });
}
