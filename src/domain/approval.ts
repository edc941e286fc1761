import type { Reason } from "./error.ts";

/** A person's yes, as it was read from where it was given. */
export interface Approver {
  readonly id: number;
  readonly login: string;
  readonly source: "environment" | "review" | "bot";
}

/** Approvals as a report and a journal keep them. */
export interface ApprovalRecord {
  readonly approvers: readonly Approver[];
  /** What a reader must know about them, each a sentence. */
  readonly notes: readonly string[];
}

/** What is known of the approvals for one command in one protected environment. */
export type ApprovalFacts =
  /** Outside GitHub nobody can approve. */
  | { readonly kind: "nowhere" }
  | ({
      readonly kind: "given";
      /** Why a plan that failed before may run once more, where that was said together with the request. */
      readonly again?: string;
    } & ApprovalRecord)
  | { readonly kind: "not-given"; readonly reasons: readonly Reason[] };

/** What an approval is asked for. */
export interface ApprovalRequest {
  readonly command: string;
  /** Digest of the plan; null for what has none. */
  readonly digest: string | null;
}

export function recordOf(facts: ApprovalFacts): ApprovalRecord | null {
  return facts.kind === "given" ? { approvers: facts.approvers, notes: facts.notes } : null;
}
