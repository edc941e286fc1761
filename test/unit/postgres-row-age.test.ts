import { describe, expect, test } from "vitest";

import { writtenSince, xid } from "../../src/engine/postgres/row-age.ts";

const ROUND = 2n ** 32n;

describe("rows written since a transaction", () => {
  test("none, where none has passed", () => {
    expect(writtenSince(700n, 700n, 150_000)).toBe("false");
  });

  test("carry one of the few numbers that have passed", () => {
    expect(writtenSince(700n, 703n, 150_000)).toBe("xmin = any ('{700,701,702}'::pg_catalog.xid[])");
  });

  test("carry their last 32 bits, and never one of those below which the server does not count", () => {
    expect(writtenSince(ROUND - 1n, ROUND + 4n, 150_000)).toBe("xmin = any ('{4294967295,3}'::pg_catalog.xid[])");
    expect(writtenSince(ROUND, ROUND + 2n, 150_000)).toBe("false");
    expect(xid(3n * ROUND + 5n)).toBe("'5'::pg_catalog.xid");
  });

  test.each([
    ["a list would be long", 700n, 5_000n, 150_000],
    ["the server looks each of a list up by itself", 700n, 720n, 130_000],
  ])("are asked for by their age where %s", (_, since, now, version) => {
    expect(writtenSince(since, now, version)).toBe("pg_catalog.age(xmin) between 0 and pg_catalog.age('700'::pg_catalog.xid)");
  });
});
