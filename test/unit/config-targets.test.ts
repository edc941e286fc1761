import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { findFiles } from "../../src/config/target-files.ts";
import { block, complaints, configOf, prod } from "../support/config-text.ts";

const folder = await mkdtemp(join(tmpdir(), "belay-targets-"));
afterAll(() => rm(folder, { recursive: true }));

function lay(...files: readonly string[]): string {
  const root = join(folder, String(Math.random()).slice(2));
  mkdirSync(root);
  for (const file of files) {
    mkdirSync(join(root, file, ".."), { recursive: true });
    writeFileSync(join(root, file), "");
  }
  return root;
}

const found = (directory: string, pattern: string) =>
  prod(`targets: { files: "${pattern}" }`, { directory, find: findFiles }).targets.map(({ name, configured }) => [name, configured]);

describe("targets of a pattern", () => {
  test("are called by what its wildcards matched, and sorted by that", () => {
    const root = lay("customers/zoe/instance/app.db", "customers/ann/instance/app.db", "customers/bob/other.db", "customers/app.db");
    expect(found(root, "customers/*/instance/app.db")).toEqual([
      ["ann", "sqlite:customers/ann/instance/app.db"],
      ["zoe", "sqlite:customers/zoe/instance/app.db"],
    ]);
  });

  test("several wildcards are joined by a dash, and a question mark is one character", () => {
    const root = lay("a1/shop.db", "a2/shop.db", "a10/shop.db", "b1/shop.db");
    expect(found(root, "a?/*.db").map(([name]) => name)).toEqual(["1-shop", "2-shop"]);
  });

  test("are never what Belay lays beside a database, and never SQLite's own files", () => {
    const root = lay(
      "a.db",
      "a.db.belay",
      "a.db.belay-lock",
      "a_belay_c_0123456789.db",
      "a.db-wal",
      "a.db-shm",
      "a.db-journal",
      ".hidden.db",
      "belay-backups/prod/a/x.db",
      "b/c.db",
    );
    expect(found(root, "*").map(([name]) => name)).toEqual(["a.db"]);
    expect(found(root, "*/*.db").map(([name]) => name)).toEqual(["b-c"]);
  });

  test("keep variables out of what is shown", () => {
    const root = lay("data/a.db");
    const { targets } = prod('targets: { files: "${DATA}/*.db" }', {
      directory: "/nowhere",
      find: findFiles,
      variables: { DATA: join(root, "data") },
    });
    expect(targets).toEqual([{ name: "a", engine: "sqlite", address: join(root, "data/a.db"), configured: "sqlite:${DATA}/a.db" }]);
  });

  test("have the names that people gave to their folders", () => {
    const root = lay("Acme Corp/app.db", "Zoë & Söhne/app.db", ".old/app.db", "b-1/app.db");
    const { targets } = prod('targets: { files: "*/app.db" }', { directory: root, find: findFiles });
    expect(targets.map(({ name }) => name)).toEqual(["Acme Corp", "Zoë & Söhne", "b-1"]);
  });

  test("none is a mistake of the chosen environment alone", () => {
    const root = lay("a.db");
    const other = `${block("targets: { files: 'none/*.db' }")}  staging:\n    target: sqlite:a.db\n`;
    const given = { directory: root, find: findFiles };
    expect(complaints(other, { ...given, environment: "prod" })).toEqual([
      `belay.yml:3: environments.prod.targets.files: no file is there that this pattern names (looked for in ${root}); mend the pattern; it starts at the directory of belay.yml`,
    ]);
    expect(configOf(other, { ...given, environment: "staging" }).environments.get("staging")?.targets).toHaveLength(1);
  });

  test("two files of one name, a name that is no folder's, and a link to another of them are told", () => {
    const root = lay("a-b/c.db", "a/b-c.db", "a/ü\t.db");
    symlinkSync(join(root, "a-b/c.db"), join(root, "a/z.db"));
    const lines = complaints(block('targets: { files: "*/*.db" }'), { directory: root, find: findFiles });
    expect(lines).toEqual([
      expect.stringContaining(`would be called "a-ü\\t", which no folder can be`),
      expect.stringContaining(`would both be called "a-b-c"`),
      expect.stringContaining(`${root}/a-b/c.db and ${root}/a/z.db are the same file`),
    ]);
  });

  test.skipIf(process.getuid?.() === 0)("a folder that cannot be read is told: who lives there nobody knows", () => {
    const root = lay("a/app.db", "b/app.db");
    chmodSync(join(root, "b"), 0);
    try {
      expect(complaints(block('targets: { files: "*/app.db" }'), { directory: root, find: findFiles })).toEqual([
        expect.stringContaining("what lies there cannot be told in full: EACCES"),
      ]);
    } finally {
      chmodSync(join(root, "b"), 0o755);
    }
  });
});

describe("a list of targets", () => {
  test("takes addresses and maps, and keeps their order", () => {
    const { targets } = prod("targets:\n  - sqlite:b.db\n  - { name: main, url: postgres://host/app, schemas: [app] }\n  - sqlite:a.db");
    expect(targets.map(({ name, engine }) => `${name} ${engine}`)).toEqual(["b sqlite", "main postgres", "a sqlite"]);
  });

  test.each([
    ["targets: [sqlite:a/app.db, sqlite:b/app.db]", 'a second target is called "app"'],
    ["targets: [{ name: x, url: sqlite:app.db }, { name: y, url: sqlite:./app.db }]", 'this is the database of the target "x", too'],
    ["targets: []", "is empty"],
    ["targets: { files: sqlite:*.db }", "without sqlite:"],
    ["targets: { files: 'a/**/b.db' }", "** is not read"],
    ["targets: { files: a/b.db }", "there is no wildcard"],
    ["targets: { files: '{a,b}/*.db' }", "[ ] and { } have no meaning here"],
    ["targets: { files: 'a/*/' }", "this names no files"],
    ["targets: { file: 'a/*' }", "files"],
    ["target: sqlite:a.db\ntargets: [sqlite:b.db]", "exclude each other"],
  ])("%s", (written, message) => {
    expect(complaints(block(written)).join("\n")).toContain(message);
  });
});
