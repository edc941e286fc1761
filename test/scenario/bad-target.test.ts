/** What may stand in the database's place: each is refused before anything is touched, in one sentence with one hint. */

import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { tree } from "../support/production.ts";
import { APPLICATION, bookingDatabase, Project } from "../support/project.ts";
import { Application } from "../support/sqlite-process.ts";

const ROOT = process.getuid?.() === 0;

interface Bad {
  readonly what: string;
  readonly make: (project: Project) => void;
  readonly code: string;
  readonly message: RegExp;
  readonly hint: RegExp;
}

const BAD: readonly Bad[] = [
  {
    what: "no file",
    make: ({ database }) => rmSync(database),
    code: "target-missing",
    message: /^there is no file <project>\/app\.db$/,
    hint: /^correct `target` in belay\.yml, or create the database first$/,
  },
  {
    what: "a link that leads nowhere",
    make(project) {
      rmSync(project.database);
      symlinkSync("elsewhere.db", project.database);
    },
    code: "target-missing",
    message: /^<project>\/app\.db is a symbolic link that leads nowhere$/,
    hint: /^mend the link/,
  },
  {
    what: "an empty file",
    make: ({ database }) => truncateSync(database, 0),
    code: "target-not-a-database",
    message: /^<project>\/app\.db is empty \(0 bytes\)$/,
    hint: /wrong path/,
  },
  {
    what: "a file cut off in the middle",
    make: ({ database }) => truncateSync(database, 20_480),
    code: "target-truncated",
    message: /^<project>\/app\.db is cut off: its header promises \d+ bytes and it has 20480$/,
    hint: /^restore a backup/,
  },
  {
    what: "a file that is no database",
    make: ({ database }) => writeFileSync(database, "%PDF-1.7 this is something else\n".repeat(500)),
    code: "target-not-a-database",
    message: /^<project>\/app\.db is not an SQLite database: file is not a database$/,
    hint: /^check the path/,
  },
  {
    what: "a directory",
    make(project) {
      rmSync(project.database);
      project.write("app.db/inside.db", "");
    },
    code: "target-not-a-database",
    message: /^<project>\/app\.db is a directory$/,
    hint: /^name the database file in it$/,
  },
  {
    what: "a folder that is missing",
    make: (project) => project.configure(`target: sqlite:instance/app.db\nmigrate: sql\n${APPLICATION}`),
    code: "target-missing",
    message: /^there is no folder <project>\/instance, so no database <project>\/instance\/app\.db$/,
    hint: /^correct `target` in belay\.yml$/,
  },
];

function project(): Project {
  const made = new Project();
  bookingDatabase(made, 100, "delete");
  made.configure(`target: sqlite:app.db\nmigrate: sql\n${APPLICATION}`);
  made.migration("0001_role.sql", "alter table users add column role text;\n");
  return made;
}

/** Besides its lock and its state row a refused run leaves nothing; other commands leave not even those. */
function withoutLock(files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).filter(([name]) => !/^(app\.db\.belay|app\.db\.belay-lock)$/.test(name)));
}

describe.each(BAD)("with $what in the database's place", ({ make, code, message, hint }) => {
  test.each(["migrate", "plan", "status", "gate", "rollback", "recover"])(
    "`belay %s` refuses, says why, and changes nothing",
    async (command) => {
      using bad = project();
      make(bad);
      const before = tree(bad.directory);
      const { status, result } = await bad.json(command);
      if (command === "recover" && status === 0) {
        // Nothing was left unfinished: what lies there is no matter of `recover`.
        expect(result.outcome).toBe("up-to-date");
      } else {
        expect({ status, outcome: result.outcome, run: result.run, reasons: result.reasons.length }).toEqual({
          status: 3,
          outcome: "refused",
          run: null,
          reasons: 1,
        });
        const [reason] = result.reasons;
        const told = (text = "") => text.replaceAll(bad.directory, "<project>");
        if (command === "migrate" || command === "plan") {
          expect(reason?.code).toBe(code);
          expect(told(reason?.message)).toMatch(message);
          expect(told(reason?.hint)).toMatch(hint);
        }
      }
      expect(withoutLock(tree(bad.directory))).toEqual(before);
      expect(bad.applicationLog()).toEqual([]);
    },
  );
});

describe("a database that another process has locked", () => {
  test("is refused with the process named, and nothing is stopped", async () => {
    using locked = project();
    await using holder = await Application.start({ act: "lock", file: locked.database });
    const bytes = readFileSync(locked.database);
    const { status, result } = await locked.json("migrate");
    expect(status).toBe(3);
    expect(result.reasons.map(({ code, message, hint }) => ({ code, message: message.replaceAll(locked.directory, ""), hint }))).toEqual([
      { code: "target-locked", message: expect.stringContaining(`pid ${holder.pid} (node)`), hint: expect.stringMatching(/\w/) },
    ]);
    expect(locked.applicationLog()).toEqual([]);
    expect(readFileSync(locked.database).equals(bytes)).toBe(true);
  });
});

/** A user who is nobody: root may read and write everything, so that only another user can be refused. */
function asNobody(of: Project): readonly string[] {
  execFileSync("chown", ["-R", "65534:65534", of.directory]);
  chmodSync(of.directory, 0o755);
  return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", process.execPath];
}

describe.runIf(ROOT && existsSync("/usr/bin/setpriv"))("for a user without the rights", () => {
  test.each([
    ["who may not read the database", 0o000, "target-unreadable", /may not be read by this user$/],
    ["who may not write the database", 0o444, "target-read-only", /cannot be written by this user, or its file system is read-only$/],
  ])("%s, a run is refused before anything is touched", async (_who, mode, code, message) => {
    using owned = project();
    const program = asNobody(owned);
    chmodSync(owned.database, mode);
    execFileSync("chown", ["0:0", owned.database]);
    const before = tree(owned.directory);
    const { status, stdout } = await owned.start(["migrate", "--json"], { program }).ended;
    const result = JSON.parse(stdout) as {
      readonly reasons: readonly { readonly code: string; readonly message: string; readonly hint: string }[];
    };
    expect({ status, codes: result.reasons.map((reason) => reason.code) }).toEqual({ status: 3, codes: [code] });
    expect(result.reasons[0]?.message).toMatch(message);
    expect(result.reasons[0]?.hint).toMatch(/^run Belay as the user that owns the database/);
    expect(withoutLock(tree(owned.directory))).toEqual(before);
  });
});
