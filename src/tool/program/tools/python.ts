import type { Meaning } from "../meanings.ts";

/** What Python's tools say, and what stands behind it. */
export const PYTHON_MEANINGS: readonly Meaning[] = [
  {
    words: /^KeyError: '[A-Z][A-Z0-9_]*'$/m,
    code: "variable-missing",
    hint: "the application reads a variable that is not set here: set it, or name it in migrate.env or migrate.env-file; the database's URL gets a second name by migrate.url-variable",
  },
  {
    words: /password authentication failed|no password supplied/,
    code: "tool-cannot-connect",
    hint: "its configuration has another user or password than target.url: let it read the URL that Belay sets (migrate.url-variable)",
  },
  {
    words: /could not connect to server|connection to server .* failed|unable to open database file/,
    code: "tool-cannot-connect",
    hint: "its configuration leads elsewhere than target.url: let it read the URL that Belay sets (migrate.url-variable, migrate.path for a container)",
  },
];
