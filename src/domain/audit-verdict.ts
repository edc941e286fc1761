/** What became of going through the bot's record. */
export type AuditVerdict =
  /** `head`: hash of the newest entry; 64 zeros where there is none. */
  | { readonly kind: "whole"; readonly entries: number; readonly head: string }
  /** `seq`: the first entry that is not what it was. */
  | { readonly kind: "damaged"; readonly seq: number; readonly why: string };
