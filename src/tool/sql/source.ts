/** The bytes of a migration file, judged and decoded. */

import { createHash } from "node:crypto";

import type { Problem } from "./problem.ts";

/** SHA-256 of the bytes as they lie, in hexadecimal. */
export function checksumOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The text of a file (a byte order mark left out), or why it is none. */
export function decode(bytes: Uint8Array): { readonly text: string } | { readonly problem: Problem } {
  const text = decodeUtf8(bytes);
  if (text === null) return { problem: notUtf8(bytes) };
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    const hint = "remove it: the database would take it for the end of the script";
    return { problem: { code: "migration-has-nul", what: `holds a NUL byte (byte ${nul})`, hint, line: lineOf(bytes, nul) } };
  }
  return { text };
}

/** Would the bytes have this checksum with the other system's line endings? Git converts them when it is told to. */
export function differsInLineEndings(bytes: Uint8Array, checksum: string): boolean {
  const unix = Buffer.from(bytes).toString("latin1").replaceAll("\r\n", "\n");
  return [unix, unix.replaceAll("\n", "\r\n")].some((text) => checksumOf(Buffer.from(text, "latin1")) === checksum);
}

function decodeUtf8(bytes: Uint8Array, whole = true): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: !whole });
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function notUtf8(bytes: Uint8Array): Problem {
  const offset = firstInvalidByte(bytes);
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  return {
    code: "migration-not-utf8",
    what: `is not UTF-8: byte ${offset} (0x${(bytes[offset] ?? 0).toString(16).padStart(2, "0")}) fits no character${utf16 ? "; it looks like UTF-16" : ""}`,
    hint: "save the file as UTF-8",
    line: utf16 ? null : lineOf(bytes, offset),
  };
}

/** Halving: a beginning of the file decodes, cut characters at its end aside, exactly when the first invalid byte lies behind it. */
function firstInvalidByte(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length + 1;
  while (invalid - valid > 1) {
    const middle = Math.floor((valid + invalid) / 2);
    const decodes = middle <= bytes.length && decodeUtf8(bytes.subarray(0, middle), false) !== null;
    if (decodes) valid = middle;
    else invalid = middle;
  }
  // a character that began well and was not finished is invalid from its first byte on
  while (valid > 0 && decodeUtf8(bytes.subarray(0, valid)) === null) valid--;
  return valid;
}

function lineOf(bytes: Uint8Array, offset: number): number {
  let line = 1;
  for (let at = bytes.indexOf(10); at >= 0 && at < offset; at = bytes.indexOf(10, at + 1)) line++;
  return line;
}
