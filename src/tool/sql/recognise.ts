import { stat } from "node:fs/promises";
import { join } from "node:path";

import { refusal } from "../../domain/error.ts";
import { listSqlFiles } from "./directory.ts";
import { arrange, type Layout } from "./layout.ts";

/** Where tools that migrate by SQL files keep them, relative to the project. */
const USUAL_DIRECTORIES = [
  "migrations",
  "db/migrations",
  "db/migration",
  "sql/migrations",
  "database/migrations",
  "prisma/migrations",
  "supabase/migrations",
  "drizzle",
] as const;

/**
 * Looks for SQL migrations in the usual places below `root`. null: there are none. `directory` is relative to `root`. Throws
 * `migrations-ambiguous`, naming them, where more than one place holds some, and `migrations-mixed-layouts`.
 */
export async function recogniseSql(root: string): Promise<{ readonly directory: string; readonly layout: Layout } | null> {
  const found: { directory: string; layout: Layout }[] = [];
  for (const directory of USUAL_DIRECTORIES) {
    if (!(await isDirectory(join(root, directory)))) continue;
    const { paths } = await listSqlFiles(join(root, directory));
    const { layout, migrations } = arrange(directory, paths, null);
    if (layout !== null && migrations.length > 0) found.push({ directory, layout });
  }
  if (found.length > 1) {
    const names = found.map(({ directory }) => directory);
    throw refusal("migrations-ambiguous", `SQL migrations lie in more than one place: ${names.join(" and ")}`, {
      hint: `name the right one in belay.yml: migrate: { tool: sql, directory: ${names[0] ?? ""} }`,
      facts: { directories: names },
    });
  }
  return found[0] ?? null;
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return false;
    throw error;
  }
}
