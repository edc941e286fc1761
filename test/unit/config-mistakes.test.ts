import { describe, expect, test } from "vitest";
import { TOOLS } from "../../src/config/schema-migrate.ts";
import { block, complaints, configOf, errorOf } from "../support/config-text.ts";

/** What somebody writes into the block of `prod` (its first line is line 3), and the one line that answers it. */
const MISTAKES: readonly (readonly [title: string, written: string, answer: string])[] = [
  [
    "a misspelt key of an environment",
    "tagret: sqlite:app.db\ntarget: sqlite:app.db",
    'belay.yml:3: environments.prod.tagret: unknown key "tagret"; did you mean "target"?',
  ],
  [
    "a misspelt key further in",
    "target: sqlite:app.db\nmigrate:\n  tol: sql",
    'belay.yml:5: environments.prod.migrate.tol: unknown key "tol"; did you mean "tool"?',
  ],
  [
    "a key that resembles none",
    "target: sqlite:app.db\napp: { kill: x }",
    'belay.yml:4: environments.prod.app.kill: unknown key "kill"; the keys here are prepare, stop, start, previous, maintenance, per',
  ],
  [
    "snake_case",
    "target: sqlite:app.db\nrollback: { later_writes: keep }",
    'belay.yml:4: environments.prod.rollback.later_writes: unknown key "later_writes"; did you mean "later-writes"?',
  ],
  [
    "an unknown tool",
    "target: sqlite:app.db\nmigrate: sqll",
    `belay.yml:4: environments.prod.migrate: expected one of ${TOOLS.join(", ")}, but this is "sqll"; did you mean "sql"?`,
  ],
  [
    "an unknown layout",
    "target: sqlite:app.db\nmigrate: { tool: sql, layout: pair }",
    'belay.yml:4: environments.prod.migrate.layout: expected one of flat, pairs, directories, but this is "pair"; did you mean "pairs"?',
  ],
  [
    "a path instead of a URL",
    "target: /srv/app/app.db",
    'belay.yml:3: environments.prod.target: expected the URL of a database, but this is "/srv/app/app.db"; for a SQLite file write sqlite:PATH',
  ],
  [
    "sqlite:// with its two readings",
    "target: sqlite:///app.db",
    "belay.yml:3: environments.prod.target: sqlite:// has two readings: for SQLAlchemy this is the file app.db, for dbmate the file /app.db; write the one that you mean: sqlite:app.db or sqlite:/app.db",
  ],
  [
    "sqlite:// where both readings agree",
    "target: sqlite:////srv/app.db",
    "belay.yml:3: environments.prod.target: sqlite:// has two readings, of which Belay takes none: here both SQLAlchemy and dbmate take it for /srv/app.db; write sqlite:/srv/app.db",
  ],
  [
    "sqlite:// with a name where a server would stand",
    "target: sqlite://app.db",
    "belay.yml:3: environments.prod.target: sqlite:// has two readings: for SQLAlchemy this is no file, as app.db stands where a server would, for dbmate the file /app.db; write the one that you mean: sqlite:app.db or sqlite:/app.db",
  ],
  [
    "another kind of database",
    "target: mysql://root:hunter2@db/app",
    "belay.yml:3: environments.prod.target: mysql: is no database that Belay knows; write sqlite:PATH or postgres://HOST/DATABASE",
  ],
  [
    "schemas of SQLite",
    "target: { url: 'sqlite:a.db', schemas: [public] }",
    "belay.yml:3: environments.prod.target.schemas: a SQLite database has no schemas; leave schemas out",
  ],
  [
    "a scratch server that is a file",
    "target: postgres://h/d\nbackup: { scratch: 'sqlite:a.db' }",
    'belay.yml:4: environments.prod.backup.scratch: expected the URL of a PostgreSQL server, but this is "sqlite:a.db"; postgres://HOST/DATABASE',
  ],
  [
    "a database in memory",
    'target: "sqlite::memory:"',
    "belay.yml:3: environments.prod.target: a database in memory is gone with its process; name a file: sqlite:PATH",
  ],
  [
    "a home directory",
    "target: sqlite:~/app.db",
    "belay.yml:3: environments.prod.target: ~ is not expanded; write the whole path, or ${HOME} for the home directory",
  ],
  [
    "a directory as target",
    "target: sqlite:/srv/app/",
    "belay.yml:3: environments.prod.target: this names a directory, not a file; write the path of the database file",
  ],
  [
    "an unset variable",
    'target: "${APP_DB}"',
    "belay.yml:3: environments.prod.target: the environment variable APP_DB is not set; set it where Belay runs, or write the value into the file",
  ],
  [
    "a default for a variable, as a shell knows it",
    'target: "${APP_DB:-app.db}"',
    "belay.yml:3: environments.prod.target: ${APP_DB:-app.db} names no variable; there are no defaults here: write ${APP_DB} and set it, or write the value itself",
  ],
  [
    "a variable in SQL",
    'target: sqlite:app.db\nchecks:\n  after:\n    - { sql: "select ${N}", expect: 0 }',
    "belay.yml:6: environments.prod.checks.after[0].sql: ${} is not expanded in SQL, where it could change the statement; write the value out, or use a command check",
  ],
  [
    "a variable in an argument list",
    'target: sqlite:app.db\napp: { stop: [docker, stop, "${NAME}"] }',
    'belay.yml:4: environments.prod.app.stop[2]: ${} is not expanded in a list, which is run without a shell; write the command as one string, or as ["sh", "-c", "…"]',
  ],
  [
    "a length of time in words",
    "target: sqlite:app.db\nmigrate: { timeout: 30 minutes }",
    'belay.yml:4: environments.prod.migrate.timeout: expected a length of time, but this is "30 minutes"; write a number and a unit: 500ms, 30s, 5m, 24h or 7d',
  ],
  [
    "a length of time without a unit",
    "target: sqlite:app.db\nmigrate: { timeout: 30 }",
    "belay.yml:4: environments.prod.migrate.timeout: expected text, but this is the number 30; write a number and a unit: 500ms, 30s, 5m, 24h or 7d",
  ],
  [
    "a timeout that no timer can hold",
    "target: sqlite:app.db\nmigrate: { timeout: 60d }",
    'belay.yml:4: environments.prod.migrate.timeout: expected a length of time above zero and up to 24d, but this is "60d"; write a number and a unit: 500ms, 30s, 5m, 24h or 7d',
  ],
  [
    "a bad regular expression",
    'target: sqlite:app.db\nchecks:\n  after:\n    - { sql: "select 1", expect: { matches: "(" } }',
    'belay.yml:6: environments.prod.checks.after[0].expect.matches: expected a regular expression (Unterminated group), but this is "("; put \\ before ( [ { } ] . * + ? that mean themselves',
  ],
  [
    "a misspelt condition",
    'target: sqlite:app.db\nchecks:\n  after:\n    - { sql: "select 1", expect: { at-lest: 1 } }',
    'belay.yml:6: environments.prod.checks.after[0].expect.at-lest: unknown key "at-lest"; did you mean "at-least"?',
  ],
  [
    "a condition beside a name",
    'target: sqlite:app.db\nchecks:\n  after:\n    - { sql: "select 1", expect: { at-least: 1, Orphans: 0 } }',
    'belay.yml:6: environments.prod.checks.after[0].expect.Orphans: unknown key "Orphans"; the keys here are equals, at-least, at-most, between, matches, not-matches, increases-by, rows',
  ],
  [
    "one bound for between",
    'target: sqlite:app.db\nchecks:\n  after:\n    - { sql: "select 1", expect: { between: 5 } }',
    "belay.yml:6: environments.prod.checks.after[0].expect.between: expected a list of two, but this is the number 5",
  ],
  [
    "unchanged before the migration",
    'target: sqlite:app.db\nchecks:\n  before:\n    - { sql: "select 1", expect: unchanged }',
    "belay.yml:6: environments.prod.checks.before[0].expect: there is no earlier result to compare with before the migration; move the check to checks.after",
  ],
  [
    "SQL in health",
    'target: sqlite:app.db\nchecks:\n  health:\n    - { sql: "select 1" }',
    "belay.yml:6: environments.prod.checks.health[0]: in health the application has the database, so SQL is not asked; ask by http or command, or move the check to checks.after",
  ],
  [
    "a check that asks nothing",
    "target: sqlite:app.db\nchecks:\n  after:\n    - { name: orphans }",
    "belay.yml:6: environments.prod.checks.after[0]: needs one of the keys sql, http, command; for example sql: …",
  ],
  [
    "a misspelt kind of check",
    "target: sqlite:app.db\nchecks:\n  after:\n    - { comand: ./verify.sh }",
    'belay.yml:6: environments.prod.checks.after[0].comand: unknown key "comand"; did you mean "command"?',
  ],
  [
    "an address without http",
    "target: sqlite:app.db\nchecks: { health: localhost:5000/login }",
    'belay.yml:4: environments.prod.checks.health: expected an address that begins with http:// or https://, but this is "localhost:5000/login"; for example http://localhost:5000/login',
  ],
  [
    "two checks with one name",
    "target: sqlite:app.db\nchecks:\n  after:\n    - { name: a, sql: select 1 }\n    - { name: a, sql: select 2 }",
    "belay.yml:7: environments.prod.checks.after[1].name: another check of this phase has this name; it is on line 6; give each its own",
  ],
  [
    "a text where a list belongs",
    "target: sqlite:app.db\nchecklist: Log in",
    'belay.yml:4: environments.prod.checklist: expected a list, but this is "Log in"; write a list: ["Log in"]',
  ],
  [
    "a number where text belongs",
    "target: sqlite:app.db\nchecklist: [1]",
    'belay.yml:4: environments.prod.checklist[0]: expected text, but this is the number 1; put it in quotes: "1"',
  ],
  [
    "yes for true",
    "target: sqlite:app.db\napprovals: { allow-self-approval: yes }",
    'belay.yml:4: environments.prod.approvals.allow-self-approval: expected true or false, but this is "yes"; write true',
  ],
  [
    "an empty block that would protect",
    "target: sqlite:app.db\napprovals:",
    "belay.yml:4: environments.prod.approvals: has no value; give it one, or leave the key out",
  ],
  [
    "nobody who approves",
    "target: sqlite:app.db\napprovals: { required: 0 }",
    "belay.yml:4: environments.prod.approvals.required: expected a number of at least 1, but this is the number 0",
  ],
  [
    "a window without a zone",
    'target: sqlite:app.db\nwindows: ["Sun 01:00-05:00"]',
    'belay.yml:4: environments.prod.windows[0]: expected a time zone at the end, such as America/Toronto or UTC, but this is "Sun 01:00-05:00"; write for example Sun 01:00-05:00 America/Toronto',
  ],
  [
    "a data scope with a comma in a name",
    "target: sqlite:app.db\ndata: { may-change: [a.b.c] }",
    'belay.yml:4: environments.prod.data.may-change[0]: expected a table or table.column, but this is "a.b.c"; for example setting or users.role; a name with a dot goes in double quotes: "\\"my.table\\".role"',
  ],
  [
    "a misspelt data scope",
    "target: sqlite:app.db\ndata: additiv",
    'belay.yml:4: environments.prod.data: expected one of report, additive, off, but this is "additiv"; did you mean "additive"?',
  ],
  [
    "a misspelt key of the data scope",
    "target: sqlite:app.db\ndata: { may-chang: [a] }",
    'belay.yml:4: environments.prod.data.may-chang: unknown key "may-chang"; did you mean "may-change"?',
  ],
  [
    "a wrong choice",
    "target: sqlite:app.db\nbackup: { proof: full }",
    'belay.yml:4: environments.prod.backup.proof: expected one of auto, restore, read, but this is "full"',
  ],
  [
    "a store of an unknown kind",
    "target: sqlite:app.db\nbackup: { store: ftp://host/x }",
    'belay.yml:4: environments.prod.backup.store: expected a directory or s3://BUCKET/PREFIX, but this is "ftp://host/x"; for example /srv/belay',
  ],
  [
    "an empty command",
    'target: sqlite:app.db\napp: { stop: "" }',
    "belay.yml:4: environments.prod.app.stop: expected some text; write it, or leave the key out",
  ],
  [
    "a key that stands twice",
    "target: sqlite:app.db\nmigrate: sql\ntarget: sqlite:b.db",
    'belay.yml:5: environments.prod.target: the key "target" stands here a second time; it is already on line 3; keep one',
  ],
  [
    "a number that is none",
    'target: sqlite:app.db\nchecks:\n  after:\n    - { sql: "select 1", expect: .nan }',
    "belay.yml:6: environments.prod.checks.after[0].expect: .nan is no number to compare with; write its digits, or put it in quotes as text",
  ],
];

describe("every mistake is answered with its line, what stands there and what to write instead", () => {
  test.each(MISTAKES)("%s", (_title, written, answer) => {
    expect(complaints(block(written))).toEqual([answer]);
  });
});

describe("mistakes in the frame of the file", () => {
  test.each([
    ["an empty file", "", "belay.yml:1: the file is empty; the smallest belay.yml is: environments: { prod: { target: sqlite:PATH } }"],
    [
      "only comments",
      "# nothing yet\n",
      "belay.yml:1: the file is empty; the smallest belay.yml is: environments: { prod: { target: sqlite:PATH } }",
    ],
    [
      "a list",
      "- a\n",
      "belay.yml:1: expected a map with the key environments; the smallest belay.yml is: environments: { prod: { target: sqlite:PATH } }",
    ],
    ["no environments", "version: 1\n", 'belay.yml:1: the key "environments" is missing; add it'],
    [
      "an empty list of environments",
      "environments: {}\n",
      "belay.yml:1: environments: expected at least one environment; for example prod:",
    ],
    [
      "an unknown version",
      "version: 2\nenvironments: { prod: { target: 'sqlite:a' } }\n",
      "belay.yml:1: version: expected 1, but this is the number 2",
    ],
    [
      "an environment that is a text",
      "environments:\n  prod: sqlite:app.db\n",
      'belay.yml:2: environments.prod: expected a map, but this is "sqlite:app.db"',
    ],
    [
      "a name that is no folder's",
      "environments:\n  pr/od: { target: 'sqlite:a' }\n",
      "belay.yml:2: environments.pr/od: a name begins with a letter or digit and has letters, digits, . _ and -; for example pr-od",
    ],
    ["a tab", "environments:\n\tprod:\n", "belay.yml:2: a tab; YAML is indented with spaces; replace it with two spaces a level"],
    ["a second document", "environments: {}\n---\nb: 1\n", "belay.yml:2: a second document starts here; keep one, without ---"],
    [
      "an alias of nothing",
      "environments: *all\n",
      "belay.yml:1: environments: no earlier value is called so; text that begins with * goes in quotes",
    ],
    [
      "an alias inside of itself",
      "environments: &a { prod: *a }\n",
      "belay.yml:1: environments.prod: this alias stands inside of what it repeats; write the value out",
    ],
    [
      "nesting without end",
      `environments: ${"[".repeat(100)}${"]".repeat(100)}\n`,
      /belay\.yml:1: environments(\[0\])+: it is nested too deeply; a belay\.yml needs about ten levels/,
    ],
    [
      "a flow map with an unquoted variable",
      "environments: { prod: { target: ${DATABASE_URL} } }\n",
      /^belay\.yml:1: \$\{DATABASE_URL\} stands without quotes, so that YAML takes \{ for a map; write "\$\{DATABASE_URL\}"$/,
    ],
  ] as const)("%s", (_title, text, answer) => {
    const [first] = complaints(text);
    if (typeof answer === "string") expect(first).toBe(answer);
    else expect(first).toMatch(answer);
  });

  test("an alias bomb is refused before it goes off", () => {
    const bomb = [
      "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]",
      ...[..."bcdefgh"].map((name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[i]}`).join(", ")}]`),
    ];
    expect(complaints(bomb.join("\n"))).toEqual([
      expect.stringContaining("it has more than 20000 values, aliases counted; write fewer aliases"),
    ]);
  });
});

describe("all problems at once", () => {
  const text = [
    "defaults:",
    "  data: nonsense",
    "environments:",
    "  prod:",
    "    target: sqlite:app.db",
    "    data: report",
    "    migrate: { tol: sql, retries: many }",
    "  staging:",
    "    target: ${STAGING}",
    "    backup: { keep: { last: 0 } }",
    "",
  ].join("\n");

  test("those of every environment and of overridden defaults are told together, in the order of the file, each once", () => {
    expect(complaints(text, { environment: "prod" })).toEqual([
      'belay.yml:2: defaults.data: expected one of report, additive, off, but this is "nonsense"',
      'belay.yml:7: environments.prod.migrate.tol: unknown key "tol"; did you mean "tool"?',
      'belay.yml:7: environments.prod.migrate.retries: expected a number, but this is "many"',
      "belay.yml:10: environments.staging.backup.keep.last: expected a number of at least 1, but this is the number 0",
    ]);
  });

  test("the error carries them as data, with line and column", () => {
    const error = errorOf(() => configOf(text, { environment: "prod" }));
    expect([error.kind, error.code]).toEqual(["usage", "config-invalid"]);
    expect(error.facts["problems"]).toContainEqual({
      file: "belay.yml",
      line: 7,
      column: 16,
      path: "environments.prod.migrate.tol",
      code: "unknown-key",
      message: 'unknown key "tol"',
      hint: 'did you mean "tool"?',
    });
  });
});

describe("no secret is shown", () => {
  test("the value of a variable stays out of the message and the facts, whatever is wrong with it", () => {
    for (const secret of ["sqlite:///hunter2.db", "hunter2:x", "hunter2", "mysql://u:hunter2@h/d", "sqlite:file:hunter2"]) {
      const error = errorOf(() => configOf(block('target: "${APP_DB}"'), { variables: { APP_DB: secret } }));
      expect(JSON.stringify([error.message, error.hint, error.facts])).not.toContain("hunter2");
    }
  });

  test("nor does it elsewhere in the file", () => {
    const text = block(
      'target: sqlite:app.db\ndata: "${X}"\nbackup: { keep: { swap: "${X}" }, proof: "${X}" }\nchecks: { health: "${X}" }\nwindows: ["${X}"]',
    );
    const error = errorOf(() => configOf(text, { variables: { X: "hunter2" } }));
    expect(error.message).toContain(
      "belay.yml:4: environments.prod.data: expected one of report, additive, off, but the value of the variable is something else",
    );
    expect(JSON.stringify([error.message, error.facts])).not.toContain("hunter2");
  });

  test("the password of a URL that stands in the file is masked", () => {
    const [line] = complaints(block("target: sqlite:app.db\nchecks: { health: 'ws://me:hunter2@host/x' }"));
    expect(line).toContain('"ws://me:***@host/x"');
  });
});

describe("the bot", () => {
  test("require without a bot would be a rule that nobody keeps", () => {
    expect(complaints(block("target: sqlite:app.db\nrequire: [checks]"))).toEqual([
      "belay.yml:4: environments.prod.require: require is asked by the bot, and this file names none; write `bot: https://…` at the top, or leave require out",
    ]);
  });

  test.each(["http://belay.example.com", "https://me@belay.example.com", "https://belay.example.com/path", "belay.example.com"])(
    "its address must be https, and nothing but an address: %s",
    (url) => {
      expect(complaints(`bot: ${url}\n${block("target: sqlite:app.db")}`).join()).toContain("expected the bot's address");
    },
  );
});
