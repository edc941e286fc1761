/** Commands that only look: what a terminal shows of them, as it is. */

import type { Result } from "../../domain/result.ts";
import type { Style } from "../style.ts";
import { terminalReport } from "../terminal.ts";
import { fenced } from "./escape.ts";

const LISTINGS = ["status", "runs", "backups", "doctor", "init", "gate"];
const STYLE: Style = { color: false, unicode: true, width: 100, live: false, plain: false };

export function isListing({ command }: Result): boolean {
  return LISTINGS.includes(command);
}

export function listing(result: Result): string {
  return fenced("text", terminalReport(result, STYLE, false).trimEnd());
}
