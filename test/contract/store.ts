/** What every store keeps, whoever holds the bytes. Instantiate it with a way to make an empty store. */

import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";

import { describe, expect, test } from "vitest";

import type { Store } from "../../src/store/store.ts";

export function storeContract(name: string, emptyStore: () => Promise<Store>): void {
  describe(`a ${name} store`, () => {
    test("gives back every byte that was put, and says its size and SHA-256", async () => {
      const store = await emptyStore();
      const bytes = Buffer.alloc(3_000_000, "belay");
      const stored = await store.put("prod/app/b1/data", Readable.from([bytes.subarray(0, 1_000_000), bytes.subarray(1_000_000)]));
      if (store.encryption === "none")
        expect(stored).toEqual({ sizeBytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") });
      expect(await store.list("prod")).toEqual([{ key: "prod/app/b1/data", sizeBytes: stored.sizeBytes }]);
      expect(await text(await store.get("prod/app/b1/data"))).toBe(bytes.toString());
      expect(await text(await store.get("prod/app/b1/data", stored))).toBe(bytes.toString());
      await store.verify("prod/app/b1/data", stored);
    });

    test("says that a file is not the one that is expected", async () => {
      const store = await emptyStore();
      const stored = await store.put("prod/x", Buffer.from("content"));
      for (const expected of [
        { ...stored, sizeBytes: stored.sizeBytes + 1 },
        { ...stored, sizeBytes: stored.sizeBytes - 1 },
        { ...stored, sha256: "0".repeat(64) },
      ]) {
        const damaged = { code: "backup-damaged", facts: { file: "prod/x" } };
        await expect(store.verify("prod/x", expected)).rejects.toMatchObject(damaged);
        await expect(store.get("prod/x", expected).then(text)).rejects.toMatchObject(damaged);
      }
      await expect(store.verify("prod/none", stored)).rejects.toMatchObject({ code: "store-missing" });
    });

    test("keeps what is plain as it is", async () => {
      const store = await emptyStore();
      const stored = await store.put("prod/manifest.json", Buffer.from("{}"), { plain: true });
      expect(stored.sizeBytes).toBe(2);
      expect(await text(await store.get("prod/manifest.json"))).toBe("{}");
    });

    test("replaces a file as a whole", async () => {
      const store = await emptyStore();
      await store.put("prod/x", Buffer.from("a longer text"));
      await store.put("prod/x", Buffer.from("short"));
      expect(await text(await store.get("prod/x"))).toBe("short");
    });

    test("leaves nothing under a key whose content broke off", async () => {
      const store = await emptyStore();
      const broken = Readable.from(
        (async function* () {
          yield Buffer.from("half");
          throw new Error("the source died");
        })(),
      );
      await expect(store.put("prod/half", broken)).rejects.toThrow("the source died");
      await expect(store.get("prod/half")).rejects.toMatchObject({ code: "store-missing" });
      expect(await store.list("prod")).toEqual([]);
    });

    test("lists what lies below a folder, sorted, with sizes, and nothing beside it", async () => {
      const store = await emptyStore();
      await store.put("prod/app/2/data", Buffer.from("22"));
      await store.put("prod/app/1/data", Buffer.from("1"));
      await store.put("prod/apple/1/data", Buffer.from("x"));
      expect((await store.list("prod/app")).map(({ key }) => key)).toEqual(["prod/app/1/data", "prod/app/2/data"]);
      if (store.encryption === "none") expect((await store.list("prod/app")).map(({ sizeBytes }) => sizeBytes)).toEqual([1, 2]);
      expect(await store.list("nothing/here")).toEqual([]);
    });

    test("removes a folder with all that is in it, and may be asked twice", async () => {
      const store = await emptyStore();
      await store.put("prod/app/1/data", Buffer.from("1"));
      await store.remove("prod/app/1");
      await store.remove("prod/app/1");
      expect(await store.list("prod")).toEqual([]);
    });

    test("appends lines to a log in order, and reads them as they were", async () => {
      const store = await emptyStore();
      for (const line of ["one", "two — 2", ""]) await store.append("prod/.runs/r.jsonl", line);
      expect(await store.lines("prod/.runs/r.jsonl")).toEqual(["one", "two — 2", ""]);
      expect(await store.lines("prod/.runs/none.jsonl")).toEqual([]);
    });

    test("lists a log as one", async () => {
      const store = await emptyStore();
      for (const line of ["one", "two"]) await store.append("prod/.runs/r.jsonl", line);
      expect((await store.list("prod/.runs")).map(({ key }) => key)).toEqual(["prod/.runs/r.jsonl"]);
      await store.remove("prod/.runs/r.jsonl");
      expect(await store.lines("prod/.runs/r.jsonl")).toEqual([]);
      expect(await store.list("prod")).toEqual([]);
    });

    test("sweeps what was cut off and keeps what is whole", async () => {
      const store = await emptyStore();
      await store.put("prod/app/1/data", Buffer.from("1"));
      await store.sweep("prod/app");
      await store.sweep("prod/none");
      expect((await store.list("prod")).map(({ key }) => key)).toEqual(["prod/app/1/data"]);
    });

    test("never leads out of itself, and ends the stream that it does not read", async () => {
      const store = await emptyStore();
      const source = Readable.from([Buffer.from("x")]);
      await expect(store.put("../outside", source)).rejects.toMatchObject({ code: "store-key" });
      expect(source.destroyed).toBe(true);
      await expect(store.put("../outside", Buffer.from("x"))).rejects.toMatchObject({ code: "store-key" });
    });
  });
}
