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
      expect(stored).toEqual({ sizeBytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") });
      expect(await text(await store.get("prod/app/b1/data"))).toBe(bytes.toString());
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
      expect(await store.list("prod/app")).toEqual([
        { key: "prod/app/1/data", sizeBytes: 1 },
        { key: "prod/app/2/data", sizeBytes: 2 },
      ]);
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

    test("never leads out of itself", async () => {
      const store = await emptyStore();
      await expect(store.put("../outside", Buffer.from("x"))).rejects.toMatchObject({ code: "store-key" });
    });
  });
}
