/** A run whose durable backup is made by the team's own program (`backup.external`): the proof is theirs, the way back is still a clone. */

import { rmSync } from "node:fs";

import { describe, expect, test } from "vitest";

import type { Result } from "../../src/domain/result.ts";
import { APPLICATION, bookingDatabase, Project } from "../support/project.ts";

/** A program that keeps copies elsewhere and knows which it has, as a provider's snapshots do. */
const PROGRAM = `#!/bin/sh
set -e
mkdir -p snapshots
case "$1" in
  create) sqlite3 "$BELAY_DATABASE_PATH" ".backup snapshots/$BELAY_BACKUP.db"; echo "$BELAY_TARGET" > snapshots/$BELAY_BACKUP.of ;;
  check) test -s "snapshots/$BELAY_BACKUP.db" || { echo "no snapshot $BELAY_BACKUP"; exit 1; } ;;
esac
`;
const BACKUP = "backup:\n  external: { create: ./snapshot create, check: ./snapshot check }\n";
const FAILING = "checks: { after: [{ name: never, sql: select 1, expect: 0 }] }\n";

class Site extends Project {
  readonly before: string;

  constructor(more = "", backup = BACKUP) {
    super();
    bookingDatabase(this, 200);
    this.write("snapshot", PROGRAM);
    this.configure(`target: sqlite:app.db\nmigrate: sql\n${APPLICATION}${backup}${more}`);
    this.migration("0001_visit.sql", "create table visit (at text);\nupdate users set display_name = 'nobody';\n");
    this.before = this.dump();
  }
}

const idOf = ({ targets }: Result) => targets[0]?.backup?.id ?? "";

describe("a run with `backup.external`", { timeout: 60_000 }, () => {
  test("relies on that backup before anything is stopped, says whose proof it is, and makes a clone of its own", async () => {
    using site = new Site();
    const { status, result } = await site.json("migrate");
    expect([status, result.outcome]).toEqual([0, "migrated"]);
    const names = result.targets[0]?.steps.map(({ name }) => name);
    expect(names).toEqual(["backup", "stop", "clone", "migrate", "verify", "start", "settle"]);
    expect(result.targets[0]?.backup).toMatchObject({ proof: "external", sizeBytes: 0 });
    expect(site.files("snapshots")).toEqual([`${idOf(result)}.db`, `${idOf(result)}.of`]);
    expect(site.read(`snapshots/${idOf(result)}.of`)).toBe("app\n");
    const { stdout } = await site.run("backups");
    expect(stdout).toContain("made and checked by your own commands, not by Belay");
  });

  test.each([
    ["create", "backup: { external: { create: 'false', check: ./snapshot check } }\n", "backup.external.create"],
    ["check", "backup: { external: { check: ./snapshot check } }\n", "backup.external.check"],
  ])("is refused, with nothing stopped or changed, where `%s` fails", async (_which, backup, place) => {
    using site = new Site("", backup);
    const { status, result } = await site.json("migrate");
    expect(status).toBe(3);
    expect(result.reasons[0]).toMatchObject({ code: "backup-failed", hint: expect.stringContaining(place) });
    expect(site.applicationLog()).toEqual([]);
    expect(site.dump()).toBe(site.before);
    expect((await site.json("backups")).result.backups).toEqual([]);
  });

  test("goes back by the clone when the verification fails", async () => {
    using site = new Site(FAILING);
    const { status, result } = await site.json("migrate");
    expect(status).toBe(4);
    expect(result.targets[0]?.rollback).toMatchObject({ strategy: "swap", matches: true });
    expect(site.dump()).toBe(site.before);
  });

  test("goes back by the clone when somebody asks for it, and says what to do once the clone is gone", async () => {
    using site = new Site();
    await site.run("migrate");
    const after = site.dump();
    const clone = site.files().find((name) => name.includes("_belay_c_")) ?? "";
    rmSync(`${site.directory}/${clone}`);
    const lost = await site.json("rollback");
    expect(lost.status).toBe(3);
    expect(lost.result.reasons[0]).toMatchObject({
      code: "before-state-lost",
      message: expect.stringContaining("your own backup"),
      hint: expect.stringContaining("with the program that made it"),
    });
    expect(site.dump()).toBe(after);
  });

  test("can be taken back within the time that the clone is kept", async () => {
    using site = new Site();
    await site.run("migrate");
    const { status, result } = await site.json("rollback");
    expect([status, result.targets[0]?.rollback?.matches]).toEqual([0, true]);
    expect(site.dump()).toBe(site.before);
  });

  test("its record is refused wherever a backup of Belay's is needed", async () => {
    using site = new Site();
    const { result } = await site.json("migrate");
    for (const command of [
      ["rollback", "--backup", idOf(result), "--accept-loss"],
      ["restore", idOf(result), "--into", "sqlite:copy.db"],
      ["migrate", "--backup", idOf(result), "--again", "try"],
    ]) {
      site.migration("0002_more.sql", "create table more (a);\n");
      const refused = await site.json(...command);
      expect([refused.status, refused.result.reasons[0]?.code]).toEqual([3, "backup-external"]);
    }
    expect(site.exists("copy.db")).toBe(false);
  });

  test("with keys that say how Belay's own backup is made is refused, each by its line", async () => {
    using site = new Site("", "backup:\n  when: before\n  proof: read\n  clone: never\n  external: { check: 'true' }\n");
    const { status, stderr } = await site.run("plan");
    expect(status).toBe(2);
    for (const key of ["when says", "proof says", "an external backup needs the copy"]) expect(stderr).toContain(key);
  });
});
