/** The shapes in which a secret may turn up again: as it is, decoded, by lines, in base64, and each character as programs escape it. */

/** A form to look for: for each of its characters every way in which it may be written. */
export type SecretForm = readonly (readonly string[])[];

/** Anything shorter would hide every second word. A shorter password of a URL is still hidden where it stands in a URL. */
const SHORTEST_SECRET = 4;

/** Every form of a secret, none for one that is too short. */
export function formsOf(secret: string): readonly SecretForm[] {
  const whole = [secret, ...passwordsOf(secret)].flatMap((text) => [text, percentDecoded(text)]);
  const plain = new Set(whole.flatMap((text) => [text, ...linesOf(text)]));
  const long = [...plain].filter((text) => text.length >= SHORTEST_SECRET);
  const coded = new Set(long.flatMap(base64Cores).filter((text) => text.length >= SHORTEST_SECRET));
  return [
    ...long.map((text) => Array.from(text, spellingsOf)),
    ...[...coded].map((text) => Array.from(text, (character, at) => inBase64(character, at > 0))),
  ];
}

/**
 * The texts under which a log that masks by text alone must know a secret: as it is, decoded, percent-encoded, in base64 (also in the
 * middle of more), and each line.
 */
export function maskedTexts(secret: string): readonly string[] {
  const whole = [secret, ...passwordsOf(secret)].flatMap((text) => [text, percentDecoded(text)]);
  const lines = whole.flatMap((text) => [text, ...linesOf(text)]).filter((text) => text.length >= SHORTEST_SECRET);
  const texts = lines.flatMap((text) => [text, encodeURIComponent(text.toWellFormed()), ...base64Cores(text)]);
  return [...new Set(texts)].filter((text) => text.length >= SHORTEST_SECRET);
}

/** The password of a URL, read strictly and as people write it, with `@`, `/` or `#` in it; and those among its parameters. */
function passwordsOf(secret: string): readonly string[] {
  const strict = /^[a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*:([^\s/?#]+)@/i.exec(secret)?.[1];
  const lenient = /^[a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*:(\S+)@/i.exec(secret)?.[1];
  const parameters = [...secret.matchAll(/[?&](?:\w*password|passwd|pwd|\w*token|\w*secret|\w*key)=([^&#\s]+)/gi)].map(
    ([, value]) => value,
  );
  return [strict, lenient, ...parameters].filter((text) => text !== undefined);
}

/** `%XX` as the bytes they stand for; what is no such code, or no UTF-8, stays as it is. */
function percentDecoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (codes) => {
    const decoded = Buffer.from(codes.replaceAll("%", ""), "hex").toString("utf8");
    return decoded.includes("\uFFFD") ? codes : decoded;
  });
}

/** Each line by itself, as a log or an indented print shows it; of a text of one line that text without white space around it. */
function linesOf(text: string): readonly string[] {
  return text.split(/[\r\n]+/).map((line) => line.trim());
}

/**
 * What is certain of a text's base64 wherever it stands in a longer one (`user:password` of basic authentication): three bytes make four
 * characters, so there are three alignments, and at each end a character may depend on the neighbour.
 */
function base64Cores(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].map((offset) => {
    const coded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor(((offset + bytes.length) * 8) / 6);
    return coded.slice(first, last);
  });
}

/** Base64 in its URL alphabet, escaped in a URL, or broken into lines. */
function inBase64(character: string, mayFollowBreak: boolean): readonly string[] {
  const safe = { "+": "-", "/": "_" }[character];
  const plain = [character, ...(safe === undefined ? [] : [safe]), ...percentSpellings(character)];
  if (!mayFollowBreak) return plain;
  return [...plain, ...plain.flatMap((spelling) => [`\n${spelling}`, `\r\n${spelling}`])];
}

/** Every way in which a character (a whole code point) may be written by URL, JSON, shell, SQL, HTML and programs' own quoting. */
function spellingsOf(character: string): readonly string[] {
  const spellings = [character, ...(SPECIAL[character] ?? []), ...percentSpellings(character), ...codeSpellings(character)];
  if (/\W/.test(character)) spellings.push(`\\${character}`, `\\\\${character}`);
  return [...new Set(spellings)];
}

const SPECIAL: Readonly<Record<string, readonly string[]>> = {
  "\n": ["\\n", "\\\\n", "\r\n", "\\r\\n"],
  "\r": ["\\r", "\\\\r"],
  "\t": ["\\t", "\\\\t"],
  "\b": ["\\b"],
  "\f": ["\\f"],
  "\v": ["\\v"],
  "\x1b": ["\\e", "\\E"],
  " ": ["+", "\\ "],
  "'": ["'\\''", `'"'"'`, "''", "&#39;", "&#x27;", "&apos;"],
  '"': ['""', "&quot;", "&#34;", '\\\\\\"'],
  "\\": ["\\\\", "\\\\\\\\"],
  "&": ["&amp;"],
  "<": ["&lt;"],
  ">": ["&gt;"],
};

/** `%40`, in both cases, and encoded once more: `%2540`. */
function percentSpellings(character: string): readonly string[] {
  const upper = [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
  return [upper, upper.toLowerCase(), upper.replaceAll("%", "%25"), upper.toLowerCase().replaceAll("%", "%25")];
}

/** `\u00e9`, `\xe9`, `\351` (its bytes in octal), as each program chooses; letters and digits are never written so. */
function codeSpellings(character: string): readonly string[] {
  if (/^\w$/.test(character)) return [];
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at).toString(16).padStart(4, "0"));
  const bytes = [...Buffer.from(character)];
  const point = (character.codePointAt(0) ?? 0).toString(16);
  const codes = [
    units.map((unit) => `\\u${unit}`).join(""),
    units.map((unit) => `\\u${unit.toUpperCase()}`).join(""),
    bytes.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join(""),
    bytes.map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join(""),
    `\\x${point.padStart(2, "0")}`,
    `\\u{${point}}`,
    `\\U${point.padStart(8, "0")}`,
  ];
  return codes.flatMap((code) => [code, `\\${code}`]);
}
