import { copyFileSync, renameSync, writeFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { Customers, FILES, outcomes } from "../support/customers.ts";

const NAMES = ["ann", "bob", "cid", "dan", "eli"];
const all = <T>(value: T, names: readonly string[] = NAMES) => Object.fromEntries(names.map((name) => [name, value]));

describe("several databases with one application", { timeout: 60_000 }, () => {
  test("are migrated together, the application stopped once, and a second run has nothing to do", async () => {
    using customers = new Customers(NAMES);
    customers.configure(`${FILES}${Customers.application("environment")}`);
    const { status, result } = await customers.json("migrate", "prod");
    expect([status, result.outcome, outcomes(result)]).toEqual([0, "migrated", all("migrated")]);
    expect(customers.states()).toEqual(all("new"));
    expect(customers.applicationLog()).toEqual(["stop", "start"]);
    const again = await customers.json("migrate", "prod");
    expect([again.status, outcomes(again.result)]).toEqual([0, all("up-to-date")]);
    for (const command of ["status", "plan", "verify", "gate", "backups", "runs", "prune", "backup", "doctor"]) {
      const ended = await customers.json(command, "prod");
      expect([command, ended.status, ended.result.targets.map(({ name }) => name)]).toEqual([command, 0, NAMES]);
    }
    const back = await customers.json("rollback", "prod");
    expect([back.status, outcomes(back.result)]).toEqual([0, all("rolled-back")]);
    expect(customers.states()).toEqual(all("old"));
  });

  test.each([
    ["ann", 1],
    ["cid", 1],
    ["eli", 3],
  ])("all come back when %s cannot be migrated, at whatever place it is, %i at once", async (bad, parallel) => {
    using customers = new Customers(NAMES);
    customers.spoil(bad);
    customers.configure(`${FILES}parallel: ${parallel}\n${Customers.application("environment")}`);
    const { status, result } = await customers.json("migrate", "prod");
    expect([status, outcomes(result)]).toEqual([4, all("undone")]);
    expect(result.reasons[0]?.message).toContain("UNIQUE constraint failed");
    expect(customers.states()).toEqual(all("old"));
    expect(customers.applicationLog()).toEqual(["stop", "previous"]);
    expect((await customers.json("migrate", "prod")).result.reasons.map(({ code }) => code)).toEqual(["same-plan-failed"]);
    customers.mend(bad);
    expect((await customers.json("migrate", "prod", "--again", "mended")).status).toBe(0);
    expect(customers.states()).toEqual(all("new"));
  });

  test("those that are up to date are passed over, and --target takes only the named", async () => {
    using customers = new Customers(NAMES);
    customers.configure(`${FILES}${Customers.application("environment")}`);
    const two = await customers.json("migrate", "prod", "--target", "dan", "--target", "bob");
    expect(outcomes(two.result)).toEqual({ bob: "migrated", dan: "migrated" });
    expect((await customers.json("gate", "prod", "--target", "bob")).status).toBe(0);
    expect((await customers.json("gate", "prod")).status).toBe(6);
    const rest = await customers.json("migrate", "prod");
    expect(outcomes(rest.result)).toEqual({ ...all("migrated"), bob: "up-to-date", dan: "up-to-date" });
    expect((await customers.json("migrate", "prod", "--target", "nobody")).status).toBe(2);
  });

  test("a database that is missing or locked refuses the run before anything is touched, and is named", async () => {
    using customers = new Customers(NAMES);
    customers.configure(`targets: [${NAMES.map((name) => `{ name: ${name}, url: "sqlite:customers/${name}/app.db" }`).join(", ")}]
backup: { store: store }\nmigrate: sql\n${Customers.application("environment")}`);
    renameSync(customers.path("cid"), `${customers.path("cid")}.away`);
    const missing = await customers.json("migrate", "prod");
    expect([missing.status, missing.result.reasons[0]?.code]).toEqual([3, "target-missing"]);
    expect(missing.result.reasons[0]?.message).toContain("customers/cid/app.db");
    renameSync(`${customers.path("cid")}.away`, customers.path("cid"));
    expect(customers.states()).toEqual(all("old"));
    expect(customers.applicationLog()).toEqual([]);
  });

  test("one that cannot be looked at hides none of the others from status", async () => {
    using customers = new Customers(NAMES);
    customers.configure(`targets: [${NAMES.map((name) => `{ name: ${name}, url: "sqlite:customers/${name}/app.db" }`).join(", ")}]
backup: { store: store }\nmigrate: sql\n${Customers.application("environment")}`);
    renameSync(customers.path("cid"), `${customers.path("cid")}.away`);
    writeFileSync(customers.path("dan"), "no database at all, however long it is".repeat(100));
    const { status, result } = await customers.json("status", "prod");
    expect([status, result.outcome, outcomes(result)]).toEqual([3, "refused", { ...all("listed"), cid: "refused", dan: "refused" }]);
    expect(result.digest).toBeNull();
    expect(result.reasons.map(({ code }) => code)).toEqual(["target-missing", "target-not-a-database"]);
    expect(result.targets.map(({ state }) => state?.lock)).toEqual(["free", "free", undefined, undefined, "free"]);
    expect(result.targets[2]?.reasons?.map(({ code }) => code)).toEqual(["target-missing"]);
    const { stdout } = await customers.run("status", "prod");
    expect(stdout).toMatch(/ann \(sqlite\)\n[\s\S]*Pending:.*\n[\s\S]*cid \(sqlite\)\nState: +not known/);
    expect(stdout).toContain("customers/cid/app.db");
  });

  test("a customer who is new since is verified as it is, beside those that a run has come by", async () => {
    using customers = new Customers(["ann", "bob"]);
    customers.configure(`${FILES}${Customers.application("environment")}`);
    expect((await customers.json("verify", "prod")).result.reasons.map(({ code }) => code)).toEqual(["nothing-to-verify"]);
    expect((await customers.json("migrate", "prod", "--target", "ann")).status).toBe(0);
    const behind = await customers.json("verify", "prod");
    expect([behind.status, outcomes(behind.result)]).toEqual([6, { ann: "verified", bob: "checks-failed" }]);
    expect(behind.result.reasons.map(({ code }) => code)).toEqual(["behind"]);
    copyFileSync(customers.path("ann"), customers.path("bob"));
    const both = await customers.json("verify", "prod");
    expect([both.status, outcomes(both.result)]).toEqual([0, { ann: "verified", bob: "verified" }]);
  });

  test("a pattern without files is a mistake of belay.yml, told with its line", async () => {
    using customers = new Customers([]);
    customers.configure(FILES);
    const { status, stderr } = await customers.run("migrate", "prod");
    expect(status).toBe(2);
    expect(stderr).toContain("belay.yml:3: environments.prod.targets.files: no file is there that this pattern names");
  });
});

describe("databases each with an application of its own", { timeout: 60_000 }, () => {
  test.each([
    ["ann", 1],
    ["cid", 1],
    ["eli", 2],
  ])("%s comes back alone, the others go on, and the next run goes on with it alone (%i at once)", async (bad, parallel) => {
    using customers = new Customers(NAMES);
    customers.spoil(bad);
    customers.configure(`${FILES}parallel: ${parallel}\n${Customers.application("target")}`);
    const { status, result } = await customers.json("migrate", "prod");
    expect([status, outcomes(result)]).toEqual([4, { ...all("migrated"), [bad]: "undone" }]);
    expect(customers.states()).toEqual({ ...all("new"), [bad]: "old" });
    for (const name of NAMES) {
      const told = customers.applicationLog().filter((line) => line.endsWith(name));
      expect(told).toEqual([`stop ${name}`, `${name === bad ? "previous" : "start"} ${name}`]);
    }
    expect(result.targets.find(({ name }) => name === bad)?.reasons?.[0]?.message).toContain("UNIQUE constraint failed");
    expect(result.targets.find(({ name }) => name !== bad)?.reasons).toBeUndefined();

    const refused = await customers.json("migrate", "prod");
    expect(refused.result.reasons.map(({ code }) => code)).toEqual(["same-plan-failed"]);
    customers.mend(bad);
    const again = await customers.json("migrate", "prod", "--again", "mended");
    expect([again.status, outcomes(again.result)]).toEqual([0, { ...all("up-to-date"), [bad]: "migrated" }]);
    expect(customers.states()).toEqual(all("new"));
  });

  test("in waves: a wave that fails is the last one, what was verified stays, and the next run goes on from there", async () => {
    using customers = new Customers(NAMES);
    customers.spoil("bob");
    customers.configure(`${FILES}waves: [1, 60%, 100%]\n${Customers.application("target")}`);
    const { status, result } = await customers.json("migrate", "prod");
    expect([status, outcomes(result)]).toEqual([4, { ann: "migrated", bob: "undone", cid: "migrated", dan: "refused", eli: "refused" }]);
    expect(result.targets[4]?.reasons?.map(({ code }) => code)).toEqual(["wave-stopped"]);
    expect(customers.states()).toEqual({ ann: "new", bob: "old", cid: "new", dan: "old", eli: "old" });
    customers.mend("bob");
    const again = await customers.json("migrate", "prod", "--again", "mended");
    expect([again.status, outcomes(again.result)]).toEqual([0, { ...all("migrated"), ann: "up-to-date", cid: "up-to-date" }]);
    const log = customers.applicationLog();
    expect(log.indexOf("start bob")).toBeLessThan(log.indexOf("stop dan"));
  });

  test("a health check that fails brings its own target back alone", async () => {
    using customers = new Customers(NAMES);
    customers.configure(
      `${FILES}${Customers.application("target")}checks: { health: [{ name: up, command: 'test "$BELAY_TARGET" != cid' }] }\n`,
    );
    const { status, result } = await customers.json("migrate", "prod");
    expect([status, outcomes(result)]).toEqual([4, { ...all("migrated"), cid: "undone" }]);
    expect(customers.states()).toEqual({ ...all("new"), cid: "old" });
    const rollback = await customers.json("rollback", "prod");
    expect([rollback.status, outcomes(rollback.result)]).toEqual([0, { ...all("rolled-back"), cid: "up-to-date" }]);
    expect(customers.states()).toEqual(all("old"));
  });
});

describe("waves with one application", { timeout: 60_000 }, () => {
  test("stop and start it once; each target is verified before the next wave", async () => {
    using customers = new Customers(NAMES);
    customers.configure(`${FILES}waves: [1, 40%, 100%]\nparallel: 3\n${Customers.application("environment")}`);
    const { status, result } = await customers.json("migrate", "prod");
    expect([status, outcomes(result)]).toEqual([0, all("migrated")]);
    expect(customers.applicationLog()).toEqual(["stop", "start"]);
  });

  test("a target that fails comes back alone, and the application starts as it was before", async () => {
    using customers = new Customers(NAMES);
    customers.spoil("bob");
    customers.configure(`${FILES}waves: [1, 60%, 100%]\n${Customers.application("environment")}`);
    const { status, result } = await customers.json("migrate", "prod");
    expect([status, outcomes(result)]).toEqual([4, { ann: "migrated", bob: "undone", cid: "migrated", dan: "refused", eli: "refused" }]);
    expect(customers.states()).toEqual({ ann: "new", bob: "old", cid: "new", dan: "old", eli: "old" });
    expect(customers.applicationLog()).toEqual(["stop", "previous"]);
    expect((await customers.json("recover", "prod")).result.outcome).toBe("up-to-date");
  });

  test("a failing health check brings all of them back: the application is one", async () => {
    using customers = new Customers(NAMES);
    customers.configure(
      `${FILES}waves: [1, 100%]\n${Customers.application("environment")}checks: { health: [{ name: up, command: "false" }] }\n`,
    );
    const { status, result } = await customers.json("migrate", "prod");
    expect([status, outcomes(result)]).toEqual([4, all("undone")]);
    expect(customers.states()).toEqual(all("old"));
  });
});

test("Ctrl-C between two waves: what was verified stays, the others are as they were", { timeout: 60_000 }, async () => {
  using customers = new Customers(NAMES);
  customers.configure(`${FILES}waves: [2, 100%]
app: { per: target, start: '[ "$BELAY_TARGET" != bob ] || kill -INT $PPID' }\n`);
  const { status, result } = await customers.json("migrate", "prod");
  expect(outcomes(result)).toMatchObject({ ann: "migrated", cid: "interrupted", dan: "interrupted", eli: "interrupted" });
  expect(status).not.toBe(0);
  expect(customers.states()).toEqual({ ...all("old"), ann: "new", bob: outcomes(result)["bob"] === "migrated" ? "new" : "old" });
  customers.configure(`${FILES}waves: [2, 100%]\n`);
  expect((await customers.json("migrate", "prod")).status).toBe(0);
  expect(customers.states()).toEqual(all("new"));
});
