/** `belay init`: looks for a migration tool and a database, and writes a first belay.yml and a workflow. Overwrites nothing. */

import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { parseConfig } from "../config/parse.ts";
import { badName } from "../config/rule.ts";
import { BelayError, failure, messageOf, refusal, usageError } from "../domain/error.ts";
import type { PartResult, Result } from "../domain/result.ts";
import type { World } from "../world.ts";
import { belayYml } from "./belay-yml.ts";
import { type ChosenTarget, chooseTarget } from "./choose-target.ts";
import { findApplication, type Suggestion } from "./find-application.ts";
import { findDatabase } from "./find-database.ts";
import { folderAt, repositoryOf } from "./folder.ts";
import { chooseRecognised, recognise, type Recognised, type RecogniseSql } from "./recognise.ts";
import { workflowYml } from "./workflow.ts";

export interface InitRequest {
  /** null: prod. */
  readonly environment: string | null;
  /** Where belay.yml goes, relative to where Belay was started; null: `belay.yml`. */
  readonly config: string | null;
  /** The SQLite file or URL that is meant; null: the one that is found. */
  readonly target: string | null;
  /** The tool that is meant, or the file that gives it away; null: the one that is found. */
  readonly tool: string | null;
}

/** GitHub reads it at the root of a repository only. */
const WORKFLOW = ".github/workflows/belay.yml";

export async function init(world: World, request: InitRequest, recogniseSql: RecogniseSql): Promise<Result> {
  const startedAt = world.now();
  const environment = nameOf(request.environment);
  const config = fileOf(request.config);
  const folder = folderAt(world.cwd);
  const existing = [];
  for (const path of new Set([config, ".github/belay.yml", WORKFLOW])) if (await folder.has(path)) existing.push(path);
  if (existing.length > 0) throw alreadyThere(existing);

  const recognised = chooseRecognised(await recognise(folder, recogniseSql), request.tool);
  const target = chooseTarget(await findDatabase(folder, world.variables), request.target);
  const application = await findApplication(folder);
  if (recognised?.drive.way === "none") throw cannotDrive(recognised);

  const text = belayYml({
    environment,
    target: target.written,
    targetNote: target.note,
    needsStore: target.needsStore,
    drive: recognised?.drive ?? null,
    driveNote: recognised === null ? "" : `found: ${recognised.evidence}`,
    application,
  });
  assertValid(text, config, environment, world);
  const repository = await repositoryOf(world.cwd);
  const withWorkflow = repository === null || repository === world.cwd;
  const files = [
    [config, text],
    ...(withWorkflow ? [[WORKFLOW, workflowYml(environment, config, target.needsStore)] as const] : []),
  ] as const;
  await writeAll(world.cwd, files);
  return {
    belay: world.belayVersion,
    run: null,
    command: "init",
    environment,
    outcome: "written",
    digest: null,
    startedAt: startedAt.toISOString(),
    durationMs: world.now().getTime() - startedAt.getTime(),
    reasons: [],
    targets: [],
    parts: [databasePart(target), migrationsPart(recognised), applicationPart(application)],
    files: files.map(([path]) => path),
    next: nextSteps(environment, config, target, withWorkflow),
  };
}

function nameOf(given: string | null): string {
  const name = given ?? "prod";
  const flaw = badName(name);
  if (flaw !== null) throw usageError(flaw.code, `environment ${JSON.stringify(name)}: ${flaw.message}`, { hint: flaw.hint });
  return name;
}

/** What is found lies below this folder, and paths in belay.yml start at the file's own. */
function fileOf(given: string | null): string {
  const path = normalize(given ?? "belay.yml");
  if ([".", ".github"].includes(dirname(path))) return path;
  throw usageError("config-elsewhere", `belay init writes into this folder, and --config says ${JSON.stringify(given)}`, {
    hint: "run it in the folder where belay.yml goes",
  });
}

function alreadyThere(files: readonly string[]): BelayError {
  return refusal("already-there", `${files.join(" and ")} ${files.length === 1 ? "is" : "are"} there already`, {
    hint: "`belay doctor` tries what it says; to begin anew, move it away first",
    facts: { files },
  });
}

function cannotDrive({ title, evidence }: Recognised): BelayError {
  return refusal("tool-unsupported", `${title} was found (${evidence}), and this version of Belay has no tool for it`, {
    hint: "describe its commands in belay.yml yourself: migrate: { tool: command, migrations: [{ id, pending, pending-when, applied-when, apply }] }",
  });
}

function databasePart({ part }: ChosenTarget): PartResult {
  return { name: "database", target: null, ...part };
}

function migrationsPart(recognised: Recognised | null): PartResult {
  const head = { name: "migrations", target: null } as const;
  if (recognised === null)
    return {
      ...head,
      outcome: "warned",
      detail: "no migrations of a tool that Belay knows were found",
      hint: "put SQL files into migrations/ (0001_name.sql, 0002_name.sql), or name the tool in belay.yml",
    };
  const { title, evidence, drive } = recognised;
  if (drive.way === "tool" || title === "SQL files") return { ...head, outcome: "done", detail: `${title} (${evidence})` };
  const detail = `${title} (${evidence}), which this version of Belay has no tool for yet`;
  if (drive.way === "command")
    return {
      ...head,
      outcome: "warned",
      detail,
      hint: "belay.yml drives it by its own commands (tool: command): look whether they are right here",
    };
  return {
    ...head,
    outcome: "warned",
    detail,
    hint: "belay.yml applies its SQL files (tool: sql), with a history of Belay's own: where it migrated this database already, name the last one applied as migrate.baseline",
  };
}

function applicationPart(suggestion: Suggestion | null): PartResult {
  const head = { name: "application", target: null } as const;
  if (suggestion === null) return { ...head, outcome: "skipped", detail: "nothing was found that tells how it is stopped and started" };
  return { ...head, outcome: "done", detail: `${suggestion.found}; how to stop and start it stands in belay.yml as a comment` };
}

function nextSteps(environment: string, config: string, { variable }: ChosenTarget, withWorkflow: boolean): readonly string[] {
  const given = config === "belay.yml" ? "" : ` --config ${config}`;
  return [
    ...(variable === null ? [] : [`set ${variable} where Belay runs (its value stays out of belay.yml)`]),
    `read ${config}, and say in it how the application is stopped and started`,
    `\`belay doctor ${environment}${given}\` tries every part`,
    `\`belay plan ${environment}${given}\` shows what would run, \`belay migrate ${environment}${given}\` runs it`,
    withWorkflow
      ? `on GitHub: the head of ${WORKFLOW} says what has to be there; then commit both files`
      : `on GitHub: a workflow lies at the root of the repository, which is above this folder, so none was written`,
  ];
}

/** What init writes must be what Belay reads: only a variable that is not set here may be wanting. */
function assertValid(text: string, config: string, environment: string, world: World): void {
  const file = join(world.cwd, config);
  try {
    parseConfig(text, {
      file,
      shownAs: config,
      directory: dirname(file),
      environment,
      variables: world.variables,
      checkout: null,
      find: null,
    });
  } catch (error) {
    if (error instanceof BelayError && problemCodes(error).every((code) => WANTING.includes(code))) return;
    if (error instanceof BelayError) {
      const said = error.message.replace(`${config}:`, "what would be written, line ");
      throw usageError(error.code, said, error.hint === undefined ? {} : { hint: error.hint });
    }
    throw error;
  }
}

/** The variable is not set here, or holds no address: the result says so, and doctor will. */
const WANTING = ["variable-unset", "bad-target"];

function problemCodes({ facts }: BelayError): readonly string[] {
  const problems = Array.isArray(facts["problems"]) ? facts["problems"] : [];
  return problems.map((each: unknown) => (typeof each === "object" && each !== null && "code" in each ? String(each.code) : ""));
}

/** All of them or none. */
async function writeAll(root: string, files: readonly (readonly [path: string, text: string])[]): Promise<void> {
  const written: string[] = [];
  try {
    for (const [path, text] of files) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text, { flag: "wx" });
      written.push(path);
    }
  } catch (error) {
    for (const path of written) await rm(join(root, path), { force: true });
    if (error instanceof Error && "code" in error && error.code === "EEXIST")
      throw alreadyThere([String("path" in error ? error.path : "a file")]);
    throw failure("not-written", `writing into ${root}: ${messageOf(error)}`, {
      hint: "look at the rights of this folder, then run it again",
      cause: error,
    });
  }
}
