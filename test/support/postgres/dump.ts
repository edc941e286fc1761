import { execFileSync } from "node:child_process";
import { join } from "node:path";

import type { Cluster } from "./cluster.ts";
import { programVariables } from "./psql.ts";

/**
 * Everything that there is to know of a database, by pg_dump, but for what Belay notes of its own; as if its name were `app`. Whatever
 * the database's copies are called, its own name stands in it as `app`, too.
 */
export function dumpOf(cluster: Cluster, database: string): string {
  const dumped = execFileSync(
    join(cluster.bin, "pg_dump"),
    ["--create", "--exclude-schema=belay", "--exclude-schema=*_belay_f_*", database],
    {
      encoding: "utf8",
      maxBuffer: 1 << 28,
      env: { PATH: process.env["PATH"] ?? "", ...programVariables(cluster.superuser(database)) },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  // A key against injection, new for every dump.
  return dumped
    .replace(/^\\(?:un)?restrict .*\n/gm, "")
    .replaceAll(`"${database}"`, database)
    .replaceAll(database, "app")
    .split(/\n{2,}(?=--\n-- )/)
    .filter((block) => !block.includes('\n{"belay":"copy",'))
    .join("\n\n");
}
