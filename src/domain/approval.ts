import type { Reason } from "./error.ts";

/** A person's yes, as it was read from where it was given. */
export interface Approver {
  readonly id: number;
  readonly login: string;
  readonly source: "environment" | "review";
}

/** What is known of the approvals for one command in one protected environment. */
export type ApprovalFacts =
  /** Outside GitHub nobody can approve. */
  | { readonly kind: "nowhere" }
  /** `notes`: what a reader of the report must know about them, each a sentence. */
  | { readonly kind: "given"; readonly approvers: readonly Approver[]; readonly notes: readonly string[] }
  | { readonly kind: "not-given"; readonly reasons: readonly Reason[] };

/** What an approval is asked for. */
export interface ApprovalRequest {
  readonly command: string;
  /** Digest of the plan; null for what has none. */
  readonly digest: string | null;
}
