/** Completion in a real shell, which loads the script that Belay prints and is then asked what it would offer. */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { availableCommands } from "../../src/command/registry.ts";
import { CLI } from "../support/project.ts";

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "belay-completion-"));
  writeFileSync(join(directory, "belay"), `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n`, { mode: 0o755 });
  writeFileSync(join(directory, "belay.yml"), "environments:\n  staging: { target: sqlite:a.db }\n  prod: { target: sqlite:b.db }\n");
  writeFileSync(join(directory, "other.yml"), 'environments: { elsewhere: {}, "$(touch harm)": {}, "a b": {}, "x\\ny": {} }\n');
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function belay(...argv: string[]): string {
  return execFileSync(join(directory, "belay"), argv, { cwd: directory, encoding: "utf8" });
}

/** What bash offers for the last word of a line. */
function offered(...line: string[]): string[] {
  const script = `
    source <(belay completion bash)
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    $(complete -p belay | sed 's/.*-F \\([^ ]*\\).*/\\1/') belay "\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[COMP_CWORD - 1]}"
    ((\${#COMPREPLY[@]})) && printf '%s\\n' "\${COMPREPLY[@]}"
    exit 0`;
  const { stdout, stderr, status } = spawnSync("bash", ["--norc", "-u", "-c", script, "bash", "belay", ...line], {
    cwd: directory,
    env: { PATH: `${directory}:${process.env["PATH"] ?? ""}`, LANG: "C.UTF-8" },
    encoding: "utf8",
  });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return stdout.split("\n").filter((word) => word !== "");
}

describe("completion in bash", () => {
  it("offers every command, and those that begin as typed", () => {
    expect(offered("")).toEqual([...availableCommands().map(({ name }) => name), "completion", "audit"]);
    expect(offered("re")).toEqual(["recover", "restore"]);
  });

  it("offers the environments of belay.yml, or of the file of --config", () => {
    expect(offered("migrate", "")).toEqual(["staging", "prod"]);
    expect(offered("--json", "migrate", "--again", "why", "p")).toEqual(["prod"]);
    expect(offered("--config", "other.yml", "plan", "e")).toEqual(["elsewhere"]);
    expect(offered("migrate", "prod", "")).toEqual([]);
  });

  it("offers the options of the command", () => {
    expect(offered("rollback", "prod", "--s")).toEqual(["--strategy"]);
    expect(offered("status", "--s")).toEqual([]);
    expect(offered("status", "prod", "--no")).toEqual(["--no-color"]);
    expect(offered("migrate", "--no")).toEqual(["--no-color", "--no-verify"]);
  });

  it("offers the values of options that have some, and files where a file is meant", () => {
    expect(offered("rollback", "--strategy", "")).toEqual(["swap", "restore", "downgrade", "hook"]);
    expect(offered("plan", "--config", "bel").toSorted()).toEqual(["belay", "belay.yml"]);
    expect(offered("migrate", "--again", "")).toEqual([]);
    expect(offered("completion", "")).toEqual(["bash", "zsh", "fish"]);
  });

  it("never runs what stands in a name", () => {
    expect(offered("--config", "other.yml", "plan", "")).toEqual(["elsewhere", String.raw`\$\(touch\ harm\)`, String.raw`a\ b`]);
    expect(execFileSync("ls", [directory], { encoding: "utf8" })).not.toContain("harm");
  });
});

it("where belay.yml is missing or broken, completion offers no environment and does not complain", () => {
  expect(belay("completion", "environments", "--config", "missing.yml")).toBe("");
  writeFileSync(join(directory, "broken.yml"), "environments: {");
  expect(belay("completion", "environments", "--config", "broken.yml")).toBe("");
  writeFileSync(join(directory, "list.yml"), "environments: [a]");
  expect(belay("completion", "environments", "--config", "list.yml")).toBe("");
});

it("the scripts of all shells know every command and every option that there is", () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const script = belay("completion", shell);
    for (const { name, options } of availableCommands()) {
      expect(script, shell).toMatch(new RegExp(`\\b${name}\\b`));
      for (const option of options) expect(script, `${shell} ${name}`).toContain(shell === "fish" ? `-l ${option} ` : `--${option}`);
    }
  }
});
