/**
 * Files as newcomers write them. The transcripts hold what Belay answers to each; whoever changes an answer asks: could I mend the
 * file by this alone, without the documentation?
 */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectGolden } from "../golden/golden.ts";
import { Project } from "../support/project.ts";

interface Mistake {
  readonly title: string;
  readonly file: string;
  readonly env?: Readonly<Record<string, string>>;
}

const MISTAKES: readonly Mistake[] = [
  {
    title: "the path of the database where its URL belongs",
    file: `environments:
  prod:
    path: /srv/app/instance/app.db
    migrate: flask
`,
  },
  {
    title: "a URL as SQLAlchemy writes it",
    file: `environments:
  prod:
    target: sqlite:////srv/app/instance/app.db
    migrate: sql
`,
  },
  {
    title: "the same URL out of a variable",
    file: `environments:
  prod:
    target: "\${DATABASE_URL}"
    migrate: sql
`,
    env: { DATABASE_URL: "sqlite:///hunter2.db" },
  },
  {
    title: "a key indented too far",
    file: `environments:
  prod:
    target: sqlite:app.db
      migrate: sql
    checks:
      health: http://localhost:5000/login
`,
  },
  {
    title: "a key not indented enough",
    file: `environments:
  prod:
    target: sqlite:app.db
  migrate: sql
`,
  },
  {
    title: "no environment around the keys",
    file: `target: sqlite:app.db
migrate: sql
app:
  stop: systemctl stop app
  start: systemctl start app
`,
  },
  {
    title: "tabs",
    file: `environments:
\tprod:
\t\ttarget: sqlite:app.db
\t\tmigrate: sql
`,
  },
  {
    title: "environments as a list",
    file: `environments:
  - name: prod
    target: sqlite:app.db
  - name: staging
    target: sqlite:staging.db
`,
  },
  {
    title: "checks as a list",
    file: `environments:
  prod:
    target: sqlite:app.db
    checks:
      - sql: select count(*) from users
        expect: 5
      - sql: select count(*) from bookings where user_id is null
        expect: 0
`,
  },
  {
    title: "a comparison as a text",
    file: `environments:
  prod:
    target: sqlite:app.db
    checks:
      before:
        - name: there are users
          sql: select count(*) from users
          expect: ">= 1"
        - { sql: select count(*) from bookings, expect: "< 100000" }
`,
  },
  {
    title: "a comparison without quotes",
    file: `environments:
  prod:
    target: sqlite:app.db
    checks:
      before:
        - sql: select count(*) from users
          expect: > 0
`,
  },
  {
    title: "a comparison with a key that does not exist",
    file: `environments:
  prod:
    target: sqlite:app.db
    checks:
      after:
        - sql: select count(*) from users
          expect: { min: 1 }
        - sql: select count(*) from bookings
          expect: { gte: 100 }
`,
  },
  {
    title: "a variable without quotes in a flow map",
    file: `environments:
  prod:
    target: { url: \${DATABASE_URL} }
    migrate: sql
`,
    env: { DATABASE_URL: "sqlite:app.db" },
  },
  {
    title: "a variable that is not set, and a default as a shell knows it",
    file: `environments:
  prod:
    target: "\${DATABASE_URL:-sqlite:app.db}"
    backup: { store: $BACKUP_DIR }
  staging:
    target: "\${STAGING_DATABASE_URL}"
`,
  },
  {
    title: "a requirement and no bot that asks it",
    file: `environments:
  prod:
    target: postgres://app:hunter2@db.internal:5432/app
    migrate: alembic
    require: [checks, rehearsal]
`,
  },
  {
    title: "words in another case",
    file: `Environments:
  prod:
    Target: sqlite:app.db
    migrate: SQL
`,
  },
  {
    title: "keys as other tools call them",
    file: `environments:
  prod:
    database: sqlite:app.db
    migrations: db/migrations
    hooks:
      pre: systemctl stop app
      post: systemctl start app
    healthcheck: http://localhost:8000/health
`,
  },
  {
    title: "a no that YAML leaves a text, and a timeout without its unit",
    file: `environments:
  prod:
    target: sqlite:app.db
    data: no
    backup: { clone: no }
    migrate: { tool: sql, timeout: 600 }
    checks:
      before:
        - { sql: select 1, warn: yes }
`,
  },
  {
    title: "a command with a colon, and one with quotes in quotes",
    file: `environments:
  prod:
    target: sqlite:app.db
    app:
      stop: echo note: stopping
      start: "docker run --name "app" web"
`,
  },
  {
    title: "the name of a branch as an environment, and one that is missing",
    file: `environments:
  release/1.2:
    target: sqlite:app.db
  staging:
    target: sqlite:staging.db
    data: { may_change: setting }
    windows: Sunday 1am-5am
`,
  },
  {
    title: "everything at once",
    file: `version: 2
environments:
  prod:
    target: app.db
    migrate: { tool: dbmat, dir: db/migrations }
    app: { stop: [], restart: systemctl restart app }
    checks:
      before:
        - select count(*) from users
      after:
        - { sql: select count(*) from users, expect: unchanged, timeout: 5 minutes }
      health: localhost:5000/login
    backup:
      keep: 10
      store: ~/backups
`,
  },
];

describe("a newcomer's mistake is answered well enough to mend it", () => {
  let project: Project;
  beforeAll(() => {
    project = new Project();
  });
  afterAll(() => project[Symbol.dispose]());

  test("there are at least twenty", () => expect(MISTAKES.length).toBeGreaterThanOrEqual(20));

  test.each(MISTAKES)("$title", async ({ title, file, env = {} }) => {
    project.write("belay.yml", file);
    const { status, stdout, stderr } = await project.start(["plan", "prod"], { env }).ended;
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).not.toContain("hunter2");
    expectGolden(`newcomer/${title.replace(/\W+/g, "-")}.txt`, `${file}\n$ belay plan prod\n${stderr}`);
  });
});
