import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Reason } from "../../../domain/error.ts";
import type { Applied, Asking, Files, Known, Place, ProgramTool } from "../definition.ts";
import { fileIn, migrationFolder, sharedIds, withoutFile, type MigrationFolder } from "../directory.ts";
import { plainLines } from "../plain-text.ts";
import { namedTable, readRecord, type RecordTable } from "../record.ts";
import { NODE_MEANINGS, oneWayOf } from "./javascript.ts";
import { textOf } from "./options.ts";

const RECORD: RecordTable = {
  schema: "public",
  name: "pgmigrations",
  columns: ["id", "name", "run_on"],
  read: ["name"],
  order: "run_on, id",
};

/**
 * node-pg-migrate: its migrations are called by their files without the ending, in the order of their numbers. It cannot list them, and its
 * dry run makes its table, so what is applied is read from there.
 */
export const nodePgMigrate: ProgramTool = {
  name: "node-pg-migrate",
  title: "node-pg-migrate",
  engines: ["postgres"],
  programs: ["node-pg-migrate"],
  install: "npm install node-pg-migrate pg, in the project's folder",
  configuration: ({ options }) => (typeof options["config"] === "string" ? [options["config"]] : ["config/*.{json,js,ts}"]),
  atomic: () => false, // `pgm.noTransaction()`
  records: ({ options }) => [textOf(options, "table") ?? RECORD.name],
  reverts: true,
  perSchema: false,
  lockTimeoutNote: null,
  about: `What is applied is read from \`pgmigrations\` (\`table\`, where \`--migrations-table\` or \`--migrations-schema\` is used): its dry run would make that table. It is
told the URL as \`BELAY_DATABASE_URL\`, which goes before what a file of its own names; where it lives in a container it reads \`DATABASE_URL\`.`,
  meanings: [
    {
      words: /Another migration is already running/,
      code: "database-locked",
      hint: "another node-pg-migrate is at work on this database: let it end, or end its session",
    },
    {
      words: /environment variable is not set or incomplete connection parameters/,
      code: "tool-not-configured",
      hint: "where migrate.run starts it elsewhere, pass the address on: docker run -e DATABASE_URL …",
    },
    {
      words: /Not run migration .* is preceding already run migration/,
      code: "migration-out-of-order",
      hint: "give the new migration a number above those that are applied",
    },
    {
      words: /User has disabled down migration/,
      code: "not-reversible",
      hint: "write its way back, or go back by the backup: belay rollback",
    },
    ...NODE_MEANINGS,
  ],
  files: ({ place }) => numberedFiles(place),
  applied: appliedByRecord,
  seen: async ({ place, ask }, files) => unlessListed(files, (await ask([...told(place), "up", "--dry-run"])).stdout),
  apply: (_known, _files, place) => [...told(place), "up", "1"],
  revert: (_known, _files, place) => [...told(place), "down", "1"],
};

/** Where it lives here it gets the address by a name that no configuration of its own has. */
function told({ elsewhere, options }: Place): readonly string[] {
  const directory = options["directory"];
  const table = options["table"];
  const [schema, name] = typeof table === "string" && table.includes(".") ? split(table) : [null, table];
  return [
    ...(elsewhere ? [] : ["--database-url-var", "BELAY_DATABASE_URL"]),
    ...(typeof options["config"] === "string" ? ["--config-file", options["config"]] : []),
    ...(typeof directory === "string" ? ["--migrations-dir", directory] : []),
    ...(typeof name === "string" ? ["--migrations-table", name] : []),
    ...(schema === null ? [] : ["--migrations-schema", schema]),
  ];
}

function split(table: string): readonly [string, string] {
  const dot = table.lastIndexOf(".");
  return [table.slice(0, dot), table.slice(dot + 1)];
}

async function numberedFiles(place: Place): Promise<Files> {
  const folder = await migrationFolder(place, "migrations");
  const names = folder.names.filter((name) => !name.startsWith(".")).sort(byNumber);
  const known = await Promise.all(names.map((name) => knownOf(place, folder, name)));
  const withoutNumber = names.filter((name) => !/^\d/.test(name));
  const shared = sharedIds(names.map((file, index) => ({ id: known[index]?.id ?? file, file })));
  return { known, obstacles: [...withoutNumber.map(unnumbered), ...shared] };
}

async function knownOf(place: Place, folder: MigrationFolder, name: string): Promise<Known> {
  const source = await readFile(join(folder.path, name), "utf8");
  const shared = { id: name.slice(0, name.length - extname(name).length), files: [fileIn(place, folder, name)] };
  if (extname(name).toLowerCase() !== ".sql") return { ...shared, oneWay: oneWayOf(source), sql: null };
  const { up, down } = sectionsOf(source);
  return { ...shared, oneWay: down === "" ? "it has no `-- Down Migration`" : null, sql: up };
}

/** As it takes them apart: without a mark for the way up that is the whole file, the way down with it. */
export function sectionsOf(source: string): { readonly up: string; readonly down: string } {
  const upAt = source.search(/^\s*--[\s-]*up\s+migration/im);
  const downAt = source.search(/^\s*--[\s-]*down\s+migration/im);
  const up = upAt < 0 ? source : source.slice(upAt, downAt < upAt ? undefined : downAt);
  const down = downAt < 0 ? "" : source.slice(downAt, upAt < downAt ? undefined : upAt);
  return { up: up.trim(), down: down.replace(/--.*$/gm, "").trim() };
}

/** As it sorts: by the number that a name begins with, in which 17 digits are a time in UTC, then by the name. */
export function byNumber(a: string, b: string): number {
  const [first, second] = [numberOf(a), numberOf(b)];
  if (first !== second) return first - second;
  return a.localeCompare(b, undefined, { usage: "sort", numeric: true, sensitivity: "variant", ignorePunctuation: true });
}

const UTC = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/;

function numberOf(name: string): number {
  const digits = /^\d+/.exec(name)?.[0] ?? "";
  return UTC.test(digits) ? Date.parse(digits.replace(UTC, "$1-$2-$3T$4:$5:$6.$7Z")) : Number(digits);
}

function unnumbered(name: string): Reason {
  return {
    code: "migration-name",
    message: `${name} begins with no number, and node-pg-migrate refuses the whole folder for it`,
    hint: "begin its name with a number, or move it out of the folder",
  };
}

async function appliedByRecord({ session, place }: Asking, { known }: Files): Promise<Applied> {
  const record = await readRecord({ session, place }, namedTable(RECORD, place.options["table"]));
  if ("obstacle" in record) return { ids: [], obstacles: [record.obstacle] };
  const ids = (record.rows ?? []).map(([name]) => String(name));
  const lost = ids.filter((id) => !known.some((each) => each.id === id));
  return { ids, obstacles: lost.length > 0 ? lost.map(withoutFile) : outOfOrder(known, ids) };
}

/** It compares the two lists from their beginnings. */
function outOfOrder(known: readonly Known[], applied: readonly string[]): readonly Reason[] {
  const at = applied.findIndex((id, index) => known[index]?.id !== id);
  const [first, later] = [known[at]?.id, applied[at]];
  if (first === undefined || later === undefined) return [];
  return [
    {
      code: "migration-out-of-order",
      message: applied.includes(first)
        ? `${later} was applied before ${first}, which comes first by its name`
        : `${first} would come before ${later}, which is applied already`,
      hint: `node-pg-migrate refuses that: give ${first} a number above those that are applied`,
    },
  ];
}

/** All that have a file, but for those that a dry run would apply. */
function unlessListed({ known }: Files, printed: string): readonly string[] {
  const pending = new Set(plainLines(printed).flatMap((line) => /^> - (.*)$/.exec(line)?.[1] ?? []));
  return known.map(({ id }) => id).filter((id) => !pending.has(id));
}
