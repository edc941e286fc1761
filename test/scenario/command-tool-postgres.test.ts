/** A migration on PostgreSQL by a program of the team's own, psql: how it is told where the database is, and what it wrote from what anybody else wrote. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { afterEach, describe, expect, test } from "vitest";

import type { PostgresProduction } from "../support/production-postgres.ts";
import { EACH_POSTGRES } from "../support/productions.ts";

const others: ChildProcess[] = [];
afterEach(async () => {
  for (const other of others.splice(0)) {
    if (other.exitCode !== null || other.signalCode !== null) continue;
    const gone = once(other, "exit");
    other.kill("SIGKILL");
    await gone;
  }
});

type Start = (typeof EACH_POSTGRES)[number][1];

const UPPER = `psql -X -q -c "update users set email = upper(email) where email <> upper(email)"`;
const PARTS = "variables: { PGHOST: host, PGPORT: port, PGDATABASE: name, PGUSER: user, PGPASSWORD: password }";

/** What applies the migration, as lines of a shell script in which psql finds the database by itself. */
async function site(start: Start, apply: string, { how = PARTS, more = "" } = {}): Promise<PostgresProduction> {
  const production = await start(500);
  production.write(
    "upper-case",
    `#!/bin/sh -e
ask() { psql -X -A -t -q -c "select count(*) || ' to do' from users where email <> upper(email)" "$@"; }
case $1 in
  status) ask $URL ;;
  apply) ${apply} ;;
esac
`,
  );
  production.configure(`${production.target}migrate:
  ${how}
  migrations: [{ id: upper-case, pending: ./upper-case status, pending-when: "^[1-9]", applied-when: "^0", apply: ./upper-case apply }]
${more}`);
  return production;
}

/** Somebody else's psql that runs a script, and says `ready` on its way. */
async function other(production: PostgresProduction, script: string): Promise<void> {
  const child = spawn(join(production.cluster.bin, "psql"), ["-X", "-q", production.address], {
    env: { ...process.env, ...production.variables, PGAPPNAME: "reporting" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  others.push(child);
  child.stdin.write(`\\echo ready\n${script}`);
  await once(child.stdout, "data");
}

describe.each(EACH_POSTGRES)("a program that migrates a database %s", { timeout: 60_000 }, (_name, start) => {
  test.each([
    ["the URL's parts", PARTS, UPPER],
    ["the URL by another name", "url-variable: URL", `psql -X -q "$URL" -c "update users set email = upper(email)"`],
    ["the name that its belay.yml gives the URL", "tool: command", `psql -X -q "$DATABASE_URL" -c "update users set email = upper(email)"`],
  ])("finds it by %s, and what it wrote is compared row by row, and proven", async (_how, how, apply) => {
    await using production = await site(start, apply, { how });
    if (how === "tool: command") production.write("upper-case", production.read("upper-case").replace("$URL", "$DATABASE_URL"));
    const { status, result, stderr } = await production.json("migrate");
    const [target] = result.targets;
    expect({ status, reasons: result.reasons, undisturbed: target?.undisturbed }, String(target?.disturbance) + stderr).toEqual({
      status: 0,
      reasons: [],
      undisturbed: true,
    });
    expect(target?.data).toMatchObject({ proven: true });
    expect(target?.data?.tables.find(({ name }) => name === "users")).toMatchObject({ changed: 50, columnsChanged: ["email"] });
  });

  test.each([
    ["that fails half-way", `psql -X -q -c "update users set email = 'X' || id where id < 5"; exit 3`, "", "tool-failed"],
    ["whose result a check does not accept", UPPER, "checks: { after: [{ sql: select count(*) from users, expect: 51 }] }", "check-failed"],
    [
      "whose psql met an error and says so",
      `psql -X -q -v ON_ERROR_STOP=1 -c "create table new_one (a int)" -c "select nothing"`,
      "",
      "tool-failed",
    ],
  ])("%s is undone, and the database is what it was", async (_what, apply, more, code) => {
    await using production = await site(start, apply, { more });
    const { status, result } = await production.json("migrate");
    expect({ status, outcome: result.outcome, codes: result.reasons.map((reason) => reason.code) }).toEqual({
      status: 4,
      outcome: "undone",
      codes: [code],
    });
    expect(result.targets[0]?.rollback).toMatchObject({ strategy: "swap", matches: true });
    expect(await production.state()).toEqual(production.oldState);
  });

  test("somebody else who writes meanwhile is noticed, and nothing is called proven", async () => {
    await using production = await site(start, `touch began; sleep 1.5; ${UPPER}`);
    await other(production, "\\! while ! test -e began; do sleep 0.05; done\n".replace("began", `${production.directory}/began`));
    others.at(-1)?.stdin?.write("insert into audit values ('now', 'from outside');\nselect pg_sleep(30);\n");
    const { status, result } = await production.json("migrate");
    const [target] = result.targets;
    expect({ status, undisturbed: target?.undisturbed, proven: target?.data?.proven }).toEqual({
      status: 0,
      undisturbed: false,
      proven: false,
    });
    expect(target?.disturbance).toContain("reporting");
  });

  test("a lock that goes away is waited for, and a program that wrote nothing so far is started again", async () => {
    await using production = await site(
      start,
      `psql -X -q -v ON_ERROR_STOP=1 -c "alter table users alter column email set default ''" -c "update users set email = upper(email)"`,
    );
    production.write("belay.yml", production.read("belay.yml").replace("migrate:\n", "migrate:\n      lock-timeout: 300ms\n"));
    await other(production, "");
    const waiting = `\\! while ! test -e ${production.directory}/began; do sleep 0.05; done\n`;
    others
      .at(-1)
      ?.stdin?.write(
        `${waiting}begin;\nlock table users;\n\\! touch ${production.directory}/locked\nselect pg_sleep(1);\nrollback;\n\\q\n`,
      );
    production.write(
      "upper-case",
      production.read("upper-case").replace("apply) ", `apply) touch began; while ! test -e locked; do sleep 0.05; done; `),
    );
    const { status, result, stderr } = await production.json("migrate");
    expect({ status, codes: result.reasons.map(({ code }) => code), stderr }).toEqual({
      status: 0,
      codes: [],
      stderr: expect.stringContaining("trying again (1 of 5): applying upper-case"),
    });
  });

  test("in another database than it was told is found out", async () => {
    await using production = await site(start, `psql -X -q "\${DATABASE_URL%/*}/postgres" -c "select 'upper'" > applied`);
    production.write(
      "upper-case",
      production.read("upper-case").replace(/status\) .*/, "status) if [ -e applied ]; then echo 0 to do; else echo 50 to do; fi ;;"),
    );
    const { status, result } = await production.json("migrate");
    expect({ status, outcome: result.outcome, reasons: result.reasons }).toEqual({
      status: 4,
      outcome: "undone",
      reasons: [
        {
          code: "wrong-database",
          message: "the tool says it migrated app, but nothing was written to it",
          hint: "look which database the tool's own configuration names",
        },
      ],
    });
    expect(await production.state()).toEqual(production.oldState);
  });

  test("is no stranger, and neither are the commands and checks of its belay.yml, whenever they look", async () => {
    const look = `./sql "select count(*) from users"`;
    const checks = `checks:
  before: [{ name: people, command: '${look}' }]
  after: [{ name: people, command: '${look}' }, { name: no user lost, sql: select count(*) from users, expect: unchanged }]
`;
    await using production = await site(start, UPPER, {
      more: `app: { prepare: '${look}', stop: '${look}', start: '${look}' }\n${checks}`,
    });
    const { status, result } = await production.json("migrate");
    const [target] = result.targets;
    expect({ status, reasons: result.reasons, undisturbed: target?.undisturbed }, target?.disturbance).toEqual({
      status: 0,
      reasons: [],
      undisturbed: true,
    });
    production.configure(`${production.target}migrate: sql\napp: { prepare: '${look}', stop: '${look}', start: '${look}' }\n${checks}`);
    production.migration("0001_role.sql", "alter table users add column role text;\n");
    const second = await production.json("migrate");
    const [bySql] = second.result.targets;
    expect({ status: second.status, undisturbed: bySql?.undisturbed }, bySql?.disturbance).toEqual({ status: 0, undisturbed: true });
  });
});
