import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { failAt, listPoints } from "../support/faults-points.ts";
import { allFiles, assertInvariants } from "../support/faults-site.ts";
import { Site } from "../support/faults-site-sqlite.ts";

const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];

/** A disk of its own with this much room; gone when the test is over. */
function smallDisk(size: string): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "belay-disk-"));
  run("mount", "-t", "tmpfs", "-o", `size=${size},mode=0777`, "tmpfs", path);
  return {
    path,
    [Symbol.dispose]() {
      run("umount", path);
      rmSync(path, { recursive: true });
    },
  };
}

function run(...command: readonly string[]): void {
  const [program = "", ...args] = [...asRoot, ...command];
  execFileSync(program, args, { stdio: ["ignore", "ignore", "pipe"] });
}

const fill = (folder: string) => `cat /dev/zero > ${folder}/filler 2>/dev/null || true`;

const app = (stop: string, log = "app.log") =>
  `app:\n  stop: |\n    echo stop >> ${log}\n    ${stop}\n  start: echo start >> ${log}\n  previous: echo previous >> ${log}\n`;

describe("a full disk", () => {
  test("where backups go: nothing is migrated, no part of a backup stays, the previous application runs", { timeout: 60_000 }, async () => {
    using disk = smallDisk("48k");
    using site = new Site({ store: disk.path });
    const ended = await site.run("migrate", "prod");
    expect(ended.status, ended.stdout + ended.stderr).toBe(3);
    expect(ended.stdout.replaceAll(/\s+/g, "")).toMatch(new RegExp(`Why:${disk.path}/\\S*database\\.sqlite:databaseordiskisfull`));
    expect(allFiles(disk.path).filter((path) => !path.endsWith(".jsonl"))).toEqual([]);
    expect(site.applicationLog()).toEqual(["stop", "previous"]);
    expect(await site.settle()).toBe("old");
  });

  test("beside the database, filled after the preflight: nothing is migrated, no part of a copy stays", { timeout: 60_000 }, async () => {
    using disk = smallDisk("24m");
    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = disk.path;
    using store = temporaryFolder(before);
    using site = new Site({ store: store.path, app: app(fill("."), `${store.path}/words`) });
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    const ended = await site.run("migrate", "prod");
    expect([3, 5], ended.stdout + ended.stderr).toContain(ended.status);
    expect(readFileSync(join(store.path, "words"), "utf8")).toBe("stop\nprevious\n");
    expect(ended.stdout).toMatch(
      ended.status === 3
        ? /The database is as it was; the application\s+is running again\./
        : /The database was not touched; the old version is\s+running\./,
    );
    site.remove("filler");
    expect(await site.settle()).toBe("old");
    expect(site.files().filter((name) => name.includes("_belay_"))).toEqual([]);
  });

  test(
    "where the journal lies, before the backup: nothing is migrated and the previous application runs",
    { timeout: 60_000 },
    async () => {
      using disk = smallDisk("2m");
      using site = new Site({ store: disk.path, app: app(fill(disk.path)) });
      const ended = await site.run("migrate", "prod");
      expect([3, 5], ended.stdout + ended.stderr).toContain(ended.status);
      expect(site.state()).toBe("old");
      expect(site.applicationLog()).toEqual(["stop", "previous"]);
      rmSync(join(disk.path, "filler"));
      expect(await site.settle()).toBe("old");
      expect(site.applicationLog().at(-1)).toBe("previous");
    },
  );

  test(
    "where the journal lies, after the migration: no further effect without its record, and recover undoes",
    { timeout: 60_000 },
    async () => {
      using disk = smallDisk("2m");
      using site = new Site({ store: disk.path, checks: `checks:\n  after:\n    - { command: "${fill(disk.path)}" }\n` });
      const ended = await site.run("migrate", "prod");
      expect(ended.status, ended.stdout + ended.stderr).toBe(5);
      expect(ended.stdout + ended.stderr).toMatch(/disk is full/s);
      expect(site.applicationLog()).not.toContain("start");
      expect(["old", "new"]).toContain(site.state());
      rmSync(join(disk.path, "filler"));
      expect(await site.settle()).toBe("old");
      expect(site.applicationLog().at(-1)).toBe("previous");
    },
  );
});

function temporaryFolder(parent: string | undefined): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(parent ?? "/tmp", "belay-store-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

describe.concurrent("an fsync that fails with EIO", () => {
  // Every ninth: nine and the seven syncs of a phase have no common factor, so that each kind (journal, state row, folder, backup) is met.
  for (const forGood of [false, true]) {
    test(
      `${forGood ? "for good" : "once"} is never acknowledged: the run stops, and recover finds a journal that it can read`,
      { timeout: 240_000 },
      async () => {
        using listed = new Site();
        const { points } = await listPoints(listed, ["migrate", "prod"]);
        const syncs = points.filter(({ thread, call }) => thread === "main" && call === "fsync");
        expect(syncs.length).toBeGreaterThan(60);
        for (const point of syncs.filter((_, index) => index % 9 === 0)) {
          using site = new Site();
          const { ended, failures } = await failAt(site, ["migrate", "prod"], { ...point, error: "EIO", forGood });
          expect(failures, point.text).toBeGreaterThan(0);
          const text = `${point.text}\n${ended.stdout}${ended.stderr}`;
          expect(ended.signal, text).toBeNull();
          if (ended.status === 0) expect(site.state(), text).toBe("new");
          const recovered = await site.recover();
          expect([0, 3, 4], `${text}\n${recovered.stdout}${recovered.stderr}`).toContain(recovered.status);
          const state = assertInvariants(site);
          if (ended.status === 3 || ended.status === 4) expect(state, text).toBe("old");
          const last = site.applicationLog().at(-1);
          if (last !== undefined) expect(last, text).toBe(state === "new" ? "start" : "previous");
        }
      },
    );
  }
});
