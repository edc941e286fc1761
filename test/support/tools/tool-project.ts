/** Projects of migration tools for both engines, in a production of their own, for the cases that every tool is put through. */

import { mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";

import type { EngineName } from "../../../src/domain/target.ts";
import { openHolders } from "../../../src/engine/sqlite/holders.ts";
import { PostgresProduction } from "../production-postgres.ts";
import { SqliteProduction } from "../production-sqlite.ts";
import { CLI } from "../workplace.ts";
import type { ToolSite } from "./tool-site.ts";

export type ToolProduction = PostgresProduction | SqliteProduction;

export type Kind = Parameters<ToolSite["write"]>[0];

export interface ToolProject {
  /** As belay.yml calls it. */
  readonly tool: string;
  /** What else stands under `migrate` there. */
  readonly options?: Readonly<Record<string, string>>;
  readonly reverts: boolean;
  /** Its program, and the packages that a project of it has; empty: the system has it. */
  readonly packages: readonly string[];
  /** Writes what the project is without migrations, its own configuration reads the address from a variable; programs of its own into `programs`. */
  layOut(project: ToolProduction): void;
  /** Writes migration number `index`, from 1, and gives its id. */
  write(
    project: ToolProduction,
    migration: { readonly index: number; readonly name: string; readonly statements: readonly string[] },
  ): string;
  /** Lets its own configuration name this database, a path or a URL, whatever variables there are. */
  lead?(project: ToolProduction, address: string): void;
}

const REPOSITORY = join(import.meta.dirname, "../../..");
const OWN_TABLES =
  /^(?:alembic_version|django_\w+|knex_migrations(?:_lock)?|schema_migrations|pgmigrations|__drizzle_migrations|changes|dependencies|events|projects|releases|tags)$/;

/** A small production; for PostgreSQL of a role that is no superuser. */
export async function productionSite(tool: ToolProject, engine: EngineName): Promise<ToolSite> {
  const project = await started(engine);
  const programs = join(project.directory, "programs");
  mkdirSync(programs);
  for (const name of tool.packages) link(join(REPOSITORY, "node_modules", name), join(project.directory, "node_modules", name));
  const [program] = tool.packages;
  if (program !== undefined) link(join(REPOSITORY, "node_modules/.bin", program), join(programs, program));
  tool.layOut(project);
  const existing = tablesOf(project);
  let index = 0;
  let other: ToolProduction | null = null;
  const path = `${programs}:${project.variables["PATH"] ?? process.env["PATH"] ?? ""}`;
  return {
    project: withPath(project, path),
    target: project.target.trim(),
    migrate: { tool: tool.tool, ...tool.options },
    reverts: tool.reverts,
    ...(tool.lead === undefined ? { toldByBelayAlone: true } : {}),
    withoutTool: { PATH: "/nowhere" },
    write: (kind, name) => tool.write(project, { index: ++index, name, statements: statements(engine, name, kind) }),
    began: () => began(project),
    tables: () => tablesOf(project).filter((name) => !existing.includes(name) && !OWN_TABLES.test(name)),
    leadElsewhere: async () => {
      const elsewhere = await started(engine);
      other = elsewhere;
      const before = tablesOf(elsewhere);
      tool.lead?.(project, addressOf(elsewhere));
      return () => tablesOf(elsewhere).filter((name) => !before.includes(name) && !OWN_TABLES.test(name));
    },
    [Symbol.asyncDispose]: async () => {
      await project[Symbol.asyncDispose]();
      await other?.[Symbol.asyncDispose]();
    },
  };
}

function started(engine: EngineName): Promise<ToolProduction> {
  const bookings = 20;
  return engine === "sqlite"
    ? SqliteProduction.start({ journalMode: "wal", held: false }, bookings)
    : PostgresProduction.start({ version: 18, as: "owner", held: false }, bookings);
}

function link(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  symlinkSync(from, to);
}

/** Statements of SQL for one migration, each without its semicolon. One that goes on ends by itself only when nobody waits for it any more. */
function statements(engine: EngineName, table: string, kind: Kind): readonly string[] {
  const made = `create table ${table} (a int)`;
  if (kind === "makes-table") return [made];
  if (kind === "fails") return [made, "insert into nowhere values (1)"];
  const goesOn =
    engine === "postgres"
      ? `do $$ begin for i in 1 .. 600 loop insert into ${table} values (i); perform pg_sleep(0.1); end loop; end $$`
      : `insert into ${table} with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000000000) select count(*) from n`;
  return [made, goesOn];
}

/** On PostgreSQL it sleeps between two rows; on SQLite somebody but Belay has the file open. */
function began(project: ToolProduction): boolean {
  if (project instanceof PostgresProduction) {
    const sleeping = "select count(*) from pg_stat_activity where application_name like 'belay-%' and wait_event = 'PgSleep'";
    return project.sql(sleeping) !== "0";
  }
  const { dev, ino } = statSync(project.database);
  return openHolders(`${dev}:${ino}`).pids.some((pid) => !isBelay(pid));
}

function isBelay(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(dirname(CLI));
  } catch {
    return true; // gone meanwhile
  }
}

function tablesOf(project: ToolProduction): readonly string[] {
  const listed =
    project.engine === "sqlite"
      ? "select name from sqlite_schema where type = 'table' order by name"
      : "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by relname";
  return project.sql(listed).split("\n");
}

function addressOf(project: ToolProduction): string {
  return project instanceof PostgresProduction ? project.address : project.database;
}

function withPath<T extends ToolProduction>(project: T, path: string): T {
  return Object.assign(project, { variables: { ...project.variables, PATH: path } });
}
