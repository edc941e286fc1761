/** Wrong configurations and wrong migration files: one sentence, one hint, and nothing touched. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { tree } from "../support/production.ts";
import { APPLICATION, bookingDatabase, Project } from "../support/project.ts";

const BASE = `target: sqlite:app.db\nmigrate: sql\n${APPLICATION}`;
const MEND = "mend belay.yml and run the same command again; nothing was touched";

interface Wrong {
  readonly what: string;
  readonly make: (project: Project) => void;
  readonly args?: readonly string[];
  /** code, message, hint. */
  readonly says: readonly [code: string, message: string, hint: string];
}

const configured = (more: string) => (project: Project) => project.configure(BASE + more);
const migration = (name: string, sql: string) => (project: Project) => {
  project.configure(BASE);
  project.migration(name, sql);
};

const USAGE: readonly Wrong[] = [
  {
    what: "no belay.yml",
    make: () => {},
    says: [
      "config-missing",
      "there is no belay.yml and no .github/belay.yml in <project>",
      "`belay init` writes a first one; or name it with --config FILE",
    ],
  },
  {
    what: "an unset variable",
    make: (project) => project.configure('target: "${DATABASE_URL}"\nmigrate: sql'),
    says: [
      "config-invalid",
      "belay.yml:3: environments.prod.target: the environment variable DATABASE_URL is not set; set it where Belay runs, or write the value into the file",
      MEND,
    ],
  },
  {
    what: "an unknown key",
    make: configured("chekcs: { after: [] }\n"),
    says: ["config-invalid", 'belay.yml:9: environments.prod.chekcs: unknown key "chekcs"; did you mean "checks"?', MEND],
  },
  {
    what: "an unknown environment",
    make: configured(""),
    args: ["migrate", "prd"],
    says: [
      "environment-unknown",
      'environment "prd" is not in belay.yml; did you mean "prod"?',
      "the only one is prod, and may be left out",
    ],
  },
  {
    what: "an unknown kind of check",
    make: configured('checks: { after: [{ sqll: "select 1", expect: 1 }] }\n'),
    says: ["config-invalid", 'belay.yml:9: environments.prod.checks.after[0].sqll: unknown key "sqll"; did you mean "sql"?', MEND],
  },
  {
    what: "a pattern that the checks could not read",
    make: configured("checks: { after: [{ sql: select 1, expect: { matches: 'a}' } }] }\n"),
    says: [
      "config-invalid",
      'belay.yml:9: environments.prod.checks.after[0].expect.matches: expected a regular expression (Lone quantifier brackets), but this is "a}"; put \\ before ( [ { } ] . * + ? that mean themselves',
      MEND,
    ],
  },
  {
    what: "a belay.yml in Latin-1",
    make: ({ directory }) =>
      writeFileSync(join(directory, "belay.yml"), Buffer.from("environments:\n  prod: { target: 'sqlite:café.db' }\n", "latin1")),
    says: ["config-not-utf8", "reading belay.yml: line 2 is not UTF-8", "save the file as UTF-8"],
  },
  {
    what: "an unknown option",
    make: configured(""),
    args: ["migrate", "--digets", "x"],
    says: ["unknown-option", "there is no option --digets", "did you mean --digest?"],
  },
  {
    what: "an unknown command",
    make: configured(""),
    args: ["migrat"],
    says: ["unknown-command", 'there is no command "migrat"', "did you mean `belay migrate`?"],
  },
  {
    what: "an unknown target",
    make: configured(""),
    args: ["plan", "--target", "ap"],
    says: ["target-unknown", 'prod has no target "ap"', 'did you mean "app"?'],
  },
];

const REFUSED: readonly Wrong[] = [
  {
    what: "no migrations",
    make: configured(""),
    says: [
      "migrations-directory",
      "reading the migrations in <project>/migrations: there is no such directory",
      "set migrate.directory in belay.yml to where the SQL files lie (relative to belay.yml), or create it",
    ],
  },
  {
    what: "a migration in Latin-1",
    make(project) {
      project.configure(BASE);
      project.migration("0001_a.sql", "");
      writeFileSync(
        join(project.directory, "migrations/0001_a.sql"),
        Buffer.from("-- one\ninsert into setting values ('café', 'x');", "latin1"),
      );
    },
    says: ["migration-not-utf8", "migrations/0001_a.sql:2 is not UTF-8: byte 39 (0xe9) fits no character", "save the file as UTF-8"],
  },
  {
    what: "a script with a transaction of its own",
    make: migration("0001_a.sql", "begin;\ncreate table a(b);\n"),
    says: [
      "migration-has-transaction",
      "migrations/0001_a.sql:1 holds its own BEGIN, which would end the transaction that keeps the migration and its history row together",
      "delete the script's own BEGIN, COMMIT, END and ROLLBACK: Belay runs each migration in one transaction",
    ],
  },
  {
    what: "a digest that the plan does not have",
    make: migration("0001_a.sql", "create table a(b);\n"),
    args: ["migrate", "--digest", `sha256:${"0".repeat(64)}`],
    says: ["digest-changed", `the plan is sha256:<digest>, not sha256:${"0".repeat(64)}`, "look at it: `belay plan prod`"],
  },
];

function project({ make }: Wrong): Project {
  const made = new Project();
  bookingDatabase(made, 50, "delete");
  make(made);
  return made;
}

function told(text: string | undefined, { directory }: Project): string {
  return (text ?? "").replaceAll(directory, "<project>").replace(/is sha256:[0-9a-f]{64}/, "is sha256:<digest>");
}

describe.each(USAGE)("$what", (wrong) => {
  test("is a usage error: exit 2, no run, every file as it was", async () => {
    using bad = project(wrong);
    const before = tree(bad.directory);
    const args = wrong.args ?? ["migrate"];
    const { status, result } = await bad.json(...args);
    expect({ status, run: result.run, outcome: result.outcome, targets: result.targets }).toEqual({
      status: 2,
      run: null,
      outcome: null,
      targets: [],
    });
    expect(result.reasons.map(({ code, message, hint }) => [code, told(message, bad), hint])).toEqual([wrong.says]);
    const person = await bad.run(...args);
    expect({ status: person.status, stdout: person.stdout }).toEqual({ status: 2, stdout: "" });
    expect(person.stderr.match(/^ *Next:/gm)).toHaveLength(1);
    expect(tree(bad.directory)).toEqual(before);
  });
});

describe.each(REFUSED)("$what", (wrong) => {
  test("is refused: exit 3, nothing stopped, no file but the lock more than before", async () => {
    using bad = project(wrong);
    const before = tree(bad.directory);
    const args = wrong.args ?? ["migrate"];
    const { status, result } = await bad.json(...args);
    expect({ status, run: result.run, outcome: result.outcome }).toEqual({ status: 3, run: null, outcome: "refused" });
    expect(result.reasons.map(({ code, message, hint }) => [code, told(message, bad), hint])).toEqual([wrong.says]);
    const { stdout } = await bad.run(...args);
    expect(stdout).toMatch(/^REFUSED after .*Nothing was changed\.$/m);
    expect(stdout.match(/^Next:/gm)).toHaveLength(1);
    const { "app.db.belay-lock": lock, ...after } = tree(bad.directory);
    expect(lock).toBeDefined();
    expect(after).toEqual(before);
  });
});

test("every mistake in belay.yml is told at once, each with its line", async () => {
  using bad = new Project();
  bad.write("belay.yml", "environments:\n  prod:\n    target: app.db\n    migrate: sqll\n    app: { stpo: x }\n    data: everything\n");
  const { status, stderr } = await bad.run("plan");
  expect(status).toBe(2);
  expect(stderr.match(/belay\.yml:\d+: environments\.prod\.\w+/g)).toEqual([
    "belay.yml:3: environments.prod.target",
    "belay.yml:4: environments.prod.migrate",
    "belay.yml:5: environments.prod.app",
    "belay.yml:6: environments.prod.data",
  ]);
});
