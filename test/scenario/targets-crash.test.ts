/** A run of several databases that is killed at one of its phases: `recover` brings each to its old or its new state, and says which. */

import { expect, test } from "vitest";

import { Customers, FILES, outcomes } from "../support/customers.ts";

const NAMES = ["ann", "bob", "cid"];
const all = <T>(value: T) => Object.fromEntries(NAMES.map((name) => [name, value]));

const KILL = "kill -9 $PPID";
/** Once, and only where it is about this target. */
const killAt = (name: string) => `{ [ "$BELAY_TARGET" != ${name} ] || [ -e killed ]; } || { touch killed; ${KILL}; }`;

const APPLICATION = (per: string, commands: Readonly<Record<string, string>>) =>
  `app:\n  per: ${per}\n${Object.entries({ stop: "true", start: "true", previous: "true", ...commands })
    .map(([word, command]) => `  ${word}: ${JSON.stringify(`${command}; echo ${word} $BELAY_TARGET >> app.log`)}\n`)
    .join("")}`;

const checks = (command: string) => `checks: { after: [{ name: kills, command: ${JSON.stringify(command)} }] }\n`;
const once = `[ -e killed ] || { touch killed; ${KILL}; }`;

test.each([
  ["while it stops the application", APPLICATION("environment", { stop: once }), all("old")],
  ["while the first is verified", `${APPLICATION("environment", {})}${checks(killAt("ann"))}`, all("old")],
  ["while the last is verified", `${APPLICATION("environment", {})}${checks(killAt("cid"))}`, all("old")],
  ["while it starts the application", APPLICATION("environment", { start: once }), all("new")],
  [
    "in the second wave: what was verified stays",
    `waves: [1, 100%]\n${APPLICATION("environment", {})}${checks(killAt("bob"))}`,
    { ann: "new", bob: "old", cid: "old" },
  ],
  ["before the second is stopped", APPLICATION("target", { stop: killAt("bob") }), { ann: "new", bob: "old", cid: "old" }],
  [
    "while the second of three with their own applications is verified",
    `${APPLICATION("target", {})}${checks(killAt("bob"))}`,
    { ann: "new", bob: "old", cid: "old" },
  ],
  ["while the second starts", APPLICATION("target", { start: killAt("bob") }), { ann: "new", bob: "new", cid: "old" }],
  ["while all three start", `parallel: 3\n${APPLICATION("target", { start: once })}`, null],
])("killed %s", { timeout: 60_000 }, async (_when, block, expected) => {
  using customers = new Customers(NAMES);
  customers.configure(`${FILES}${block}`);
  const killed = await customers.run("migrate", "prod");
  expect(killed.signal, killed.stderr + killed.stdout).toBe("SIGKILL");
  expect((await customers.json("migrate", "prod")).result.reasons.map(({ code }) => code)).toEqual(["unfinished-run"]);
  const { status, result } = await customers.json("recover", "prod");
  expect([0, 3, 4], JSON.stringify(result.reasons)).toContain(status);
  const states = customers.states();
  if (expected !== null) expect(states).toEqual(expected);
  for (const [name, outcome] of Object.entries(outcomes(result))) {
    expect(`${name} ${outcome === "migrated" ? "new" : "old"}`).toBe(`${name} ${states[name]}`);
  }
  expect((await customers.json("recover", "prod")).result.outcome).toBe("up-to-date");
  expect((await customers.json("migrate", "prod")).status).toBe(0);
  expect(customers.states()).toEqual(all("new"));
  const back = await customers.json("rollback", "prod");
  expect(back.status, JSON.stringify(back.result.reasons)).toBe(0);
});
