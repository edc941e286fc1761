import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type AuditEntry, chained, NO_AUDIT, verifyChain } from "../../bot/audit/chain.ts";
import { verifyStore } from "../../bot/audit/verify.ts";
import { SqliteRecord } from "../../bot/store/sqlite-record.ts";
import { RecordedStore } from "../support/bot/recorded.ts";
import { CLI } from "../support/project.ts";

const ENTRIES = 5;
const verify = ({ path }: { readonly path: string }, heads: readonly string[] = []) =>
  verifyStore(heads, { BELAY_STORE: `sqlite:${path}` });

test("a record that nobody touched is whole, while the bot has it open and after", async () => {
  using recorded = await RecordedStore.with(ENTRIES);
  const head = recorded.head();
  expect(await verify(recorded, [head])).toEqual({ kind: "whole", entries: ENTRIES, head });
  const open = new Database(recorded.path);
  open.exec("begin immediate");
  expect(await verify(recorded)).toMatchObject({ kind: "whole" });
  open.close();
});

test("a store without any entry is whole, and an older head is in a record that went on", async () => {
  using nothing = await RecordedStore.with(0);
  expect(await verify(nothing)).toEqual({ kind: "whole", entries: 0, head: NO_AUDIT });
  using recorded = await RecordedStore.with(ENTRIES);
  const older = recorded.edit((database) => String(database.prepare("select hash from audit where seq = 2").pluck().get()));
  expect(await verify(recorded, [older, NO_AUDIT])).toMatchObject({ kind: "whole" });
});

describe("what was done to it is found", () => {
  test.each([
    ["an entry that was changed", "update audit set data = '{}' where seq = 2", 2, "entry 2 was changed"],
    ["one that is no JSON any more", "update audit set data = '{' where seq = 2", 2, "entry 2 was changed"],
    [
      "one that was changed with its hash",
      "update audit set data = '{}', hash = printf('%064d', 0) where seq = 2",
      2,
      "entry 2 was changed",
    ],
    ["one that is missing", "delete from audit where seq = 3", 3, "entry 3 is missing"],
    ["a beginning that is missing", "delete from audit where seq < 3", 1, "entry 1 is missing"],
    [
      "one that was put in front",
      "insert into audit select -1, at, repository, kind, data, previous, hash from audit where seq = 1",
      1,
      "entry 1 is missing",
    ],
    [
      "two that changed places",
      "update audit set seq = 9 where seq = 2; update audit set seq = 2 where seq = 3; update audit set seq = 3 where seq = 9",
      2,
      "follows on another",
    ],
    [
      "one that is there twice",
      "update audit set seq = seq + 100 where seq > 2; update audit set seq = seq - 99 where seq > 100; insert into audit select 3, at, repository, kind, data, previous, hash from audit where seq = 2",
      3,
      "follows on another",
    ],
    ["a table that is gone", "drop table audit", 1, "no such table"],
  ])("%s", async (_, sql, seq, why) => {
    using recorded = await RecordedStore.with(ENTRIES);
    recorded.edit((database) => database.exec(sql));
    expect(await verify(recorded)).toEqual({ kind: "damaged", seq, why: expect.stringContaining(why) });
  });

  test("each end that was cut off, by the head in a grant or a deployment", async () => {
    for (let kept = 0; kept < ENTRIES; kept++) {
      using recorded = await RecordedStore.with(ENTRIES);
      const head = recorded.head();
      recorded.edit((database) => database.exec(`delete from audit where seq > ${kept}`));
      expect(await verify(recorded), "without a head nobody can know").toMatchObject({ kind: "whole", entries: kept });
      expect(await verify(recorded, [head])).toEqual({ kind: "damaged", seq: kept + 1, why: expect.stringContaining(head) });
    }
  });

  test("an end that was cut off, by the head of a grant that the store itself still knows", async () => {
    using recorded = await RecordedStore.with(ENTRIES);
    await recorded.rememberGrant(recorded.head());
    expect(await verify(recorded)).toMatchObject({ kind: "whole" });
    recorded.edit((database) => database.exec("delete from audit where seq = 5"));
    expect(await verify(recorded)).toMatchObject({ kind: "damaged", seq: 5 });
  });

  test("a record that was written anew from an entry on, with hashes that fit, by any head from before", async () => {
    using recorded = await RecordedStore.with(ENTRIES);
    const head = recorded.head();
    recorded.edit(rewriteFrom(3));
    expect(await verify(recorded)).toMatchObject({ kind: "whole" });
    expect(await verify(recorded, [head])).toMatchObject({ kind: "damaged" });
  });

  test("each character of each column of each entry", async () => {
    using recorded = await RecordedStore.with(3);
    const rows = recorded.edit((database) => database.prepare<[], Row>("select * from audit").all());
    for (const row of rows) {
      const damaged = (["at", "kind", "data", "previous", "hash"] as const).flatMap((column) =>
        Array.from(row[column], (_, at) => ({ ...row, [column]: flipped(row[column], at) })),
      );
      for (const other of [...damaged, { ...row, repository: row.repository + 1 }]) {
        const entries = rows.map((each) => entryOf(each.seq === row.seq ? other : each));
        expect(await verifyChain(entries), JSON.stringify(other)).toMatchObject({ kind: "damaged", seq: row.seq });
      }
    }
  });
});

interface Row {
  readonly seq: number;
  readonly at: string;
  readonly repository: number;
  readonly kind: string;
  readonly data: string;
  readonly previous: string;
  readonly hash: string;
}

function entryOf(row: Row): AuditEntry {
  try {
    return { ...row, data: JSON.parse(row.data) };
  } catch {
    return { ...row, data: undefined };
  }
}

function flipped(text: string, at: number): string {
  return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
}

function rewriteFrom(seq: number): (database: Database.Database) => void {
  return (database) => {
    const rows = database.prepare<[number], Row>("select * from audit where seq >= ? order by seq").all(seq);
    let previous = rows[0]?.previous ?? NO_AUDIT;
    for (const row of rows) {
      const entry: AuditEntry = chained({ ...row, data: { event: "another" }, previous });
      const put = database.prepare("update audit set data = ?, previous = ?, hash = ? where seq = ?");
      put.run(JSON.stringify(entry.data), entry.previous, entry.hash, entry.seq);
      previous = entry.hash;
    }
  };
}

test("whichever byte of the file is changed: what is called whole says the same as before, and nothing throws", async () => {
  using recorded = await RecordedStore.with(ENTRIES);
  const head = recorded.head();
  const before = entriesOf(recorded.path);
  const bytes = readFileSync(recorded.path);
  // Every byte of the record's own pages would be found by the test above; here the file's other parts count, so that a sample does.
  for (let at = 0; at < bytes.length; at += 61) {
    const damaged = Buffer.from(bytes);
    damaged.writeUInt8(damaged.readUInt8(at) ^ 0xff, at);
    writeFileSync(recorded.path, damaged);
    const verdict = await verify(recorded, [head]).catch((error: unknown) => ({ kind: "thrown", error }));
    if (verdict.kind === "whole") expect(entriesOf(recorded.path), `byte ${at}`).toEqual(before);
    else expect(verdict, `byte ${at}`).toMatchObject({ kind: "damaged" });
  }
  writeFileSync(recorded.path, "no database at all, but some words");
  expect(await verify(recorded)).toMatchObject({ kind: "damaged", seq: 1 });
  writeFileSync(recorded.path, bytes.subarray(0, bytes.length / 2));
  expect(await verify(recorded, [head])).toMatchObject({ kind: "damaged" });
});

function entriesOf(path: string): readonly AuditEntry[] {
  using record = new SqliteRecord(path);
  return [...record.entries()];
}

describe("belay audit verify", () => {
  let recorded: RecordedStore;
  beforeAll(async () => {
    recorded = await RecordedStore.with(ENTRIES);
  });
  afterAll(() => recorded[Symbol.dispose]());

  const belay = (...args: readonly string[]) => {
    const env = { PATH: process.env["PATH"] ?? "", BELAY_STORE: `sqlite:${recorded.path}` };
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, "audit", ...args], { env, encoding: "utf8" });
    return { status, stdout, stderr };
  };

  test("says that it is whole, and ends well", () => {
    const head = recorded.head();
    expect(belay("verify", head)).toEqual({ status: 0, stdout: `whole: 5 entries, head ${head}\n`, stderr: "" });
    expect(JSON.parse(belay("verify", "--json").stdout)).toMatchObject({ outcome: "verified", reasons: [], audit: { entries: 5, head } });
  });

  test("names the damage, and ends with 6", () => {
    const { status, stdout } = belay("verify", "ab".repeat(32));
    expect(stdout).toMatch(/^DAMAGED at entry 6: no entry has the hash abab.*\n {2}Next: keep this file/);
    expect(status).toBe(6);
    expect(JSON.parse(belay("verify", "--json", "ab".repeat(32)).stdout)).toMatchObject({
      outcome: "checks-failed",
      reasons: [{ code: "audit-damaged" }],
      audit: { damagedAt: 6 },
    });
  });

  test("changes not one byte of the store", () => {
    const before = readFileSync(recorded.path);
    belay("verify");
    expect(readFileSync(recorded.path).equals(before)).toBe(true);
  });

  test("says how it is asked, and which store is not there", () => {
    expect(belay()).toMatchObject({ status: 2, stderr: expect.stringContaining("audit what?") });
    expect(belay("verfy")).toMatchObject({ status: 2, stderr: expect.stringContaining('audit does not know "verfy"') });
    expect(belay("verify", "HEAD")).toMatchObject({ status: 2, stderr: expect.stringContaining('"HEAD" is no hash') });
    expect(belay("verify", "--target", "x")).toMatchObject({ status: 2, stderr: expect.stringContaining("does not take --target") });
    const missing = { env: { PATH: process.env["PATH"] ?? "", BELAY_STORE: "sqlite:/nowhere/bot.db" }, encoding: "utf8" } as const;
    const { status, stderr } = spawnSync(process.execPath, [CLI, "audit", "verify"], missing);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining("there is no store /nowhere/bot.db") });
  });

  test.skipIf(process.getuid?.() !== 0)("a store that may not be read is called that, and not damaged", () => {
    const copy = join(recorded.directory, "private.db");
    copyFileSync(recorded.path, copy);
    chmodSync(copy, 0o600);
    chmodSync(recorded.directory, 0o755);
    const script = `cd / && BELAY_STORE=sqlite:${copy} "${process.execPath}" "${CLI}" audit verify`;
    const said = execFileSync("setpriv", ["--reuid=65534", "--clear-groups", "sh", "-c", `${script} 2>&1; echo "status $?"`], {
      encoding: "utf8",
    });
    expect(said).toContain("status 1");
    expect(said).not.toContain("DAMAGED");
  });
});
