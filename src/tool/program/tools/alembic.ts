import type { Place, ProgramTool } from "../definition.ts";
import { addressObstacle } from "./alembic-address.ts";
import { appliedRevisions, below, revisionFiles, seenRevisions } from "./alembic-look.ts";
import { textOf } from "./options.ts";
import { PYTHON_MEANINGS } from "./python.ts";
import { sqlalchemyUrl } from "./sqlalchemy.ts";

export const alembic: ProgramTool = {
  name: "alembic",
  title: "Alembic",
  engines: ["sqlite", "postgres"],
  programs: ["alembic"],
  install: "pip install alembic, into .venv",
  configuration: ({ options }) => [textOf(options, "config") ?? "alembic.ini", "*/env.py", "*/*/env.py"],
  atomic: () => false, // `autocommit_block` ends the transaction, and SQLite's driver commits before each DDL
  reverts: true,
  records: () => ["alembic_version"],
  perSchema: false,
  lockTimeoutNote: null,
  sameFilesForAll: true,
  url: sqlalchemyUrl,
  meanings: [
    {
      words: /No config file|No 'script_location' key/,
      code: "tool-not-configured",
      hint: "say where the project is (migrate.project), or its file (migrate.config)",
    },
    {
      words: /Path doesn't exist: /,
      code: "tool-not-configured",
      hint: "script_location in alembic.ini leads elsewhere: it is relative to where alembic starts (migrate.project), unless it begins with %(here)s",
    },
    ...PYTHON_MEANINGS,
  ],
  files: async ({ place, ask }) => revisionFiles(place, (await ask([...config(place), "history", "--verbose"])).stdout),
  applied: async (asking, files) => {
    const applied = await appliedRevisions(asking, files);
    const obstacle = await addressObstacle(asking.place);
    return obstacle === null ? applied : { ...applied, obstacles: [...applied.obstacles, obstacle] };
  },
  seen: async ({ place, ask }, files) => seenRevisions((await ask([...config(place), "current"])).stdout, files),
  apply: ({ id }, _files, place) => [...config(place), "upgrade", id],
  revert: (known, _files, place) => [...config(place), "downgrade", below(known)],
};

function config({ options }: Place): readonly string[] {
  const file = textOf(options, "config");
  return file === null ? [] : ["-c", file];
}
