/** What Sqitch has deployed, by its registry in the target. */

import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Reason } from "../../../domain/error.ts";
import type { Session } from "../../../domain/session.ts";
import type { Asking } from "../definition.ts";
import { readRecord } from "../record.ts";
import type { SqitchProject } from "./sqitch-project.ts";

export interface DeployedChange {
  readonly name: string;
  /** SHA-1 of its script as it was, in hexadecimal; null: not noted. */
  readonly scriptHash: string | null;
}

export type Registry = { readonly deployed: readonly DeployedChange[] } | { readonly obstacle: Reason };

export async function readRegistry({ session, place }: Pick<Asking, "session" | "place">, project: SqitchProject): Promise<Registry> {
  const { address } = place.target;
  const inFile = session.dialect === "sqlite";
  const record = await readRecord(
    { session, place },
    {
      schema: inFile ? null : project.registry,
      name: "changes",
      columns: COLUMNS,
      read: ["change", "script_hash", "project"],
      order: "committed_at, planned_at",
    },
  );
  if ("obstacle" in record) return { obstacle: otherRegistry(record.obstacle) };
  if (record.rows !== null) {
    const own = record.rows.filter(([, , name]) => String(name) === project.project);
    return { deployed: own.map(([name, hash]) => ({ name: String(name), scriptHash: hash === null ? null : String(hash) })) };
  }
  const foreign = inFile ? await tablesOfOthers(session) : [];
  if (foreign.length > 0) return { obstacle: namesTaken(foreign) };
  const beside = inFile ? await registryBeside(address, project.registry) : null;
  return beside === null ? { deployed: [] } : { obstacle: besideTarget(beside, address) };
}

export const REGISTRY_TABLES: readonly string[] = ["changes", "dependencies", "events", "projects", "releases", "tags"];

/** Tables with names of the registry's, where there is no registry. */
async function tablesOfOthers(session: Session): Promise<readonly string[]> {
  const { rows } = await session.query("select name from sqlite_schema where type = 'table' order by name");
  return rows.map(([name]) => String(name)).filter((name) => REGISTRY_TABLES.includes(name.toLowerCase()));
}

function namesTaken(names: readonly string[]): Reason {
  return {
    code: "registry-names-taken",
    message: `Sqitch's registry has to lie in the target, where a backup and a rollback bring it along, and the application has tables of its names: ${names.join(", ")}`,
    hint: "rename those tables, or let another tool apply the migrations (tool: sql takes plain SQL files)",
  };
}

const COLUMNS = [
  "change_id",
  "script_hash",
  "change",
  "project",
  "note",
  "committed_at",
  "committer_name",
  "committer_email",
  "planned_at",
  "planner_name",
  "planner_email",
];

function otherRegistry(obstacle: Reason): Reason {
  return { ...obstacle, hint: "say which registry is meant in sqitch.conf: `sqitch config engine.pg.registry NAME`" };
}

/** As Sqitch calls it: with the target's ending, unless it has one. An empty file is what a mere `sqitch status` leaves. */
async function registryBeside(address: string, registry: string): Promise<string | null> {
  const ending = /\..*$/.exec(basename(address))?.[0] ?? "";
  const name = registry.includes(".") ? registry : `${registry}${ending}`;
  const path = join(dirname(address), name);
  if (path === address) return null;
  const found = await stat(path).catch(() => null);
  return found !== null && found.isFile() && found.size > 0 ? path : null;
}

function besideTarget(registry: string, address: string): Reason {
  return {
    code: "registry-beside-target",
    message: `Sqitch keeps its registry in a second file, ${registry}: no backup of the target has it, and after a rollback it would still say that all is deployed`,
    hint: `move it into the target, with nobody at work: sqlite3 ${registry} .dump | sqlite3 ${address}, move ${registry} away, and say so: sqitch config engine.sqlite.registry ${address}`,
  };
}
