import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { messageOf } from "../../src/domain/error.ts";
import { parseEnvFile, readEnvFile } from "../../src/process/env-file.ts";
import { spawn } from "../../src/process/spawn.ts";
import { targetVariables, type TargetVariables } from "../../src/tool/target-variables.ts";

const parse = (text: string) => parseEnvFile(text, "app.env");

describe("an env file", () => {
  test.each<[string, string, Record<string, string>]>([
    ["plain values", "A=1\nB=two words\n", { A: "1", B: "two words" }],
    [
      "comments and empty lines",
      "# a comment\n\n  # another\nA=1 # not part of it\nB=a#b\nC=#c\nD= # nothing\n",
      { A: "1", B: "a#b", C: "#c", D: "" },
    ],
    ["export and spaces", "export A = 1  \n  B=2", { A: "1", B: "2" }],
    ["double quotes", 'A="two words # and \\"more\\"" # comment\nB="a\\nb\\\\n\\$x"\n', { A: 'two words # and "more"', B: "a\nb\\n$x" }],
    ["single quotes", "A='$HOME \\n \"x\"'\nB=''\n", { A: '$HOME \\n "x"', B: "" }],
    ["values of several lines", 'KEY="-----BEGIN\nabc\n-----END"\nB=1', { KEY: "-----BEGIN\nabc\n-----END", B: "1" }],
    ["the last of two", "A=1\nA=2\n", { A: "2" }],
    ["line ends and marks of Windows", "\uFEFFA=1\r\nB=2\r\n", { A: "1", B: "2" }],
    ["URLs", "URL=postgres://u:p%40ss'word\"@h/db?x=1&y=2\n", { URL: "postgres://u:p%40ss'word\"@h/db?x=1&y=2" }],
    ["nothing", "", {}],
  ])("gives %s", (_, text, variables) => expect(parse(text)).toEqual(variables));

  test.each<[string, string]>([
    ["A=1\nnot an assignment\n", "line 2 of app.env is no NAME=value"],
    ["A=1\nB='s3cret\nC=2\n", "line 2 of app.env gives B a value whose quotes do not end, or are followed by more"],
    ['A="x\ny"\nB="s3cret" more\n', "line 3 of app.env gives B a value whose quotes do not end, or are followed by more"],
    ["1A=s3cret", "line 1 of app.env is no NAME=value"],
  ])("%j is refused, naming its line and no value", (text, message) => {
    expect(() => parse(text)).toThrow(message);
    try {
      parse(text);
    } catch (error) {
      expect(messageOf(error)).not.toContain("s3cret");
    }
  });

  test("reads any value back that was written in single quotes, as a shell does", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,5}$/), fc.string({ unit: "grapheme" })), (variables) => {
        const clean = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, value.replaceAll(/['\r\uFEFF]/g, "")]));
        const text = Object.entries(clean).map(([name, value]) => `${name}='${value}'\n`);
        expect(parse(text.join(""))).toEqual(clean);
      }),
    );
  });

  describe("on disk", () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "belay-env-"));
    });
    afterAll(() => rm(folder, { recursive: true }));

    test("is read as a shell would read it", async () => {
      const path = join(folder, "app.env");
      await writeFile(path, "A=plain\nB='single $A'\nC=\"two\nlines\"\n");
      const shell = await spawn({
        command: { shell: '. ./app.env; printf "%s|%s|%s" "$A" "$B" "$C"' },
        directory: folder,
        variables: {},
        timeoutMs: 5_000,
        role: "test",
      });
      expect(Object.values(await readEnvFile(path)).join("|")).toBe(shell.stdout);
    });

    test("that is missing, or no text, is said to be", async () => {
      await expect(readEnvFile(join(folder, "none"))).rejects.toMatchObject({ kind: "usage", code: "env-file-unreadable" });
      await writeFile(join(folder, "bytes"), Buffer.from([0x41, 0x3d, 0xff]));
      await expect(readEnvFile(join(folder, "bytes"))).rejects.toMatchObject({ kind: "usage", code: "env-file-invalid" });
    });
  });
});

describe("what a tool is told about its target", () => {
  const plain: TargetVariables = { path: null, urlVariable: null, variables: {} };
  const file = { engine: "sqlite", address: "/srv/app/app.db" } as const;
  const server = {
    engine: "postgres",
    address: "postgresql+psycopg://app:s%40cr%3At@db.example.com:6432/my%20app?sslmode=require",
  } as const;

  test("is where the file lies, as Belay sees it or as the tool does", () => {
    expect(targetVariables(file, plain)).toEqual({ BELAY_DATABASE_URL: "sqlite:/srv/app/app.db", BELAY_DATABASE_PATH: "/srv/app/app.db" });
    expect(
      targetVariables(file, { path: "/app/instance/app.db", urlVariable: "DATABASE_URL", variables: { DB_NAME: "name", DB_FILE: "path" } }),
    ).toEqual({
      BELAY_DATABASE_URL: "sqlite:/app/instance/app.db",
      BELAY_DATABASE_PATH: "/app/instance/app.db",
      DATABASE_URL: "sqlite:/app/instance/app.db",
      DB_NAME: "/app/instance/app.db",
      DB_FILE: "/app/instance/app.db",
    });
  });

  test("is the URL as it was written, and its parts decoded", () => {
    const variables = { HOST: "host", PORT: "port", NAME: "name", USER: "user", PASSWORD: "password", URL: "url" } as const;
    expect(targetVariables(server, { ...plain, variables })).toEqual({
      BELAY_DATABASE_URL: server.address,
      URL: server.address,
      HOST: "db.example.com",
      PORT: "6432",
      NAME: "my app",
      USER: "app",
      PASSWORD: "s@cr:t",
    });
  });

  test.each<[string, Record<string, string>]>([
    ["postgres://h/db", { host: "h", port: "5432", name: "db", user: "", password: "" }],
    [
      "postgres://app@/db?host=/var/run/postgresql&port=5433",
      { host: "/var/run/postgresql", port: "5433", name: "db", user: "app", password: "" },
    ],
    ["postgres://app:@[::1]:5432/db", { host: "::1", port: "5432", name: "db", user: "app", password: "" }],
  ])("of %s has its defaults", (address, parts) => {
    const variables = { host: "host", port: "port", name: "name", user: "user", password: "password" } as const;
    expect(targetVariables({ engine: "postgres", address }, { ...plain, variables })).toMatchObject(parts);
  });

  test("is refused where the database has no such part, or its URL cannot be taken apart", () => {
    expect(() => targetVariables(file, { ...plain, variables: { DB_HOST: "host" } })).toThrow(
      "migrate.variables.DB_HOST asks for the host, which the target does not have",
    );
    expect(() => targetVariables(server, { ...plain, variables: { DB_FILE: "path" } })).toThrow("asks for the path");
    for (const address of ["postgres://a,b/db", "postgres://u:p%zz@h/db"]) {
      expect(() => targetVariables({ engine: "postgres", address }, { ...plain, variables: { P: "password" } })).toThrow(
        "cannot be taken apart",
      );
      expect(targetVariables({ engine: "postgres", address }, plain)).toEqual({ BELAY_DATABASE_URL: address });
    }
  });
});
