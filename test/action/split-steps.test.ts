/** A deploy over several steps: they find each other by the journal and by what they hand on as outputs. */

import { describe, expect, test } from "vitest";

import { Deployment, reportOf } from "../support/github/deployment.ts";

const CHECKS = `checks:
  after:
    - { name: everybody has a phone, sql: "select count(*) from users where phone is null", expect: 0 }
    - { name: works, command: test ! -e broken }
`;

describe.concurrent("a deploy over several steps", { timeout: 60_000 }, () => {
  test("of one job: backup, migrate without judging, the application's own deploy, verify", async () => {
    await using deployment = await Deployment.start({ app: "", more: CHECKS });
    await using job = deployment.job();
    const backup = await job.run({ command: "backup" });
    expect(backup, backup.log).toMatchObject({ status: 0, outputs: { outcome: "backed-up", backup: /^\d{8}T\d{6}Z-/ } });

    const migrate = await job.run({ backup: backup.outputs["backup"] ?? "", verify: "false" });
    expect(migrate, migrate.log).toMatchObject({ status: 0, outputs: { outcome: "migrated", pending: "0", applied: "2" } });
    expect(reportOf(migrate)).toMatchObject({ verified: false, targets: [{ backup: { id: backup.outputs["backup"] } }] });
    expect(migrate.summary).toContain("not verified");

    const verify = await job.run({ command: "verify" });
    expect(verify, verify.log).toMatchObject({ status: 0, outputs: { outcome: "verified", run: migrate.outputs["run"] } });
    expect(reportOf(verify).targets[0]?.checks.map(({ name, passed }) => [name, passed])).toEqual([
      ["everybody has a phone", true],
      ["works", true],
    ]);
    expect((await job.post()).map(({ status, log }) => [status, log.trim()])).toEqual(Array.from({ length: 3 }, () => [0, ""]));
    expect(deployment.state()).toBe("new");
  });

  test("of several jobs: what verify finds bad is rolled back to before the migration, later writes counted", async () => {
    await using deployment = await Deployment.start({ app: "", more: CHECKS });
    const { outputs } = await deployment.step({ command: "backup" });
    const migrate = await deployment.step({ backup: outputs["backup"] ?? "", verify: "false" });
    expect(migrate, migrate.log).toMatchObject({ status: 0, outputs: { outcome: "migrated" } });
    deployment.write("broken", "");
    deployment.sql("insert into setting values ('WRITTEN', 'by the new version')");

    const verify = await deployment.step({ command: "verify" });
    expect(verify, verify.log).toMatchObject({ status: 6, conclusion: "failure", outputs: { outcome: "checks-failed" } });
    expect(verify.annotations.map(({ level, message }) => [level, message])).toContainEqual(["error", expect.stringContaining("works")]);

    const refused = await deployment.step({ command: "rollback" });
    expect(refused, refused.log).toMatchObject({ status: 3, outputs: { outcome: "refused" } });
    expect(refused.summary).toMatch(/setting.*1|1.*setting/);
    expect(deployment.sql("select count(*) from setting where key = 'WRITTEN'")).toBe("1\n");

    await using last = deployment.job();
    const rollback = await last.run({ command: "rollback", "accept-loss": "true" });
    expect(rollback, rollback.log).toMatchObject({ status: 0, outputs: { outcome: "rolled-back" } });
    const [target] = reportOf(rollback).targets;
    expect(target?.rollback?.matches).toBe(true);
    expect(deployment.state()).toBe("old");
    const kept = deployment.sql("select count(*) from setting where key = 'WRITTEN'", target?.rollback?.kept[0] ?? "");
    expect(kept, "what was written since is kept aside").toBe("1\n");
  });
});
