/** Disks that nobody may write, and disks without room. A full disk in the middle of a run is among the faults. */

import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { tree } from "../support/production.ts";
import { APPLICATION, bookingDatabase, Project } from "../support/project.ts";

const AS_ROOT = process.getuid?.() === 0 ? [] : ["sudo", "-n"];

function asRoot(...command: readonly string[]): void {
  const [program = "", ...args] = [...AS_ROOT, ...command];
  execFileSync(program, args, { stdio: ["ignore", "ignore", "pipe"] });
}

/** A project whose database lies on a disk of its own. */
class OnDisk extends Project {
  readonly disk = join(this.directory, "disk");

  constructor(journalMode: "wal" | "delete", size: string) {
    super();
    bookingDatabase(this, 500, journalMode);
    mkdirSync(this.disk);
    asRoot("mount", "-t", "tmpfs", "-o", `size=${size},mode=0777`, "tmpfs", this.disk);
    execFileSync("cp", [this.database, this.disk]);
    renameSync(this.database, join(this.directory, "elsewhere.db"));
    this.configure(`target: sqlite:disk/app.db\nmigrate: sql\n${APPLICATION}`);
    this.migration("0001_role.sql", "alter table users add column role text;\n");
  }

  override [Symbol.dispose](): void {
    asRoot("umount", this.disk);
    super[Symbol.dispose]();
  }
}

describe.each(["wal", "delete"] as const)("a database in %s mode on a disk that is mounted read-only", (journalMode) => {
  test("refuses a run before anything is touched, and says that the file system is read-only", async () => {
    using project = new OnDisk(journalMode, "20m");
    asRoot("mount", "-o", "remount,ro", project.disk);
    const before = tree(project.directory);
    for (const command of ["migrate", "rollback", "recover"]) {
      const { status, result } = await project.json(command);
      expect({ status, reasons: result.reasons }).toEqual({
        status: 3,
        reasons: [
          {
            code: "lock-unavailable",
            message: `the lock ${project.disk}/app.db.belay-lock cannot be opened: its file system is read-only`,
            hint: "Belay must be able to write files in the database's folder",
          },
        ],
      });
    }
    expect((await project.json("plan")).status).toBe(journalMode === "wal" ? 3 : 0);
    expect(tree(project.directory)).toEqual(before);
  });
});

describe("a database on a disk without room for its copies", () => {
  test("refuses a run before anything is touched, with the room that there is and the room that is needed", async () => {
    using project = new OnDisk("wal", "4m");
    const { status, result } = await project.json("migrate");
    expect({ status, codes: result.reasons.map(({ code }) => code) }).toEqual({ status: 3, codes: ["no-space"] });
    expect(result.reasons[0]?.message).toMatch(/has \d MB free and this run may need \d+ MB/);
    expect(project.applicationLog()).toEqual([]);
    expect(project.files("disk")).toEqual(["app.db", "app.db.belay-lock"]);
  });
});
