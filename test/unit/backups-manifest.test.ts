/** A backup is what its manifest says: one that is no manifest, or was altered, is never a backup, and never a stack trace. */

import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import type { Manifest } from "../../src/domain/backup.ts";
import { canonicalJson, type JsonValue } from "../../src/domain/canonical-json.ts";
import type { Target } from "../../src/domain/target.ts";
import { findBackup, readBackup, writeManifest } from "../../src/run/backups.ts";
import { directoryStore } from "../../src/store/directory.ts";

const FOLDER = "prod/app/20261121T001400Z-7f3a";
const MANIFEST: Manifest = {
  formatVersion: 1,
  id: "20261121T001400Z-7f3a",
  run: "20261121T001400Z-7f3a9c1d2e",
  environment: "prod",
  target: "app",
  engine: "sqlite",
  engineVersion: "3.53.0",
  toolVersions: {},
  takenAt: "2026-11-21T00:14:00.000Z",
  source: "sqlite:app.db",
  files: [{ name: "database.db", sizeBytes: 4096, sha256: "0".repeat(64) }],
  tables: [{ name: "users", rows: 2, fingerprint: null }],
  schemaDigest: "1".repeat(64),
  sequences: {},
  compression: "none",
  encryption: "none",
  proof: "read",
  lacks: [],
  restore: ["cp database.db app.db"],
  engineFacts: { mode: 0o600 },
};

async function stored(): Promise<{ readonly store: ReturnType<typeof directoryStore>; readonly file: string }> {
  const root = mkdtempSync(join(tmpdir(), "belay-manifest-"));
  const store = directoryStore(root);
  await writeManifest(store, FOLDER, MANIFEST);
  return { store, file: join(root, FOLDER, "manifest.json") };
}

/** As somebody would who can write to the store, and knows how the digest is made. */
function sealed(manifest: JsonValue): string {
  return JSON.stringify({ ...(manifest as object), digest: createHash("sha256").update(canonicalJson(manifest)).digest("hex") });
}

test("what was written is read", async () => {
  const { store } = await stored();
  expect((await readBackup(store, FOLDER)).manifest).toEqual(MANIFEST);
});

test("a copy that a person laid beside it makes its id no ambiguous one", async () => {
  const { store, file } = await stored();
  cpSync(dirname(file), `${dirname(file)}.bak`, { recursive: true });
  const target: Target = { name: "app", engine: "sqlite", address: "/app.db", configured: "sqlite:app.db" };
  expect((await findBackup(store, "prod", target, MANIFEST.id)).folder).toBe(FOLDER);
  await expect(findBackup(store, "prod", target, MANIFEST.id.slice(0, -1))).rejects.toMatchObject({ code: "backup-ambiguous" });
});

test("so is one of a later Belay that says more", async () => {
  const { store, file } = await stored();
  writeFileSync(file, sealed({ ...MANIFEST, more: [1] }));
  expect((await readBackup(store, FOLDER)).manifest).toEqual({ ...MANIFEST, more: [1] });
});

test.each<[string, (text: string) => string, RegExp]>([
  ["nothing", () => "", /no manifest/],
  ["half of it", (text) => text.slice(0, text.length / 2), /no manifest/],
  ["null", () => "null", /no manifest/],
  ["a list", () => "[]", /no manifest/],
  ["another format", () => sealed({ ...MANIFEST, formatVersion: 2 } as JsonValue), /format 2 is newer/],
  ["another table", (text) => text.replace('"users"', '"user"'), /altered after it was written/],
  ["no digest", () => JSON.stringify(MANIFEST), /no manifest/],
  ...(["files", "tables", "restore", "lacks", "engineFacts", "source", "sequences"] as const).map(
    (name): [string, (text: string) => string, RegExp] => [
      `a number for its ${name}, with a digest that fits`,
      () => sealed({ ...MANIFEST, [name]: 7 } as JsonValue),
      /no manifest/,
    ],
  ),
  ["a file without a size", () => sealed({ ...MANIFEST, files: [{ name: "a", sha256: "b" }] }), /no manifest/],
  ["a table that is a name", () => sealed({ ...MANIFEST, tables: ["users"] }), /no manifest/],
])("%s is damage, and said to be", async (_, alter, why) => {
  const { store, file } = await stored();
  writeFileSync(file, alter(readFileSync(file, "utf8")));
  await expect(readBackup(store, FOLDER)).rejects.toMatchObject({ code: "backup-damaged", message: expect.stringMatching(why) });
});
