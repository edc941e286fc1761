import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { parseSync } from "oxc-parser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const version = (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string }).version;

/** Makes a Node say that it is older than it is, before it looks at its entry. */
const PRETEND_NODE_20 = 'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.19.0"}})';

describe("dist, copied to a folder of its own,", () => {
  let folder: string;
  let cli: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "belay-alone-"));
    cpSync(join(root, "dist"), join(folder, "dist"), { recursive: true });
    cli = join(folder, "dist/cli.js");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const belay = (args: readonly string[]) =>
    spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: "utf8", env: { PATH: dirname(process.execPath) } });

  test("runs without node_modules, by its executable bit, and says nothing on standard error", () => {
    const { status, stdout, stderr } = spawnSync(cli, ["--version"], {
      encoding: "utf8",
      env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin` },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain(version);
  });

  test("loads its own SQLite, in the command and in the process that hosts a database", () => {
    mkdirSync(join(folder, "migrations"));
    writeFileSync(join(folder, "migrations/0001_names.sql"), "alter table users add column name text;\n");
    new Database(join(folder, "app.db")).exec("create table users (id integer primary key)").close();
    writeFileSync(join(folder, "belay.yml"), "environments:\n  prod:\n    target: sqlite:app.db\n    migrate: sql\n");
    const { status, stderr } = belay(["migrate", "prod"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const database = new Database(join(folder, "app.db"));
    expect(database.prepare("select name from pragma_table_info('users')").pluck().all()).toEqual(["id", "name"]);
    database.close();
  });

  test("tells an older Node in one sentence, with exit 2, before anything else loads", () => {
    const entry = join(folder, "entry");
    for (const name of ["cli.js", "package.json"]) cpSync(join(folder, "dist", name), join(entry, name));
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", PRETEND_NODE_20, join(entry, "cli.js")], {
      encoding: "utf8",
    });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toBe(
      "Belay needs Node 24 or newer and this is Node 20.19.0: put a newer one first on PATH (https://nodejs.org/en/download).\n",
    );
  });

  const older = olderNode();
  test.runIf(older !== null)("tells a really older Node the same", () => {
    const { status, stderr } = spawnSync(older ?? "", [cli, "--version"], { encoding: "utf8" });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^Belay needs Node 24 or newer and this is Node [\d.]+: .*\n$/);
  });
});

describe("the files of dist", () => {
  const dist = join(root, "dist");
  const scripts = readdirSync(dist).filter((name) => name.endsWith(".js"));

  test("hold no path of the machine that built them", () => {
    const texts = scripts.map((name) => readFileSync(join(dist, name), "utf8")).join("\n");
    expect(texts).not.toContain(root);
    expect(texts).not.toMatch(/\/(home|Users|root)\/\w+\//);
  });

  test("load late what a command may not need: --version reads neither the configuration's parsers nor an engine", () => {
    const loaded = loadedAtOnce(dist, "belay.js");
    expect(loaded).toContain("belay.js");
    expect(loaded.filter((name) => name.startsWith("npm-") || name === "wire.js")).toEqual([]);
  });

  test("carry a licence for every package in them", () => {
    const notices = readFileSync(join(dist, "THIRD-PARTY-NOTICES.txt"), "utf8");
    const packages = scripts.map((name) => /^npm-(.+)\.js$/.exec(name)?.[1]).filter((name) => name !== undefined);
    expect(packages).toContain("better-sqlite3");
    // a file's name has no room for a scope: @actions/core is in npm-actions-core.js
    const noticed = [...notices.matchAll(/^(\S+) \d/gm)].map(([, name = ""]) => name.replace(/^@/, "").replace("/", "-"));
    expect(noticed).toEqual(expect.arrayContaining([...packages, "node-addon-api", "SQLite"]));
  });
});

/** A Node of this machine that is too old for Belay; null where there is none. */
function olderNode(): string | null {
  const candidates = ["/usr/bin/node", "/usr/local/bin/node"];
  return (
    candidates.find((path) => Number(spawnSync(path, ["-p", "parseInt(process.versions.node)"], { encoding: "utf8" }).stdout || 24) < 24) ??
    null
  );
}

/** A file and everything that its static imports bring with them. */
function loadedAtOnce(folder: string, file: string, seen: Set<string> = new Set()): string[] {
  seen.add(file);
  const { module } = parseSync(file, readFileSync(join(folder, file), "utf8"));
  for (const { moduleRequest } of module.staticImports) {
    const next = moduleRequest.value.replace("./", "");
    if (moduleRequest.value.startsWith("./") && !seen.has(next)) loadedAtOnce(folder, next, seen);
  }
  return [...seen];
}
