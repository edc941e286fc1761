import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";

import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { describe, expect, test } from "vitest";

import { encryptedStore } from "../../src/store/age/encrypted.ts";
import { directoryStore } from "../../src/store/directory.ts";

const identity = await generateX25519Identity();
const recipient = await identityToRecipient(identity);
const stranger = await generateX25519Identity();

const CHUNK = 64 * 1024;

function folder(): string {
  return mkdtempSync(join(tmpdir(), "belay-age-"));
}

function storeAt(root: string, identities: readonly string[] = [identity], recipients: readonly string[] = [recipient]) {
  return encryptedStore(directoryStore(root), { recipients, identities: async () => identities });
}

/** Bytes that no two places share. */
function content(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8) * 7) & 255));
}

describe("encrypted files", () => {
  test.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5])(
    "of %i bytes are opened by the program age, and what age made is opened here",
    async (length) => {
      const root = folder();
      const plain = content(length);
      await storeAt(root).put("prod/file", Readable.from(pieces(plain, 10_007)));
      writeFileSync(join(root, "key.txt"), `${identity}\n`);
      const opened = execFileSync("age", ["--decrypt", "--identity", "key.txt", "prod/file"], { cwd: root, maxBuffer: 1 << 24 });
      expect(opened.equals(plain)).toBe(true);
      execFileSync("age", ["--recipient", recipient, "--output", "prod/theirs"], { cwd: root, input: plain });
      expect((await buffer(await storeAt(root).get("prod/theirs"))).equals(plain)).toBe(true);
    },
  );

  test("lie there as their size and SHA-256 say, with nothing of the content in them", async () => {
    const root = folder();
    const stored = await storeAt(root).put("prod/file", Buffer.from("everybody's passwords"));
    const bytes = readFileSync(join(root, "prod/file"));
    expect(stored.sizeBytes).toBe(bytes.length);
    expect(bytes.includes("passwords")).toBe(false);
    await storeAt(root, []).verify("prod/file", stored);
    await expect(storeAt(root, []).verify("prod/file", { ...stored, sha256: "0".repeat(64) })).rejects.toMatchObject({
      code: "backup-damaged",
    });
  });

  test("are opened without an identity by the process that wrote them, and by no other", async () => {
    const root = folder();
    const writer = storeAt(root, []);
    await writer.put("prod/file", Buffer.from("content"));
    expect((await buffer(await writer.get("prod/file"))).toString()).toBe("content");
    await expect(storeAt(root, []).get("prod/file")).rejects.toMatchObject({ code: "identity-needed" });
    execFileSync("age", ["--recipient", recipient, "--output", "prod/file"], { cwd: root, input: "another's" });
    await expect(writer.get("prod/file")).rejects.toMatchObject({ code: "identity-needed" });
  });

  test("refuse a key that is not theirs before a byte is given out", async () => {
    const root = folder();
    await storeAt(root).put("prod/file", content(1000));
    await expect(storeAt(root, [stranger]).get("prod/file")).rejects.toMatchObject({ code: "wrong-identity" });
  });

  test("of several recipients are opened by each of them", async () => {
    const root = folder();
    await storeAt(root, [], [recipient, await identityToRecipient(stranger)]).put("prod/file", Buffer.from("content"));
    for (const key of [identity, stranger]) expect((await buffer(await storeAt(root, [key]).get("prod/file"))).toString()).toBe("content");
  });

  test("that are cut at any place are damaged", async () => {
    const root = folder();
    await storeAt(root).put("prod/file", content(2 * CHUNK));
    const whole = readFileSync(join(root, "prod/file"));
    const payload = whole.length - 2 * (CHUNK + 16);
    for (const length of [30, 100, payload - 5, payload, payload + 10, payload + CHUNK, payload + CHUNK + 16, whole.length - 1]) {
      writeFileSync(join(root, "prod/file"), whole.subarray(0, length));
      await expect(read(root), `cut to ${length} of ${whole.length}`).rejects.toMatchObject({
        code: "backup-damaged",
        facts: { file: "prod/file" },
      });
    }
  });

  test("with one flipped bit anywhere are damaged, and no altered byte is given out", async () => {
    const root = folder();
    const plain = content(2 * CHUNK + 100);
    await storeAt(root).put("prod/file", plain);
    const whole = readFileSync(join(root, "prod/file"));
    const header = whole.indexOf("\n", whole.indexOf("\n--- ") + 1) + 1;
    for (const at of [60, header - 3, header + 3, header + 20, header + CHUNK, header + CHUNK + 40, whole.length - 1]) {
      const altered = Buffer.from(whole);
      altered[at] = (altered[at] ?? 0) ^ 1;
      writeFileSync(join(root, "prod/file"), altered);
      const given: Buffer[] = [];
      await expect(read(root, given), `at ${at}`).rejects.toMatchObject({ code: expect.stringMatching(/backup-damaged|wrong-identity/) });
      expect(plain.subarray(0, Buffer.concat(given).length).equals(Buffer.concat(given))).toBe(true);
    }
  });

  test("that something follows are damaged", async () => {
    const root = folder();
    await storeAt(root).put("prod/file", content(CHUNK));
    writeFileSync(join(root, "prod/file"), Buffer.concat([readFileSync(join(root, "prod/file")), Buffer.from("more")]));
    await expect(read(root)).rejects.toMatchObject({ code: "backup-damaged" });
  });
});

test("what is plain stays so, what was never encrypted is read, and no engine writes beside the encryption", async () => {
  const root = folder();
  const store = storeAt(root);
  await store.put("prod/manifest.json", Buffer.from("{}"), { plain: true });
  expect(readFileSync(join(root, "prod/manifest.json"), "utf8")).toBe("{}");
  for (const text of ["", "a", "age-encryption.org/", "{}".repeat(100_000)]) {
    writeFileSync(join(root, "prod/earlier"), text);
    expect((await buffer(await store.get("prod/earlier"))).toString()).toBe(text);
  }
  expect(store.localPath("prod/x")).toBeNull();
  expect(storeAt(root, [], []).localPath("prod/x")).toBe(join(root, "prod/x"));
  expect([store.encryption, storeAt(root, [], []).encryption]).toEqual(["age", "none"]);
});

test("a source that breaks off breaks the encryption off, and leaves nothing", async () => {
  const root = folder();
  const broken = Readable.from(
    (async function* () {
      yield content(200_000);
      throw new Error("the source died");
    })(),
  );
  await expect(storeAt(root).put("prod/file", broken)).rejects.toThrow("the source died");
  expect(await storeAt(root).list("prod")).toEqual([]);
});

async function read(root: string, given: Buffer[] = []): Promise<void> {
  for await (const chunk of await storeAt(root).get("prod/file")) given.push(chunk as Buffer);
}

function* pieces(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
