import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeRedactor, makeStreamRedactor } from "../../src/process/redact.ts";

const NASTY = [
  "p%40ss:w'rd\"",
  "ü☃\u{1f9d7}é",
  "two\nlines of it",
  "a b&c<d>e",
  "back\\slash\\\\",
  "$(id)`x`",
  "%2540%",
  "\t\r\nvalue\x1b[0m",
  "-----BEGIN KEY-----\nMIIabc+/=\n-----END KEY-----\n",
  "++//==",
];

/** Every way in which a program may print a value; by name, so that a failure says which. */
const ENCODERS: Readonly<Record<string, (value: string) => string>> = {
  raw: (value) => value,
  percent: encodeURIComponent,
  "percent, strictly": (value) => encodeURIComponent(value).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
  "percent, lower case": (value) => encodeURIComponent(value).replace(/%../g, (code) => code.toLowerCase()),
  "percent of every byte": (value) =>
    [...Buffer.from(value)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  "percent twice": (value) => encodeURIComponent(encodeURIComponent(value)),
  "a URL's path": encodeURI,
  "a form": (value) => new URLSearchParams({ v: value }).toString().slice(2),
  JSON: (value) => JSON.stringify(value).slice(1, -1),
  "JSON in JSON": (value) => JSON.stringify(JSON.stringify(value)).slice(3, -3),
  "ASCII JSON": (value) =>
    JSON.stringify(value)
      .slice(1, -1)
      .replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`),
  "JSON with escaped slashes": (value) => JSON.stringify(value).slice(1, -1).replaceAll("/", "\\/"),
  "shell, single quotes": (value) => value.replaceAll("'", "'\\''"),
  "shell, as Python quotes": (value) => value.replaceAll("'", `'"'"'`),
  "shell, double quotes": (value) => value.replace(/["\\$`]/g, "\\$&"),
  "shell, backslashes": (value) => value.replace(/[^\w\n-]/gu, "\\$&"),
  "SQL string": (value) => value.replaceAll("'", "''"),
  HTML: (value) =>
    value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;"),
  "CRLF lines": (value) => value.replace(/(?<!\r)\n/g, "\r\n"),
};

const BASE64: Readonly<Record<string, (value: string) => string>> = {
  base64: (value) => Buffer.from(value).toString("base64"),
  "base64 for URLs": (value) => Buffer.from(value).toString("base64url"),
  "base64 of user and password": (value) => Buffer.from(`me:${value}`).toString("base64"),
  "base64 inside more": (value) => Buffer.from(`x${value}yz`).toString("base64"),
  "base64 in lines": (value) => Buffer.from(value.repeat(3)).toString("base64").replace(/.{16}/g, "$&\n"),
};

const secret = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: fc.constantFrom(...Array.from("aZ09%@:/?#'\"\\\n\r\t &<>$`+=-_.üé☃\u{1f9d7}")), minLength: 4, maxLength: 24 }),
  fc.string({ unit: "grapheme", minLength: 4, maxLength: 12 }),
);

const around = fc.string({ unit: fc.constantFrom(...Array.from("xyz .,;()[]\n")), maxLength: 10 });

/** Random places to cut a text. */
function cutUp(text: string, cuts: readonly number[]): string[] {
  const places = [...new Set(cuts.map((cut) => Math.floor(cut * text.length)))].sort((a, b) => a - b);
  return [0, ...places].map((from, at) => text.slice(from, places[at] ?? text.length));
}

describe("a redactor", () => {
  test.each(Object.entries(ENCODERS))("hides nasty secrets as %s whole", (_, encode) => {
    for (const value of NASTY) {
      expect(makeRedactor([value])(`<(${encode(value)})>`)).toBe("<(***)>");
    }
  });

  test.each(Object.entries(ENCODERS))("hides any secret as %s, wherever it stands", (_, encode) => {
    fc.assert(
      fc.property(secret, around, around, (value, before, after) => {
        fc.pre(value.isWellFormed());
        const redacted = makeRedactor([value])(`${before}${encode(value)}${after}`);
        expect(redacted).not.toContain(encode(value));
        expect(redacted.length).toBeLessThanOrEqual(before.length + after.length + 3);
      }),
      { numRuns: 60 },
    );
  });

  test.each(Object.entries(BASE64))("hides any secret in %s, save what its neighbours also decide", (_, encode) => {
    fc.assert(
      fc.property(secret, (value) => {
        fc.pre(value.isWellFormed());
        const shown = makeRedactor([value])(`[${encode(value)}]`).replace("***", "");
        // Neighbours in the same text, and at most two characters that hold a few bits of the secret.
        expect(shown.length).toBeLessThanOrEqual(13);
      }),
      { numRuns: 60 },
    );
  });

  test("hides every line of a secret by itself", () => {
    const redact = makeRedactor(["first line\nsecond line\r\n  third line\n"]);
    expect(redact("log: second line.")).toBe("log: ***.");
    expect(redact("first line\n    second line\n    third line")).toBe("***\n    ***\n    ***");
  });

  test("hides the password of a secret URL by itself, decoded too", () => {
    const redact = makeRedactor(["postgres://app:s%40cr%3At@db.example.com:5432/app?sslmode=require"]);
    expect(redact("password authentication failed with s@cr:t")).toBe("password authentication failed with ***");
    expect(redact("PGPASSWORD=s%40cr%3At")).toBe("PGPASSWORD=***");
    expect(redact("host db.example.com")).toBe("host db.example.com");
  });

  test("hides a password that was never encoded as it should be", () => {
    const redact = makeRedactor(["mysql://root:p@ss/w#rd@localhost/app"]);
    expect(redact("got p@ss/w#rd")).toBe("got ***");
  });

  test("hides the password of any URL, known or not, however short", () => {
    const redact = makeRedactor([]);
    expect(redact("at postgres://u:x@h/db and redis://:y@h")).toBe("at postgres://u:***@h/db and redis://:***@h");
    expect(redact("p@ss: postgresql+psycopg2://u:p@ss@h/db")).toBe("p@ss: postgresql+psycopg2://u:***@h/db");
    expect(redact("http://localhost:5000/login?mail=a@b.example")).toBe("http://localhost:5000/login?mail=a@b.example");
  });

  test("leaves the rest alone, and does not look for what is shorter than four characters", () => {
    const redact = makeRedactor(["abc", "", "longer"]);
    expect(redact("abc is no longer secret")).toBe("abc is no *** secret");
  });

  test("hides overlapping secrets whole, whichever is longer", () => {
    expect(makeRedactor(["abcdef", "defghi"])("x abcdefghi y")).toBe("x *** y");
    expect(makeRedactor(["pass", "password"])("a password")).toBe("a ***");
    expect(makeRedactor(["aaaa"])("aaaaaa")).toBe("***");
  });

  test("changes nothing more when it is applied again, even with stars in a secret", () => {
    expect(makeRedactor(["a***", "hidden"])("ahidden")).toBe("***");
    fc.assert(
      fc.property(
        fc.array(fc.oneof(secret, fc.string({ unit: fc.constantFrom("*", "a"), minLength: 4, maxLength: 6 })), { maxLength: 4 }),
        fc.array(fc.oneof(secret, around)),
        (secrets, parts) => {
          const redact = makeRedactor(secrets);
          const once = redact(parts.join(""));
          expect(redact(once)).toBe(once);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("without its secret in the text the text stays as it was", () => {
    const redact = makeRedactor(["correct horse", "battery%20staple"]);
    const text = "Applying 0003_settings.sql … done in 1.2 s\n\\u0041 %20 &amp; 'quoted'\n";
    expect(redact(text)).toBe(text);
  });
});

describe("a stream redactor", () => {
  test("hides a secret however it is cut up", () => {
    fc.assert(
      fc.property(
        secret,
        fc.constantFrom(...Object.values(ENCODERS)),
        around,
        around,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
        (value, encode, before, after, cuts) => {
          fc.pre(value.isWellFormed());
          const stream = makeStreamRedactor([value]);
          const text = `${before}${encode(value)}${after}`;
          const shown =
            cutUp(text, cuts)
              .map((piece) => stream.push(piece))
              .join("") + stream.end();
          expect(shown).toBe(makeRedactor([value])(text));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("hides an unknown password in a URL that is cut at any place", () => {
    const text = "connecting to postgres://app:s3cret@db/app now";
    for (let cut = 0; cut <= text.length; cut++) {
      const stream = makeStreamRedactor([]);
      expect(stream.push(text.slice(0, cut)) + stream.push(text.slice(cut)) + stream.end()).toBe(
        "connecting to postgres://app:***@db/app now",
      );
    }
  });

  test("tells whole lines at once, and keeps back only what may be the beginning of a secret", () => {
    const stream = makeStreamRedactor(["s3cret value"]);
    expect(stream.push("Applying 0003 …\n")).toBe("Applying 0003 …\n");
    expect(stream.push("50 % ")).toBe("50 % ");
    expect(stream.push("it is s3cret")).toBe("it is ");
    expect(stream.push("ly so\n")).toBe("s3cretly so\n");
    expect(stream.push("s3cret ")).toBe("");
    expect(stream.push("value!\n")).toBe("***!\n");
    expect(stream.end()).toBe("");
  });

  test("does not keep back an endless word", () => {
    const stream = makeStreamRedactor(["s3cret value"]);
    let shown = 0;
    for (let piece = 0; piece < 100; piece++) shown += stream.push("x".repeat(1_000)).length;
    expect(shown).toBeGreaterThan(95_000);
  });

  test("keeps up with a program that talks a lot", () => {
    const secrets = Array.from(
      { length: 20 },
      (_, at) => `postgres://user${at}:pa%40ssword${at}-${"k".repeat(20)}@host${at}.example.com/db`,
    );
    const stream = makeStreamRedactor(secrets);
    const piece = "INFO  [alembic.runtime.migration] Running upgrade 0003 -> 0004, split loans into instalments\n".repeat(700);
    const began = performance.now();
    for (let times = 0; times < 4; times++) stream.push(piece);
    // 260 kB, on a busy machine; a slip into quadratic time takes minutes.
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
