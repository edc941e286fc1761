import type { Meaning } from "../meanings.ts";
import { PYTHON_MEANINGS } from "./python.ts";

/** What Django says, and what stands behind it. */
export const DJANGO_MEANINGS: readonly Meaning[] = [
  {
    words: /can't open file .*manage\.py|No such file or directory: .*manage\.py/,
    code: "tool-not-configured",
    hint: "say where the project is (migrate.project), or its file (migrate.manage)",
  },
  {
    words: /Couldn't import Django|No module named 'django'/,
    code: "tool-missing",
    hint: "this Python has no Django: make the project's .venv (it is looked for before PATH), or say with migrate.run how to reach it where it lives",
  },
  {
    words: /DJANGO_SETTINGS_MODULE|settings are not configured/,
    code: "tool-not-configured",
    hint: "name the settings: migrate.settings",
  },
  {
    words: /SECRET_KEY setting must not be empty/,
    code: "variable-missing",
    hint: "the application does not start without its SECRET_KEY: set it, or name it in migrate.env or migrate.env-file",
  },
  {
    words: /IrreversibleError/,
    code: "not-reversible",
    hint: "write its way back, or go back by the backup: belay rollback",
  },
  {
    words: /NodeNotFoundError/,
    code: "migration-missing",
    hint: "a migration depends on one that has no file: bring that back, or deploy the commit that has it",
  },
  ...PYTHON_MEANINGS,
];
