/** FAULTS 12: what a network and a service do to a store in S3, made by a proxy in between, against a real server. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { s3Store } from "../../src/store/s3/s3.ts";
import type { Store } from "../../src/store/store.ts";
import { startFront, type Asked, type Fault, type Front } from "../support/s3/front.ts";
import { BUCKET, CREDENTIALS, startS3Server, type S3Server } from "../support/s3/server.ts";

/** Quick enough for a test; a service that is slow is still waited for. */
const PATIENCE = { connectMs: 1000, idleMs: 500, attempts: 4, pauseMs: 5 };
const PART = 1 << 20;

let server: S3Server;
let front: Front;
let prefix: string;
let store: Store;
let number = 0;

beforeAll(async () => {
  Object.assign(process.env, CREDENTIALS);
  server = await startS3Server();
});

beforeEach(async () => {
  front = await startFront(server);
  prefix = `faults/${++number}`;
  store = storeThere();
  return async () => front[Symbol.asyncDispose]();
});

afterAll(() => server[Symbol.asyncDispose]());

function storeThere(endpoint = front.endpoint, patience = PATIENCE): Store {
  return s3Store(`s3://${BUCKET}/${prefix}`, { endpoint, region: null, pathStyle: null, patience, partBytes: PART });
}

/** Bytes that no two places share. */
function content(length: number): Buffer {
  return Buffer.alloc(length, createHash("sha512").update(String(length)).digest());
}

/** The objects that really lie there. */
function objects(): string[] {
  const names = readdirSync(join(server.directory, BUCKET), { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.startsWith(prefix) && name.endsWith("._S3rver_object"));
}

const to = (method: string) => (asked: Asked) => asked.method === method;
const parts = (asked: Asked) => asked.method === "PUT" && asked.path.includes("partNumber=");
const end = (asked: Asked) => asked.method === "POST" && asked.path.includes("uploadId=");
const begin = (asked: Asked) => asked.method === "POST" && asked.path.includes("uploads");

const PASSING: readonly Fault[] = [
  "reset",
  "black-hole",
  "answer-lost",
  { status: 500, code: "InternalError" },
  { status: 503, code: "SlowDown" },
];

const nameOf = (fault: Fault) => (typeof fault === "string" ? fault : `${fault.status} ${fault.code}`);

describe.each(PASSING.map((fault) => [nameOf(fault), fault] as const))("%s, twice", (_name, fault) => {
  test("while a file is written: it lies there once, whole", async () => {
    front.fault(fault, to("PUT"), 2);
    const stored = await store.put("prod/x", content(5000));
    expect((await buffer(await store.get("prod/x", stored))).equals(content(5000))).toBe(true);
    expect(objects()).toHaveLength(1);
  });

  test("while a file is read, listed and removed", async () => {
    await store.put("prod/x", content(5000));
    front.fault(fault, to("GET"), 2);
    expect((await buffer(await store.get("prod/x"))).equals(content(5000))).toBe(true);
    front.fault(fault, to("GET"), 2);
    expect(await store.list("prod")).toEqual([{ key: "prod/x", sizeBytes: 5000 }]);
    front.fault(fault, to("DELETE"), 2);
    await store.remove("prod/x");
    expect(objects()).toEqual([]);
  });

  test("at every line of a journal: each is there once, in order", async () => {
    for (const line of ["one", "two", "three"]) {
      front.fault(fault, to("PUT"), 2);
      await store.append("prod/r.jsonl", line);
    }
    expect(await store.lines("prod/r.jsonl")).toEqual(["one", "two", "three"]);
    expect(objects()).toHaveLength(3);
  });

  test.each([
    ["the beginning", begin],
    ["parts", parts],
    ["the end", end],
  ])("at %s of a file in parts: one object, and no upload left open", { timeout: 30_000 }, async (_where, when) => {
    const bytes = content(2 * PART + 100);
    front.fault(fault, when, 2);
    const stored = await store.put("prod/large", Readable.from(pieces(bytes, 1 << 20)));
    await store.verify("prod/large", stored);
    expect(stored.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(objects()).toHaveLength(1);
    await store.sweep("prod"); // an upload whose beginning was answered to nobody
    expect([...front.uploads]).toEqual([]);
  });
});

describe("while a file is read", () => {
  const length = 3_000_000;

  test.each(["short", "stall"] as const)("an answer that is %s is taken up where it broke, of the same version", async (fault) => {
    const stored = await store.put("prod/x", content(length));
    front.fault(fault, to("GET"), 3);
    expect((await buffer(await store.get("prod/x", stored))).equals(content(length))).toBe(true);
    const resumed = front.asked.filter(({ headers }) => headers.range !== undefined);
    expect(resumed.map(({ headers }) => headers.range)).toEqual(["bytes=1500000-", "bytes=2250000-", "bytes=2625000-"]);
    expect(resumed.every(({ headers }) => headers["if-match"] !== undefined)).toBe(true);
  });

  test("a slow answer is waited for, and asked for once", async () => {
    await store.put("prod/x", content(length));
    front.fault("slow", to("GET"));
    expect((await buffer(await store.get("prod/x"))).length).toBe(length);
    expect(front.asked.filter(to("GET"))).toHaveLength(1);
  });

  test("a reader that takes its time is waited for", async () => {
    await store.put("prod/x", content(length));
    let read = 0;
    for await (const chunk of await store.get("prod/x")) {
      if (read === 0) await new Promise((resolve) => setTimeout(resolve, 2 * PATIENCE.idleMs));
      read += (chunk as Buffer).length;
    }
    expect(read).toBe(length);
  });

  test("a reader that goes away leaves no connection open", async () => {
    await store.put("prod/x", content(length));
    front.fault("stall", to("GET"));
    for await (const _ of await store.get("prod/x")) break;
    expect(front.asked.filter(to("GET"))).toHaveLength(1);
  });
});

describe("what does not pass is told in bounded time, in one sentence", () => {
  test.each([
    ["black-hole", "store-unreachable", "the service does not answer"],
    ["reset", "store-unreachable", "the connection broke"],
    [{ status: 503, code: "SlowDown" }, "store-unavailable", "asks to slow down"],
    [{ status: 500, code: "InternalError" }, "store-unavailable", "the service fails"],
    [{ status: 403, code: "AccessDenied" }, "store-denied", "access denied"],
    [{ status: 403, code: "RequestTimeTooSkewed" }, "store-clock", "clock differs"],
    [{ status: 403, code: "SignatureDoesNotMatch" }, "store-denied", "the secret key does not belong"],
    [{ status: 301, code: "PermanentRedirect" }, "store-region", "another region"],
    [{ status: 400, code: "ExpiredToken" }, "store-denied", "session token has expired"],
    [{ status: 507, code: "XMinioStorageFull" }, "no-space", "quota"],
  ] as const)("%o", async (fault, code, said) => {
    front.fault(fault, () => true, 1000);
    const acts = [
      store.put("prod/x", content(10)),
      store.get("prod/x"),
      store.list("prod"),
      store.remove("prod/x"),
      store.append("l", "x"),
      store.lines("l"),
    ];
    for (const end of await Promise.allSettled<unknown>(acts)) {
      const reason: unknown = end.status === "rejected" ? end.reason : null;
      expect(reason).toMatchObject({ code, message: expect.stringContaining(said), hint: expect.any(String) });
      expect(String(reason)).not.toContain("S3RVER");
    }
    expect(front.asked.length).toBeLessThanOrEqual(6 * PATIENCE.attempts);
  });

  test("no such bucket, no such key, and nobody there", async () => {
    const elsewhere = s3Store("s3://nowhere/x", { endpoint: front.endpoint, region: null, pathStyle: null, patience: PATIENCE });
    await expect(elsewhere.put("x", content(1))).rejects.toMatchObject({
      message: "writing x to the store s3://nowhere/x: there is no such bucket",
    });
    await expect(store.get("prod/none")).rejects.toMatchObject({ code: "store-missing" });
    await expect(storeThere("http://127.0.0.1:9").list("prod")).rejects.toMatchObject({ code: "store-unreachable" });
    await expect(storeThere("http://nowhere.invalid").list("prod")).rejects.toMatchObject({
      message: expect.stringContaining("no host of that name"),
    });
  });

  test(
    "a part that never gets there ends the upload at once: no object, no parts, no more of the source read",
    { timeout: 30_000 },
    async () => {
      front.fault({ status: 403, code: "AccessDenied" }, (asked) => parts(asked) && asked.path.includes("partNumber=2"), 1000);
      let read = 0;
      const source = Readable.from(
        (function* () {
          for (; read < 40; read += 1) yield content(PART / 2);
        })(),
      );
      await expect(store.put("prod/large", source)).rejects.toMatchObject({ code: "store-denied" });
      expect(read).toBeLessThan(16);
      expect(objects()).toEqual([]);
      expect([...front.uploads]).toEqual([]);
    },
  );

  test("an upload that cannot begin ends its source", async () => {
    front.fault({ status: 403, code: "AccessDenied" }, begin, 1000);
    const source = Readable.from(pieces(content(10 * PART), PART));
    await expect(store.put("prod/large", source)).rejects.toMatchObject({ code: "store-denied" });
    expect(source.destroyed).toBe(true);
  });

  test("an upload whose end is refused is taken back", { timeout: 30_000 }, async () => {
    front.fault({ status: 403, code: "AccessDenied" }, end, 1000);
    await expect(store.put("prod/large", content(PART + 1))).rejects.toMatchObject({ code: "store-denied" });
    expect([objects(), [...front.uploads]]).toEqual([[], []]);
  });
});

test("an upload that was cut off with its process is swept", { timeout: 30_000 }, async () => {
  const stuck = store.put(
    "prod/app/1/large",
    Readable.from(
      (async function* () {
        yield content(PART + 1);
        yield content(PART);
        await new Promise(() => {});
      })(),
    ),
  );
  void stuck.catch(() => undefined);
  await expect.poll(() => front.uploads.size).toBe(1);
  await storeThere().sweep("prod/other");
  expect(front.uploads.size).toBe(1);
  await storeThere().sweep("prod/app");
  expect(front.uploads.size).toBe(0);
});

describe("a journal with two writers", () => {
  test("refuses the second, whose line is not there", async () => {
    const other = storeThere();
    await store.append("r", "one");
    await other.append("r", "theirs");
    await expect(store.append("r", "mine")).rejects.toMatchObject({ code: "lock-lost" });
    expect(await store.lines("r")).toEqual(["one", "theirs"]);
  });

  test("whose first died with an unanswered line goes on behind it", async () => {
    front.fault("answer-lost", to("PUT"), 1000);
    await expect(store.append("r", "unanswered")).rejects.toMatchObject({ code: "store-unreachable" });
    await front[Symbol.asyncDispose]();
    front = await startFront(server);
    const next = storeThere();
    expect(await next.lines("r")).toEqual(["unanswered"]);
    await next.append("r", "next");
    expect(await next.lines("r")).toEqual(["unanswered", "next"]);
  });

  test("replaces its own line that nobody acknowledged, and no other", async () => {
    await store.append("r", "one");
    front.fault("answer-lost", to("PUT"), PATIENCE.attempts);
    await expect(store.append("r", "unanswered")).rejects.toMatchObject({ code: "store-unreachable" });
    await store.append("r", "instead");
    expect(await store.lines("r")).toEqual(["one", "instead"]);
  });

  test("of which a line is missing is damaged, and nothing is guessed", async () => {
    for (const line of ["one", "two", "three"]) await store.append("r", line);
    await store.remove("r/00000002");
    await expect(store.lines("r")).rejects.toMatchObject({ code: "journal-damaged", message: expect.stringContaining("lacks line 2") });
  });
});

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

test("a file of many parts takes no more memory than a few of them", { timeout: 60_000 }, async () => {
  const piece = content(1 << 20);
  const source = Readable.from(
    (function* () {
      for (let at = 0; at < 200; at += 1) yield piece;
    })(),
  );
  let most = 0;
  const held = () => {
    collectGarbage(); // what nobody holds any more is not counted, however late the engine would have let go of it
    return process.memoryUsage().arrayBuffers;
  };
  const before = held();
  const watch = setInterval(() => (most = Math.max(most, held())), 100);
  const straight = storeThere(server.endpoint, { ...PATIENCE, connectMs: 20_000, idleMs: 20_000 }); // a server in this process has other things to do; the proxy would hold parts, too
  const stored = await straight.put("prod/large", source);
  clearInterval(watch);
  expect(stored.sizeBytes).toBe(200 << 20);
  expect(most - before).toBeLessThan(100 << 20); // the server is in this process, too
});

function* pieces(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
