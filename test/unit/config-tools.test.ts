import { describe, expect, test } from "vitest";
import { block, complaints, errorOf, environmentOf, prod } from "../support/config-text.ts";

const MINUTE = 60_000;
const T = "target: sqlite:app.db\n";

const SCRIPT = `migrate:
  migrations:
    - id: resources
      pending: python3 migrate_resources.py
      pending-when: "^Would "
      applied-when: "already exists$"
      apply: { run: [python3, migrate_resources.py, --apply], timeout: 10m }
      revert: python3 migrate_resources.py --revert
      files: [migrate_resources.py, "lib/**/*.py"]
    - { id: roles, pending: ./roles --dry-run, pending-when: TO DO, applied-when: done, apply: ./roles }`;

describe("migrations that programs of the team's own apply", () => {
  test("have every shorthand expanded, and name the tool", () => {
    expect(prod(T + SCRIPT).migrate).toMatchObject({
      tool: "command",
      options: {},
      migrations: [
        {
          id: "resources",
          pending: { command: { shell: "python3 migrate_resources.py" }, timeoutMs: 5 * MINUTE },
          pendingWhen: "^Would ",
          appliedWhen: "already exists$",
          apply: { command: { argv: ["python3", "migrate_resources.py", "--apply"] }, timeoutMs: 10 * MINUTE },
          revert: { command: { shell: "python3 migrate_resources.py --revert" }, timeoutMs: null },
          files: ["migrate_resources.py", "lib/**/*.py"],
        },
        { id: "roles", apply: { command: { shell: "./roles" }, timeoutMs: null }, revert: null, files: null },
      ],
    });
  });

  test.each([
    [
      "without any",
      "migrate: command",
      "belay.yml:4: environments.prod.migrate: the tool command needs migrations; list them: [{ id, pending, pending-when, applied-when, apply }]",
    ],
    [
      "an empty list",
      "migrate: { migrations: [] }",
      "belay.yml:4: environments.prod.migrate.migrations: expected a list of at least 1, but this one is empty",
    ],
    [
      "one without a key that is needed",
      "migrate: { migrations: [{ id: a, pending: x, pending-when: a, applied-when: b }] }",
      'belay.yml:4: environments.prod.migrate.migrations[0]: the key "apply" is missing; add it',
    ],
    [
      "two with one id",
      "migrate:\n  migrations:\n    - &a { id: a, pending: x, pending-when: a, applied-when: b, apply: y }\n    - *a",
      "belay.yml:6: environments.prod.migrate.migrations[1].id: another migration has this id (number 1 of the list); give each its own",
    ],
    [
      "a pattern that is none",
      "migrate: { migrations: [{ id: a, pending: x, pending-when: 'a(', applied-when: b, apply: y }] }",
      'belay.yml:4: environments.prod.migrate.migrations[0].pending-when: expected a regular expression (Unterminated group), but this is "a("; put \\ before ( [ { } ] . * + ? that mean themselves',
    ],
    [
      "a pattern that finds itself in silence",
      "migrate: { migrations: [{ id: a, pending: x, pending-when: 'a*', applied-when: b, apply: y }] }",
      "belay.yml:4: environments.prod.migrate.migrations[0].pending-when: this matches also when the command says nothing; write words that it prints: ^Would apply",
    ],
    [
      "a key of sql beside them",
      "migrate: { directory: db, migrations: [{ id: a, pending: x, pending-when: a, applied-when: b, apply: y }] }",
      'belay.yml:4: environments.prod.migrate.migrations: "migrations" is a key of the tool command, and "directory" of sql, flask, dbmate, drizzle, knex, node-pg-migrate, sqitch; leave one of the two out',
    ],
    [
      "them under another tool",
      "migrate: { tool: sql, migrations: [{ id: a, pending: x, pending-when: a, applied-when: b, apply: y }] }",
      'belay.yml:4: environments.prod.migrate.migrations: "migrations" is a key of the tool command, not of sql; leave it out',
    ],
    [
      "a variable in a list",
      "migrate: { migrations: [{ id: a, pending: x, pending-when: a, applied-when: b, apply: [y, '${X}'] }] }",
      'belay.yml:4: environments.prod.migrate.migrations[0].apply[1]: ${} is not expanded in a list, which is run without a shell; write the command as one string, or as ["sh", "-c", "…"]',
    ],
  ])("%s", (_title, written, answer) => expect(complaints(block(T + written))).toEqual([answer]));
});

describe("a tool that lives elsewhere", () => {
  const tool = `${SCRIPT}\n  run: [docker, run, --rm, app]\n  path: /app/instance/app.db\n  url-variable: DB_URL\n  variables: { DB_NAME: name, DB_FILE: path }\n  env: [SECRET_KEY]\n  env-file: conf/.env`;

  test("is told how to find the database, and what it inherits", () => {
    expect(prod(T + tool).migrate).toMatchObject({
      run: ["docker", "run", "--rm", "app"],
      path: "/app/instance/app.db",
      urlVariable: "DB_URL",
      variables: { DB_NAME: "name", DB_FILE: "path" },
      env: ["SECRET_KEY"],
      envFile: "/srv/app/conf/.env",
    });
  });

  test("gets the URL under the name of the variable that it came from, where no other is named", () => {
    const variables = { APP_DB: "sqlite:/data/app.db" };
    expect(prod(`target: "\${APP_DB}"\n${SCRIPT}`, { variables }).migrate.urlVariable).toBe("APP_DB");
    expect(prod(`target: "\${APP_DB}"\n${SCRIPT}\n  url-variable: B`, { variables }).migrate.urlVariable).toBe("B");
    expect(prod(T + SCRIPT).migrate.urlVariable).toBeNull();
  });

  test("keeps the values of variables in its path out of what is shown", () => {
    const { migrate, secrets } = prod(`${T}${SCRIPT}\n  path: "\${INSIDE}/app.db"`, { variables: { INSIDE: "/hidden" } });
    expect([migrate.path, secrets]).toEqual(["/hidden/app.db", ["/hidden"]]);
  });

  test.each([
    [
      "a host, of a SQLite file",
      `${SCRIPT}\n  variables: { DB_HOST: host }`,
      "environments.prod.migrate.variables.DB_HOST: a SQLite file has no host; it has url, path, name",
    ],
    [
      "a part that no URL has",
      `${SCRIPT}\n  variables: { DB_HOST: hostname }`,
      'environments.prod.migrate.variables.DB_HOST: expected one of url, host, port, name, user, password, path, but this is "hostname"',
    ],
    [
      "part and variable the wrong way round",
      `${SCRIPT}\n  variables: { db-host: path }`,
      "environments.prod.migrate.variables.db-host: the keys here are names of environment variables; write the variable first, then the part: DB_HOST: host",
    ],
    [
      "a variable with its dollar sign",
      `${SCRIPT}\n  env: [$SECRET_KEY]`,
      'environments.prod.migrate.env[0]: expected the name of an environment variable, but this is "$SECRET_KEY"; its name alone, without $ and {}',
    ],
    [
      "values where names belong",
      `${SCRIPT}\n  env: { SECRET_KEY: x }`,
      "environments.prod.migrate.env: expected a list, but this is a map",
    ],
    ["a command line in one string", `${SCRIPT}\n  run: docker run app`, 'write a list: ["docker run app"]'],
    [
      "a prefix for the tool that is part of Belay",
      "migrate: { tool: sql, run: [docker] }",
      'belay.yml:4: environments.prod.migrate.run: "run" is for tools that are programs of their own; sql is part of Belay; leave it out',
    ],
  ])("%s", (_title, written, answer) => expect(complaints(block(T + written))).toContainEqual(expect.stringContaining(answer)));
});

describe("a baseline", () => {
  test("is an option of sql, and names it", () => {
    expect(prod(`${T}migrate: { baseline: 0007_users }`).migrate).toMatchObject({
      tool: "sql",
      options: { directory: "migrations", baseline: "0007_users" },
    });
  });

  test("that YAML takes for a number is asked for in quotes, with its zeros", () => {
    expect(complaints(block(`${T}migrate: { baseline: 0007 }`))).toEqual([
      'belay.yml:4: environments.prod.migrate.baseline: expected text, but this is the number 0007; put it in quotes: "0007"',
    ]);
  });
});

describe("an application that keeps running", () => {
  test("is said in one word, and replaces the commands of the defaults", () => {
    expect(prod(`${T}app: online`).app).toEqual({
      online: true,
      per: "environment",
      prepare: null,
      stop: null,
      start: null,
      previous: null,
      maintenance: null,
    });
    const text = "defaults: { app: { stop: a, start: b } }\nenvironments: { prod: { target: 'sqlite:a', app: online } }\n";
    expect(environmentOf(text).app).toMatchObject({ online: true, stop: null });
  });

  test("may have failed migrations undone by the tool", () => {
    expect(prod(`${T}app: online\nrollback: { online: downgrade }`).rollback.online).toBe("downgrade");
  });

  test("any other word is a mistake", () => {
    expect(complaints(block(`${T}app: onlin`))).toEqual([
      'belay.yml:4: environments.prod.app: expected a map or "online", but this is "onlin"; did you mean "online"?',
    ]);
  });
});

describe("a backup before the downtime", () => {
  test("is asked for by when", () => {
    expect(prod(`${T}backup: { when: before }`).backup).toMatchObject({ when: "before", clone: "auto" });
  });

  test("needs the copy beside the target", () => {
    expect(complaints(block(`${T}backup: { when: before, clone: never }`))).toEqual([
      "belay.yml:4: environments.prod.backup.clone: a backup that was taken before the downtime needs the copy for the way back; leave clone out, or write when: stopped",
    ]);
  });
});

describe("hooks", () => {
  test("are SQL or commands, by name", () => {
    const { hooks } = prod(
      `${T}rollback:
  hooks:
    flags: { sql: "update flags set enabled = false where name = '\${not expanded}'" }
    cache: ./flush.sh
    queue: { run: [./drain, --all], timeout: 30s }`.replace("${not expanded}", "new"),
    ).rollback;
    expect([...hooks]).toEqual([
      ["flags", { sql: "update flags set enabled = false where name = 'new'" }],
      ["cache", { command: { shell: "./flush.sh" }, timeoutMs: 5 * MINUTE }],
      ["queue", { command: { argv: ["./drain", "--all"] }, timeoutMs: 30_000 }],
    ]);
  });

  test.each([
    [
      "a variable in its SQL",
      'flags: { sql: "update ${TABLE} set x = 1" }',
      "environments.prod.rollback.hooks.flags.sql: ${} is not expanded in SQL, where it could change the statement; write the value out, or use a command check",
    ],
    [
      "a name that is no argument",
      "'two words': ./x",
      "a name begins with a letter or digit and has letters, digits, . _ and -; for example two-words",
    ],
    ["SQL and a command", "a: { sql: select 1, run: x }", 'unknown key "run"'],
  ])("%s is a mistake", (_title, hook, answer) => {
    expect(complaints(block(`${T}rollback: { hooks: { ${hook} } }`))).toEqual([expect.stringContaining(answer)]);
  });

  test("no hook is a mistake of the key, not an empty rollback", () => {
    expect(errorOf(() => prod(`${T}rollback: { hook: { a: ./x } }`)).message).toContain('did you mean "hooks"?');
  });
});
