/** What newcomers write, and what it is called here: for hints, where a slip of the pen does not explain a mistake. */

import type { Path } from "./tree.ts";

/** Words of other tools for a key, by where it stands (`*`: any name or number). */
const KEYS: readonly (readonly [where: string, words: readonly string[], hint: string])[] = [
  [
    "",
    ["target", "migrate", "app", "checks", "backup", "data", "rollback", "url", "path", "database"],
    "it belongs into an environment: environments: { prod: { … } }",
  ],
  ["", ["environment", "env", "envs", "stages"], 'did you mean "environments"?'],
  [
    "environments.*",
    ["path", "file", "db", "database", "url", "uri", "dsn", "connection", "sqlite", "source"],
    "write the database as target: sqlite:PATH",
  ],
  [
    "environments.*",
    ["tool", "migrations", "migration", "migrator", "schema"],
    "write the tool as migrate: sql, its keys as migrate: { tool: sql, directory: … }",
  ],
  [
    "environments.*",
    ["hooks", "stop", "start", "prepare", "previous", "maintenance", "commands", "service", "pre", "post", "deploy"],
    "write the application's commands as app: { stop: …, start: … }",
  ],
  ["environments.*", ["health", "healthcheck", "health-check", "health_check"], "write it as checks: { health: http://… }"],
  ["environments.*", ["before", "after", "tests", "assertions", "verify"], "write it as checks: { before: […], after: […] }"],
  ["environments.*", ["store", "keep", "retention", "storage"], "write it as backup: { store: …, keep: { last: 10 } }"],
  ["environments.*.target", ["path", "file", "db", "database"], "write it as url: sqlite:PATH"],
  [
    "environments.*.migrate",
    ["dir", "folder", "path-to-migrations", "migrations-dir", "migrations-directory", "migrations_directory"],
    'did you mean "directory"?',
  ],
  ["environments.*.migrate", ["name", "type", "using"], 'did you mean "tool"?'],
  ["environments.*.app", ["down", "pause", "before"], 'did you mean "stop"?'],
  ["environments.*.app", ["up", "restart", "after", "run", "deploy"], 'did you mean "start"?'],
  ["environments.*.checks", ["pre", "preflight"], 'did you mean "before"?'],
  ["environments.*.checks", ["post", "verify"], 'did you mean "after"?'],
  ["environments.*.checks", ["http", "url", "sql", "command", "healthcheck"], "write it below before, after or health"],
  ["environments.*.checks.*", ["healthcheck"], 'did you mean "health"?'],
  ["environments.*.backup", ["directory", "dir", "path", "to", "location"], 'did you mean "store"?'],
  ["environments.*.backup", ["retention", "last", "days"], "write it as keep: { last: 10, days: 30 }"],
];

/** Where a map is wanted and something else stands, what it would look like. */
const MAPS: readonly (readonly [where: string, hint: string])[] = [
  ["environments", "each environment is a key: environments: { prod: { target: … } }"],
  ["defaults", "write what all environments share: defaults: { data: additive }"],
  ["environments.*.checks", "say when they must hold: checks: { before: [{ sql: … }], after: [{ sql: … }], health: http://… }"],
  ["environments.*.checks.before.*", 'write it as { sql: "select …" } or { command: … }'],
  ["environments.*.checks.after.*", 'write it as { sql: "select …" } or { command: … }'],
  ["environments.*.backup", "write it as backup: { store: /srv/belay }"],
  ["environments.*.backup.keep", "write it as keep: { last: 10, days: 30 }"],
  ["environments.*.rollback", "write it as rollback: { later-writes: keep }"],
  ["environments.*.approvals", "write it as approvals: { required: 2 }"],
  ["environments.*.app", "write it as app: { stop: …, start: … }, or app: online where it keeps running"],
];

/** Of an environment; one of them directly under `environments` is a key that should be indented further. */
const ENVIRONMENT_KEYS = ["target", "migrate", "app", "checks", "checklist", "data", "backup", "rollback", "approvals", "windows"];

/** Words for yes and no, where a choice is wanted. */
const OFF = ["no", "false", "none", "never", "disabled", "0"];
const ON = ["yes", "true", "always", "enabled", "1"];

/** What is to be said of an unknown key; null: nothing beyond the keys that there are. `path` from the top of the file. */
export function adviceForKey(path: Path): string | null {
  const key = String(path.at(-1)).toLowerCase();
  return KEYS.find(([where, words]) => words.includes(key) && isAt(path.slice(0, -1), where))?.[2] ?? null;
}

/** What is to be said where no map stands; null: nothing. */
export function adviceForMap(path: Path): string | null {
  const misplaced = path.length === 2 && path[0] === "environments" && ENVIRONMENT_KEYS.includes(String(path[1]));
  if (misplaced) return `if it belongs to the environment above, indent ${String(path[1])} as far as its other keys`;
  return MAPS.find(([where]) => isAt(path, where))?.[1] ?? null;
}

/** The choice that a word for yes or no may have meant; null: none. */
export function adviceForChoice(written: string, choices: readonly string[]): string | null {
  const word = written.toLowerCase();
  const among = (words: readonly string[]) => choices.find((choice) => words.includes(choice));
  if (OFF.includes(word)) return among(["off", "never"]) ?? null;
  return ON.includes(word) ? (among(["auto", "on"]) ?? null) : null;
}

/** Words of other languages for a comparison. */
export const COMPARISONS: Readonly<Record<string, string>> = {
  min: "at-least",
  minimum: "at-least",
  gte: "at-least",
  ge: "at-least",
  gt: "at-least",
  more: "at-least",
  max: "at-most",
  maximum: "at-most",
  lte: "at-most",
  le: "at-most",
  lt: "at-most",
  less: "at-most",
  eq: "equals",
  equal: "equals",
  is: "equals",
  value: "equals",
  like: "matches",
  match: "matches",
  regex: "matches",
  range: "between",
};

function isAt(path: Path, where: string): boolean {
  const parts = where === "" ? [] : where.split(".");
  return parts.length === path.length && parts.every((part, index) => part === "*" || part === String(path[index]));
}
