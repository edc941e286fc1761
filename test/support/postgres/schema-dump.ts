import { execFileSync } from "node:child_process";
import { join } from "node:path";

import type { Cluster } from "./cluster.ts";
import { programVariables } from "./psql.ts";

/** One schema of a database with its rows, by pg_dump; the same for the same content. */
export function schemaDump(cluster: Cluster, database: string, schema: string): string {
  const pattern = `"${schema.replaceAll('"', '""')}"`;
  const dumped = execFileSync(join(cluster.bin, "pg_dump"), [`--schema=${pattern}`, database], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { PATH: process.env["PATH"] ?? "", ...programVariables(cluster.superuser(database)) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // A key against injection, new for every dump.
  return dumped.replace(/^\\(?:un)?restrict .*\n/gm, "");
}
