/** Every example of the documentation, tried as it stands there on the built program. `UPDATE_GOLDEN=1` writes what was printed into the page. */

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { parse } from "../../src/command/parse.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { missingExcerpt, missingPart, type Step, stepsOf, withOutput } from "../support/docs-page.ts";
import { cluster, type Cluster, type TestDatabase } from "../support/postgres/cluster.ts";
import { CLI, Project } from "../support/project.ts";

const UPDATE = process.env["UPDATE_GOLDEN"] === "1";
const DOCS = join(import.meta.dirname, "../../docs");
const WORKFLOWS = join(DOCS, "../examples/workflows");
const PAGES = ["../README.md", ...readdirSync(DOCS).filter((name) => name.endsWith(".md"))];

/** Programs that the examples call: Belay, and a service that a machine without one can stop and start. */
const PROGRAMS = {
  belay: `exec "${process.execPath}" "${CLI}" "$@"`,
  node: `exec "${process.execPath}" "$@"`,
  sudo: 'exec "$@"',
  systemctl: 'echo "$@" >> "$HOME/services.log"',
};

/** A page's folder, and its database where that is no file, as long as its examples build on one another. */
class Reader {
  #project = new Project();
  #server: Cluster | null = null;
  #database: TestDatabase | null = null;
  printed = "";

  async fresh(): Promise<void> {
    await this[Symbol.asyncDispose]();
    this.#project = new Project();
  }

  /** As most people have it: an ordinary role, which owns the database and may create others. */
  async postgres(): Promise<void> {
    await this.fresh();
    this.#server = await cluster(15);
    this.#database = await this.#server.createDatabase({ name: "shop", owner: "owner" });
  }

  write(name: string, text: string): void {
    this.#project.write(name, text);
  }

  /** Returns the exit status. */
  run(script: string): number | null {
    const { directory } = this.#project;
    for (const [name, body] of Object.entries(PROGRAMS)) this.#project.write(`.bin/${name}`, `#!/bin/sh\n${body}\n`);
    const { status, stdout, stderr } = spawnSync("sh", ["-e", "-c", script], {
      cwd: directory,
      env: { PATH: `${join(directory, ".bin")}:${process.env["PATH"] ?? ""}`, HOME: directory, LANG: "C.UTF-8", ...this.#variables() },
      encoding: "utf8",
    });
    const server = this.#server === null ? directory : `127.0.0.1:${this.#server.port}`;
    this.printed = (stdout + stderr).replaceAll(directory, "/srv/app").replaceAll(server, "db.example.com");
    return status;
  }

  #variables(): Readonly<Record<string, string>> {
    const [server, database] = [this.#server, this.#database];
    if (server === null || database === null) return {};
    const psql = { PGHOST: "127.0.0.1", PGPORT: String(server.port), PGUSER: server.role("owner"), PGPASSWORD: server.password };
    return { ...psql, PGDATABASE: database.name, DATABASE_URL: database.address("owner") };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#project[Symbol.dispose]();
    const database = this.#database;
    this.#server = null;
    this.#database = null;
    await database?.[Symbol.asyncDispose]();
  }
}

async function assertStep(reader: Reader, step: Step, place: string): Promise<void> {
  switch (step.kind) {
    case "fresh":
    case "postgres":
      return reader[step.kind]();
    case "file":
      return reader.write(step.name, step.text);
    case "workflow":
      expect(missingExcerpt(step.text, readFileSync(join(WORKFLOWS, step.name), "utf8")), `${place}, of ${step.name}`).toBeNull();
      return;
    case "run":
      expect(reader.run(step.text), `${place}\n${step.text}\n${reader.printed}`).toBe(step.exit);
      return;
    case "output":
      expect(missingPart(step.text, reader.printed), `${place}, which printed:\n${reader.printed}`).toBeNull();
      return;
    case "yaml":
      expect(() => readConfig(step.text), place).not.toThrow();
      return;
    case "sh":
      for (const line of step.text.split("\n"))
        if (line.startsWith("belay ")) expect(parse(words(line)).kind, line).not.toBe("usage-error");
  }
}

/** A whole file, or what stands below the name of an environment. */
function readConfig(text: string): void {
  const isWhole = /^(environments|defaults|version):/m.test(text);
  const target = /^targets?:/m.test(text) ? "" : "    target: sqlite:app.db\n";
  const whole = isWhole ? text : `environments:\n  prod:\n${target}${text.replaceAll(/^(?=.)/gmu, "    ")}`;
  const variables = Object.fromEntries(Array.from(whole.matchAll(/\$\{(\w+)\}/gu), ([, name = ""]) => [name, valueOf(name)]));
  parseConfig(whole, {
    file: "/srv/app/belay.yml",
    shownAs: "belay.yml",
    directory: "/srv/app",
    environment: null,
    variables,
    checkout: null,
    find: null,
  });
}

/** What a variable of an example would hold, by its name. */
function valueOf(name: string): string {
  if (/WEBHOOK|HOOK_URL/u.test(name)) return "https://hooks.example.com/T0";
  return name.startsWith("SMTP") ? "smtp://mail.example.com" : "sqlite:app.db";
}

/** A command as a shell splits it, up to a pipe, a list or a comment. */
function words(command: string): string[] {
  const first = command.split(/ (?:[|&#>])/u)[0] ?? "";
  return Array.from(first.matchAll(/"([^"]*)"|(\S+)/gu), ([, quoted, bare]) => quoted ?? bare ?? "").slice(1);
}

describe("every example works as it stands", () => {
  it.each(PAGES)("in %s", { timeout: 120_000 }, async (name) => {
    const file = join(DOCS, name);
    const page = readFileSync(file, "utf8");
    const printed: [Extract<Step, { kind: "output" }>, string][] = [];
    await using reader = new Reader();
    for (const step of stepsOf(page)) {
      if (step.kind === "output" && UPDATE) printed.push([step, reader.printed]);
      else await assertStep(reader, step, `${name}:${step.line}`);
    }
    // From the end: what is longer or shorter moves only what was written already.
    if (UPDATE)
      writeFileSync(
        file,
        printed.toReversed().reduce((text, [step, said]) => withOutput(text, step, said), page),
      );
  });
});

describe("what tells an example that does not work", () => {
  it("finds output that is missing, other, or too much, and overlooks times and ids", () => {
    expect(missingPart("a\n…\nc\n", "a\nb\nc\n")).toBeNull();
    expect(missingPart("in 1.2 s, 01JD8Z3W6K7Q2M9X4K1TABCDEF", "in 22 ms,\n  01JD8Z3W6K7Q2M9X4K1T000000")).toBeNull();
    expect(missingPart("a\n…\nc\n", "a\nb\n")).toBe("c");
    expect(missingPart("a\n", "a\nb\n")).toBe("a");
    expect(missingPart("b\n", "a\nb\n")).toBe("b");
  });

  it("finds an excerpt that is not in its file, or not in this order", () => {
    const whole = "on: push\njobs:\n  a:\n    steps: []\n";
    expect(missingExcerpt("jobs:\n  a:\n", whole)).toBeNull();
    expect(missingExcerpt("on: push\n…\n    steps: []\n", whole)).toBeNull();
    expect(missingExcerpt("  b:\n", whole)).toBe("  b:\n");
    expect(missingExcerpt("    steps: []\n…\non: push\n", whole)).toBe("on: push\n");
  });

  it("reads blocks, hidden ones too", () => {
    const page =
      "<!-- fresh -->\n<!-- postgres -->\n```sh run exit=4\nbelay\n```\n```yaml file=a.yml\na: 1\n```\n<!-- run\ntouch x\n-->\n```text output\nx\n```\n```yaml\nb: 1\n```\n";
    expect(stepsOf(page).map(({ kind }) => kind)).toEqual(["fresh", "postgres", "run", "file", "run", "output", "yaml"]);
    expect(stepsOf(page)[2]).toEqual({ kind: "run", line: 3, text: "belay\n", exit: 4 });
  });

  it("refuses a configuration and a command line that Belay does not take", async () => {
    await using reader = new Reader();
    const refused = async (step: Step) => await expect(assertStep(reader, step, "page:1"), step.kind).rejects.toThrow();
    await refused({ kind: "yaml", line: 1, text: "chekcs: {}\n" });
    await refused({ kind: "sh", line: 1, text: "belay migrat prod\n" });
    await refused({ kind: "run", line: 1, text: "false\n", exit: 0 });
    await refused({ kind: "output", line: 1, text: "x\n" });
  });

  it("gives a page a database of its own, and takes it away with its copies", async () => {
    const names = (server: Cluster) => server.psql("postgres", "select datname from pg_database where datname like 'shop%'").trim();
    const server = await cluster(15);
    {
      await using reader = new Reader();
      await reader.postgres();
      expect(reader.run("psql -c 'create table t ()' && createdb shop_belay_c_0123456789"), reader.printed).toBe(0);
      await reader.postgres();
      expect(reader.run("psql -Atc '\\dt' && echo $DATABASE_URL"), reader.printed).toBe(0);
      expect(reader.printed).toContain("@db.example.com/shop");
      expect(reader.printed).not.toContain("|t|");
      expect(names(server)).toBe("shop");
    }
    expect(names(server)).toBe("");
  });
});
