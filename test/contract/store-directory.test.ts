import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { directoryStore } from "../../src/store/directory.ts";
import { storeContract } from "./store.ts";

const folders: string[] = [];
const emptyFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "belay-store-"));
  folders.push(folder);
  return folder;
};
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

storeContract("directory", async () => directoryStore(join(emptyFolder(), "not", "made", "yet")));

test("a line that a crash cut off is not read, and the next line does not hang on to it", async () => {
  const root = emptyFolder();
  const store = directoryStore(root);
  await store.append("log", "first");
  appendFileSync(join(root, "log"), '{"half');
  expect(await store.lines("log")).toEqual(["first"]);
  await store.append("log", "second");
  expect(readFileSync(join(root, "log"), "utf8")).toBe("first\nsecond\n");
});

test("a log that another writer has added to since takes no line of the one before", async () => {
  const root = emptyFolder();
  const [asleep, other] = [directoryStore(root), directoryStore(root)];
  await asleep.append("log", "first");
  await other.append("log", "second");
  await expect(asleep.append("log", "third")).rejects.toMatchObject({ code: "lock-lost" });
  await other.append("log", "fourth");
  expect(await other.lines("log")).toEqual(["first", "second", "fourth"]);
});

test.skipIf(process.platform !== "linux")("a store below a folder that lets nobody make one is an error, and no endless wait", async () => {
  await expect(directoryStore("/proc/nowhere/store").put("a/b", Buffer.from("x"))).rejects.toMatchObject({
    message: expect.stringContaining("/proc/nowhere/store"),
  });
});

test("a torn line longer than a block, as the only one, is cut off whole", async () => {
  const root = emptyFolder();
  writeFileSync(join(root, "log"), "x".repeat(10_000));
  const store = directoryStore(root);
  await store.append("log", "first");
  expect(await store.lines("log")).toEqual(["first"]);
});

test("what was written beside Belay's own writes is finished with its digest", async () => {
  const root = emptyFolder();
  const store = directoryStore(root);
  writeFileSync(join(root, "copy"), "content");
  expect(await store.finish("copy")).toMatchObject({ sizeBytes: 7 });
  expect(store.localPath("prod/app")).toBe(join(root, "prod", "app"));
});
