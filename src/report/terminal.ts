/** A result as a person reads it. Pure: the same result and style give the same text. */

import type { Result } from "../domain/result.ts";
import { backupsReport } from "./backups.ts";
import { doctorReport } from "./doctor.ts";
import { gateReport } from "./gate.ts";
import { initReport } from "./init.ts";
import { planReport } from "./plan.ts";
import { runReport } from "./run-report.ts";
import { runsReport } from "./runs.ts";
import { statusReport, tellsWhereItStands } from "./status.ts";
import type { Style } from "./style.ts";
import { endedWell } from "./verdict.ts";

/** The whole report, ending in a line break; empty when it is to be quiet and all went well. */
export function terminalReport(result: Result, style: Style, quiet: boolean): string {
  if (quiet && endedWell(result.outcome)) return "";
  return `${lines(result, style).join("\n")}\n`;
}

function lines(result: Result, style: Style): string[] {
  if (result.command === "gate") return gateReport(result, style);
  if (result.command === "doctor" && result.parts !== undefined) return doctorReport(result, style);
  if (!endedWell(result.outcome) && !tellsWhereItStands(result)) return runReport(result, style);
  switch (result.command) {
    case "plan":
      return planReport(result, style);
    case "init":
      return initReport(result, style);
    case "status":
      return statusReport(result, style);
    case "runs":
      return runsReport(result, style);
    case "backups":
      return backupsReport(result, style);
    default:
      return runReport(result, style);
  }
}
