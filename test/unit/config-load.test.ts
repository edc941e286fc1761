import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "../../src/config/load.ts";

const SMALLEST = "environments: { prod: { target: 'sqlite:app.db' } }\n";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "belay-config-"));
});
afterEach(async () => {
  await chmod(folder, 0o700);
  await rm(folder, { recursive: true });
});

function load(explicit: string | null = null, variables: Readonly<Record<string, string>> = {}, onGitHub = false) {
  return loadConfig({ explicit, cwd: folder, environment: null, variables, onGitHub });
}

async function write(name: string, content: string | Uint8Array): Promise<void> {
  await mkdir(join(folder, name, ".."), { recursive: true });
  await writeFile(join(folder, name), content);
}

describe("where belay.yml is looked for", () => {
  test("belay.yml comes before .github/belay.yml", async () => {
    await write("belay.yml", SMALLEST);
    await write(".github/belay.yml", "nonsense");
    expect(await load()).toMatchObject({ file: join(folder, "belay.yml"), directory: folder, names: ["prod"] });
  });

  test("the relative paths of .github/belay.yml start at the repository's root", async () => {
    await write(".github/belay.yml", SMALLEST);
    const config = await load();
    expect(config.directory).toBe(folder);
    expect(config.environments.get("prod")?.targets[0]?.address).toBe(join(folder, "app.db"));
  });

  test("--config names any file, and its relative paths start beside it", async () => {
    await write("deploy/my.yml", SMALLEST);
    expect(await load("deploy/my.yml")).toMatchObject({ directory: join(folder, "deploy") });
  });

  test("mistakes name the file as it was asked for", async () => {
    await write("deploy/my.yml", "environments: {}\n");
    await expect(load("deploy/my.yml")).rejects.toThrow(/^deploy\/my\.yml:1: environments: expected at least one environment/);
    await write(".github/belay.yml", "environments: {}\n");
    await expect(load()).rejects.toThrow(/^\.github\/belay\.yml:1: /);
  });

  test("on GitHub the workspace is what checkout empties", async () => {
    await write("belay.yml", SMALLEST);
    await expect(load(null, { GITHUB_WORKSPACE: folder }, true)).rejects.toThrow(/this database lies in the workspace/);
    await expect(load(null, { GITHUB_WORKSPACE: "/elsewhere" }, true)).resolves.toMatchObject({ names: ["prod"] });
  });
});

describe("a file that cannot be read", () => {
  test("missing: says where it looked", async () => {
    await expect(load()).rejects.toMatchObject({
      kind: "usage",
      code: "config-missing",
      message: `there is no belay.yml and no .github/belay.yml in ${folder}`,
      hint: "`belay init` writes a first one; or name it with --config FILE",
    });
  });

  test("missing, but belay.yaml is there: says how to rename it", async () => {
    await write("belay.yaml", SMALLEST);
    await expect(load()).rejects.toMatchObject({ code: "config-missing", hint: "belay.yaml is there; rename it to belay.yml" });
  });

  test("missing by name, also below a file", async () => {
    await write("a", "x");
    await expect(load("b.yml")).rejects.toMatchObject({
      kind: "usage",
      code: "config-missing",
      message: "reading b.yml: there is no such file",
    });
    await expect(load("a/b.yml")).rejects.toMatchObject({ code: "config-missing" });
  });

  test("a directory in its place", async () => {
    await mkdir(join(folder, "belay.yml"));
    await expect(load()).rejects.toMatchObject({
      kind: "usage",
      code: "config-not-a-file",
      message: "reading belay.yml: it is a directory",
    });
  });

  test.skipIf(process.getuid?.() === 0)("without the right to read it", async () => {
    await write("belay.yml", SMALLEST);
    await chmod(join(folder, "belay.yml"), 0);
    await expect(load()).rejects.toMatchObject({ kind: "usage", code: "config-unreadable" });
  });

  test("a link that leads back to itself", async () => {
    await symlink("belay.yml", join(folder, "belay.yml"));
    await expect(load()).rejects.toMatchObject({ kind: "usage", code: "config-unreadable", message: expect.stringContaining("ELOOP") });
  });

  test("not UTF-8: names the line", async () => {
    await write("belay.yml", Buffer.from("a: b\nc: caf\xe9\n", "latin1"));
    await expect(load()).rejects.toMatchObject({
      kind: "usage",
      code: "config-not-utf8",
      message: "reading belay.yml: line 2 is not UTF-8",
    });
  });

  test("too large to be a configuration", async () => {
    await write("belay.yml", "#".repeat(1_000_001));
    await expect(load()).rejects.toMatchObject({ kind: "usage", code: "config-too-large" });
  });

  test("a byte order mark is no mistake", async () => {
    await write("belay.yml", `\uFEFF${SMALLEST}`);
    await expect(load()).resolves.toMatchObject({ names: ["prod"] });
  });
});
