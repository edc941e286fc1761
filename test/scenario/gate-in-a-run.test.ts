/** A container whose entrypoint is `belay gate`, started and asked from within the run that it waits for. */

import { describe, expect, test } from "vitest";

import { Customers, FILES } from "../support/customers.ts";
import type { Production } from "../support/production.ts";
import { EACH_VERSION, type Start } from "../support/productions.ts";
import { CLI } from "../support/workplace.ts";

/** Asks the gate and writes down what it says, under the word that it is given. */
const ASK = `#!/bin/sh
"${process.execPath}" "${CLI}" gate > gate.log 2>&1
echo "$1: $?$(grep -o ' ([a-z-]*)' gate.log)" >> app.log
`;

/** A migration that takes seconds. */
const SLOW = {
  sqlite:
    "create table slow as with recursive n (i) as (select 1 union all select i + 1 from n limit 20000000) select max(i) as i from n;\n",
  postgres: "select pg_sleep(20);\n",
};

async function project(start: Start, health: string): Promise<Production> {
  const made = await start(100);
  made.write("ask", ASK);
  made.configure(`${made.target}migrate: sql
app:
  prepare: ./ask prepare
  stop: ./ask stop
  start: ./ask start
  previous: ./ask previous
checks:
  after: [{ name: gate, command: ./ask after }]
  health: [{ name: gate, command: ${health} }]
`);
  made.migration("0001_role.sql", "alter table users add column role text;\n");
  return made;
}

describe.each(EACH_VERSION)("`belay gate` inside a living run on a database %s", { timeout: 60_000 }, (_name, start) => {
  test("blocks until the run has verified, and then lets the application start, without a deadlock", async () => {
    await using good = await project(start, "./ask health");
    expect((await good.run("gate")).status).toBe(6);
    expect((await good.run("migrate")).status).toBe(0);
    expect(good.applicationLog()).toEqual([
      "prepare: 6 (preparing)",
      "stop: 6 (stopping)",
      "after: 6 (verifying)",
      "start: 0",
      "health: 0",
    ]);
    expect((await good.run("gate")).status).toBe(0);
  });

  test("lets nobody in while a failed run is taken back, and then the previous application, although migrations are pending", async () => {
    await using bad = await project(start, '"false"');
    expect((await bad.run("migrate")).status).toBe(4);
    expect(bad.applicationLog().slice(3)).toEqual(["start: 0", "stop: 6 (rolling-back)", "previous: 0"]);
    expect((await bad.run("gate")).status).toBe(6);
  });

  test("blocks while migrations are applied", async () => {
    await using slow = await project(start, "./ask health");
    slow.migration("0002_slow.sql", SLOW[slow.engine]);
    const running = slow.start(["migrate"]);
    let asked = await slow.run("gate");
    while (!asked.stdout.includes("(migrating)") && asked.status === 6) asked = await slow.run("gate");
    expect(asked.stdout).toMatch(/is under way \(migrating\)/);
    running.kill("SIGINT");
    expect((await running.ended).status).toBe(4);
  });
});

/** What the gate says to each target's container, at this moment of one of them. */
const ASK_EACH = `#!/bin/sh
for name in ann bob cid; do
  "${process.execPath}" "${CLI}" gate --target $name > gate.log 2>&1
  answers="$answers $name $?"
done
echo "$1 $BELAY_TARGET:$answers" >> app.log
`;

test(
  "where each target has its own application, it may start by what the run has done to that one alone",
  { timeout: 60_000 },
  async () => {
    using customers = new Customers(["ann", "bob", "cid"]);
    customers.spoil("bob");
    customers.write("ask", ASK_EACH);
    customers.configure(`${FILES}parallel: 1\napp: { per: target, stop: ./ask stop, start: ./ask start, previous: ./ask previous }\n`);
    expect((await customers.json("migrate", "prod")).status).toBe(4);
    expect(customers.applicationLog()).toEqual([
      "stop ann: ann 6 bob 6 cid 6",
      "start ann: ann 0 bob 6 cid 6",
      "stop bob: ann 0 bob 6 cid 6",
      "previous bob: ann 0 bob 0 cid 6",
      "stop cid: ann 0 bob 6 cid 6",
      "start cid: ann 0 bob 6 cid 0",
    ]);
  },
);
