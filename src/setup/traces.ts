/** What migration tools leave in a project, and how Belay drives each. One table: a tool is added by its entry. */

import type { Folder } from "./folder.ts";
import { PRESETS, type Preset } from "./presets.ts";

export interface Trace {
  readonly title: string;
  /** Its name in belay.yml, in this version or a later one; null: Belay knows it only by `command`. */
  readonly tool: string | null;
  /** The file that gives it away; null: it is not there. */
  readonly look: (folder: Folder) => Promise<string | null>;
  /** Folders whose SQL is its own: not to be taken for SQL that nobody applies. */
  readonly owns: readonly string[];
  /** How this version of Belay drives it until it has a tool for it; null: it cannot. */
  readonly meanwhile: Meanwhile | null;
}

/** By its own program, asked for its status; `program` is where it lies in this project, or its name. */
export interface Meanwhile {
  readonly program: string;
  readonly pending: (program: string) => string;
  readonly pendingWhen: string;
  readonly appliedWhen: string;
  readonly apply: (program: string) => string;
  /** What the program is told beside the usual. */
  readonly variables?: Readonly<Record<string, string>>;
}

export const TRACES: readonly Trace[] = [
  {
    title: "Flask-Migrate",
    tool: "flask",
    look: async (folder) =>
      (await folder.has("migrations/env.py")) && (await folder.has("migrations/alembic.ini")) ? "migrations/env.py" : null,
    owns: ["migrations"],
    meanwhile: null,
  },
  {
    title: "Alembic",
    tool: "alembic",
    look: async (folder) => ((await folder.has("migrations/env.py")) ? firstOf("alembic.ini")(folder) : null),
    owns: ["migrations", "alembic.ini"],
    meanwhile: null,
  },
  // Its scripts lie elsewhere: what is in migrations/ is another tool's.
  { title: "Alembic", tool: "alembic", look: firstOf("alembic.ini"), owns: [], meanwhile: null },
  {
    title: "django-tenants",
    tool: "django-tenants",
    look: async (folder) => ((await folder.has("manage.py")) ? settingsWith(folder, /^TENANT_MODEL\b/m) : null),
    owns: ["manage.py"],
    meanwhile: null,
  },
  {
    title: "Django",
    tool: "django",
    look: containing("manage.py", /django/i),
    owns: [],
    meanwhile: null,
  },
  {
    title: "Knex",
    tool: "knex",
    look: firstOf("knexfile.js", "knexfile.ts", "knexfile.mjs", "knexfile.cjs"),
    owns: [],
    meanwhile: null,
  },
  {
    title: "Drizzle",
    tool: "drizzle",
    look: firstOf("drizzle.config.ts", "drizzle.config.js", "drizzle.config.mjs", "drizzle.config.json"),
    owns: ["drizzle"],
    meanwhile: null,
  },
  {
    title: "Sqitch",
    tool: "sqitch",
    look: firstOf("sqitch.plan"),
    owns: ["deploy", "revert", "verify"],
    meanwhile: null,
  },
  {
    title: "dbmate",
    tool: "dbmate",
    look: anySql(["db/migrations"], /^-- migrate:up/m),
    owns: ["db/migrations"],
    meanwhile: null,
  },
  {
    title: "node-pg-migrate",
    tool: "node-pg-migrate",
    look: containing("package.json", /"node-pg-migrate"\s*:/),
    owns: ["migrations"],
    meanwhile: null,
  },
  { title: "TypeORM", tool: null, look: containing("package.json", /"typeorm"\s*:/), owns: [], meanwhile: null },
  ...PRESETS.map(({ title, owns, look, ...preset }): Trace => ({
    title,
    tool: null,
    owns,
    look: lookFor(look),
    meanwhile: preset,
  })),
];

function lookFor({ files = [], folder, mark }: Preset["look"]): Trace["look"] {
  return async (place) => {
    for (const file of files) if (!(await place.has(file))) return null;
    if (mark !== undefined) return anySql(mark.folders, mark.words)(place);
    if (folder === undefined) return files[0] ?? null;
    const name = (await place.names(folder.path)).find((each) => folder.names.test(each));
    return name === undefined ? null : folder.path;
  };
}

/** A settings' module beside manage.py, or one folder below, that says this. */
async function settingsWith(folder: Folder, words: RegExp): Promise<string | null> {
  for (const name of ["", ...(await folder.names("."))]) {
    for (const file of ["settings.py", "settings/base.py", "settings/production.py"]) {
      const path = name === "" ? file : `${name}/${file}`;
      if (words.test(await folder.text(path))) return path;
    }
  }
  return null;
}

function firstOf(...paths: readonly string[]): Trace["look"] {
  return async (folder) => {
    for (const path of paths) if (await folder.has(path)) return path;
    return null;
  };
}

function containing(path: string, pattern: RegExp): Trace["look"] {
  return async (folder) => (pattern.test(await folder.text(path)) ? path : null);
}

/** The folder in which a SQL file has this mark. */
function anySql(directories: readonly string[], mark: RegExp): Trace["look"] {
  return async (folder) => {
    for (const directory of directories) {
      const first = (await folder.names(directory)).find((name) => name.endsWith(".sql"));
      if (first !== undefined && mark.test(await folder.text(`${directory}/${first}`))) return directory;
    }
    return null;
  };
}
