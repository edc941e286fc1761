/** Loaded before Belay: records which of its code this process runs, and asks its hosts to do the same. BELAY_COVERAGE names the folder. */

import { writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import { join } from "node:path";

export function recordCoverage(folder: string): void {
  process.env["NODE_V8_COVERAGE"] = folder; // too late for this process, in time for those that it starts
  const session = new Session();
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  process.on("exit", () => {
    session.post("Profiler.takePreciseCoverage", (error, coverage) => {
      if (error === null) writeFileSync(join(folder, `belay-${process.pid}-${Date.now()}.json`), JSON.stringify(coverage));
    });
  });
}
