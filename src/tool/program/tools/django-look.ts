/** What Django and django-tenants have in common: the files as Django's loader sees them, and one record in each database or schema. */

import { realpath } from "node:fs/promises";
import { failure, type Reason } from "../../../domain/error.ts";
import type { Session } from "../../../domain/session.ts";
import type { Applied, Asking, Files, Known, Place } from "../definition.ts";
import { localFile } from "../local-file.ts";
import { programFailure } from "../program.ts";
import { hintFor } from "../same-database.ts";
import { readFiles, readSeen } from "./django-answer.ts";
import { DATABASE_ON_SERVER, FILES, seenScript } from "./django-script.ts";
import { textOf } from "./options.ts";

export interface DjangoMigrations extends Files {
  readonly known: readonly DjangoMigration[];
  /** Every migration that has a file, those that another replaces among them. */
  readonly disk: ReadonlySet<string>;
}

interface DjangoMigration extends Known {
  readonly after: readonly string[];
  readonly replaces: readonly string[];
}

/** `manage.py COMMAND …`, for a program that is Python. */
export function manage({ options }: Place, command: string, ...args: readonly string[]): readonly string[] {
  const settings = textOf(options, "settings");
  return [textOf(options, "manage") ?? "manage.py", command, ...(settings === null ? [] : ["--settings", settings]), ...args];
}

export async function djangoFiles({ place, ask }: Asking): Promise<DjangoMigrations> {
  const answer = await ask(manage(place, "shell", "-c", FILES));
  const read = readFiles(answer.stdout);
  if (read === null) {
    const plain = { redact: (text: string) => text, directory: place.directory };
    throw programFailure(
      "tool-answer-unknown",
      "asking Django for its migrations: no answer is in what it said",
      plain,
      { migration: null },
      answer,
    );
  }
  const known = await Promise.all(
    read.known.map(async ({ id, file, reversible, after, replaces }): Promise<DjangoMigration> => {
      const local = file === null ? null : await localFile(place, file);
      return {
        id,
        files: local === null ? [] : [local],
        oneWay: reversible ? null : "one of its operations has no way back",
        sql: null,
        after,
        replaces,
      };
    }),
  );
  return { known, disk: new Set(read.disk), obstacles: Object.entries(read.conflicts).map(([app, names]) => conflict(app, names)) };
}

function conflict(app: string, names: readonly string[]): Reason {
  return {
    code: "several-heads",
    message: `the migrations of ${app} have ${names.length} ends (${names.join(", ")}): which comes first is not decided`,
    hint: "join them: python manage.py makemigrations --merge",
  };
}

/** By Django's own record, `django_migrations`. */
export async function djangoApplied({ place, session }: Asking, files: Files): Promise<Applied> {
  const record = await recordIn(session, place.schema);
  return "obstacle" in record ? { ids: [], obstacles: [record.obstacle] } : judged(record.ids, files as DjangoMigrations);
}

/** A migration that replaces others is applied where all of those are, recorded itself or not. */
function judged(record: readonly string[], { known, disk }: DjangoMigrations): Applied {
  const recorded = new Set(record);
  const squashed = known.filter(({ id, replaces }) => !recorded.has(id) && replaces.some((each) => recorded.has(each)));
  const [whole, half] = [squashed.filter((each) => isWhole(each, recorded)), squashed.filter((each) => !isWhole(each, recorded))];
  const replaced = new Set(known.flatMap(({ replaces }) => replaces));
  const ids = [...record.filter((id) => !replaced.has(id)), ...whole.map(({ id }) => id)];
  return {
    ids,
    obstacles: [...half.map(halfSquashed), ...inconsistent(known, new Set(ids)), ...ids.filter((id) => !disk.has(id)).map(withoutFile)],
  };
}

function isWhole({ replaces }: DjangoMigration, recorded: ReadonlySet<string>): boolean {
  return replaces.every((each) => recorded.has(each));
}

function halfSquashed({ id, replaces }: DjangoMigration): Reason {
  return {
    code: "squash-half-applied",
    message: `of the migrations that ${id} replaces only some are applied`,
    hint: `deploy the version before it first, and apply all of ${replaces.join(", ")}`,
  };
}

/** As Django itself checks before it applies anything: somebody recorded by hand, or changed the dependencies of what was applied. */
function inconsistent(known: readonly DjangoMigration[], applied: ReadonlySet<string>): readonly Reason[] {
  return known.flatMap(({ id, after }) => {
    const missing = applied.has(id) ? after.filter((parent) => !applied.has(parent)) : [];
    if (missing.length === 0) return [];
    return [
      {
        code: "history-inconsistent",
        message: `${id} is applied, and what it depends on is not: ${missing.join(", ")}`,
        hint: "a migration was interrupted, recorded by hand (--fake), or its dependencies were changed: put the record right first",
      },
    ];
  });
}

function withoutFile(id: string): Reason {
  return {
    code: "migration-missing",
    message: `${id} is recorded as applied, but has no file any more`,
    hint: "bring the file back, or deploy the commit that has it",
  };
}

type DjangoRecord = { readonly ids: readonly string[] } | { readonly obstacle: Reason };

const TABLE = "django_migrations";

async function recordIn(session: Session, schema: string | null): Promise<DjangoRecord> {
  const schemas = session.dialect === "sqlite" ? await inSqlite(session) : await inPostgres(session);
  const candidates = schema === null ? schemas : schemas.filter((each) => each === schema);
  const chosen = candidates.length > 1 && candidates.includes("public") ? "public" : candidates[0];
  if (chosen === undefined) return { ids: [] };
  if (candidates.length > 1 && chosen !== "public") return { obstacle: severalRecords(candidates) };
  const table = chosen === "" ? TABLE : `"${chosen.replaceAll('"', '""')}".${TABLE}`;
  const { rows } = await session.query(`select app, name from ${table} order by id`);
  return { ids: [...new Set(rows.map(([app, name]) => `${String(app)}.${String(name)}`))] };
}

async function inSqlite(session: Session): Promise<readonly string[]> {
  return (await session.query(`select '' from sqlite_schema where type = 'table' and name = '${TABLE}'`)).rows.map(String);
}

async function inPostgres(session: Session): Promise<readonly string[]> {
  const { rows } = await session.query(
    `select n.nspname::text from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and c.relname = '${TABLE}' order by 1`,
  );
  return rows.map(([name]) => String(name));
}

function severalRecords(schemas: readonly string[]): Reason {
  return {
    code: "several-version-tables",
    message: `Django's record is not clear: ${schemas.join(" and ")} each have a ${TABLE}`,
    hint: "are these tenants? then the tool is django-tenants",
  };
}

/** Throws `wrong-database` where Django reaches another one, whatever that has. */
export async function djangoSeen({ place, session, ask }: Asking, files: Files): Promise<readonly string[]> {
  const printed = (await ask(manage(place, "shell", "-c", seenScript(textOf(place.options, "database") ?? "default")))).stdout;
  const seen = readSeen(printed);
  if (seen === null) return [];
  const { path, server } = seen;
  if (path !== undefined && !place.elsewhere && path !== (await realpath(place.target.address))) throw elsewhere(place, path);
  if (server !== undefined && server !== (await serverOf(session))) throw elsewhere(place, "another one on PostgreSQL");
  return judged(seen.applied, files as DjangoMigrations).ids;
}

async function serverOf(session: Session): Promise<string> {
  const { rows } = await session.query(DATABASE_ON_SERVER);
  return String(rows[0]?.[0]);
}

function elsewhere(place: Place, what: string) {
  return failure("wrong-database", `Django's settings lead to ${what}, not to ${place.target.name}`, { hint: hintFor(place.elsewhere) });
}

/** What `migrate APP NAME` goes to. */
export function stateOf(id: string): readonly string[] {
  const dot = id.indexOf(".");
  return [id.slice(0, dot), id.slice(dot + 1)];
}

/** The state of the same app before a migration: `zero` before its first. */
export function stateBefore({ id, after = [] }: Known): readonly string[] {
  const [app = ""] = stateOf(id);
  const parent = after.find((each) => each.startsWith(`${app}.`));
  return parent === undefined ? [app, "zero"] : stateOf(parent);
}
