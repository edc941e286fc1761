/**
 * Counts the rows of every COPY block in what `pg_restore --data-only -f -` writes, as it streams by. Only data are asked for, so that
 * no body of a function can look like a block: what stands between blocks is comments, settings, `setval` and large objects.
 */

const NEWLINE = 10;
const DOUBLE_QUOTE = 34;
const SINGLE_QUOTE = 39;
const DASH = 45;
const SEMICOLON = 59;
const BACKSLASH = 92;
const DOT = 46;

/** `COPY schema.table`, each name plain or in double quotes. */
const COPY = /^COPY ("(?:[^"]|"")*"|[^\s."(]+)\.("(?:[^"]|"")*"|[^\s."(]+)\s/;
const LARGE_OBJECT = "SELECT pg_catalog.lo_open(";

/** Of a statement, more than this is not looked at; a COPY of 1,600 columns of 63 bytes begins with its table's name. */
const KEPT = 1024;

type Place = "between" | "statement" | "line" | "rows" | "row";

export class CopyCounter {
  /** By `tableKey`. */
  readonly rows = new Map<string, number>();
  largeObjects = 0;
  #place: Place = "between";
  #quote = 0;
  #statement = "";
  #table = "";
  #count = 0;
  #rest: Buffer | null = null;

  push(bytes: Uint8Array): void {
    const given = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const chunk = this.#rest === null ? given : Buffer.concat([this.#rest, given]);
    this.#rest = null;
    for (let at = 0; at < chunk.length;) at = this.#step(chunk, at);
  }

  /** Everything was whole: no block lacks its end. */
  get whole(): boolean {
    return this.#rest === null && this.#place === "between";
  }

  #step(chunk: Buffer, at: number): number {
    switch (this.#place) {
      case "between":
        return this.#between(chunk, at);
      case "statement":
        return this.#inStatement(chunk, at);
      case "line":
        return this.#toEndOfLine(chunk, at, "between");
      case "rows":
        return this.#inRows(chunk, at);
      case "row":
        return this.#toEndOfLine(chunk, at, "rows");
    }
  }

  #between(chunk: Buffer, at: number): number {
    const byte = chunk[at];
    if (byte === NEWLINE) return at + 1;
    if (byte === BACKSLASH) this.#place = "line"; // \restrict
    else if (byte !== DASH) this.#begin();
    else if (at + 1 === chunk.length) return this.#keep(chunk, at);
    else if (chunk[at + 1] === DASH) this.#place = "line";
    else this.#begin();
    return at;
  }

  #begin(): void {
    this.#place = "statement";
    this.#statement = "";
    this.#quote = 0;
  }

  #inStatement(chunk: Buffer, at: number): number {
    if (this.#quote !== 0) {
      const end = chunk.indexOf(this.#quote, at);
      const next = end === -1 ? chunk.length : end + 1;
      if (end !== -1) this.#quote = 0; // a doubled quote opens the next one
      return this.#take(chunk, at, next);
    }
    let end = at;
    while (end < chunk.length) {
      const byte = chunk[end++];
      if (byte === SINGLE_QUOTE || byte === DOUBLE_QUOTE) {
        this.#quote = byte;
        return this.#take(chunk, at, end);
      }
      if (byte === SEMICOLON) {
        this.#take(chunk, at, end);
        this.#finish();
        return end;
      }
    }
    return this.#take(chunk, at, end);
  }

  #take(chunk: Buffer, from: number, to: number): number {
    const room = KEPT - this.#statement.length;
    if (room > 0) this.#statement += chunk.toString("latin1", from, Math.min(to, from + room));
    return to;
  }

  #finish(): void {
    const copy = COPY.exec(Buffer.from(this.#statement, "latin1").toString("utf8"));
    this.#place = copy === null ? "between" : "row";
    if (this.#statement.startsWith(LARGE_OBJECT)) this.largeObjects++;
    if (copy === null) return;
    this.#table = tableKey(unquoted(copy[1]), unquoted(copy[2]));
    this.#count = -1; // the line that the statement itself stands in
  }

  #toEndOfLine(chunk: Buffer, at: number, next: Place): number {
    const end = chunk.indexOf(NEWLINE, at);
    if (end === -1) return chunk.length;
    if (next === "rows") this.#count++;
    this.#place = next;
    return end + 1;
  }

  #inRows(chunk: Buffer, from: number): number {
    let at = from;
    while (at < chunk.length) {
      if (chunk[at] === BACKSLASH) {
        if (chunk.length - at < 3) return this.#keep(chunk, at);
        if (chunk[at + 1] === DOT && chunk[at + 2] === NEWLINE) return this.#endRows(at + 3);
      }
      const end = chunk.indexOf(NEWLINE, at);
      if (end === -1) {
        this.#place = "row";
        return chunk.length;
      }
      this.#count++;
      at = end + 1;
    }
    return at;
  }

  #endRows(next: number): number {
    this.rows.set(this.#table, (this.rows.get(this.#table) ?? 0) + this.#count);
    this.#place = "between";
    return next;
  }

  /** Too little to judge: with the next chunk. */
  #keep(chunk: Buffer, at: number): number {
    this.#rest = Buffer.from(chunk.subarray(at));
    return chunk.length;
  }
}

export function tableKey(schema: string, name: string): string {
  return JSON.stringify([schema, name]);
}

function unquoted(name = ""): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}
