/** Words that every view uses. */

import { code, prose } from "../../src/report/markdown/escape.ts";
import type { Request, RequestReason, RequestState } from "../core/request.ts";

const WORDS: Partial<Record<RequestState, readonly [mark: string, words: string]>> = {
  requested: ["⏳", "asked for"],
  planning: ["⏳", "planning"],
  "awaiting-approval": ["✋", "waits for approval"],
  approved: ["⏳", "approved, about to start"],
  running: ["🚀", "running"],
  superseded: ["↪️", "superseded"],
  expired: ["⌛", "expired"],
  rejected: ["⛔", "rejected"],
  released: ["✅", "let through"],
  cancelled: ["⛔", "cancelled"],
  refused: ["⛔", "refused"],
  failed: ["❌", "failed"],
  undone: ["❌", "failed, rolled back"],
  "needs-attention": ["🚨", "needs attention"],
};

export function stateWords({ state }: Pick<Request, "state">): string {
  const [mark, words] = WORDS[state] ?? ["✅", state];
  return `${mark} ${words}`;
}

export function reasonLines(reasons: readonly RequestReason[]): readonly string[] {
  return reasons.map(({ code: id, message, hint }) => `- ${prose(message)} (${code(id)})${hint === undefined ? "" : `: ${prose(hint)}`}`);
}
