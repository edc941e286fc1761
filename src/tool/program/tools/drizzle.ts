import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Reason } from "../../../domain/error.ts";
import type { Finding } from "../../../domain/migration.ts";
import type { Applied, Asking, Files, Known, Place, ProgramTool } from "../definition.ts";
import { fileIn, migrationFolder, sharedIds } from "../directory.ts";
import { isFile, sha256 } from "../files.ts";
import { namedTable, readRecord, type RecordTable } from "../record.ts";
import { drizzleScratch, SCRATCH_CONFIGURATION } from "./drizzle-scratch.ts";
import { readJournal, type JournalEntry } from "./drizzle-journal.ts";
import { NODE_MEANINGS } from "./javascript.ts";
import { textOf } from "./options.ts";

const CONFIGURATION = ["drizzle.config.ts", "drizzle.config.js", "drizzle.config.json"];

const RECORD: RecordTable = {
  schema: null,
  name: "__drizzle_migrations",
  columns: ["id", "hash", "created_at"],
  read: ["hash", "created_at"],
  order: "created_at",
};

/**
 * Drizzle: `drizzle-kit migrate` applies all that the journal has behind the newest of its table, in one transaction, and says nothing at all
 * when that fails. So it is shown a journal that ends with the next migration, and a configuration that tells why it ended.
 */
export const drizzle: ProgramTool = {
  name: "drizzle",
  title: "Drizzle",
  engines: ["sqlite", "postgres"],
  programs: ["drizzle-kit"],
  install: "npm install drizzle-kit drizzle-orm, in the project's folder",
  configuration: ({ options }) => (typeof options["config"] === "string" ? [options["config"]] : CONFIGURATION),
  atomic: () => false, // a COMMIT of its own in a migration's SQL
  records: ({ options }) => [textOf(options, "table") ?? RECORD.name],
  reverts: false,
  perSchema: false,
  lockTimeoutNote: null,
  about: `\`drizzle-kit migrate\` applies all that is pending, and says nothing when that fails. So each time it is shown a folder with one migration, and a configuration around
the team's own that sets folder and address and tells why it ended. In a container it applies all at once, in silence. An entry of the journal that is older than the
newest applied one is an obstacle: drizzle-kit would pass over it and say that all went well. Drizzle has no way back: a rollback takes the backup.`,
  meanings: [
    {
      words: /config\.\w+ file does not exist|Please provide required params/,
      code: "tool-not-configured",
      hint: "say where the project is (migrate.project), or its configuration (migrate.config); and let that read the URL that Belay sets",
    },
    {
      words: /Please install (?:latest version of )?|To connect to .* database - please install/,
      code: "tool-not-configured",
      hint: "a package that it needs is not installed here: npm ci in the project's folder",
    },
    ...NODE_MEANINGS,
  ],
  files: ({ place }) => journalFiles(place),
  applied: appliedByRecord,
  scratch: async (known, _files, place) => drizzleScratch(known, place, await configurationOf(place)),
  appliesAll: ({ elsewhere }) => elsewhere,
  apply: (_known, _files, place, scratch) => ["migrate", ...configured(place, scratch)],
  revert: () => [],
};

async function configurationOf({ directory, options }: Place): Promise<string> {
  const given = options["config"];
  if (typeof given === "string") return resolve(directory, given);
  for (const name of CONFIGURATION) if (await isFile(join(directory, name))) return join(directory, name);
  return join(directory, CONFIGURATION[0] ?? "");
}

function configured({ options }: Place, scratch: string | null): readonly string[] {
  if (scratch !== null) return ["--config", join(scratch, SCRATCH_CONFIGURATION)];
  return typeof options["config"] === "string" ? ["--config", options["config"]] : [];
}

async function journalFiles(place: Place): Promise<Files> {
  const folder = await migrationFolder(place, "drizzle");
  const entries = await readJournal(folder.path);
  const there = entries.filter(({ tag }) => folder.names.includes(`${tag}.sql`));
  const known = there.map(async ({ tag }): Promise<Known> => {
    const source = await readFile(join(folder.path, `${tag}.sql`), "utf8");
    return { id: tag, files: [fileIn(place, folder, `${tag}.sql`)], oneWay: "Drizzle has no way back", sql: source };
  });
  const absent = entries.filter((entry) => !there.includes(entry)).map(({ tag }) => absentFile(`${tag}.sql`));
  return {
    known: await Promise.all(known),
    obstacles: [...absent, ...sharedIds(entries.map(({ tag }) => ({ id: tag, file: `${tag} of the journal` })))],
  };
}

function absentFile(name: string): Reason {
  return {
    code: "migration-missing",
    message: `the journal (meta/_journal.json) has ${name}, which is not there`,
    hint: "bring the file back, or deploy the commit that has it: drizzle-kit refuses the whole folder",
  };
}

/** A migration is recorded by the time that the journal gives it, and the hash of its file. */
async function appliedByRecord({ session, place }: Asking, { known }: Files): Promise<Applied> {
  const usual = session.dialect === "postgres" ? { ...RECORD, schema: "drizzle" } : RECORD;
  const record = await readRecord({ session, place }, namedTable(usual, place.options["table"]));
  if ("obstacle" in record) return { ids: [], obstacles: [record.obstacle] };
  const rows = (record.rows ?? []).map(([hash, createdAt]) => ({ hash: String(hash), when: String(createdAt) }));
  const folder = await migrationFolder(place, "drizzle");
  const entries = await readJournal(folder.path);
  const byTime = new Map(entries.map((entry) => [String(entry.when), entry]));
  const ids = rows.map(({ when }) => byTime.get(when)?.tag ?? when);
  const newest = Math.max(...rows.map(({ when }) => Number(when)));
  const skipped = entries.filter(({ tag, when }) => !ids.includes(tag) && when <= newest);
  const isKnown = new Set(known.map(({ id }) => id));
  return {
    ids,
    obstacles: skipped.filter(({ tag }) => isKnown.has(tag)).map(neverApplied),
    findings: await changedFiles(rows, byTime, folder.path),
  };
}

function neverApplied({ tag }: JournalEntry): Reason {
  return {
    code: "migration-out-of-order",
    message: `${tag} is older than the newest migration that is applied: drizzle-kit passes over it, and says that all went well`,
    hint: "give it a later `when` in meta/_journal.json, or make it anew: drizzle-kit generate",
  };
}

async function changedFiles(
  rows: readonly { readonly hash: string; readonly when: string }[],
  byTime: ReadonlyMap<string, JournalEntry>,
  folder: string,
): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const { hash, when } of rows) {
    const tag = byTime.get(when)?.tag;
    const source = tag === undefined ? null : await readFile(join(folder, `${tag}.sql`), "utf8").catch(() => null);
    if (tag === undefined || source === null || sha256(source) === hash) continue;
    found.push({ id: "migration-changed", place: `${tag}.sql`, message: `${tag} was changed after it was applied; Drizzle does not mind` });
  }
  return found;
}
