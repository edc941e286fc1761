import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { canonicalJson } from "../../src/domain/canonical-json.ts";
import { assertInvariants } from "../support/faults-site.ts";
import { Site } from "../support/faults-site-sqlite.ts";

const FILE = "database.sqlite";

/** Each does harm to the only backup, and says what has to be named. */
const HARMS: readonly (readonly [string, (folder: string, site: Site) => void, RegExp])[] = [
  ["cut", (folder) => truncateSync(join(folder, FILE), 8192), /database\.sqlite/],
  ["with a flipped bit", (folder) => flipBit(join(folder, FILE)), /database\.sqlite.*SHA-256/s],
  ["whose file is missing", (folder) => rmSync(join(folder, FILE)), /database\.sqlite/],
  ["whose manifest was altered", (folder) => alter(folder, (text) => text.replace(/"rows": \d+/, '"rows": 7')), /manifest\.json.*altered/s],
  ["whose manifest is missing", (folder) => rmSync(join(folder, "manifest.json")), /manifest\.json|backup/],
  ["whose manifest is half", (folder) => alter(folder, (text) => text.slice(0, text.length / 2)), /manifest\.json/],
  [
    "that was cut before it was hashed",
    (folder, site) => {
      site.sql("pragma foreign_keys = off; delete from bookings where id > 150;", join(folder, FILE));
      hashAgain(folder);
    },
    /bookings has 150 rows and should have 200/,
  ],
];

function flipBit(path: string): void {
  const bytes = readFileSync(path);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 4;
  writeFileSync(path, bytes);
}

function alter(folder: string, change: (text: string) => string): void {
  const path = join(folder, "manifest.json");
  writeFileSync(path, change(readFileSync(path, "utf8")));
}

/** A manifest that agrees with its damaged file: only the rows tell. */
function hashAgain(folder: string): void {
  const bytes = readFileSync(join(folder, FILE));
  alter(folder, (text) => {
    const { digest: _, ...manifest } = JSON.parse(text) as { digest: string; files: { name: string; sizeBytes: number; sha256: string }[] };
    const files = [{ name: FILE, sizeBytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") }];
    const altered = { ...manifest, files };
    return JSON.stringify({ ...altered, digest: createHash("sha256").update(canonicalJson(altered)).digest("hex") });
  });
}

/** Migrated, without a clone: only the backup leads back. */
async function migrated(): Promise<Site> {
  const site = new Site({ backup: "  clone: never\n" });
  const ended = await site.run("migrate", "prod");
  expect(ended.status, ended.stdout + ended.stderr).toBe(0);
  return site;
}

describe.concurrent("a backup", () => {
  for (const [harm, damage, named] of HARMS) {
    test(`${harm} is refused, naming what is wrong, and nothing is changed`, { timeout: 60_000 }, async () => {
      using site = await migrated();
      const [backup] = site.backups();
      if (backup === undefined) throw new Error("there is no backup");
      damage(backup.folder, site);
      const ended = await site.run("rollback", "prod", "--accept-loss");
      expect([3, 5], ended.stdout + ended.stderr).toContain(ended.status);
      expect(ended.stdout + ended.stderr).toMatch(named);
      expect(site.state()).toBe("new");
      await site.recover();
      expect(site.state()).toBe("new");
      expect(site.applicationLog().at(-1)).toBe("start");
    });
  }

  test(
    "that is the newest and bad is passed over: the rollback says so and takes the newest one that is proven",
    { timeout: 60_000 },
    async () => {
      using site = await migrated();
      site.migration("003_none.sql", "select 1;\n");
      expect((await site.run("migrate", "prod")).status).toBe(0);
      const [first, second] = site.backups();
      if (first === undefined || second === undefined) throw new Error("there are not two backups");
      truncateSync(join(second.folder, "manifest.json"), 100);
      const refused = await site.run("rollback", "prod");
      expect(refused.status, refused.stdout + refused.stderr).toBe(3);
      expect(refused.stdout + refused.stderr).toContain(first.manifest.id);
      const ended = await site.run("rollback", "prod", "--accept-loss");
      expect(ended.status, ended.stdout + ended.stderr).toBe(0);
      expect(ended.stdout + ended.stderr).toContain(first.manifest.id);
      expect(site.state()).toBe("old");
      expect(site.applicationLog().at(-1)).toBe("previous");
    },
  );

  test("that is proven is never dropped for newer ones that are not", { timeout: 60_000 }, async () => {
    using site = new Site({ backup: "  keep: { last: 1, days: 0 }\n" });
    expect((await site.run("migrate", "prod")).status).toBe(0);
    const [proven] = site.backups();
    if (proven === undefined) throw new Error("there is no backup");
    copyFileSync(join(proven.folder, FILE), site.write("kept", ""));
    for (const id of ["20990101T000000Z-aaaa", "20990102T000000Z-bbbb"]) {
      site.write(`store/prod/app/${id}/${FILE}`, "");
      site.write(`store/prod/app/${id}/manifest.json`, "{}");
    }
    site.migration("003_none.sql", "select 1;\n");
    const ended = await site.run("migrate", "prod");
    expect(ended.status, ended.stdout + ended.stderr).toBe(0);
    const sound = site.files("store/prod/app").filter((id) => !id.startsWith("2099"));
    expect(sound.length).toBeGreaterThan(0);
  });
});

describe.concurrent("what a refused rollback leaves", () => {
  test("is a database and a journal that agree", { timeout: 60_000 }, async () => {
    using site = await migrated();
    site.sql("insert into audit values ('later', 'written');");
    expect((await site.run("rollback", "prod")).status).toBe(3);
    site.sql("delete from audit where at = 'later';");
    expect(assertInvariants(site)).toBe("new");
  });
});
