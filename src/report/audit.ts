/** What `belay audit verify` answers. */

import type { AuditVerdict } from "../domain/audit-verdict.ts";
import { counted } from "../domain/words.ts";
import { oneLine } from "./json.ts";
import { safeLine } from "./safe-text.ts";

const NEXT = "keep this file as it is; take the newest backup of it that is whole, and hold both against what deployments and grants carry";

export function auditText(verdict: AuditVerdict): string {
  if (verdict.kind === "whole") return `whole: ${counted(verdict.entries, "entry", "entries")}, head ${verdict.head}\n`;
  return `DAMAGED at entry ${verdict.seq}: ${safeLine(verdict.why)}\n  Next: ${NEXT}\n`;
}

/** In the shape of every result; `audit` is its own part. */
export function auditJson(belay: string, verdict: AuditVerdict): string {
  const isWhole = verdict.kind === "whole";
  return oneLine({
    belay,
    run: null,
    command: "audit",
    environment: null,
    outcome: isWhole ? "verified" : "checks-failed",
    digest: null,
    reasons: isWhole ? [] : [{ code: "audit-damaged", message: verdict.why, hint: NEXT }],
    targets: [],
    audit: isWhole ? { entries: verdict.entries, head: verdict.head } : { damagedAt: verdict.seq },
  });
}
