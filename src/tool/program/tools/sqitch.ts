import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import type { Reason } from "../../../domain/error.ts";
import type { Finding } from "../../../domain/migration.ts";
import type { Address, Applied, Files, Known, Place, ProgramTool } from "../definition.ts";
import { withoutFile } from "../directory.ts";
import type { PlannedChange } from "./sqitch-plan.ts";
import { readProject, type SqitchProject } from "./sqitch-project.ts";
import { readRegistry, REGISTRY_TABLES, type DeployedChange } from "./sqitch-registry.ts";

/**
 * Sqitch: its plan names the changes, its registry in the database what is deployed. A `status` takes a second, so the registry is read. With
 * SQLite the registry is a file of its own; a rollback would leave it behind, so here it lies in the target itself.
 */
export const sqitch: ProgramTool = {
  name: "sqitch",
  title: "Sqitch",
  engines: ["sqlite", "postgres"],
  programs: ["sqitch"],
  install: "apt install sqitch libdbd-pg-perl libdbd-sqlite3-perl",
  configuration: () => ["sqitch.conf"],
  atomic: () => false, // a script begins and commits as it likes, and the record is another session's
  records: ({ target: { engine } }) => REGISTRY_TABLES.map((name) => (engine === "postgres" ? `sqitch.${name}` : name)),
  reverts: true,
  perSchema: false,
  lockTimeoutNote: null,
  about: `Belay reads \`sqitch.plan\` and the registry, and tells it the target in \`SQITCH_TARGET\`. On SQLite the registry is by default a second file, \`sqitch.db\`, which no backup
of the target has and no rollback brings back: Belay lets it lie in the target (\`--registry\`), and refuses one beside it, saying how to move it.`,
  url: sqitchUrl,
  unspeakable: /;/,
  urlVariables: ["SQITCH_TARGET"],
  meanings: [
    {
      words: /Cannot find your (?:name|email)/,
      code: "tool-not-configured",
      hint: "set SQITCH_FULLNAME and SQITCH_EMAIL for it: the registry notes who deployed",
    },
    {
      words: /Verify script .* failed/,
      code: "tool-verify-failed",
      hint: "the change was deployed, its verify script failed, and Sqitch did not record it",
    },
    {
      words: /Missing required change|Conflicts with previously deployed/,
      code: "tool-dependency",
      hint: "sqitch.plan says what a change requires and conflicts with",
    },
    {
      words: /password authentication failed|connection to server .* failed|unable to open database file/,
      code: "tool-cannot-connect",
      hint: "where migrate.run starts it elsewhere, pass the address on: docker run -e SQITCH_TARGET …",
    },
    {
      words: /DBD::\w+ .*required|install_driver|psql: not found|sqlite3: not found/,
      code: "tool-not-configured",
      hint: "apt install libdbd-pg-perl postgresql-client, or libdbd-sqlite3-perl sqlite3",
    },
  ],
  files: async ({ place }) => plannedChanges(place, await readProject(place)),
  applied: async ({ place, session }, files) => {
    const project = await readProject(place);
    const registry = await readRegistry({ session, place }, project);
    if ("obstacle" in registry) return { ids: [], obstacles: [registry.obstacle] };
    return deployedChanges(place, project, files, registry.deployed);
  },
  apply: ({ id }, files, place) => ["deploy", ...registryOf(place), "--to", named(id, files)],
  revert: ({ id }, files, place) => ["revert", "-y", ...registryOf(place), ...below(id, files)],
};

/** Its own kind of address; a path may hold anything. */
function sqitchUrl({ engine, address }: Address): string {
  if (engine === "sqlite") return `db:sqlite:${address.split("/").map(encodeURIComponent).join("/")}`;
  return `db:${address.replace(/^postgresql\+\w+:/, "postgresql:")}`;
}

/** A name without a folder is one beside the target: its own. */
function registryOf({ target: { engine, address } }: Place): readonly string[] {
  return engine === "sqlite" ? ["--registry", basename(address)] : [];
}

/** A name that is deployed twice is told by a tag, the last of them by what stands for the end of the plan. */
function named(id: string, { known }: Files): string {
  return known.some((other) => other.id.startsWith(`${id}@`)) ? `${id}@HEAD` : id;
}

/** Back to the change before it; back to nothing from the first. */
function below(id: string, files: Files): readonly string[] {
  const before = files.known[files.known.findIndex((each) => each.id === id) - 1];
  return before === undefined ? [] : ["--to", named(before.id, files)];
}

async function plannedChanges(place: Place, project: SqitchProject): Promise<Files> {
  const changes = await Promise.all(project.changes.map((change) => changeOf(place, project, change)));
  return { known: changes.map(({ known }) => known), obstacles: changes.flatMap(({ obstacle }) => obstacle ?? []) };
}

async function changeOf(
  place: Place,
  { deploy, revert, extension }: SqitchProject,
  { id }: PlannedChange,
): Promise<{ readonly known: Known; readonly obstacle: Reason | null }> {
  const path = join(deploy, `${id}.${extension}`);
  const [sql, back] = await Promise.all([textOf(path), textOf(join(revert, `${id}.${extension}`))]);
  const file = relative(place.root, path).replaceAll(sep, "/");
  return {
    known: { id, files: sql === null ? [] : [file], oneWay: oneWayOf(back), sql },
    obstacle: sql === null ? scriptMissing(id, file) : null,
  };
}

function textOf(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch(() => null);
}

/** A script as `sqitch add` writes it, with nothing between BEGIN and COMMIT, takes nothing back. */
function oneWayOf(script: string | null): string | null {
  if (script === null) return "it has no revert script";
  const statements = script.replace(/--.*$/gm, "").replace(/\b(?:BEGIN|COMMIT)\s*;/gi, "");
  return statements.trim() === "" ? "its revert script does nothing" : null;
}

function scriptMissing(id: string, file: string): Reason {
  return {
    code: "migration-missing",
    message: `sqitch.plan has ${id}, and its script ${file} is not there`,
    hint: "bring the script back, or take the change out of the plan: sqitch rm",
  };
}

/** The k-th time that a name was deployed is the k-th time that the plan has it. */
async function deployedChanges(
  place: Place,
  { changes }: SqitchProject,
  { known }: Files,
  deployed: readonly DeployedChange[],
): Promise<Applied> {
  const left = [...changes];
  const matched = deployed.map((change) => {
    const at = left.findIndex(({ name }) => name === change.name);
    return { change, id: at < 0 ? change.name : (left.splice(at, 1)[0]?.id ?? change.name), planned: at >= 0 };
  });
  const ids = matched.map(({ id }) => id);
  return {
    ids,
    obstacles: [...matched.filter(({ planned }) => !planned).map(({ id }) => withoutFile(id)), ...passedOver(known, ids)],
    findings: await changedScripts(place, known, matched),
  };
}

/** It deploys what the plan has behind the last deployed change, and never what was put before that. */
function passedOver(known: readonly Known[], applied: readonly string[]): readonly Reason[] {
  const last = known.findLastIndex(({ id }) => applied.includes(id));
  return known.slice(0, Math.max(last, 0)).flatMap(({ id }) => {
    if (applied.includes(id)) return [];
    return [
      {
        code: "migration-out-of-order",
        message: `${id} stands in sqitch.plan before ${known[last]?.id ?? ""}, which is deployed already: Sqitch would never deploy it`,
        hint: "move its line to the end of sqitch.plan",
      },
    ];
  });
}

async function changedScripts(
  { root }: Place,
  known: readonly Known[],
  matched: readonly { readonly id: string; readonly change: DeployedChange }[],
): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const { id, change } of matched) {
    const file = known.find((each) => each.id === id)?.files[0];
    if (file === undefined || change.scriptHash === null) continue;
    if (
      createHash("sha1")
        .update(await readFile(join(root, file)))
        .digest("hex") === change.scriptHash
    )
      continue;
    found.push({
      id: "migration-changed",
      place: file,
      message: `${id} was changed after it was deployed; Sqitch does not mind, unless asked by \`sqitch check\``,
    });
  }
  return found;
}
