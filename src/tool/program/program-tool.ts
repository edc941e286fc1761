/** Makes a migration tool of what a definition says. */

import { canonicalJson, type JsonValue } from "../../domain/canonical-json.ts";
import type { Reason } from "../../domain/error.ts";
import type { Finding, Migration } from "../../domain/migration.ts";
import type { Session } from "../../domain/session.ts";
import type { MigrationTool, ToolState } from "../tool.ts";
import { applyMigrations } from "./apply.ts";
import type { Place, ProgramTool } from "./definition.ts";
import { askingOf, type Driven } from "./driven.ts";
import { digestOf, digestOfAll, filesMatching, sha256 } from "./files.ts";
import type { Program } from "./program.ts";
import { RememberedFiles } from "./remembered-files.ts";
import { revertMigrations } from "./revert.ts";

/** `remembered`: shared by the tools of an environment's targets. */
export function programTool(
  tool: ProgramTool,
  place: Place,
  program: Program,
  remembered: RememberedFiles = new RememberedFiles(tool, place),
): MigrationTool {
  const driven: Driven = { tool, place, program };
  const { engine } = place.target;
  const { tenants } = tool;
  return {
    name: tool.name,
    records: tool.records(place),
    abilities: {
      writesThroughSession: false,
      atomicMigrations: tool.atomic(engine),
      revert: tool.reverts,
      toVersion: tool.appliesAll?.(place) !== true,
    },
    configDigest: () => configDigest(driven),
    state: async (session) => await readState(driven, session, remembered),
    apply: (request) => applyMigrations(driven, request),
    ...(tenants === undefined ? {} : { tenants: async (session: Session) => await tenants(await askingOf(driven, session)) }),
    revert: (request) => revertMigrations(driven, request),
  };
}

async function readState(driven: Driven, session: Session, remembered: RememberedFiles): Promise<ToolState> {
  const asking = await askingOf(driven, session);
  const files = await remembered.recall(() => driven.tool.files(asking));
  const applied = await driven.tool.applied(asking, files);
  const isApplied = new Set(applied.ids);
  const isKnown = new Set(files.known.map(({ id }) => id));
  const pending: Migration[] = [];
  for (const { id, files: names, oneWay, sql } of files.known) {
    if (isApplied.has(id)) continue;
    const sha = await digestOf(names, driven.place.root);
    pending.push({ id, sha256: sha, sql, file: names[0] ?? null, reversible: driven.tool.reverts && oneWay === null, findings: [] });
  }
  return {
    applied: applied.ids,
    pending,
    withoutFile: applied.ids.filter((id) => !isKnown.has(id)),
    obstacles: [...unspeakablePath(driven), ...files.obstacles, ...applied.obstacles],
    findings: [...(files.findings ?? []), ...(applied.findings ?? []), ...lockTimeoutFinding(driven)],
  };
}

function unspeakablePath({ tool: { unspeakable, title }, program }: Driven): readonly Reason[] {
  const path = program.variables["BELAY_DATABASE_PATH"] ?? "";
  const [character] = unspeakable?.exec(path) ?? [];
  if (character === undefined) return [];
  return [
    {
      code: "path-unspeakable",
      message: `${title} cannot be told a file with ${character} in its path, and would work on another one: ${path}`,
      hint: "rename it; or let a link without that character lead to it, and name the link under migrate.path",
    },
  ];
}

function lockTimeoutFinding({ tool, place }: Driven): readonly Finding[] {
  if (tool.lockTimeoutNote === null || place.target.engine !== "postgres") return [];
  return [
    { id: "no-lock-timeout", place: tool.name, message: `migrate.lock-timeout does not reach ${tool.title}: ${tool.lockTimeoutNote}` },
  ];
}

async function configDigest({ tool, place, program }: Driven): Promise<string> {
  const files = await filesMatching(tool.configuration(place), place.directory);
  const configuration: JsonValue = {
    tool: tool.name,
    options: place.options,
    run: program.run,
    files: files.length === 0 ? null : await digestOfAll(files, place.directory),
  };
  return sha256(canonicalJson(configuration));
}
