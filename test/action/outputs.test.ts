/** What other steps, jobs and people get of a step: outputs, report, exit status, and annotations where it was asked wrongly. */

import { existsSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { OUTPUTS } from "../../src/github/inputs.ts";
import { Deployment, reportOf } from "../support/github/deployment.ts";
import type { StepEnd } from "../support/runner.ts";

const NAMES = OUTPUTS.map(({ name }) => name).toSorted();
const RUN = /^01[0-9A-HJKMNP-TV-Z]{24}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const BACKUP = /^\d{8}T\d{6}Z-[0-9a-f]{4}$/;

/** Every output is there, the report says the same, and nothing is wrong with how it was said. */
function outputsOf(end: StepEnd, status = 0): Readonly<Record<string, string>> {
  expect(end.status, end.log).toBe(status);
  expect(end.problems).toEqual([]);
  expect(Object.keys(end.outputs).toSorted()).toEqual(NAMES);
  expect(reportOf(end)).toMatchObject({ outcome: end.outputs["outcome"], run: end.outputs["run"] || null });
  expect(JSON.parse(end.outputs["matrix"] ?? "")).toHaveProperty("target");
  expect(end.summary).toContain("🧗 Belay");
  return end.outputs;
}

describe.concurrent("every command of the action", { timeout: 90_000 }, () => {
  test("ends with its outcome, its status, and every output", async () => {
    await using deployment = await Deployment.start();
    await using job = deployment.job();
    const step = async (inputs: Record<string, string>, status = 0) => outputsOf(await job.run(inputs), status);

    const plan = await step({ command: "plan" });
    expect(plan).toMatchObject({ outcome: "planned", run: "", digest: DIGEST, pending: "2", applied: "0", matrix: '{"target":["app"]}' });
    expect(await step({ command: "gate" }, 6)).toMatchObject({ outcome: "checks-failed", pending: "2" });
    expect(await step({ digest: `sha256:${"0".repeat(64)}` }, 3)).toMatchObject({ outcome: "refused", run: "" });
    expect(deployment.state()).toBe("old");

    const migrated = await step({ digest: plan["digest"] ?? "", environment: "prod" });
    expect(migrated).toMatchObject({ outcome: "migrated", run: RUN, digest: plan["digest"], backup: BACKUP, pending: "0", applied: "2" });
    expect(await step({ environment: "prod", target: "app" })).toMatchObject({
      outcome: "up-to-date",
      run: "",
      pending: "0",
      applied: "0",
    });
    expect(await step({ command: "plan" })).toMatchObject({ outcome: "planned", pending: "0", matrix: '{"target":[]}' });
    expect(await step({ command: "gate" })).toMatchObject({ outcome: "up-to-date" });
    expect(await step({ command: "verify", run: migrated["run"] ?? "" })).toMatchObject({ outcome: "verified", run: migrated["run"] });
    for (const command of ["status", "runs", "backups"]) expect(await step({ command })).toMatchObject({ outcome: "listed" });
    expect(await step({ command: "prune" })).toMatchObject({ outcome: "pruned" });
    expect(await step({ command: "recover" })).toMatchObject({ outcome: "up-to-date" });
    expect((await job.post()).every(({ status, outputs }) => status === 0 && Object.keys(outputs).length === 0)).toBe(true);
  });

  test("that takes data back, too", async () => {
    await using deployment = await Deployment.start();
    await using job = deployment.job();
    const step = async (inputs: Record<string, string>, status = 0) => outputsOf(await job.run(inputs), status);
    const migrated = await step({});
    const copy = join(deployment.outside, "restored.db");
    const restore = { command: "restore", backup: migrated["backup"] ?? "", into: `sqlite:${copy}` };
    expect(await step(restore)).toMatchObject({ outcome: "restored" });
    expect(deployment.dump(copy)).toBe(deployment.old);
    expect(await step(restore, 3), "something is there already").toMatchObject({ outcome: "refused" });
    expect(await step({ ...restore, replace: "true" })).toMatchObject({ outcome: "restored" });

    expect(await step({ command: "rollback", run: migrated["run"] ?? "" })).toMatchObject({ outcome: "rolled-back", run: RUN });
    expect(deployment.state()).toBe("old");
    expect(await step({}, 3), "the same plan again needs a reason").toMatchObject({ outcome: "refused" });
    expect(await step({ again: "it was the wrong day" })).toMatchObject({ outcome: "migrated" });
  });

  test("doctor tries every part of the configuration and says what it found", async () => {
    await using deployment = await Deployment.start();
    const end = await deployment.step({ command: "doctor" });
    expect(["healthy", "checks-failed"], end.log).toContain(end.outputs["outcome"]);
    expect(end.status).toBe(end.outputs["outcome"] === "healthy" ? 0 : 6);
    expect(end.log).toContain("git");
  });
});

const WRONG: readonly (readonly [what: string, inputs: Record<string, string>, told: string])[] = [
  ["an input that there is not", { digset: "sha256:0" }, "did you mean digest?"],
  ["a value that cannot be", { verify: "perhaps" }, "verify: true or verify: false"],
  ["a command that there is not", { command: "migrat" }, "did you mean command: migrate?"],
  ["an input of another command", { command: "plan", "accept-loss": "true" }, "does not take the input accept-loss"],
  ["an environment that there is not", { environment: "prdo" }, "prod"],
  ["a configuration outside of the repository", { config: "../belay.yml" }, "config: deploy/belay.yml"],
];

describe.concurrent("a step that is asked wrongly does nothing and ends with 2:", { timeout: 60_000 }, () => {
  test("inputs that are none, or cannot be", async () => {
    await using deployment = await Deployment.start();
    await Promise.all(
      WRONG.map(async ([what, inputs, told]) => {
        const end = await deployment.step(inputs);
        expect(end, `${what}: ${end.log}`).toMatchObject({ status: 2, outputs: {} });
        expect(end.log).toContain(told);
        expect(end.summary).toContain("nothing was done");
        expect(end.annotations.filter(({ level }) => level === "error")).toHaveLength(1);
      }),
    );
    expect({ state: deployment.state(), told: deployment.applicationLog() }).toEqual({ state: "old", told: [] });
    expect(existsSync(`${deployment.database}.belay`)).toBe(false);
  });

  test("a wrong belay.yml, with an annotation at each of its problems", async () => {
    await using deployment = await Deployment.start({ more: "data: everything\nbackup: { keep: { last: -1 } }\nchecks: { aftr: [] }\n" });
    const lines = deployment.read("belay.yml").split("\n");
    const lineOf = (text: string) => lines.findIndex((line) => line.includes(text)) + 1;
    const end = await deployment.step();
    expect(end.status, end.log).toBe(2);
    const places = end.annotations.map(({ level, file, line }) => [level, file, line]);
    expect(places).toEqual(["data:", "keep:", "checks:"].map((text) => ["error", "belay.yml", lineOf(text)]));
  });
});
