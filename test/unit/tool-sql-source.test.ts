import { createHash } from "node:crypto";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { checksumOf, decode, differsInLineEndings } from "../../src/tool/sql/source.ts";

function problemOf(bytes: Uint8Array): { readonly code: string; readonly what: string; readonly line: number | null } | null {
  const decoded = decode(bytes);
  return "problem" in decoded ? decoded.problem : null;
}

describe("the bytes of a file", () => {
  test("have the SHA-256 that every other program gives them, byte order mark and line endings included", () => {
    const bytes = Buffer.from("\ufeffselect 1;\r\n");
    expect(checksumOf(bytes)).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(checksumOf(Buffer.from(""))).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });

  test("become text without the byte order mark, and keep their line endings", () => {
    expect(decode(Buffer.from("\ufeffselect 'é';\r\n"))).toEqual({ text: "select 'é';\r\n" });
  });

  test("that are no UTF-8 are refused with the first offset that fits nothing", () => {
    expect(problemOf(Buffer.from("select 1;\nselect 'caf\xe9';", "latin1"))).toMatchObject({
      code: "migration-not-utf8",
      line: 2,
      what: expect.stringContaining("byte 21 (0xe9)"),
    });
    expect(problemOf(Buffer.concat([Buffer.from("é"), Buffer.from([0xc3])]))?.what).toContain("byte 2 (0xc3)");
    expect(problemOf(Buffer.from("\ufeffselect 1", "utf16le"))?.what).toContain("looks like UTF-16");
  });

  test("that are no UTF-8 are refused wherever the wrong byte stands", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (before, after) => {
        const start = Buffer.from(before.replaceAll("\ufeff", ""));
        expect(problemOf(Buffer.concat([start, Buffer.from([0xff]), Buffer.from(after)]))?.what).toContain(`byte ${start.length} (0xff)`);
      }),
    );
  });

  test("with a NUL are refused: the database would stop reading there", () => {
    expect(problemOf(Buffer.from("select 1;\n\0drop table t;"))).toMatchObject({ code: "migration-has-nul", line: 2 });
  });

  test("that differ in their line endings only are told from a change", () => {
    const unix = Buffer.from("select 1;\nselect 'é';\n");
    const dos = Buffer.from("select 1;\r\nselect 'é';\r\n");
    expect(differsInLineEndings(dos, checksumOf(unix))).toBe(true);
    expect(differsInLineEndings(unix, checksumOf(dos))).toBe(true);
    expect(differsInLineEndings(dos, checksumOf(Buffer.from("select 2;\n")))).toBe(false);
  });
});
