import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { childEnvironment } from "../../src/process/environment.ts";
import { findProgram, findToolProgram } from "../../src/process/find-program.ts";

describe("the environment of a command", () => {
  const inherited = {
    PATH: "/bin",
    HOME: "/root",
    SECRET_KEY: "s",
    STORE_KEY: "k",
    GITHUB_TOKEN: "t",
    GITHUB_SHA: "abc",
    ACTIONS_RUNTIME_TOKEN: "t",
    INPUT_GRANT: "g",
    UNSET: undefined,
  };

  test("is Belay's own, less what belongs to Belay, its workflow and its store", () => {
    expect(childEnvironment(inherited, { add: {}, withheld: ["STORE_KEY"] })).toEqual({
      PATH: "/bin",
      HOME: "/root",
      SECRET_KEY: "s",
      GITHUB_SHA: "abc",
    });
  });

  test("has what it is told, which wins over what is inherited", () => {
    expect(childEnvironment({ BELAY_RUN: "old", A: "1" }, { add: { BELAY_RUN: "new" }, withheld: [] })).toEqual({
      BELAY_RUN: "new",
      A: "1",
    });
  });

  test("with an allow-list holds these and the basics, nothing else", () => {
    expect(childEnvironment(inherited, { add: { X: "y" }, withheld: ["STORE_KEY"], allow: ["SECRET_KEY", "ABSENT"] })).toEqual({
      PATH: "/bin",
      HOME: "/root",
      SECRET_KEY: "s",
      X: "y",
    });
    expect(childEnvironment(inherited, { add: {}, withheld: [], allow: [] })).toEqual({ PATH: "/bin", HOME: "/root" });
  });

  test("passes a name on that the allow-list gives on purpose", () => {
    expect(childEnvironment(inherited, { add: {}, withheld: ["STORE_KEY"], allow: ["STORE_KEY"] })).toMatchObject({ STORE_KEY: "k" });
  });
});

describe("looking for a program", () => {
  let directory: string;
  const bin = (...parts: string[]) => join(directory, ...parts);

  async function program(path: string, mode = 0o755): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, "#!/bin/sh\n");
    await chmod(path, mode);
  }

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "belay-find-"));
    await program(bin(".venv/bin/alembic"));
    await program(bin("venv/bin/alembic"));
    await program(bin("node_modules/.bin/knex"));
    await program(bin("path/knex"));
    await program(bin("path/plain"), 0o644);
    await program(bin("later/plain"));
    await program(bin("later/dbmate"));
    await mkdir(bin("path/dbmate"));
  });
  afterAll(() => rm(directory, { recursive: true }));

  const path = () => `${bin("path")}:relative:${bin("later")}`;

  test("for a tool prefers the project's own folders, in order, then PATH", async () => {
    expect(await findToolProgram("alembic", directory, path())).toBe(bin(".venv/bin/alembic"));
    expect(await findToolProgram("knex", directory, path())).toBe(bin("node_modules/.bin/knex"));
    expect(await findToolProgram("dbmate", directory, path())).toBe(bin("later/dbmate"));
    expect(await findToolProgram("absent", directory, path())).toBeUndefined();
    expect(await findToolProgram("./path/knex", directory, "")).toBe(bin("path/knex"));
  });

  test("for a command takes PATH alone, and passes over folders and files that are no programs", async () => {
    expect(await findProgram("knex", directory, path())).toBe(bin("path/knex"));
    expect(await findProgram("plain", directory, path())).toBe(bin("later/plain"));
    expect(await findProgram("later/dbmate", directory, "")).toBe(bin("later/dbmate"));
    expect(await findProgram("sh", directory, undefined)).toMatch(/\/sh$/);
    await expect(findProgram("alembic", directory, path())).rejects.toMatchObject({ code: "command-not-found" });
    await expect(findProgram("plain", directory, bin("path"))).rejects.toMatchObject({ code: "command-not-executable" });
  });
});
